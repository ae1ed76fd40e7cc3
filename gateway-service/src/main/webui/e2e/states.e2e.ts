import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../src/i18n/en';
import { ko } from '../src/i18n/ko';
import {
  choose,
  enterAsGuest,
  expectAccessible,
  expectNoShift,
  expectQuiet,
  giveVoiceFile,
  launch,
  leave,
  noise,
  OPERATOR,
  picture,
  sayWhoOneIs,
  sendWithTemplate,
  shot,
  visit,
  VOICE,
  WAIT_MS,
} from './browser';

const t = en;

describe('a person without a microphone', () => {
  it('is told that it is blocked, and that a file does it as well', async () => {
    const browser = await launch('denied');
    const visited = await visit(browser, 'phone', 'ko');
    const { page } = visited;
    await enterAsGuest(page);
    await sayWhoOneIs(page, 25, 'male');
    await page.getByRole('button', { name: ko.record.start }).click();
    await page.getByText(ko.record.microphone.denied.title).waitFor();
    await expectAccessible(page, 'microphone denied');
    await giveVoiceFile(page, VOICE);
    expectQuiet(visited);
    await browser.close();
  });

  it('is told that there is none', async () => {
    const browser = await launch('missing');
    const { page, context } = await visit(browser, 'desktop', 'en');
    await context.grantPermissions(['microphone']);
    await enterAsGuest(page);
    await sayWhoOneIs(page, 25, 'male');
    await page.getByRole('button', { name: t.record.start }).click();
    await page.getByText(t.record.microphone.missing.title).waitFor();
    await browser.close();
  });
});

describe('the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch('denied');
  });
  afterAll(() => browser.close());

  it('says why a recording cannot be used, and leads to another one', async () => {
    const { page, context } = await visit(browser, 'desktop', 'en');
    await enterAsGuest(page);
    await sayWhoOneIs(page, 40, 'female');
    await giveVoiceFile(page, noise());
    await sendWithTemplate(page);
    const why = page.getByRole('heading', { level: 1, name: t.ends.reasons.no_speech!.title, exact: true });
    await why.waitFor({ timeout: WAIT_MS });
    await expectAccessible(page, 'rejected');
    await page.getByRole('button', { name: t.ends.rejectedAgain }).click();
    await page.waitForURL('**/new/voice');
    await context.close();
  });

  it('goes on after a session has ended, with nothing lost, and lets a person delete everything', async () => {
    const { page, context } = await visit(browser, 'desktop', 'en');
    const email = `page-${Date.now()}@example.org`;
    const password = 'a quiet river at noon';
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    await page.goto('/join');
    await page.getByRole('textbox', { name: t.account.email }).fill(email);
    await page.getByLabel(t.account.password, { exact: true }).fill(password);
    await page.getByLabel(t.account.passwordAgain, { exact: true }).fill(password);
    await page.locator('input[name="consent"]').check();
    await button(t.account.join).click();
    await page.waitForURL('**/new/you');
    await sayWhoOneIs(page, 52, 'male');
    await giveVoiceFile(page, VOICE);
    // a clip plays while the pointer is on it, and no longer
    const card = page.locator('label.template').nth(1);
    await card.hover();
    const clip = card.locator('video');
    await expect
      .poll(() => clip.evaluate((video: HTMLVideoElement) => video.currentTime))
      .toBeGreaterThan(0.2);
    await page.mouse.move(0, 0);
    await clip.waitFor({ state: 'detached' });
    await choose(page.locator('input[name="template"]').first());
    await context.clearCookies();
    await button(t.target.send).click();
    const dialog = page.getByRole('dialog', { name: t.account.expiredTitle });
    await dialog.waitFor();
    await expectAccessible(page, 'session over');
    await dialog.getByLabel(t.account.password, { exact: true }).fill(password);
    await dialog.getByRole('button', { name: t.account.logIn }).click();
    await page.waitForURL(/\/requests\/[\w-]+$/);

    // stopping it
    await button(t.waiting.cancel).click();
    await button(t.waiting.cancelYes).click();
    await page.getByRole('heading', { level: 1, name: t.ends.cancelledTitle, exact: true }).waitFor();
    await expectAccessible(page, 'cancelled');

    // a new password ends the old sessions, but not this visit
    await page.goto('/profile');
    await page.getByLabel(t.profile.currentPassword, { exact: true }).fill(password);
    await page.getByLabel(t.profile.newPassword, { exact: true }).fill(`${password} again`);
    await button(t.profile.password).click();
    await page.getByText(t.profile.passwordChanged).waitFor();

    await button(t.profile.logOut).click();
    await page.getByRole('heading', { level: 1, name: t.landing.title, exact: true }).waitFor();
    await page.goto('/login');
    await page.getByRole('textbox', { name: t.account.email }).fill(email);
    await page.getByLabel(t.account.password, { exact: true }).fill(password);
    await button(t.account.logIn).click();
    await page.getByText(t.problems.wrong_credentials).waitFor();
    await page.getByLabel(t.account.password, { exact: true }).fill(`${password} again`);
    await button(t.account.logIn).click();
    await page.waitForURL('**/requests');

    await page.goto('/profile');
    await button(t.profile.delete).click();
    const sure = page.getByRole('dialog', { name: t.profile.deleteAsk });
    await sure.waitFor();
    await expectAccessible(page, 'delete account');
    await sure.getByLabel(t.profile.deletePassword).fill(`${password} again`);
    await sure.getByRole('button', { name: t.profile.deleteYes }).click();
    await page.getByText(t.profile.deleted).waitFor();
    expect((await context.request.get('/api/v1/users/me')).status()).toBe(401);
    await context.close();
  });

  it('keeps everything while one is offline, and sends it afterwards', async () => {
    const visited = await visit(browser, 'phone', 'ko');
    const { page, context } = visited;
    await enterAsGuest(page);
    await sayWhoOneIs(page, 47, 'female');
    await giveVoiceFile(page, noise());
    await choose(page.locator('input[name="template"]').first());
    await context.setOffline(true);
    await page.getByText(ko.problems.offlineBanner).waitFor();
    await page.getByRole('button', { name: ko.target.send }).click();
    await page.getByText(ko.problems.offline).waitFor();
    await expectAccessible(page, 'offline');
    await context.setOffline(false);
    await page.getByText(ko.problems.offlineBanner).waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: ko.common.retry }).click();
    await page.waitForURL(/\/requests\/[\w-]+$/);
    await page
      .getByRole('heading', { level: 1, name: ko.ends.reasons.no_speech!.title, exact: true })
      .waitFor({ timeout: WAIT_MS });
    // what was on its way when the line went: the request, and the chosen clip that had begun to play
    visited.expected.push(/\/api\/v1\/(requests$|templates\/)/);
    await leave(visited);
  });

  it.skipIf(OPERATOR.email === '')(
    'shows maintenance when the operator says so, and opens again',
    async () => {
      const operator = await visit(browser, 'desktop', 'en');
      const token = await operator.context.request.post('/api/v1/tokens', { data: OPERATOR });
      const { accessToken } = (await token.json()) as { accessToken: string };
      const maintenance = async (enabled: boolean) => {
        const answer = await operator.context.request.put('/api/v1/admin/maintenance', {
          headers: { Authorization: `Bearer ${accessToken}` },
          data: { enabled },
        });
        expect(answer.ok(), await answer.text()).toBe(true);
      };
      const visited = await visit(browser, 'phone', 'ko', 'dark');
      const { page } = visited;
      visited.expected.push(/\/api\/v1\//);
      const closed = page.getByRole('heading', { level: 1, name: ko.problems.maintenanceTitle, exact: true });
      await enterAsGuest(page);
      await sayWhoOneIs(page, 33, 'female');
      await giveVoiceFile(page, noise());
      await choose(page.locator('input[name="template"]').first());
      try {
        await maintenance(true);
        // in the middle of something: what has been entered is there again afterwards
        await page.getByRole('button', { name: ko.target.send }).click();
        await closed.waitFor();
        await expectAccessible(page, 'maintenance');
        await page.reload();
        await closed.waitFor();
      } finally {
        await maintenance(false);
      }
      await page.getByRole('button', { name: ko.problems.maintenanceCheck }).click();
      await page.getByRole('heading', { level: 1, name: ko.target.title, exact: true }).waitFor();
      expect(await page.locator('input[name="template"]').first().isChecked()).toBe(true);
      await leave(visited);
      await leave(operator);
    },
  );

  it('says so when the quota is used up', async () => {
    const visited = await visit(browser, 'phone', 'en');
    const { page, context } = visited;
    await enterAsGuest(page);
    await sayWhoOneIs(page, 40, 'male');
    await giveVoiceFile(page, VOICE);
    await choose(page.locator('input[name="template"]').first());
    // as many as there may be are sent from somewhere else meanwhile
    const me = await (await context.request.get('/api/v1/users/me')).json();
    const { limit } = (me as { quota: { limit: number } }).quota;
    const voice = { name: 'voice.wav', mimeType: 'audio/wav', buffer: await readFile(VOICE) };
    const target = { name: 'me.jpg', mimeType: 'image/jpeg', buffer: await readFile(await picture(context)) };
    const headers = { 'X-V2F-Client': 'web' };
    for (let i = 0; i < limit; i++) {
      const multipart = { age: '40', gender: 'male', voice, target };
      const taken = await context.request.post('/api/v1/requests', { headers, multipart });
      expect(taken.status()).toBe(202);
    }
    const answer = page.waitForResponse(
      (one) => one.url().endsWith('/api/v1/requests') && one.request().method() === 'POST',
    );
    await page.getByRole('button', { name: t.target.send }).click();
    const refused = await answer;
    expect(refused.status()).toBe(429);
    expect(await refused.json()).toMatchObject({ reason: 'quota_exceeded', limit, used: limit });
    await page.getByRole('heading', { level: 1, name: t.problems.quotaTitle, exact: true }).waitFor();
    await page.getByText(t.problems.quotaGuest).waitFor();
    await expectAccessible(page, 'quota');
    await page.getByRole('link', { name: t.account.join, exact: true }).waitFor();
    // nobody waits for these
    expect((await context.request.delete('/api/v1/users/me', { headers })).status()).toBe(204);
    visited.expected.push(/\/api\/v1\/requests$/);
    await leave(visited);
  });

  it('is light, asks nobody else for anything, and is accessible in both themes', async () => {
    const paths = [
      '/',
      '/start',
      '/join',
      '/login',
      '/requests',
      '/about',
      '/privacy',
      '/nowhere',
      '/s/nothing',
    ];
    for (const [form, language, theme] of [
      ['phone', 'en', 'light'],
      ['desktop', 'ko', 'dark'],
    ] as const) {
      const visited = await visit(browser, form, language, theme);
      visited.expected.push(/\/api\/v1\/shared\/nothing$/, /\/nowhere$/);
      const { page } = visited;
      const scripts: Promise<number>[] = [];
      page.on('response', (response) => {
        if (response.request().resourceType() === 'script') {
          scripts.push(response.body().then((body) => gzipSync(body).length));
        }
      });
      for (const path of paths) {
        await page.goto(path);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        await expectAccessible(page, `${path} ${theme} ${form}`);
        await expectNoShift(page, `${path} ${theme} ${form}`);
        if (path === '/') {
          const bytes = (await Promise.all(scripts)).reduce((sum, one) => sum + one, 0);
          expect(bytes).toBeGreaterThan(0);
          expect(bytes).toBeLessThanOrEqual(150_000);
          await shot(page, `landing-${form}-${theme}`);
        }
      }
      await leave(visited);
    }
  });

  it('comes with headers that let nothing else in', async () => {
    const { context } = await visit(browser, 'desktop', 'en');
    for (const path of ['/', '/requests/00000000-0000-0000-0000-000000000000', '/about']) {
      const answer = await context.request.get(path);
      expect(answer.status(), path).toBe(200);
      expect(await answer.text()).toContain('<div id="app">');
      const policy = answer.headers()['content-security-policy'] ?? '';
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(answer.headers()['x-content-type-options']).toBe('nosniff');
    }
    expect((await context.request.get('/api/v1/nothing')).status()).toBe(404);
    expect((await context.request.get('/assets/nothing.js')).status()).toBe(404);
    await context.close();
  });
});
