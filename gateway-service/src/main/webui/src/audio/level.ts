/** How loud a stretch of samples is, and what to tell the speaker about it. */

export type LevelHint = 'silent' | 'quiet' | 'good' | 'loud';

/** Samples at or above this are taken for clipped. */
const CLIPPED = 0.985;

export interface Level {
  /** root mean square, 0..1 */
  rms: number;
  /** largest absolute sample, 0..1 */
  peak: number;
}

export function levelOf(samples: Float32Array): Level {
  let sum = 0;
  let peak = 0;
  for (const sample of samples) {
    const size = Math.abs(sample);
    if (size > peak) peak = size;
    sum += sample * sample;
  }
  return { rms: samples.length === 0 ? 0 : Math.sqrt(sum / samples.length), peak };
}

/** RMS as a height 0..1 on a scale of decibels, from -56 dB to -8 dB, which is what loudness looks like to people. */
export function heightOf(rms: number): number {
  if (rms <= 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (decibels + 56) / 48));
}

export function hintOf(level: Level): LevelHint {
  if (level.peak >= CLIPPED) return 'loud';
  const height = heightOf(level.rms);
  if (height < 0.18) return 'silent';
  if (height < 0.38) return 'quiet';
  return 'good';
}

/** Splits a recording into `count` equal parts and gives the height of each, 0..1. */
export function peaksOf(samples: Float32Array, count: number): number[] {
  const peaks: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * samples.length) / count);
    const to = Math.max(from + 1, Math.floor(((i + 1) * samples.length) / count));
    peaks.push(heightOf(levelOf(samples.subarray(from, to)).rms));
  }
  return peaks;
}

/** Seconds that are loud enough to be speech: a rough look before an upload; the service decides. */
export function loudSeconds(samples: Float32Array, rate: number): number {
  const window = Math.max(1, Math.round(rate * 0.03));
  let loud = 0;
  for (let at = 0; at + window <= samples.length; at += window) {
    if (heightOf(levelOf(samples.subarray(at, at + window)).rms) >= 0.25) loud += window;
  }
  return loud / rate;
}
