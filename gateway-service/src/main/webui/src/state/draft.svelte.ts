import type { NewRequest } from '../api/client';
import type { Gender } from '../api/types';
import type { Recording } from '../audio/recorder.svelte';

interface Kept {
  age: number | null;
  gender: Gender | null;
  skinTone: number | null;
  /** not in what an older page has kept */
  gifPreview?: boolean;
  templateId: string | null;
  recording: Recording | null;
  target: { blob: Blob; name: string } | null;
  key: string;
}

/**
 * The request that is being put together. It is kept in the browser's own database, recording included, so that a
 * reload, a session that ends or a lost connection costs nothing; it is dropped when the request has been taken or a day
 * has passed.
 */
class Draft {
  age = $state<number | null>(null);
  gender = $state<Gender | null>(null);
  skinTone = $state<number | null>(null);
  gifPreview = $state(false);
  templateId = $state<string | null>(null);
  recording = $state.raw<Recording | null>(null);
  target = $state.raw<{ blob: Blob; name: string } | null>(null);
  /** false until what an earlier visit left behind has been read */
  ready = $state(false);
  #key: string = crypto.randomUUID?.() ?? fallbackId();

  async load(): Promise<void> {
    const kept = await read();
    if (kept !== null) {
      this.age = kept.age;
      this.gender = kept.gender;
      this.skinTone = kept.skinTone;
      this.gifPreview = kept.gifPreview ?? false;
      this.templateId = kept.templateId;
      this.recording = kept.recording;
      this.target = kept.target;
      this.#key = kept.key;
    }
    this.ready = true;
  }

  /** Remembers a change; a changed request is another request, so it gets another key. */
  keep(): void {
    this.#key = crypto.randomUUID?.() ?? fallbackId();
    void write({
      age: this.age,
      gender: this.gender,
      skinTone: this.skinTone,
      gifPreview: this.gifPreview,
      templateId: this.templateId,
      recording: this.recording,
      target: this.target,
      key: this.#key,
    });
  }

  get key(): string {
    return this.#key;
  }

  get aboutDone(): boolean {
    return this.age !== null && this.age >= 18 && this.age <= 100 && this.gender !== null;
  }

  get targetDone(): boolean {
    return this.templateId !== null || this.target !== null;
  }

  /** false for an own picture, which does not move, and an own GIF, whose clip is one already */
  get gifPossible(): boolean {
    return this.target === null || this.target.blob.type.startsWith('video/');
  }

  request(): NewRequest | null {
    if (!this.aboutDone || !this.recording || !this.targetDone) return null;
    return {
      voice: this.recording.blob,
      voiceName: this.recording.name,
      age: this.age!,
      gender: this.gender!,
      skinTone: this.skinTone,
      gifPreview: this.gifPreview && this.gifPossible,
      templateId: this.target ? null : this.templateId,
      target: this.target?.blob ?? null,
      targetName: this.target?.name ?? '',
    };
  }

  /** Age, gender and target stay for a next request; the voice goes. */
  sent(): void {
    this.recording = null;
    this.keep();
  }

  clear(): void {
    this.age = null;
    this.gender = null;
    this.skinTone = null;
    this.gifPreview = false;
    this.templateId = null;
    this.recording = null;
    this.target = null;
    void write(null);
  }
}

/** crypto.randomUUID only exists in secure contexts; getRandomValues always does. */
function fallbackId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const DAY_MS = 24 * 60 * 60 * 1000;

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('v2f', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('draft');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error('no database'));
  });
}

async function read(): Promise<Kept | null> {
  try {
    const database = await open();
    return await new Promise((resolve) => {
      const reading = database.transaction('draft').objectStore('draft').get('current');
      reading.onsuccess = () => {
        const kept = reading.result as { at: number; draft: Kept } | undefined;
        resolve(kept && Date.now() - kept.at < DAY_MS ? kept.draft : null);
      };
      reading.onerror = () => resolve(null);
    });
  } catch {
    return null; // private windows may refuse: the draft then lasts as long as the page
  }
}

async function write(draft: Kept | null): Promise<void> {
  try {
    const database = await open();
    const store = database.transaction('draft', 'readwrite').objectStore('draft');
    if (draft === null) store.delete('current');
    else store.put({ at: Date.now(), draft }, 'current');
  } catch {
    // as above
  }
}

export const draft = new Draft();
