import { describe, expect, it } from 'vitest';
import { heightOf, hintOf, levelOf, loudSeconds, peaksOf } from './level';

function tone(seconds: number, amplitude: number, rate = 16_000): Float32Array {
  return Float32Array.from(
    { length: seconds * rate },
    (_, i) => amplitude * Math.sin((2 * Math.PI * 200 * i) / rate),
  );
}

describe('level', () => {
  it('measures a sine', () => {
    const { rms, peak } = levelOf(tone(1, 0.5));
    expect(rms).toBeCloseTo(0.3536, 3);
    expect(peak).toBeCloseTo(0.5, 3);
  });

  it('takes nothing at all for silence', () => {
    expect(levelOf(new Float32Array())).toEqual({ rms: 0, peak: 0 });
    expect(heightOf(0)).toBe(0);
    expect(hintOf(levelOf(new Float32Array(100)))).toBe('silent');
  });

  it('tells quiet, good and clipped speech apart', () => {
    expect(hintOf(levelOf(tone(1, 0.012)))).toBe('quiet');
    expect(hintOf(levelOf(tone(1, 0.2)))).toBe('good');
    expect(hintOf(levelOf(tone(1, 1)))).toBe('loud');
  });

  it('gives as many peaks as asked for, even of a very short recording', () => {
    expect(peaksOf(tone(1, 0.3), 90)).toHaveLength(90);
    expect(peaksOf(new Float32Array([0.1, 0.2]), 5)).toHaveLength(5);
  });

  it('counts only what is loud', () => {
    const samples = new Float32Array(32_000);
    samples.set(tone(1, 0.2), 16_000);
    expect(loudSeconds(samples, 16_000)).toBeCloseTo(1, 1);
  });
});
