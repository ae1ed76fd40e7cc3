import type { Problem } from '../api/problem';
import type { Failure } from '../api/types';
import type { Texts } from './en';

/** What to tell a person about a failed call: our own words where we know the reason, the gateway's otherwise. */
export function sentenceOf(problem: Problem, t: Texts): string {
  if (problem.status === 429 && problem.retryAfterSeconds !== null && problem.reason !== 'quota_exceeded') {
    return t.problems.waitSeconds(problem.retryAfterSeconds);
  }
  const known = (t.problems as Record<string, unknown>)[problem.reason];
  if (typeof known === 'string') return known;
  const end = t.ends.reasons[problem.reason];
  if (end) return `${end.title}. ${end.text}`;
  return problem.detail || t.problems.unexpected;
}

/** Why an input could not be used, and what to do about it. */
export function rejectionOf(failure: Failure | null, t: Texts): { title: string; text: string } {
  const known = failure ? t.ends.reasons[failure.reason] : undefined;
  return known ?? { title: t.ends.rejectedTitle, text: failure?.message ?? '' };
}
