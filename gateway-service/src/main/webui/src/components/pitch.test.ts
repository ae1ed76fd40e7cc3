import { describe, expect, it } from 'vitest';
import { pitchPosition, pitchWord } from './pitch';

describe('pitch', () => {
  it('puts an octave at the same distance everywhere', () => {
    expect(pitchPosition(160) - pitchPosition(80)).toBeCloseTo(pitchPosition(300) - pitchPosition(150), 6);
  });

  it('stays on the scale', () => {
    expect(pitchPosition(0)).toBe(0);
    expect(pitchPosition(40)).toBe(0);
    expect(pitchPosition(900)).toBe(1);
  });

  it('has a word for every voice', () => {
    expect([90, 130, 180, 230].map(pitchWord)).toEqual(['low', 'lowMiddle', 'middle', 'high']);
  });
});
