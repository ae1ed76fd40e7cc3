import { describe, expect, it } from 'vitest';
import { frameAt, GifClip, gifDelays } from './gif';

/** A GIF of 1×1 pixels with a frame for each delay, in hundredths of a second; null: no control extension. */
function gif(delays: (number | null)[], { colours = true } = {}): Uint8Array {
  const bytes = [...'GIF89a'].map((c) => c.charCodeAt(0));
  bytes.push(1, 0, 1, 0, colours ? 0x80 : 0, 0, 0);
  if (colours) bytes.push(0, 0, 0, 255, 255, 255);
  // loops for ever
  bytes.push(0x21, 0xff, 11, ...[...'NETSCAPE2.0'].map((c) => c.charCodeAt(0)), 3, 1, 0, 0, 0);
  for (const delay of delays) {
    if (delay !== null) bytes.push(0x21, 0xf9, 4, 0, delay & 255, delay >> 8, 0, 0);
    bytes.push(0x2c, 0, 0, 0, 0, 1, 0, 1, 0, colours ? 0 : 0x80);
    if (!colours) bytes.push(0, 0, 0, 255, 255, 255);
    bytes.push(2, 2, 0x44, 0x01, 0);
  }
  bytes.push(0x3b);
  return new Uint8Array(bytes);
}

describe('the delays of a GIF', () => {
  it('are read frame by frame', () => {
    expect(gifDelays(gif([4, 8, 300]))).toEqual([0.04, 0.08, 3]);
    expect(gifDelays(gif([4, 5], { colours: false }))).toEqual([0.04, 0.05]);
  });

  it('are a tenth of a second where a GIF says nothing sensible, as in browsers', () => {
    expect(gifDelays(gif([0, 1, null, 2]))).toEqual([0.1, 0.1, 0.1, 0.02]);
  });

  it('are none where the bytes are something else or break off', () => {
    expect(gifDelays(new TextEncoder().encode('<html>no picture</html>'))).toEqual([]);
    expect(gifDelays(new Uint8Array())).toEqual([]);
    expect(gifDelays(gif([4, 8]).subarray(0, 50)).length).toBeLessThanOrEqual(2);
  });

  it('say which frame is shown when', () => {
    expect([0, 0.05, 0.1, 0.29, 0.3, 0.35, -0.05].map((t) => frameAt([0.1, 0.2], t))).toEqual([
      0, 0, 1, 1, 0, 0, 1,
    ]);
    expect(frameAt([], 1)).toBe(0);
  });
});

describe('a GIF as a clip', () => {
  function clip() {
    let now = 0;
    const drawn: number[] = [];
    const canvas = { dataset: {}, width: 1, height: 1, getContext: () => ({ drawImage: () => undefined }) };
    const decoder = {
      async decode({ frameIndex }: { frameIndex: number }) {
        drawn.push(frameIndex);
        return { image: { close: () => undefined } };
      },
      close: () => undefined,
    };
    const made = new GifClip(
      canvas as unknown as HTMLCanvasElement,
      [0.1, 0.1, 0.1],
      decoder as never,
      () => now,
    );
    return { made, drawn, pass: (seconds: number) => (now += seconds * 1000) };
  }

  it('shows the first frame before it plays, and any that it is set to', async () => {
    const { made, drawn } = clip();
    expect(made.paused).toBe(true);
    made.currentTime = 0.25;
    await expect.poll(() => made.shown).toBe(2);
    expect(drawn).toEqual([0, 2]);
    expect(made.currentTime).toBeCloseTo(0.25);
  });

  it('goes on in time and begins again', async () => {
    const { made, pass } = clip();
    globalThis.requestAnimationFrame = () => 0;
    globalThis.cancelAnimationFrame = () => undefined;
    await made.play();
    pass(0.4);
    expect(made.currentTime).toBeCloseTo(0.1);
    made.pause();
    pass(5);
    expect(made.currentTime).toBeCloseTo(0.1);
  });
});
