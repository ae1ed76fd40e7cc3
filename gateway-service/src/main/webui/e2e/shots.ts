import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { it } from 'vitest';
import { en } from '../src/i18n/en';
import { ko } from '../src/i18n/ko';
import { choose, launch, noise, PAGE, picture, sayWhoOneIs, SHOTS, VOICE, WAIT_MS } from './browser';

// Every page in both sizes, languages and themes as a picture, for people to look at: `npm run shots` against a running
// mesh. Not a test. V2F_SHOTS_SCENES=result,list takes only those; V2F_SHOTS_FORMS, _LANGUAGES and _THEMES likewise.

const only = (name: string, all: readonly string[]) => process.env[`V2F_SHOTS_${name}`]?.split(',') ?? all;
const API = { 'X-V2F-Client': 'web' };
const PASSWORD = 'a quiet river at noon';

/** What the scenes are of; kept beside the pictures, so that a second round need not wait for new faces. */
interface Made {
  email: string;
  member: Awaited<ReturnType<BrowserContext['storageState']>>;
  stranger: Awaited<ReturnType<BrowserContext['storageState']>>;
  finished: string;
  result: string;
  /** the finished request while it was being made */
  running: unknown;
  rejected: string;
  cancelled: string;
  link: string;
}

async function post(context: BrowserContext, path: string, data?: unknown) {
  const answer = await context.request.post(`/api/v1${path}`, { headers: API, data });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return answer;
}

async function submit(context: BrowserContext, voice: string, target?: string): Promise<string> {
  const templates = (await (await context.request.get('/api/v1/templates')).json()) as { id: string }[];
  const file = (path: string, mimeType: string) => ({
    name: path.split('/').at(-1)!,
    mimeType,
    buffer: readFileSync(path),
  });
  const answer = await context.request.post('/api/v1/requests', {
    headers: API,
    multipart: {
      age: '34',
      gender: 'female',
      voice: file(voice, 'audio/wav'),
      ...(target ? { target: file(target, 'image/png') } : { template: templates[0]!.id }),
    },
  });
  if (!answer.ok()) throw new Error(`submit: ${answer.status()} ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

interface Snapshot {
  state: string;
  latestResultId: string;
  progress: { done: number; total: number } | null;
  results: { variants: { voice: { face: unknown } } }[];
}

async function state(context: BrowserContext, id: string): Promise<Snapshot> {
  return (await (await context.request.get(`/api/v1/requests/${id}`)).json()) as Snapshot;
}

async function finish(
  context: BrowserContext,
  id: string,
  look?: (now: Snapshot) => void,
): Promise<Snapshot> {
  for (const until = Date.now() + WAIT_MS; Date.now() < until;) {
    const now = await state(context, id);
    look?.(now);
    if (['SUCCEEDED', 'PARTIAL', 'FAILED', 'REJECTED', 'CANCELLED'].includes(now.state)) return now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${id} does not end`);
}

async function make(browser: Browser): Promise<Made> {
  const known = join(SHOTS, 'made.json');
  if (existsSync(known)) {
    const made = JSON.parse(readFileSync(known, 'utf8')) as Made;
    const context = await browser.newContext({ baseURL: PAGE, storageState: made.member });
    const there = (await context.request.get(`/api/v1/requests/${made.finished}`)).ok();
    await context.close();
    if (there) return made;
  }
  const member = await browser.newContext({ baseURL: PAGE });
  const email = `looks-${Date.now()}@example.org`;
  const { consentVersion } = (await (await member.request.get('/api/v1/config')).json()) as {
    consentVersion: string;
  };
  await post(member, '/users', { email, password: PASSWORD, consent: { version: consentVersion } });
  await post(member, '/tokens', { email, password: PASSWORD });
  const finished = await submit(member, VOICE);
  let running: Snapshot | null = null;
  await finish(member, finished, (now) => {
    const part = now.progress ? now.progress.done / now.progress.total : 0;
    if (now.state === 'SWAPPING' && now.results[0]!.variants.voice.face && (part > 0.2 || !running)) {
      if (part < 0.8) running = now;
    }
  });
  const result = (await state(member, finished)).latestResultId;
  const rejected = await submit(member, noise());
  await finish(member, rejected);
  const cancelled = await submit(member, VOICE);
  await post(member, `/requests/${cancelled}/cancel`);
  await finish(member, cancelled);
  await post(member, `/requests/${finished}/results`);
  await finish(member, finished);
  const link = (await (
    await post(member, `/requests/${finished}/results/${result}/share`, { expiresInHours: 720 })
  ).json()) as { url: string };
  const stranger = await browser.newContext({ baseURL: PAGE });
  await post(stranger, '/tokens/guest', { consent: { version: consentVersion } });
  const made: Made = {
    email,
    member: await member.storageState(),
    stranger: await stranger.storageState(),
    finished,
    result,
    running,
    rejected,
    cancelled,
    link: new URL(link.url, PAGE).pathname,
  };
  mkdirSync(SHOTS, { recursive: true });
  writeFileSync(known, JSON.stringify(made));
  return made;
}

interface Stage {
  page: Page;
  context: BrowserContext;
  made: Made;
  t: typeof en;
  /** a second picture of the same scene */
  snap: (name: string) => Promise<void>;
}

type Scene = { who: 'nobody' | 'guest' | 'member'; play: (stage: Stage) => Promise<void> };

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).first().waitFor();
const at = (path: string | ((made: Made) => string)) => async (stage: Stage) => {
  await stage.page.goto(typeof path === 'string' ? path : path(stage.made));
  await heading(stage.page);
};

async function toVoice({ page }: Stage): Promise<void> {
  await page.goto('/new/you');
  await sayWhoOneIs(page, 34, 'female');
}

async function toTarget(stage: Stage): Promise<void> {
  await toVoice(stage);
  await stage.page.locator('input[type="file"]').setInputFiles(VOICE);
  await stage.page.locator('a.primary[href="/new/target"]').click();
  await stage.page.locator('input[name="template"]').first().waitFor({ state: 'attached' });
}

/** Shows a request as if it were in this state. */
async function pretend(page: Page, id: string, request: unknown): Promise<void> {
  await page.route(`**/api/v1/requests/${id}/events`, () => undefined);
  await page.route(`**/api/v1/requests/${id}`, (route) => route.fulfill({ json: request }));
}

async function facesShown(page: Page): Promise<void> {
  await page.locator('.frame img.shown').nth(1).waitFor();
}

const SCENES: Record<string, Scene> = {
  landing: { who: 'nobody', play: at('/') },
  start: {
    who: 'nobody',
    play: async (stage) => {
      await at('/start')(stage);
      await stage.snap('start');
      await stage.page.locator('section.card button.primary').click();
      await stage.snap('start-refused');
    },
  },
  join: {
    who: 'nobody',
    play: async (stage) => {
      await at('/join')(stage);
      await stage.snap('join');
      await stage.page.locator('input[type="email"]').fill('someone');
      await stage.page.locator('form button.primary').click();
      await stage.snap('join-refused');
    },
  },
  login: {
    who: 'nobody',
    play: async (stage) => {
      await at('/login')(stage);
      await stage.page.locator('input[type="email"]').fill('someone@example.org');
      await stage.page.locator('input[autocomplete="current-password"]').fill('not the password');
      await stage.page.locator('form button.primary').click();
      await stage.page.getByRole('alert').waitFor();
    },
  },
  you: {
    who: 'guest',
    play: async (stage) => {
      await at('/new/you')(stage);
      await stage.page.locator('form').waitFor();
      await stage.snap('you');
      await stage.page.locator('form button.primary').click();
      await stage.snap('you-refused');
    },
  },
  voice: {
    who: 'guest',
    play: async (stage) => {
      await toVoice(stage);
      await heading(stage.page);
      await stage.snap('voice');
      await stage.page.getByRole('button', { name: stage.t.record.start }).click();
      await stage.page.getByRole('timer').waitFor();
      await stage.snap('voice-counting');
      await stage.page.getByText(stage.t.record.hints.good).waitFor();
      await stage.page.waitForTimeout(1500);
      await stage.snap('voice-recording');
      await stage.page.getByRole('button', { name: stage.t.record.stop }).click();
      await stage.page.getByRole('button', { name: stage.t.record.playback }).waitFor();
      await stage.snap('voice-recorded');
    },
  },
  denied: {
    who: 'guest',
    play: async (stage) => {
      await stage.page.addInitScript(() => {
        navigator.mediaDevices.getUserMedia = () =>
          Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
      });
      await toVoice(stage);
      await stage.page.getByRole('button', { name: stage.t.record.start }).click();
      await stage.page.getByRole('alert').waitFor();
    },
  },
  target: {
    who: 'guest',
    play: async (stage) => {
      await toTarget(stage);
      await stage.snap('target');
      await stage.page.locator('.send button.primary').click();
      await choose(stage.page.locator('input[name="skin"]').nth(5));
      await stage.snap('target-refused');
      await choose(stage.page.locator('input[name="template"]').nth(1));
      await stage.snap('target-chosen');
      await stage.page.locator('input[type="file"]').setInputFiles(await picture(stage.context));
      await stage.page.locator('.own img').waitFor();
      await stage.snap('target-own');
    },
  },
  waiting: {
    who: 'member',
    play: async (stage) => {
      await pretend(stage.page, stage.made.finished, stage.made.running);
      await at((made) => `/requests/${made.finished}`)(stage);
      await facesShown(stage.page);
    },
  },
  queued: {
    who: 'member',
    play: async (stage) => {
      const request = structuredClone(stage.made.running) as { state: string; progress: unknown };
      const results = (request as unknown as { results: { state: string; variants: unknown }[] }).results;
      const nothing = { state: 'PENDING', face: null, clip: null, gif: null, poster: null, rating: null };
      request.state = results[0]!.state = 'QUEUED';
      request.progress = null;
      const variant = { ...nothing, age: 34, gender: 'female', models: [], timings: [], failure: null };
      results[0]!.variants = { voice: variant, condition: variant };
      await pretend(stage.page, stage.made.finished, request);
      await at((made) => `/requests/${made.finished}`)(stage);
      await stage.page.locator('.stages').waitFor();
    },
  },
  result: {
    who: 'member',
    play: async (stage) => {
      await at((made) => `/requests/${made.finished}`)(stage);
      await facesShown(stage.page);
      await stage.page.waitForLoadState('networkidle');
      await stage.snap('result');
      await stage.page.getByText(stage.t.result.details).click();
      await stage.page.getByRole('button', { name: stage.t.result.share, exact: true }).click();
      await stage.page.locator('dialog[open]').waitFor();
      await stage.page.getByRole('button', { name: stage.t.share.create }).click();
      await stage.page.locator('dialog input[readonly]').first().waitFor();
      await stage.snap('result-share');
      await stage.page.keyboard.press('Escape');
      await stage.page.getByRole('button', { name: stage.t.result.delete }).click();
      await stage.page.getByRole('button', { name: stage.t.result.deleteYes }).waitFor();
      await stage.snap('result-delete');
    },
  },
  partial: {
    who: 'member',
    play: async (stage) => {
      const request = structuredClone(await state(stage.context, stage.made.finished));
      request.state = 'PARTIAL';
      for (const result of request.results as unknown as {
        state: string;
        variants: Record<string, object>;
      }[]) {
        result.state = 'PARTIAL';
        result.variants.condition = { ...result.variants.condition, state: 'FAILED', clip: null, gif: null };
      }
      await pretend(stage.page, stage.made.finished, request);
      await at((made) => `/requests/${made.finished}`)(stage);
      await facesShown(stage.page);
    },
  },
  failed: {
    who: 'member',
    play: async (stage) => {
      const request = structuredClone(await state(stage.context, stage.made.cancelled));
      request.state = 'FAILED';
      for (const result of request.results as unknown as { state: string }[]) result.state = 'FAILED';
      await pretend(stage.page, stage.made.cancelled, request);
      await at((made) => `/requests/${made.cancelled}`)(stage);
    },
  },
  rejected: {
    who: 'member',
    play: async (stage) => {
      await at((made) => `/requests/${made.rejected}`)(stage);
      await stage.page.locator('.end').waitFor();
    },
  },
  cancelled: {
    who: 'member',
    play: async (stage) => {
      await at((made) => `/requests/${made.cancelled}`)(stage);
      await stage.page.locator('.end').waitFor();
    },
  },
  survey: {
    who: 'member',
    play: async (stage) => {
      await at((made) => `/requests/${made.finished}/results/${made.result}/survey`)(stage);
      const { page } = stage;
      await page.locator('form').waitFor();
      await choose(page.locator('input[name="voiceToFace"]').nth(1));
      await choose(page.locator('input[name="waiting"]').nth(0));
      await choose(page.locator('input[name="moreClips"]').first());
      await page.locator('form button.primary').click();
    },
  },
  list: {
    who: 'member',
    play: async (stage) => {
      await at('/requests')(stage);
      await stage.page.locator('.face img').first().waitFor();
      await stage.page.waitForLoadState('networkidle');
    },
  },
  'list-empty': {
    who: 'guest',
    play: async (stage) => {
      await at('/requests')(stage);
      await stage.page.locator('.blank').waitFor();
    },
  },
  'list-nobody': { who: 'nobody', play: at('/requests') },
  profile: {
    who: 'member',
    play: async (stage) => {
      await at('/profile')(stage);
      await stage.page.locator('meter').waitFor();
    },
  },
  'profile-guest': {
    who: 'guest',
    play: async (stage) => {
      await at('/profile')(stage);
      await stage.page.locator('meter').waitFor();
    },
  },
  about: { who: 'nobody', play: at('/about') },
  privacy: { who: 'nobody', play: at('/privacy') },
  shared: {
    who: 'nobody',
    play: async (stage) => {
      await at((made) => made.link)(stage);
      await facesShown(stage.page);
      await stage.page.waitForLoadState('networkidle');
    },
  },
  gone: {
    who: 'nobody',
    play: async (stage) => {
      await at('/s/nothing')(stage);
      await stage.page.getByText(stage.t.share.goneText).waitFor();
    },
  },
  'not-found': { who: 'nobody', play: at('/nowhere') },
  'not-yours': {
    who: 'guest',
    play: async (stage) => {
      await at((made) => `/requests/${made.finished}`)(stage);
      await stage.page.getByText(stage.t.problems.notFoundText).waitFor();
    },
  },
  maintenance: {
    who: 'nobody',
    play: async (stage) => {
      await stage.page.route('**/api/v1/config', async (route) => {
        const config = (await (await route.fetch()).json()) as object;
        await route.fulfill({ json: { ...config, maintenance: true } });
      });
      await at('/')(stage);
      await stage.page.getByText(stage.t.problems.maintenanceText).waitFor();
    },
  },
  quota: {
    who: 'guest',
    play: async (stage) => {
      await stage.page.route('**/api/v1/users/me', async (route) => {
        const user = (await (await route.fetch()).json()) as object;
        await route.fulfill({ json: { ...user, quota: { limit: 10, used: 10 } } });
      });
      await at('/new/you')(stage);
      await stage.page.getByRole('heading', { name: stage.t.problems.quotaTitle }).waitFor();
    },
  },
  expired: {
    who: 'member',
    play: async (stage) => {
      await at((made) => `/requests/${made.finished}`)(stage);
      await stage.page.locator('.attempts').waitFor();
      await stage.page.locator('nav a[href="/profile"]').waitFor();
      await stage.page.route('**/rating', (route) => route.fulfill({ status: 401, json: {} }));
      await choose(stage.page.locator('input[type="radio"]').nth(3));
      await stage.page.locator('dialog[open]').waitFor();
    },
  },
  offline: {
    who: 'member',
    play: async (stage) => {
      await at('/requests')(stage);
      await stage.page.locator('.face img').first().waitFor();
      await stage.context.setOffline(true);
      await stage.page.getByText(stage.t.problems.offlineBanner).waitFor();
    },
  },
  down: {
    who: 'member',
    play: async (stage) => {
      await stage.page.route('**/api/v1/requests?*', (route) => route.fulfill({ status: 503, json: {} }));
      await at('/requests')(stage);
      await stage.page.getByRole('alert').waitFor();
    },
  },
};

it('takes pictures of every page', { timeout: 3_600_000 }, async () => {
  const browser = await launch('speaks');
  const made = await make(browser);
  for (const language of only('LANGUAGES', ['ko', 'en'])) {
    for (const theme of only('THEMES', ['light', 'dark'])) {
      for (const form of only('FORMS', ['phone', 'desktop'])) {
        for (const name of only('SCENES', Object.keys(SCENES))) {
          const scene = SCENES[name]!;
          const context = await browser.newContext({
            baseURL: PAGE,
            locale: language === 'ko' ? 'ko-KR' : 'en-GB',
            colorScheme: theme as 'light' | 'dark',
            reducedMotion: 'reduce',
            storageState:
              scene.who === 'nobody' ? undefined : scene.who === 'guest' ? made.stranger : made.member,
            ...(form === 'phone'
              ? { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
              : { viewport: { width: 1440, height: 900 } }),
          });
          const page = await context.newPage();
          page.setDefaultTimeout(20_000);
          const taken: string[] = [];
          const snap = async (part: string) => {
            taken.push(part);
            await page.evaluate(() => document.fonts.ready);
            const path = (suffix: string) => join(SHOTS, `${part}-${form}-${language}-${theme}${suffix}.png`);
            // what one sees first, and all of it
            await page.screenshot({ path: path('-fold') });
            await page.screenshot({ path: path(''), fullPage: true });
          };
          try {
            await scene.play({ page, context, made, t: language === 'ko' ? ko : en, snap });
            if (taken.length === 0) await snap(name);
          } catch (failure) {
            console.error(`${name} ${form} ${language} ${theme}:`, failure);
            await snap(`${name}-broken`);
          } finally {
            await context.close();
          }
        }
      }
    }
  }
  await browser.close();
});
