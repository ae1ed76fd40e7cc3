import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

type Answer = { status: number; json?: unknown };

let calls: string[];
let answers: Record<string, Answer[]>;

beforeEach(() => {
  calls = [];
  vi.resetModules();
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('fetch', async (url: string, options: { method: string }) => {
    const call = `${options.method} ${url.replace('/api/v1', '')}`;
    calls.push(call);
    const answer = answers[call]?.shift() ?? { status: 500 };
    return new Response(answer.json === undefined ? null : JSON.stringify(answer.json), {
      status: answer.status,
    });
  });
});

afterEach(() => vi.unstubAllGlobals());

const session = async () => (await import('./session.svelte')).session;
const guest = { id: 'g', guest: true, email: null };
const member = { id: 'm', guest: false, email: 'me@example.org' };

describe('joining', () => {
  it('logs a new account in with what has just been entered', async () => {
    answers = {
      'POST /users': [{ status: 201, json: member }],
      'POST /tokens': [{ status: 201, json: { user: member } }],
    };
    const here = await session();
    await here.join('me@example.org', 'a quiet river');
    expect(here.user).toEqual(member);
  });

  it('says that there may be an account where the answer is the same for a known address', async () => {
    answers = {
      'POST /users': [{ status: 202 }],
      'POST /tokens': [{ status: 401, json: { reason: 'wrong_credentials' } }],
    };
    const here = await session();
    await expect(here.join('me@example.org', 'a quiet river')).rejects.toMatchObject({
      reason: 'account_may_exist',
    });
    expect(here.user).toBeNull();
  });

  it('says so as well where the gateway does', async () => {
    answers = { 'POST /users': [{ status: 409, json: { reason: 'email_taken' } }] };
    await expect((await session()).join('me@example.org', 'a quiet river')).rejects.toMatchObject({
      reason: 'email_taken',
    });
  });

  it('keeps the session of a guest who becomes an account', async () => {
    answers = {
      'POST /users': [{ status: 201, json: { ...member, id: 'g' } }],
      'GET /users/me': [{ status: 200, json: { ...member, id: 'g' } }],
    };
    const here = await session();
    here.user = guest as never;
    await here.join('me@example.org', 'a quiet river');
    expect(here.user).toMatchObject({ id: 'g', guest: false });
    expect(calls).not.toContain('POST /tokens');
  });

  it('does not trade the results of a guest for an account that was there before', async () => {
    answers = { 'POST /users': [{ status: 202 }], 'GET /users/me': [{ status: 200, json: guest }] };
    const here = await session();
    here.user = guest as never;
    await expect(here.join('me@example.org', 'a quiet river')).rejects.toMatchObject({
      reason: 'account_may_exist',
    });
    expect(calls).not.toContain('POST /tokens');
    expect(here.user).toEqual(guest);
  });

  it('gets a session that is over out of the way', async () => {
    answers = {
      'POST /users': [{ status: 401 }, { status: 201, json: member }],
      'DELETE /tokens/current': [{ status: 204 }],
      'POST /tokens': [{ status: 201, json: { user: member } }],
    };
    const here = await session();
    here.user = guest as never;
    await here.join('me@example.org', 'a quiet river');
    expect(here.user).toEqual(member);
  });
});

it('does not take somebody for gone while the gateway is closed', async () => {
  const closed = { status: 503, json: { reason: 'maintenance' } };
  answers = { 'GET /config': [closed], 'GET /users/me': [closed, { status: 200, json: member }] };
  const here = await session();
  await here.load();
  expect(here).toMatchObject({ maintenance: true, known: false, problem: null });
  await here.loadUser();
  expect(here).toMatchObject({ known: true, user: member });
});
