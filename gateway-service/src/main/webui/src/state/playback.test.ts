import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Playback, type Clip } from './playback.svelte';

/** A clip whose time passes by hand. */
class Tape implements Clip {
  currentTime = 0;
  playbackRate = 1;
  paused = true;
  readyState = 4;
  constructor(readonly duration = 4) {}
  async play() {
    this.paused = false;
  }
  pause() {
    this.paused = true;
  }
}

let playback: Playback;
let tapes: Tape[];

beforeEach(() => {
  vi.useFakeTimers();
  playback = new Playback();
  tapes = [new Tape(), new Tape(), new Tape()];
  for (const tape of tapes) playback.add(tape);
});

afterEach(() => vi.useRealTimers());

const times = () => tapes.map((tape) => tape.currentTime);

describe('clips side by side', () => {
  it('are played, stopped and set together', () => {
    playback.toggle();
    expect(tapes.map((tape) => tape.paused)).toEqual([false, false, false]);
    expect(playback.playing).toBe(true);
    playback.seek(2.5);
    expect(times()).toEqual([2.5, 2.5, 2.5]);
    playback.toggle();
    expect(tapes.map((tape) => tape.paused)).toEqual([true, true, true]);
  });

  it('stop at the same picture', () => {
    playback.toggle();
    tapes[0]!.currentTime = 1;
    tapes[1]!.currentTime = 1.05;
    tapes[2]!.currentTime = 0.9;
    playback.toggle();
    expect(times()).toEqual([1, 1, 1]);
  });

  it('are hurried when a little off, and set when far off', () => {
    playback.toggle();
    tapes[0]!.currentTime = 2;
    tapes[1]!.currentTime = 1.95;
    tapes[2]!.currentTime = 1;
    vi.advanceTimersByTime(100);
    expect(tapes[1]!.currentTime).toBe(1.95);
    expect(tapes[1]!.playbackRate).toBeCloseTo(1.05);
    expect(tapes[2]!.currentTime).toBe(2);
    expect(playback.time).toBe(2);
  });

  it('are not torn apart when one of them has begun again', () => {
    playback.toggle();
    tapes[0]!.currentTime = 0.01;
    tapes[1]!.currentTime = 3.98;
    vi.advanceTimersByTime(100);
    expect(tapes[1]!.currentTime).toBe(3.98);
    expect(tapes[1]!.playbackRate).toBeGreaterThan(1);
  });

  it('do not wait for one that is still loading, and take it along once it is there', () => {
    tapes[0]!.readyState = 1;
    playback.toggle();
    tapes[1]!.currentTime = 1.5;
    tapes[2]!.currentTime = 1.5;
    vi.advanceTimersByTime(100);
    expect(times()).toEqual([0, 1.5, 1.5]);
    expect(playback.time).toBe(1.5);
    const late = new Tape();
    playback.add(late);
    vi.advanceTimersByTime(100);
    expect(late.paused).toBe(false);
    expect(late.currentTime).toBe(1.5);
  });

  it('play while in view, but not against the will of the person', () => {
    const place = {};
    playback.view(place, true);
    expect(playback.playing).toBe(true);
    playback.view(place, false);
    expect(playback.playing).toBe(false);
    playback.view(place, true);
    playback.toggle();
    playback.view(place, false);
    playback.view(place, true);
    expect(playback.playing).toBe(false);
  });

  it('show pictures that move by themselves at the same moment', () => {
    const [one, other] = [playback.addPicture(), playback.addPicture()];
    one.loaded();
    one.loaded();
    expect(playback.picturesReady).toBe(false);
    other.loaded();
    expect(playback.picturesReady).toBe(true);
    one.remove();
    expect(playback.picturesReady).toBe(true);
    other.remove();
    expect(playback.picturesReady).toBe(false);
  });

  it('say so when the browser refuses to play', async () => {
    for (const tape of tapes) tape.play = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    playback.toggle();
    await vi.advanceTimersByTimeAsync(0);
    expect(playback.playing).toBe(false);
  });
});
