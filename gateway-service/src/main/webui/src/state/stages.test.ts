import { describe, expect, it } from 'vitest';
import type { Progress } from '../api/types';
import { quarterOf, remainingOf, stagesOf } from './stages';

function swapping(variant: 'voice' | 'condition', done: number, remainingSeconds: number | null): Progress {
  return { stage: 'SWAPPING', variant, done, total: 120, remainingSeconds };
}

describe('stages', () => {
  it('says what is done, now and to come', () => {
    const stages = stagesOf('GENERATING', {});
    expect(stages.map((stage) => stage.status)).toEqual(['done', 'done', 'now', 'next', 'next']);
  });

  it('shows both variants of a stage that works for each', () => {
    const stages = stagesOf('SWAPPING', {
      'SWAPPING/voice': swapping('voice', 30, 8),
      'SWAPPING/condition': swapping('condition', 10, 12),
    });
    expect(stages[3]!.parts.map((part) => [part.variant, part.done])).toEqual([
      ['voice', 30],
      ['condition', 10],
    ]);
    expect(remainingOf(stages)).toBe(12);
  });

  it('has no estimate where nobody gave one, or all is done', () => {
    expect(remainingOf(stagesOf('SWAPPING', { 'SWAPPING/voice': swapping('voice', 30, null) }))).toBeNull();
    expect(remainingOf(stagesOf('SWAPPING', { 'SWAPPING/voice': swapping('voice', 120, 0) }))).toBeNull();
    expect(remainingOf(stagesOf('QUEUED', {}))).toBeNull();
  });

  it('takes a finished request for all done', () => {
    expect(stagesOf('SUCCEEDED', {}).every((stage) => stage.status === 'done')).toBe(true);
  });

  it('announces in quarters', () => {
    expect([0, 29, 30, 119, 120].map((done) => quarterOf(done, 120))).toEqual([0, 0, 1, 3, 4]);
    expect(quarterOf(3, 0)).toBe(0);
  });
});
