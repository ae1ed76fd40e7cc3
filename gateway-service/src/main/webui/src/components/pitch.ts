/** Pitch as people hear it: equal steps for equal ratios. Shown from 70 Hz to 320 Hz, where nearly all speech lies. */
const LOWEST_HZ = 70;
const HIGHEST_HZ = 320;

/** Place of a pitch on the scale, 0 (low) to 1 (high). */
export function pitchPosition(hertz: number): number {
  if (hertz <= 0) return 0;
  const position = Math.log(hertz / LOWEST_HZ) / Math.log(HIGHEST_HZ / LOWEST_HZ);
  return Math.min(1, Math.max(0, position));
}

export type PitchWord = 'low' | 'lowMiddle' | 'middle' | 'high';

export function pitchWord(hertz: number): PitchWord {
  if (hertz < 115) return 'low';
  if (hertz < 155) return 'lowMiddle';
  return hertz < 205 ? 'middle' : 'high';
}
