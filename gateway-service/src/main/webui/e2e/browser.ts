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
  /** what the browser complained about: policy violations, uncaught errors */
  complaints: string[];
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
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Refused to/.test(message.text())) {
      complaints.push(message.text());
    }
  });
  page.on('request', (request) => {
    if (request.url().startsWith('http')) hosts.add(new URL(request.url()).hostname);
  });
  page.setDefaultTimeout(30_000);
  return { context, page, complaints, hosts };
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

/** Nothing was blocked or thrown, and nobody but us was asked for anything. */
export function expectQuiet(visited: Visit): void {
  expect(visited.complaints).toEqual([]);
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
