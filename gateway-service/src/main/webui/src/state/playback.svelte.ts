/** Something with a time: a video, or a GIF that is drawn frame by frame. */
export interface Clip {
  currentTime: number;
  playbackRate: number;
  readonly duration: number;
  readonly paused: boolean;
  readonly readyState: number;
  play(): Promise<void>;
  pause(): void;
}

/** How far a clip may be off before it is set instead of hurried. */
const JUMP_SECONDS = 0.2;
const DRIFT_SECONDS = 0.02;
const KEEP_UP_MS = 100;
/** HTMLMediaElement.HAVE_CURRENT_DATA */
const HAS_PICTURE = 2;

/**
 * Clips that are watched side by side: one leads, the others follow its time, and they are played, stopped and set
 * together.
 */
export class Playback {
  /** what the person wants; a clip that is still loading may lag behind */
  playing = $state(false);
  time = $state(0);
  duration = $state(0);
  /** whose sound is on; one at a time */
  audible = $state<string | null>(null);

  /** pictures that move by themselves, where the browser can do no better: how many there are, how many are loaded */
  #pictures = $state({ all: 0, loaded: 0 });

  #clips: Clip[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #seen = new Set<object>();
  /** the person stopped it: coming into view does not start it again */
  #stopped = false;

  /** Takes a clip in; gives back how to take it out. */
  add(clip: Clip): () => void {
    this.#clips.push(clip);
    this.#timer ??= setInterval(() => this.keepUp(), KEEP_UP_MS);
    if (this.playing) void clip.play().catch(() => undefined);
    return () => {
      clip.pause();
      this.#clips = this.#clips.filter((other) => other !== clip);
      if (this.#clips.length > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /**
   * Takes in a picture that moves by itself. Such pictures begin when they are first shown, so they are in step if they
   * are shown at the same moment: when {@link picturesReady}.
   */
  addPicture(): { loaded: () => void; remove: () => void } {
    let there = false;
    this.#pictures.all += 1;
    return {
      loaded: () => {
        if (!there) this.#pictures.loaded += 1;
        there = true;
      },
      remove: () => {
        this.#pictures.all -= 1;
        if (there) this.#pictures.loaded -= 1;
      },
    };
  }

  get picturesReady(): boolean {
    return this.#pictures.all > 0 && this.#pictures.all === this.#pictures.loaded;
  }

  toggle(): void {
    this.#stopped = this.playing;
    if (this.playing) this.#pause();
    else void this.#play();
  }

  seek(seconds: number): void {
    this.time = seconds;
    for (const clip of this.#clips) clip.currentTime = seconds;
  }

  /** Plays by itself while any of the places where the clips are shown is in view. */
  view(place: object, inView: boolean): void {
    if (inView) this.#seen.add(place);
    else this.#seen.delete(place);
    if (this.#stopped) return;
    if (this.#seen.size > 0 && !this.playing) void this.#play();
    else if (this.#seen.size === 0 && this.playing) this.#pause();
  }

  async #play(): Promise<void> {
    this.playing = true;
    try {
      await Promise.all(this.#clips.map((clip) => clip.play()));
    } catch {
      // a browser that refuses, or a clip that is gone: the button starts what there is
      if (this.#clips.length > 0 && this.#clips.every((clip) => clip.paused)) this.playing = false;
    }
  }

  #pause(): void {
    this.playing = false;
    for (const clip of this.#clips) clip.pause();
    this.keepUp();
  }

  /** Brings everything to the time of the leader: the first that has a picture. */
  keepUp(): void {
    const leader = this.#clips.find((clip) => clip.readyState >= HAS_PICTURE) ?? this.#clips[0];
    if (!leader) return;
    if (Number.isFinite(leader.duration)) this.duration = leader.duration;
    this.time = leader.currentTime;
    for (const clip of this.#clips) {
      if (clip === leader || clip.readyState < HAS_PICTURE) continue;
      const off = this.#off(leader, clip);
      if (Math.abs(off) > JUMP_SECONDS || (!this.playing && Math.abs(off) > DRIFT_SECONDS)) {
        clip.currentTime = Math.min(leader.currentTime, clip.duration);
        clip.playbackRate = 1;
      } else {
        clip.playbackRate = Math.abs(off) > DRIFT_SECONDS ? 1 + Math.max(-0.1, Math.min(0.1, off)) : 1;
      }
      if (clip.paused && this.playing && !leader.paused) void clip.play().catch(() => undefined);
    }
  }

  /** Seconds that a clip is behind; one that has just begun again is not a whole length behind. */
  #off(leader: Clip, clip: Clip): number {
    const off = leader.currentTime - clip.currentTime;
    const length = leader.duration;
    if (!Number.isFinite(length) || length <= 0 || !this.playing) return off;
    return off - length * Math.round(off / length);
  }
}
