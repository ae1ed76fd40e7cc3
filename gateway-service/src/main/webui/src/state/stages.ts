import { VARIANTS, type JobState, type Progress, type Stage, type VariantName } from '../api/types';
import { progressKey } from './watch.svelte';

export const STAGES = ['QUEUED', 'ANALYSING', 'GENERATING', 'SWAPPING', 'STORING'] as const;
export type StageName = (typeof STAGES)[number];

export interface StageView {
  stage: StageName;
  status: 'done' | 'now' | 'next';
  /** one entry per variant where the stage works for each, one without a variant otherwise */
  parts: { variant: VariantName | null; done: number; total: number; remainingSeconds: number | null }[];
}

/** What the waiting page shows: the stages in their order, and how far the present one is. */
export function stagesOf(state: JobState, progress: Record<string, Progress>): StageView[] {
  const now = STAGES.indexOf(state as StageName);
  return STAGES.map((stage, i) => ({
    stage,
    status: now < 0 || i < now ? 'done' : i === now ? 'now' : 'next',
    parts: stage === 'QUEUED' ? [] : partsOf(stage, progress),
  }));
}

function partsOf(stage: Stage, progress: Record<string, Progress>): StageView['parts'] {
  const each = VARIANTS.flatMap((variant) => {
    const one = progress[progressKey(stage, variant)];
    return one ? [one] : [];
  });
  const both = progress[progressKey(stage, null)];
  return (each.length > 0 ? each : both ? [both] : []).map((one) => ({
    variant: one.variant,
    done: one.done,
    total: one.total,
    remainingSeconds: one.remainingSeconds,
  }));
}

/** Longest estimate of the present stage; null where there is none. */
export function remainingOf(stages: StageView[]): number | null {
  const estimates = stages
    .filter((stage) => stage.status === 'now')
    .flatMap((stage) => stage.parts)
    .flatMap((part) =>
      part.remainingSeconds === null || part.done >= part.total ? [] : [part.remainingSeconds],
    );
  return estimates.length === 0 ? null : Math.max(...estimates);
}

/** Progress in steps of a quarter, which is as often as a screen reader should hear of it. */
export function quarterOf(done: number, total: number): number {
  return total === 0 ? 0 : Math.floor((done / total) * 4);
}
