import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem } from '../api/problem';
import { en, type Texts } from './en';
import { ko } from './ko';
import { rejectionOf, sentenceOf } from './problems';

// The services' own lists of reasons, read where they are kept: a new one without words fails here.
const ROOT = join(import.meta.dirname, '../../../../../..');
const CONTRACTS = join(ROOT, 'libs/contracts/src/main/java/io/voice2face/contracts/event/Reasons.java');
const GATEWAY = join(ROOT, 'gateway-service/src/main/java');

/** Reasons of jobs that end for the service's fault: what people read then does not depend on which. */
const OUR_FAULT = [
  'internal_error',
  'object_missing',
  'checksum_mismatch',
  'object_too_large',
  'request_erased',
];

/** Reasons that only a program can meet: the page sends nothing that they answer. */
const FOR_PROGRAMS = ['method_not_allowed', 'not_acceptable', 'not_from_page', 'too_many_webhooks'];

function ofJobs(): string[] {
  const text = readFileSync(CONTRACTS, 'utf8');
  return [...text.matchAll(/String [A-Z_]+\s*=\s*"([a-z_]+)"/g)].map((match) => match[1]!);
}

function ofTheGateway(): string[] {
  const reasons = new Set<string>();
  for (const file of readdirSync(GATEWAY, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.java')) continue;
    const text = readFileSync(join(GATEWAY, file), 'utf8');
    for (const match of text.matchAll(/\b(?:of|forbidden|unavailable)\(\s*(?:\w+,\s*)?"([a-z_]+)"/g)) {
      if (text.includes('ApiProblem')) reasons.add(match[1]!);
    }
  }
  return [...reasons].filter((reason) => !FOR_PROGRAMS.includes(reason));
}

describe.each([
  ['en', en],
  ['ko', ko],
] as [string, Texts][])('the words in %s', (_, t) => {
  it('say why an input was rejected, and what to do, for every reason that a job can have', () => {
    const reasons = ofJobs().filter((reason) => !OUR_FAULT.includes(reason));
    expect(reasons.length).toBeGreaterThanOrEqual(10);
    for (const reason of reasons) {
      const said = rejectionOf({ reason, message: 'the service’s own words', details: {} }, t);
      expect(said.title, reason).not.toBe(t.ends.rejectedTitle);
      expect(said.text, reason).not.toBe('the service’s own words');
      expect(said.text.length, reason).toBeGreaterThan(10);
    }
  });

  it('have a sentence for every problem that the gateway answers with', () => {
    const reasons = ofTheGateway();
    expect(reasons).toContain('wrong_credentials');
    expect(reasons).toContain('storage_unavailable');
    expect(reasons.length).toBeGreaterThanOrEqual(20);
    for (const reason of reasons) {
      const said = sentenceOf(new Problem(400, reason, 'the gateway’s own words'), t);
      expect(said, reason).not.toBe('the gateway’s own words');
      expect(said, reason).not.toBe(t.problems.unexpected);
    }
  });
});
