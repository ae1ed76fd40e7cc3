import { api } from '../api/client';
import { asProblem, type Problem } from '../api/problem';
import { isFinal, type VoiceRequest } from '../api/types';
import { RequestWatch } from './watch.svelte';

const PAGE = 12;
/** Browsers open six connections to a server over HTTP/1.1; the rest of the page needs some of them. */
const MAX_STREAMS = 3;
const POLL_MS = 5000;

/** The person's requests, newest first; those that run are followed live. */
export class RequestList {
  items = $state.raw<VoiceRequest[] | null>(null);
  next = $state<string | null>(null);
  loading = $state(false);
  problem = $state.raw<Problem | null>(null);

  #watches = new Map<string, RequestWatch>();
  #timer: ReturnType<typeof setInterval> | undefined;

  start(): void {
    void this.refresh();
    this.#timer = setInterval(() => {
      // requests over the number of streams are asked for now and then
      if (document.visibilityState === 'visible' && this.running.length > this.#watches.size)
        void this.refresh();
    }, POLL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
  }

  get running(): VoiceRequest[] {
    return (this.items ?? []).filter((request) => !isFinal(request.state));
  }

  async refresh(): Promise<void> {
    await this.#load(null);
  }

  async more(): Promise<void> {
    if (this.next !== null) await this.#load(this.next);
  }

  async #load(cursor: string | null): Promise<void> {
    this.loading = true;
    this.problem = null;
    try {
      const page = await api.requests(cursor, PAGE);
      if (cursor === null) {
        // what was loaded beyond the first page stays
        const fresh = new Set(page.items.map((request) => request.id));
        const older =
          this.items === null ? [] : this.items.slice(page.items.length).filter((r) => !fresh.has(r.id));
        this.items = [...page.items, ...older];
        if (older.length === 0) this.next = page.next;
      } else {
        this.items = [...(this.items ?? []), ...page.items];
        this.next = page.next;
      }
      this.#follow();
    } catch (thrown) {
      this.problem = asProblem(thrown);
    } finally {
      this.loading = false;
    }
  }

  #follow(): void {
    const running = this.running.slice(0, MAX_STREAMS);
    for (const [id, watch] of this.#watches) {
      if (!running.some((request) => request.id === id)) {
        watch.stop();
        this.#watches.delete(id);
      }
    }
    for (const request of running) {
      if (this.#watches.has(request.id)) continue;
      const watch = new RequestWatch(request.id, (state) => this.#replace(state));
      this.#watches.set(request.id, watch);
      void watch.start();
    }
  }

  #replace(request: VoiceRequest): void {
    this.items = (this.items ?? []).map((other) => (other.id === request.id ? request : other));
  }
}
