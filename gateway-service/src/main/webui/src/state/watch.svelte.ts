import { api, eventsUrl } from '../api/client';
import { asProblem, type Problem } from '../api/problem';
import { isFinal, type Progress, type VoiceRequest } from '../api/types';

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'ended';

/** The gateway sends something at least every 15 s; after this long the connection is dead, whatever TCP thinks. */
const SILENCE_MS = 40_000;
const MAX_BACKOFF_MS = 15_000;

export function progressKey(stage: string, variant: string | null): string {
  return `${stage}/${variant ?? 'both'}`;
}

/**
 * Follows one request by server-sent events. A lost connection is taken up again for as long as the request runs: the
 * first event of every connection is the whole state, so nothing that happened in between is missed.
 */
export class RequestWatch {
  request = $state.raw<VoiceRequest | null>(null);
  /** newest progress by stage and variant, of the newest result */
  progress = $state.raw<Record<string, Progress>>({});
  connection = $state<Connection>('connecting');
  /** set where going on is pointless: not found, not ours, session over */
  problem = $state.raw<Problem | null>(null);

  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #stopped = false;

  constructor(
    readonly id: string,
    private readonly onState: (request: VoiceRequest) => void = () => undefined,
  ) {}

  /** Reads the state once, and follows it where there is something to follow. */
  async start(): Promise<void> {
    this.#stopped = false;
    this.problem = null;
    try {
      const request = await api.request(this.id);
      if (this.#stopped) return;
      this.#take(request);
      if (!isFinal(request.state)) this.#open();
    } catch (thrown) {
      if (this.#stopped) return;
      const problem = asProblem(thrown);
      if (problem.transient && this.request !== null) this.#later();
      else this.problem = problem;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#close();
  }

  #open(): void {
    this.#close();
    const source = new EventSource(eventsUrl(this.id), { withCredentials: true });
    this.#source = source;
    source.onopen = () => {
      this.#tries = 0;
      this.connection = 'live';
      this.#listen();
    };
    source.addEventListener('state', (event) => {
      this.#listen();
      this.connection = 'live';
      this.#take(JSON.parse((event as MessageEvent<string>).data) as VoiceRequest);
    });
    source.addEventListener('progress', (event) => {
      this.#listen();
      this.#advance(JSON.parse((event as MessageEvent<string>).data) as Progress);
    });
    source.addEventListener('heartbeat', () => this.#listen());
    source.onerror = () => {
      if (this.#stopped || this.connection === 'ended') return;
      this.connection = 'reconnecting';
      // the browser tries again by itself unless the answer was an error: then it is ours to do
      if (source.readyState === EventSource.CLOSED) this.#later();
    };
  }

  #take(request: VoiceRequest): void {
    const known = this.request;
    if (known !== null && known.latestResultId !== request.latestResultId) this.progress = {};
    this.request = request;
    if (request.progress) this.#advance(request.progress);
    this.onState(request);
    if (isFinal(request.state)) {
      this.#close();
      this.connection = 'ended';
    }
  }

  #advance(progress: Progress): void {
    if (progress.resultId && this.request && progress.resultId !== this.request.latestResultId) return;
    this.progress = { ...this.progress, [progressKey(progress.stage, progress.variant)]: progress };
  }

  #later(): void {
    this.#close();
    this.connection = 'reconnecting';
    const wait = Math.min(MAX_BACKOFF_MS, 1000 * 2 ** this.#tries);
    this.#tries += 1;
    // spread, so that a restarted gateway does not get everybody at the same moment
    this.#timer = setTimeout(() => void this.start(), wait * (0.75 + Math.random() / 2));
  }

  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#later(), SILENCE_MS);
  }

  #close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#source?.close();
    this.#source = null;
  }
}
