import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../src/i18n/en';
import { ko } from '../src/i18n/ko';
import {
  choose,
  enterAsGuest,
  expectAccessible,
  expectNoShift,
  GATEWAY_PID,
  inEveryLook,
  launch,
  leave,
  movingPicture,
  picture,
  positions,
  savedAs,
  sayWhoOneIs,
  sendOwnFile,
  shot,
  spread,
  video,
  visit,
  WAIT_MS,
} from './browser';

const PASSWORD = 'a quiet river at noon';
const address = () => `page-${Date.now()}-${Math.random().toString(36).slice(2)}@example.org`;

async function fillIn(page: Page, t: typeof en, email: string): Promise<void> {
  await page.getByRole('textbox', { name: t.account.email }).fill(email);
  await page.getByLabel(t.account.password, { exact: true }).fill(PASSWORD);
}

async function join(page: Page, t: typeof en, email: string): Promise<void> {
  await fillIn(page, t, email);
  await page.getByLabel(t.account.passwordAgain, { exact: true }).fill(PASSWORD);
  await page.getByRole('checkbox', { name: t.start.consentCheck }).check();
  await page.getByRole('button', { name: t.account.join, exact: true }).click();
}

async function logOutAndIn(page: Page, t: typeof en, email: string): Promise<void> {
  await page.goto('/profile');
  await page.getByText(email).waitFor();
  await page.getByRole('button', { name: t.profile.logOut, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: t.landing.title, exact: true }).waitFor();
  await page.getByRole('link', { name: t.nav.logIn }).click();
  await fillIn(page, t, email);
  await page.getByRole('button', { name: t.account.logIn, exact: true }).click();
  await page.waitForURL('**/requests');
}

/** Looks at the frames that the canvases of a result show, picture by picture, until the first has shown all of them. */
function looksAtFrames(page: Page, frames: number): Promise<number[][]> {
  return page.evaluate(async (all) => {
    const looks: number[][] = [];
    const seen = new Set<number>();
    while (seen.size < all) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const canvases = document.querySelectorAll<HTMLCanvasElement>('.clips canvas');
      looks.push([...canvases].map((canvas) => Number(canvas.dataset.frame)));
      seen.add(looks.at(-1)![0]!);
    }
    return looks;
  }, frames);
}

async function done(page: Page, t: typeof en): Promise<void> {
  await page.getByRole('heading', { name: t.result.clips, exact: true }).waitFor({ timeout: WAIT_MS });
  await page.getByRole('heading', { level: 1, name: t.result.title, exact: true }).waitFor();
}

describe('a person with an account', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch('denied');
  });
  afterAll(() => browser.close());

  it('joins, comes back, and puts the faces into a picture of their own (Korean, desktop)', async () => {
    const visited = await visit(browser, 'desktop', 'ko', 'dark');
    const { page, context } = visited;
    const t = ko;
    const email = address();
    await page.goto('/');
    await page.getByRole('link', { name: t.landing.try }).first().click();
    await page.getByRole('link', { name: t.account.join, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: t.account.joinTitle, exact: true }).waitFor();
    // nobody joins without agreeing
    await page.getByRole('button', { name: t.account.join, exact: true }).click();
    await page.getByText(t.start.consentMissing).waitFor();
    await expectAccessible(page, 'join refused');
    await join(page, t, email);
    await page.waitForURL('**/new/you');

    // no script can read what opens the account
    const cookie = (await context.cookies()).find((one) => one.name === 'v2f_session');
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    const readable = await page.evaluate(() =>
      JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
    );
    expect(readable).not.toContain(cookie!.value);
    expect(readable).not.toContain('v2f_session');

    await logOutAndIn(page, t, email);
    await page.getByRole('heading', { name: t.list.empty }).waitFor();
    await page.getByRole('link', { name: t.landing.try }).click();
    await sayWhoOneIs(page, 61, 'male');
    await sendOwnFile(page, await picture(context));
    await expectAccessible(page, 'waiting, dark');
    await done(page, t);
    for (const variant of ['voice', 'condition'] as const) {
      const clip = page.getByRole('img', { name: `${t.common[variant]}: ${t.result.clips}` });
      await expect
        .poll(() => clip.evaluate((img: HTMLImageElement) => img.naturalWidth), { timeout: 20_000 })
        .toBeGreaterThan(0);
    }
    expect(await savedAs(page)).toEqual([
      t.result.savePng,
      t.result.saveClipPng,
      t.result.savePng,
      t.result.saveClipPng,
    ]);
    await shot(page, 'result-picture');
    await leave(visited);
  });

  it('joins, comes back, and puts the faces into a GIF of their own (English, phone)', async () => {
    const visited = await visit(browser, 'phone', 'en');
    const { page, context } = visited;
    const t = en;
    const email = address();
    await page.goto('/join');
    await join(page, t, email);
    await page.waitForURL('**/new/you');
    await logOutAndIn(page, t, email);
    await page.goto('/new/you');
    await sayWhoOneIs(page, 25, 'female');
    await sendOwnFile(page, await movingPicture(page));
    await done(page, t);
    await expect.poll(() => positions(page, 'canvas'), { timeout: 20_000 }).toEqual([0, 0, 0, 0]);

    // whoever asked for less motion starts it; then all four move as one
    await page.getByRole('button', { name: t.common.play, exact: true }).first().click();
    const looks = await looksAtFrames(page, 8);
    const inStep = looks.filter((at) => spread(at, 8) <= 1);
    // one that is just being drawn is a frame behind; by chance four are this near in one look of twenty
    expect(inStep.length / looks.length).toBeGreaterThan(0.75);
    await page.getByRole('button', { name: t.common.pause, exact: true }).last().click();
    await expect.poll(async () => new Set(await positions(page, 'canvas')).size).toBe(1);
    await page
      .getByRole('slider', { name: new RegExp(t.result.position) })
      .first()
      .fill('0.8');
    await expect.poll(() => positions(page, 'canvas')).toEqual([5, 5, 5, 5]);
    expect(await savedAs(page)).toContain(t.result.saveGif);
    await shot(page, 'result-gif');

    // a browser that cannot take a GIF apart shows it all the same, and starts and stops it
    await page.addInitScript(() => Reflect.deleteProperty(window, 'ImageDecoder'));
    await page.reload();
    await done(page, t);
    const moving = () =>
      page
        .locator('.clips img')
        .evaluateAll(
          (all: HTMLImageElement[]) =>
            all.filter((one) => one.checkVisibility() && one.naturalWidth > 0).length,
        );
    await expect.poll(() => page.locator('.clips img').count()).toBe(4);
    await page.getByRole('button', { name: t.common.play, exact: true }).first().click();
    await expect.poll(moving).toBe(4);
    await page.getByRole('button', { name: t.common.pause, exact: true }).last().click();
    await expect.poll(moving).toBe(0);
    expect(await positions(page, 'canvas')).toEqual([-1, -1, -1, -1]);

    await page.goto('/profile');
    await page.getByRole('button', { name: t.profile.delete, exact: true }).click();
    const sure = page.getByRole('dialog', { name: t.profile.deleteAsk });
    await sure.getByLabel(t.profile.deletePassword).fill(PASSWORD);
    await sure.getByRole('button', { name: t.profile.deleteYes }).click();
    await page.getByText(t.profile.deleted).waitFor();
    expect((await context.request.get('/api/v1/users/me')).status()).toBe(401);
    visited.expected.push(/\/api\/v1\/tokens\/current$/);
    await leave(visited);
  });
});

describe('a guest with a video', () => {
  it('waits on when the gateway dies, becomes an account with everything, and finds it all well', async () => {
    const browser = await launch('denied');
    const visited = await visit(browser, 'desktop', 'en');
    const { page } = visited;
    const t = en;
    await enterAsGuest(page);
    await sayWhoOneIs(page, 30, 'female');
    const request = await sendOwnFile(page, await video(visited.context));
    await page.getByRole('heading', { level: 1, name: t.waiting.title, exact: true }).waitFor();
    if (GATEWAY_PID > 0) {
      const before = visited.complaints.length;
      process.kill(GATEWAY_PID, 'SIGKILL');
      await page.getByText(t.waiting.reconnecting).waitFor();
      await expectAccessible(page, 'reconnecting');
      await page.getByText(t.waiting.reconnecting).waitFor({ state: 'detached', timeout: WAIT_MS });
      // whatever was asked for while the gateway was away, the browser says that it was refused
      const away = visited.complaints.splice(before);
      expect(away.filter(({ text }) => !text.startsWith('Failed to load resource:'))).toEqual([]);
      // an answer that was under way then, or a request that is asked for once more, may still be told of
      visited.expected.push(/\/api\/v1\/requests\//);
    }
    await page.getByRole('img', { name: t.result.faceAlt.voice }).waitFor({ timeout: WAIT_MS });
    await done(page, t);

    // two clips and the original under each show the same moment
    const videos = page.locator('.clips video');
    await expect.poll(() => videos.count()).toBe(4);
    const duration = () => videos.first().evaluate((one: HTMLVideoElement) => one.duration);
    await expect.poll(duration).toBeGreaterThan(1);
    const length = await duration();
    await page.getByRole('button', { name: t.common.play, exact: true }).first().click();
    await expect.poll(async () => Math.min(...(await positions(page, 'video')))).toBeGreaterThan(0.3);
    // given a moment to find one another
    await expect.poll(async () => spread(await positions(page, 'video'), length)).toBeLessThan(0.1);
    await page.getByRole('button', { name: t.common.pause, exact: true }).last().click();
    await expect
      .poll(() => videos.evaluateAll((all) => all.every((one) => (one as HTMLVideoElement).paused)))
      .toBe(true);
    await expect.poll(async () => spread(await positions(page, 'video'), length)).toBeLessThan(0.05);
    await page
      .getByRole('slider', { name: new RegExp(t.result.position) })
      .last()
      .fill('1.5');
    await expect
      .poll(async () => (await positions(page, 'video')).map((at) => Math.round(at * 10) / 10))
      .toEqual([1.5, 1.5, 1.5, 1.5]);

    // nobody asked for a GIF
    expect(await savedAs(page)).toEqual([
      t.result.savePng,
      t.result.saveMp4,
      t.result.savePng,
      t.result.saveMp4,
    ]);

    // joining keeps what the guest has made
    await page.getByRole('link', { name: t.nav.profile }).click();
    await page.getByRole('link', { name: t.profile.guestJoin }).click();
    await page.getByText(t.account.keepLead).waitFor();
    const email = address();
    await join(page, t, email);
    await page.waitForURL((url) => url.pathname === '/profile');
    await logOutAndIn(page, t, email);
    const listed = page.getByRole('link', { name: new RegExp(t.list.request(t.common.female, 30)) });
    await listed.first().waitFor();
    const thumbnail = page.getByRole('img', { name: t.list.faceOf }).first();
    await expect.poll(() => thumbnail.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(512);

    // nobody takes this address for another account, and nobody is told that it is taken
    const other = await visit(browser, 'phone', 'ko');
    await enterAsGuest(other.page);
    await other.page.goto('/join');
    await fillIn(other.page, ko, email);
    await other.page.getByLabel(ko.account.password, { exact: true }).fill('some other words');
    await other.page.getByLabel(ko.account.passwordAgain, { exact: true }).fill('some other words');
    await other.page.getByRole('checkbox', { name: ko.start.consentCheck }).check();
    await other.page.getByRole('button', { name: ko.account.join, exact: true }).click();
    await other.page
      .getByText(ko.problems.account_may_exist)
      .or(other.page.getByText(ko.problems.email_taken))
      .waitFor();
    await other.page.locator('form').getByRole('link', { name: ko.account.logIn }).waitFor();
    other.expected.push(/\/api\/v1\/users$/);
    await leave(other);

    // what is finished is looked at in every language and colour
    await listed.first().click();
    await page.waitForURL(request);
    await done(page, t);
    await choose(page.getByRole('group', { name: t.result.rateVoice }).getByRole('radio').nth(3));
    await page.getByText(t.result.rated).waitFor();
    await page.reload();
    await page.locator('.frame img.shown').nth(1).waitFor();
    await expectNoShift(page, 'result');
    const survey = await page.getByRole('link', { name: t.result.survey }).getAttribute('href');
    await page.getByRole('button', { name: t.result.share, exact: true }).click();
    await page.getByRole('button', { name: t.share.create }).click();
    const link = await page.locator('dialog input[readonly]').inputValue();
    for (const path of [
      new URL(request).pathname,
      '/requests',
      survey!,
      '/profile',
      new URL(link).pathname,
    ]) {
      await page.goto(path);
      await page.locator('.frame img.shown, .list img, form fieldset').first().waitFor();
      await inEveryLook(page, (look) => expectAccessible(page, `${path} ${look}`));
      await expectNoShift(page, path);
    }
    await leave(visited);
    await browser.close();
  });
});
