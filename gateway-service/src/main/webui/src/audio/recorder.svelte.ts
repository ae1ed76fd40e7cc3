import { heightOf, hintOf, levelOf, loudSeconds, peaksOf, type LevelHint } from './level';

export const RECORD_SECONDS = 10;
/** Below this the service has too little to go by (it needs about 1.3 s of speech). */
export const SHORTEST_SECONDS = 3;
export const RING_BARS = 90;
const COUNTDOWN = 3;
const COUNT_MS = 700;

export type RecorderState = 'idle' | 'asking' | 'counting' | 'recording' | 'finishing' | 'failed';
export type MicrophoneFailure = 'denied' | 'missing' | 'busy' | 'insecure' | 'unsupported';

export interface Recording {
  blob: Blob;
  name: string;
  seconds: number;
  /** heights 0..1 for the ring; empty where the browser cannot decode the file */
  peaks: number[];
  /** rough seconds of sound; null where the browser cannot decode the file */
  loudSeconds: number | null;
}

const TYPES = [
  ['audio/webm;codecs=opus', 'webm'],
  ['audio/mp4', 'm4a'],
  ['audio/ogg;codecs=opus', 'ogg'],
  ['audio/webm', 'webm'],
] as const;

/** Records up to ten seconds from the microphone and says how it sounds while doing so. */
export class Recorder {
  state = $state<RecorderState>('idle');
  failure = $state<MicrophoneFailure | null>(null);
  count = $state(COUNTDOWN);
  /** seconds recorded so far */
  seconds = $state(0);
  height = $state(0);
  hint = $state<LevelHint>('silent');
  /** one height per bar of the ring, filled as time passes */
  peaks = $state.raw<number[]>(new Array<number>(RING_BARS).fill(0));

  #stream: MediaStream | null = null;
  #context: AudioContext | null = null;
  #analyser: AnalyserNode | null = null;
  #recorder: MediaRecorder | null = null;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hints: LevelHint[] = [];

  constructor(private readonly onRecorded: (recording: Recording) => void) {}

  get analyser(): AnalyserNode | null {
    return this.#analyser;
  }

  async start(): Promise<void> {
    this.dispose();
    this.failure = null;
    this.seconds = 0;
    this.peaks = new Array<number>(RING_BARS).fill(0);
    if (!window.isSecureContext) return this.#fail('insecure');
    if (!navigator.mediaDevices?.getUserMedia || typeof MediaRecorder === 'undefined') {
      return this.#fail('unsupported');
    }
    this.state = 'asking';
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        // what cleans a call up also bends a voice
        audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: true },
      });
    } catch (thrown) {
      return this.#fail(failureOf(thrown));
    }
    if (this.state !== 'asking') {
      this.dispose(); // left the page while the browser was asking
      return;
    }
    this.#context = new AudioContext();
    await this.#context.resume();
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 2048;
    this.#context.createMediaStreamSource(this.#stream).connect(this.#analyser);
    this.#watch();
    this.state = 'counting';
    this.count = COUNTDOWN;
    this.#countDown();
  }

  /** Ends a recording early. */
  stop(): void {
    if (this.#recorder?.state === 'recording') {
      this.state = 'finishing';
      this.#recorder.stop();
    }
  }

  /** Gives the microphone back and forgets what was recorded. */
  dispose(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    if (this.#recorder) {
      this.#recorder.ondataavailable = null;
      this.#recorder.onstop = null;
      if (this.#recorder.state !== 'inactive') this.#recorder.stop();
      this.#recorder = null;
    }
    this.#release();
    this.state = 'idle';
  }

  #countDown(): void {
    this.#timer = setTimeout(() => {
      this.count -= 1;
      if (this.count > 0) this.#countDown();
      else this.#record();
    }, COUNT_MS);
  }

  #record(): void {
    const stream = this.#stream;
    if (!stream) return;
    const [type, extension] = TYPES.find(([type]) => MediaRecorder.isTypeSupported(type)) ?? ['', 'webm'];
    const recorder = new MediaRecorder(stream, type ? { mimeType: type, audioBitsPerSecond: 128_000 } : {});
    const parts: Blob[] = [];
    const begun = performance.now();
    recorder.ondataavailable = (event) => {
      if (event.data.size > 0) parts.push(event.data);
    };
    recorder.onstop = () => {
      const seconds = Math.min(RECORD_SECONDS, (performance.now() - begun) / 1000);
      const blob = new Blob(parts, { type: recorder.mimeType || type });
      this.#recorder = null;
      cancelAnimationFrame(this.#frame);
      this.#release();
      void describe(blob, `voice.${extension}`, seconds).then((recording) => {
        this.state = 'idle';
        this.onRecorded(recording.peaks.length > 0 ? recording : { ...recording, peaks: [...this.peaks] });
      });
    };
    this.#recorder = recorder;
    recorder.start(250);
    this.#begun = begun;
    this.state = 'recording';
  }

  #begun = 0;

  #watch(): void {
    const samples = new Float32Array(2048);
    const step = () => {
      this.#frame = requestAnimationFrame(step);
      if (!this.#analyser) return;
      this.#analyser.getFloatTimeDomainData(samples);
      const level = levelOf(samples);
      const height = heightOf(level.rms);
      // fast up, slow down, as a meter does
      this.height = height > this.height ? height : this.height * 0.9 + height * 0.1;
      this.#hints.push(hintOf(level));
      if (this.#hints.length > 45) this.#hints.shift();
      this.hint = steadyHint(this.#hints);
      if (this.state !== 'recording') return;
      this.seconds = (performance.now() - this.#begun) / 1000;
      const bar = Math.min(RING_BARS - 1, Math.floor((this.seconds / RECORD_SECONDS) * RING_BARS));
      if (height > this.peaks[bar]!) {
        const peaks = [...this.peaks];
        peaks[bar] = height;
        this.peaks = peaks;
      }
      if (this.seconds >= RECORD_SECONDS) this.stop();
    };
    step();
  }

  #release(): void {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#analyser = null;
    void this.#context?.close();
    this.#context = null;
    this.height = 0;
    this.#hints = [];
  }

  #fail(failure: MicrophoneFailure): void {
    this.#release();
    this.failure = failure;
    this.state = 'failed';
  }
}

/** One hint for the last moments: clipping is worth saying at once, silence only if it lasts. */
export function steadyHint(hints: LevelHint[]): LevelHint {
  if (hints.filter((hint) => hint === 'loud').length >= 4) return 'loud';
  if (hints.includes('good') || hints.includes('loud')) return 'good';
  if (hints.includes('quiet')) return 'quiet';
  return 'silent';
}

function failureOf(thrown: unknown): MicrophoneFailure {
  switch (thrown instanceof DOMException ? thrown.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unsupported';
  }
}

/** Looks at a recording or file: how long, how loud, what it looks like. */
export async function describe(blob: Blob, name: string, knownSeconds: number | null): Promise<Recording> {
  try {
    const context = new OfflineAudioContext(1, 1, 16_000);
    const audio = await context.decodeAudioData(await blob.arrayBuffer());
    const samples = audio.getChannelData(0);
    return {
      blob,
      name,
      seconds: knownSeconds ?? audio.duration,
      peaks: peaksOf(samples, RING_BARS),
      loudSeconds: loudSeconds(samples, audio.sampleRate),
    };
  } catch {
    // a format that this browser cannot decode: the service may
    return { blob, name, seconds: knownSeconds ?? 0, peaks: [], loudSeconds: null };
  }
}
