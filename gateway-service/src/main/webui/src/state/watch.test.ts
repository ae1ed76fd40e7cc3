import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobState, VoiceRequest } from '../api/types';
import { RequestWatch } from './watch.svelte';

/** The browser's EventSource, driven by hand. */
class Stream {
  static readonly CLOSED = 2;
  static opened: Stream[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  #listeners = new Map<string, (event: { data: string }) => void>();

  constructor(readonly url: string) {
    Stream.opened.push(this);
  }

  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    this.#listeners.set(name, listener);
  }

  send(name: string, data: unknown): void {
    this.#listeners.get(name)?.({ data: JSON.stringify(data) });
  }

  lose(): void {
    this.readyState = Stream.CLOSED;
    this.onerror?.();
  }

  close(): void {
    this.readyState = Stream.CLOSED;
  }
}

let state: JobState;
let resultId: string;
let answers: () => Response;

function request(): VoiceRequest {
  return {
    id: 'r1',
    state,
    latestResultId: resultId,
    results: [],
    progress: null,
  } as unknown as VoiceRequest;
}

const newest = () => Stream.opened.at(-1)!;
const progress = (done: number, of = resultId) => ({
  resultId: of,
  stage: 'SWAPPING',
  variant: 'voice',
  done,
  total: 100,
  remainingSeconds: 5,
});

beforeEach(() => {
  vi.useFakeTimers();
  state = 'SWAPPING';
  resultId = 'x1';
  answers = () => Response.json(request());
  Stream.opened = [];
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('fetch', async () => answers());
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('following a request', () => {
  it('shows states and progress as they come, until the end', async () => {
    const watch = new RequestWatch('r1');
    await watch.start();
    newest().onopen?.();
    expect(watch.connection).toBe('live');
    newest().send('progress', progress(40));
    expect(watch.progress['SWAPPING/voice']?.done).toBe(40);
    state = 'SUCCEEDED';
    newest().send('state', request());
    expect(watch.connection).toBe('ended');
    expect(newest().readyState).toBe(Stream.CLOSED);
  });

  it('opens no stream for what has ended', async () => {
    state = 'SUCCEEDED';
    await new RequestWatch('r1').start();
    expect(Stream.opened).toHaveLength(0);
  });

  it('comes back after a lost connection, also while the gateway is down', async () => {
    const watch = new RequestWatch('r1');
    await watch.start();
    newest().onopen?.();
    answers = () => new Response('', { status: 503 });
    newest().lose();
    expect(watch.connection).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(Stream.opened).toHaveLength(1);
    expect(watch.problem).toBeNull();
    answers = () => Response.json(request());
    await vi.advanceTimersByTimeAsync(20_000);
    expect(Stream.opened).toHaveLength(2);
    newest().onopen?.();
    expect(watch.connection).toBe('live');
    watch.stop();
  });

  it('takes a silent connection for a lost one', async () => {
    const watch = new RequestWatch('r1');
    await watch.start();
    newest().onopen?.();
    await vi.advanceTimersByTimeAsync(30_000);
    newest().send('heartbeat', {});
    await vi.advanceTimersByTimeAsync(30_000);
    expect(Stream.opened).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(Stream.opened).toHaveLength(2);
    watch.stop();
  });

  it('does not mix the progress of two attempts', async () => {
    const watch = new RequestWatch('r1');
    await watch.start();
    newest().send('progress', progress(90));
    resultId = 'x2';
    newest().send('state', request());
    expect(watch.progress).toEqual({});
    newest().send('progress', progress(95, 'x1'));
    expect(watch.progress).toEqual({});
    watch.stop();
  });

  it('gives up on what does not exist', async () => {
    answers = () => new Response(JSON.stringify({ reason: 'not_found' }), { status: 404 });
    const watch = new RequestWatch('r1');
    await watch.start();
    expect(watch.problem?.status).toBe(404);
  });

  it('asks nothing more once it is stopped', async () => {
    const watch = new RequestWatch('r1');
    await watch.start();
    newest().onopen?.();
    watch.stop();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(Stream.opened).toHaveLength(1);
  });
});
