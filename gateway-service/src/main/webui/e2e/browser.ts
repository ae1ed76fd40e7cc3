import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';

export const PAGE = new URL(process.env.V2F_PAGE_URL ?? 'http://localhost:8080').origin;

/** A recording of a person speaking; the fake microphone plays it. */
export const VOICE = process.env.V2F_E2E_VOICE ?? '';

/** Process id of the gateway, where a test may kill it and something starts it again. */
export const GATEWAY_PID = Number(process.env.V2F_GATEWAY_PID ?? 0);

/** Who may close the service for a while, where the mesh has such a person. */
export const OPERATOR = {
  email: process.env.V2F_E2E_OPERATOR ?? '',
  password: process.env.V2F_E2E_OPERATOR_PASSWORD ?? '',
};

/** Where screenshots go. */
export const SHOTS = process.env.V2F_E2E_SHOTS ?? join(tmpdir(), 'v2f-e2e');

export const WAIT_MS = Number(process.env.V2F_E2E_PATIENCE_SECONDS ?? 600) * 1000;

const CANDIDATES = [
  process.env.V2F_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export type Microphone = 'speaks' | 'denied' | 'missing';
export type Form = 'phone' | 'desktop';

export async function launch(microphone: Microphone): Promise<Browser> {
  const executablePath = CANDIDATES.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('No Chromium was found; install it or set V2F_CHROMIUM.');
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'];
  if (microphone === 'speaks') {
    args.push('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream');
    args.push(`--use-file-for-fake-audio-capture=${VOICE}`);
  } else if (microphone === 'denied') {
    args.push('--use-fake-device-for-media-stream');
  }
  return chromium.launch({ executablePath, args });
}

export interface Visit {
  context: BrowserContext;
  page: Page;
  /** what the browser complained about: policy violations, uncaught errors, answers that were refusals */
  complaints: { text: string; url: string }[];
  /** addresses whose refusals belong to the test; that nobody is logged in yet is found out by asking */
  expected: RegExp[];
  /** hosts that were asked for anything */
  hosts: Set<string>;
}

export async function visit(
  browser: Browser,
  form: Form,
  language: 'ko' | 'en',
  theme: 'light' | 'dark' = 'light',
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: PAGE,
    locale: language === 'ko' ? 'ko-KR' : 'en-GB',
    colorScheme: theme,
    // the looks are judged at rest, and the tests do not wait for animations
    reducedMotion: 'reduce',
    ...(form === 'phone'
      ? { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
      : { viewport: { width: 1440, height: 900 } }),
  });
  const page = await context.newPage();
  const complaints: Visit['complaints'] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => complaints.push({ text: error.message, url: '' }));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push({ text: message.text(), url: message.location().url });
  });
  await page.addInitScript(() => {
    const shifts = { worst: 0 };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & Shift)[]) {
        if (!entry.hadRecentInput) shifts.worst += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  page.on('request', (request) => {
    if (request.url().startsWith('http')) hosts.add(new URL(request.url()).hostname);
  });
  page.setDefaultTimeout(30_000);
  // a recording's address is given back when its player goes, which may still have been reading it
  return { context, page, complaints, hosts, expected: [/\/api\/v1\/users\/me$/, /^blob:/] };
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeResults {
  violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[];
}

/** Fails on anything that axe finds serious or critical, and on a page that scrolls sideways. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // the page's own policy forbids foreign scripts in it, so this one comes in by the debugger
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(axePath, 'utf8'));
  const found = await page.evaluate(async () => {
    // colours that are on their way have no contrast of their own
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    const axe = (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe;
    const results = await axe.run();
    return results.violations
      .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
      .map((violation) => {
        const nodes = violation.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`);
        return `${violation.id}: ${nodes.join('; ')}`;
      });
  });
  expect(found, `axe on ${what}`).toEqual([]);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(sideways, `${what} scrolls sideways`).toBeLessThanOrEqual(0);
}

interface Shift {
  hadRecentInput: boolean;
  value: number;
}

/** What is there stays where it is while the rest comes (cumulative layout shift since the page was loaded). */
export async function expectNoShift(page: Page, what: string): Promise<void> {
  const moved = await page.evaluate(() => (window as unknown as { shifts: { worst: number } }).shifts.worst);
  expect(moved, `layout shift on ${what}`).toBeLessThan(0.1);
}

/** Every look of a page that is there: both languages and both themes. */
export async function inEveryLook(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await look(`${await page.locator('html').getAttribute('lang')} ${theme}`);
    }
    await page.locator('button.language').click();
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Nothing was blocked, thrown or refused, and nobody but us was asked for anything. */
export function expectQuiet(visited: Visit): void {
  const unexpected = visited.complaints.filter(({ url }) => !visited.expected.some((one) => one.test(url)));
  expect(unexpected).toEqual([]);
  expect([...visited.hosts].filter((host) => host !== 'localhost' && host !== '127.0.0.1')).toEqual([]);
}

export async function shot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

/** Chooses a radio button the way people do: by what is drawn for it. */
export async function choose(radio: Locator): Promise<void> {
  await radio.locator('xpath=ancestor::label').click();
}

export async function enterAsGuest(page: Page): Promise<void> {
  await page.goto('/start');
  await page.locator('input[name="consent"]').check();
  await page.locator('section.card button.primary').click();
  await page.waitForURL('**/new/you');
}

export async function sayWhoOneIs(page: Page, age: number, gender: 'female' | 'male'): Promise<void> {
  await page.locator('#age').fill(String(age));
  await page.locator(`input[name="gender"][value="${gender}"]`).check();
  await page.locator('form button.primary').click();
  await page.waitForURL('**/new/voice');
}

export async function giveVoiceFile(page: Page, file: string): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.locator('a.primary[href="/new/target"]').click();
  await page.waitForURL('**/new/target');
}

/** Sends the request with the first template and gives back its id. */
export async function sendWithTemplate(page: Page): Promise<string> {
  await choose(page.locator('input[name="template"]').first());
  await page.locator('.send button.primary').click();
  await page.waitForURL(/\/requests\/[\w-]+$/);
  return new URL(page.url()).pathname.split('/').at(-1)!;
}

/** Six seconds in which nobody says anything: faint noise, as a 16 kHz WAV file. */
export function noise(): string {
  const rate = 16_000;
  const samples = rate * 6;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  let seed = 1;
  for (let i = 0; i < samples; i++) {
    // a fixed sequence, so that every run hears the same
    seed = (seed * 16_807) % 2_147_483_647;
    wav.writeInt16LE(Math.round((seed / 2_147_483_647 - 0.5) * 600), 44 + i * 2);
  }
  const path = join(mkdtempSync(join(tmpdir(), 'v2f-e2e-')), 'noise.wav');
  writeFileSync(path, wav);
  return path;
}

/** Looks whether there was anything to complain about, and goes. */
export async function leave(visited: Visit): Promise<void> {
  expectQuiet(visited);
  await visited.context.close();
}

/** A picture with a face in it: the poster of the first template. */
export async function picture(context: BrowserContext): Promise<string> {
  const templates = (await (await context.request.get('/api/v1/templates')).json()) as {
    posterUrl: string;
  }[];
  const poster = await context.request.get(templates[0]!.posterUrl);
  const path = join(mkdtempSync(join(tmpdir(), 'v2f-e2e-')), 'somebody.jpg');
  writeFileSync(path, await poster.body());
  return path;
}

/** A video with a face in it and with sound: the clip of the first template. */
export async function video(context: BrowserContext): Promise<string> {
  const templates = (await (await context.request.get('/api/v1/templates')).json()) as { clipUrl: string }[];
  const clip = await context.request.get(templates[0]!.clipUrl);
  const path = join(mkdtempSync(join(tmpdir(), 'v2f-e2e-')), 'somebody.mp4');
  writeFileSync(path, await clip.body());
  return path;
}

const GIF_SIZE = 320;
const GIF_FRAMES = 8;
const GIF_DELAY = 15;

/** A GIF of a face that comes nearer, drawn from the poster of the first template. */
export async function movingPicture(page: Page): Promise<string> {
  const templates = (await (await page.request.get('/api/v1/templates')).json()) as { posterUrl: string }[];
  const frames = await page.evaluate(
    async ({ url, size, count }) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = size;
      const context = canvas.getContext('2d', { willReadFrequently: true })!;
      return Array.from({ length: count }, (_, i) => {
        const part = 1 - i * 0.015;
        const [width, height] = [image.naturalWidth * part, image.naturalHeight * part];
        const [x, y] = [(image.naturalWidth - width) / 2, (image.naturalHeight - height) / 2];
        context.drawImage(image, x, y, width, height, 0, 0, size, size);
        const pixels = context.getImageData(0, 0, size, size).data;
        // six steps of each colour
        return Array.from({ length: size * size }, (_, at) => {
          const step = (channel: number) => Math.round(pixels[at * 4 + channel]! / 51);
          return step(0) * 36 + step(1) * 6 + step(2);
        });
      });
    },
    { url: templates[0]!.posterUrl, size: GIF_SIZE, count: GIF_FRAMES },
  );
  const word = (value: number) => [value & 255, value >> 8];
  const bytes: number[] = [...Buffer.from('GIF89a'), ...word(GIF_SIZE), ...word(GIF_SIZE), 0xf7, 0, 0];
  for (let colour = 0; colour < 256; colour++) {
    const steps = [Math.floor(colour / 36) % 6, Math.floor(colour / 6) % 6, colour % 6];
    bytes.push(...(colour < 216 ? steps.map((step) => step * 51) : [0, 0, 0]));
  }
  bytes.push(0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, 0, 0, 0);
  for (const pixels of frames) {
    bytes.push(0x21, 0xf9, 4, 0, ...word(GIF_DELAY), 0, 0);
    bytes.push(0x2c, 0, 0, 0, 0, ...word(GIF_SIZE), ...word(GIF_SIZE), 0, 8);
    const packed = uncompressed(pixels);
    for (let at = 0; at < packed.length; at += 255) {
      const block = packed.slice(at, at + 255);
      bytes.push(block.length, ...block);
    }
    bytes.push(0);
  }
  bytes.push(0x3b);
  const path = join(mkdtempSync(join(tmpdir(), 'v2f-e2e-')), 'somebody.gif');
  writeFileSync(path, Buffer.from(bytes));
  return path;
}

/** A GIF's codes without its compression: the table is cleared before it would need wider ones. */
function uncompressed(pixels: number[]): number[] {
  const [CLEAR, END, WIDTH, MOST] = [256, 257, 9, 250];
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  const put = (code: number) => {
    held |= code << bits;
    for (bits += WIDTH; bits >= 8; bits -= 8) {
      bytes.push(held & 255);
      held >>= 8;
    }
  };
  pixels.forEach((pixel, i) => {
    if (i % MOST === 0) put(CLEAR);
    put(pixel);
  });
  put(END);
  if (bits > 0) bytes.push(held & 255);
  return bytes;
}

/** Goes the way to a request with the recording and a file of one's own, and gives back the address of the request. */
export async function sendOwnFile(page: Page, file: string): Promise<string> {
  await giveVoiceFile(page, VOICE);
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.locator('.own').waitFor();
  // a GIF is offered beside a video, not beside what does not move or is one itself
  expect(await page.locator('input[name="gif"]').count()).toBe(file.endsWith('.mp4') ? 1 : 0);
  await page.locator('.send button.primary').click();
  await page.waitForURL(/\/requests\/[\w-]+$/);
  return page.url();
}

/** Positions of everything that moves on a result: frames of GIFs, or seconds of videos. */
export async function positions(page: Page, css: 'canvas' | 'video'): Promise<number[]> {
  return page
    .locator(`.clips ${css}`)
    .evaluateAll((all) =>
      all.map((one) => (one instanceof HTMLVideoElement ? one.currentTime : Number(one.dataset.frame ?? -1))),
    );
}

/** What the files of a result are called where they can be saved, in their order. */
export async function savedAs(page: Page): Promise<string[]> {
  const names = await page.locator('.files a').allInnerTexts();
  return names.map((name) => name.trim());
}

/** How far apart positions are on a line that ends where it begins. */
export function spread(at: number[], length: number): number {
  const first = at[0]!;
  return Math.max(...at.map((one) => Math.abs(one - first - length * Math.round((one - first) / length))));
}
