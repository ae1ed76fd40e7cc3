import { describe, expect, it } from 'vitest';
import { en } from '../i18n/en';
import { ko } from '../i18n/ko';
import { rejectionOf, sentenceOf } from '../i18n/problems';
import { asProblem, Problem, problemOf } from './problem';

describe('problems', () => {
  it('reads a problem document', () => {
    const body = JSON.stringify({
      reason: 'quota_exceeded',
      detail: 'No more.',
      errors: [{ field: 'a', reason: 'b' }],
    });
    const problem = problemOf(429, body, '30');
    expect(problem).toMatchObject({
      status: 429,
      reason: 'quota_exceeded',
      detail: 'No more.',
      retryAfterSeconds: 30,
    });
    expect(problem.errors).toHaveLength(1);
  });

  it('makes sense of what a proxy sends', () => {
    expect(problemOf(502, '<html>Bad gateway</html>', null)).toMatchObject({
      reason: 'unavailable',
      transient: true,
    });
    expect(problemOf(404, '', null)).toMatchObject({ reason: 'not_found', transient: false });
    expect(asProblem(new TypeError('x')).reason).toBe('unexpected');
  });

  it('has a sentence for everything, in the language of the person', () => {
    expect(sentenceOf(new Problem(0, 'offline'), ko)).toBe(ko.problems.offline);
    expect(sentenceOf(new Problem(429, 'too_many_attempts', '', [], 12), en)).toBe(
      en.problems.waitSeconds(12),
    );
    expect(sentenceOf(new Problem(429, 'quota_exceeded', '', [], 12), en)).toBe(en.problems.quota_exceeded);
    expect(sentenceOf(new Problem(400, 'something_new', 'Said by the gateway.'), en)).toBe(
      'Said by the gateway.',
    );
    expect(sentenceOf(new Problem(400, 'something_new'), en)).toBe(en.problems.unexpected);
  });

  it('says what to do about a rejected input', () => {
    expect(rejectionOf({ reason: 'no_face_in_target', message: 'x' }, ko)).toBe(
      ko.ends.reasons.no_face_in_target,
    );
    expect(rejectionOf({ reason: 'something_new', message: 'Too blue.' }, en).text).toBe('Too blue.');
    expect(Object.keys(ko.ends.reasons)).toEqual(Object.keys(en.ends.reasons));
  });
});
