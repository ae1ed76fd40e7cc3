/** What browsers make of a delay that is too short to be meant. */
const SHORTEST_SECONDS = 0.02;
const INSTEAD_SECONDS = 0.1;

/**
 * Seconds that each frame of a GIF is shown, read from its graphic control extensions (GIF89a, 23); empty where the bytes
 * are no GIF.
 */
export function gifDelays(bytes: Uint8Array): number[] {
  const text = (from: number, length: number) => String.fromCharCode(...bytes.subarray(from, from + length));
  if (text(0, 3) !== 'GIF' || bytes.length < 13) return [];
  const table = (packed: number) => ((packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1));
  const delays: number[] = [];
  let delay = INSTEAD_SECONDS;
  let at = 13 + table(bytes[10]!);
  const skipBlocks = () => {
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1;
    at += 1;
  };
  while (at < bytes.length) {
    const kind = bytes[at]!;
    if (kind === 0x21) {
      if (bytes[at + 1] === 0xf9) {
        const seconds = (bytes[at + 4]! + 256 * bytes[at + 5]!) / 100;
        delay = seconds < SHORTEST_SECONDS ? INSTEAD_SECONDS : seconds;
      }
      at += 2;
      skipBlocks();
    } else if (kind === 0x2c) {
      delays.push(delay);
      delay = INSTEAD_SECONDS;
      at += 10 + table(bytes[at + 9]!) + 1;
      skipBlocks();
    } else {
      break;
    }
  }
  return delays;
}

/** Index of the frame that is shown at a time; times beyond the end begin again. */
export function frameAt(delays: readonly number[], seconds: number): number {
  const length = delays.reduce((sum, one) => sum + one, 0);
  if (length === 0) return 0;
  // sums of hundredths are not exact: the end of a frame is the beginning of the next
  let left = (seconds + 1e-9) % length;
  if (left < 0) left += length;
  for (let i = 0; i < delays.length; i++) {
    left -= delays[i]!;
    if (left < 0) return i;
  }
  return delays.length - 1;
}

/** What an image decoder of the browser does; `ImageDecoder` is one. */
export interface FrameDecoder {
  decode(options: { frameIndex: number }): Promise<{ image: CanvasImageSource & { close(): void } }>;
  close(): void;
}

/**
 * A GIF that can be stopped and set like a video, drawn to a canvas: pictures of their own play from whenever they were
 * loaded, so two of them are never in step.
 */
export class GifClip {
  readonly duration: number;
  playbackRate = 1;
  /** index of the frame on the canvas; -1 while there is none yet */
  shown = -1;
  #since: number | null = null;
  #at = 0;
  #frame = 0;
  #busy = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly delays: readonly number[],
    private readonly decoder: FrameDecoder,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.duration = delays.reduce((sum, one) => sum + one, 0);
    this.#draw();
  }

  /** Reads a GIF, or fails where this browser cannot or the bytes are no GIF. */
  static async open(canvas: HTMLCanvasElement, bytes: ArrayBuffer): Promise<GifClip> {
    const delays = gifDelays(new Uint8Array(bytes));
    if (delays.length === 0) throw new TypeError('not a GIF');
    const decoder = new ImageDecoder({ data: bytes, type: 'image/gif' });
    await decoder.tracks.ready;
    return new GifClip(canvas, delays, decoder);
  }

  get paused(): boolean {
    return this.#since === null;
  }

  get readyState(): number {
    return 4;
  }

  get currentTime(): number {
    const passed = this.#since === null ? 0 : ((this.now() - this.#since) / 1000) * this.playbackRate;
    return (this.#at + passed) % this.duration;
  }

  set currentTime(seconds: number) {
    this.#at = seconds;
    if (this.#since !== null) this.#since = this.now();
    this.#draw();
  }

  async play(): Promise<void> {
    if (this.#since !== null) return;
    this.#since = this.now();
    const follow = () => {
      this.#draw();
      this.#frame = requestAnimationFrame(follow);
    };
    follow();
  }

  pause(): void {
    this.#at = this.currentTime;
    this.#since = null;
    cancelAnimationFrame(this.#frame);
  }

  close(): void {
    this.pause();
    this.decoder.close();
  }

  #draw(): void {
    const frameIndex = frameAt(this.delays, this.currentTime);
    if (this.#busy || frameIndex === this.shown) return;
    this.#busy = true;
    this.decoder
      .decode({ frameIndex })
      .then(({ image }) => {
        this.canvas.getContext('2d')?.drawImage(image, 0, 0, this.canvas.width, this.canvas.height);
        image.close();
        this.shown = frameIndex;
        this.canvas.dataset.frame = String(frameIndex);
      })
      .catch(() => {
        // closed meanwhile, or a broken frame: the one before stays
        this.shown = frameIndex;
      })
      .finally(() => {
        this.#busy = false;
        // the time may have been set while this frame was on its way
        if (this.paused && frameAt(this.delays, this.currentTime) !== this.shown) this.#draw();
      });
  }
}
