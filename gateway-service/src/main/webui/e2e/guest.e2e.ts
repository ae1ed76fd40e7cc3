import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result, VoiceAnalysis } from '../src/api/types';
import { pitchWord } from '../src/components/pitch';
import { en } from '../src/i18n/en';
import { ko } from '../src/i18n/ko';
import { choose, expectAccessible, launch, leave, savedAs, shot, visit, WAIT_MS } from './browser';

/** What the gateway says that was heard. */
async function analysis(context: BrowserContext, request: string): Promise<VoiceAnalysis> {
  const { latestResultId } = (await (await context.request.get(request)).json()) as {
    latestResultId: string;
  };
  const result = await context.request.get(`${request}/results/${latestResultId}`);
  return ((await result.json()) as Result).voiceAnalysis!;
}

describe('a guest with a microphone', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch('speaks');
  });
  afterAll(() => browser.close());

  it('goes the whole way on a phone in Korean', async () => {
    const [form, language, t] = ['phone', 'ko', ko] as const;
    const visited = await visit(browser, form, language);
    const { page, context } = visited;
    const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
    const button = (name: string) => page.getByRole('button', { name, exact: true });

    await page.goto('/');
    await heading(t.landing.title).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    await page.getByRole('link', { name: t.landing.try }).first().click();

    // nobody gets further without saying yes
    await heading(t.start.title).waitFor();
    await button(t.start.guestButton).click();
    await page.getByText(t.start.consentMissing).waitFor();
    await expectAccessible(page, 'start');
    await page.getByRole('checkbox', { name: t.start.consentCheck }).check();
    await button(t.start.guestButton).click();

    await heading(t.you.title).waitFor();
    await page.getByRole('spinbutton', { name: t.you.age }).fill('17');
    await button(t.common.next).click();
    await page.getByText(t.you.ageInvalid).waitFor();
    await page.getByRole('spinbutton', { name: t.you.age }).fill('34');
    await button(t.common.next).click();
    await page.getByText(t.you.genderMissing).waitFor();
    await page.getByRole('radio', { name: t.common.female }).check();
    await expectAccessible(page, 'you');
    await button(t.common.next).click();

    await heading(t.record.title).waitFor();
    await expectAccessible(page, 'voice');
    // what one could say, another one, and the same in the other language
    const sentence = () => page.locator('.sentence .text').innerText();
    expect(await sentence()).toBe(t.record.sentences[0]);
    await button(t.record.another).click();
    await expect.poll(sentence).toBe(t.record.sentences[1]);
    await page.locator('button.language').click();
    await expect.poll(sentence).toBe(en.record.sentences[1]);
    await page.locator('button.language').click();
    await expect.poll(sentence).toBe(t.record.sentences[1]);

    await button(t.record.start).click();
    await page.getByRole('timer').waitFor();
    await button(t.record.stop).waitFor();
    await page.getByText(t.record.hints.good).waitFor();
    await shot(page, `recording-${form}-${language}`);
    // stopped half-way, and once more from the beginning
    await button(t.record.stop).click();
    await button(t.record.playback).waitFor();
    const recorded = async () => {
      const said = page.locator('.below').getByText(new RegExp(t.record.done('[\\d.]+')));
      return Number(/[\d.]+/.exec(await said.innerText())![0]);
    };
    expect(await recorded()).toBeLessThan(9);
    await button(t.record.again).click();
    await page.getByRole('timer').waitFor();
    await button(t.record.stop).waitFor();
    // it ends by itself after ten seconds
    await button(t.record.playback).waitFor({ timeout: 20_000 });
    expect(await recorded()).toBeGreaterThan(9);
    await expectAccessible(page, 'recorded');
    // a reload loses nothing
    await page.reload();
    await button(t.record.playback).waitFor();
    await page.getByRole('link', { name: t.common.next }).click();

    await heading(t.target.title).waitFor();
    await page.locator('input[name="template"]').first().waitFor({ state: 'attached' });
    await button(t.target.send).click();
    await page.getByText(t.target.missing).waitFor();
    await choose(page.locator('input[name="template"]').first());
    await choose(page.getByRole('radio', { name: t.target.skinTone(4) }));
    await page.getByRole('checkbox', { name: t.target.gif }).check();
    await expectAccessible(page, 'target');
    await button(t.target.send).click();

    await page.waitForURL(/\/requests\/[\w-]+$/);
    const address = page.url();
    await heading(t.waiting.title).waitFor();
    await expectAccessible(page, 'waiting');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, 'waiting, dark');
    await page.emulateMedia({ colorScheme: 'light' });

    // leave, find it in the list, come back
    await page.getByRole('link', { name: t.nav.requests }).first().click();
    await heading(t.list.title).waitFor();
    await page
      .getByRole('link', { name: new RegExp(t.list.request(t.common.female, 34)) })
      .first()
      .click();
    await page.waitForURL(address);

    await page.getByRole('img', { name: t.result.faceAlt.voice }).waitFor({ timeout: WAIT_MS });
    // the face is there as soon as it is made, while the clips are still being worked on, with what is left of it
    expect(await heading(t.waiting.title).isVisible()).toBe(true);
    await page
      .getByText(new RegExp(t.waiting.frames('\\d+', '\\d+')))
      .first()
      .waitFor();
    await page.getByText(new RegExp(t.waiting.remaining('.+'))).waitFor();
    await shot(page, `waiting-${form}-${language}`);
    await heading(t.result.title).waitFor({ timeout: WAIT_MS });
    for (const variant of ['voice', 'condition'] as const) {
      const face = page.getByRole('img', { name: t.result.faceAlt[variant] });
      await expect
        .poll(() => face.evaluate((img: HTMLImageElement) => img.naturalWidth), { timeout: 20_000 })
        .toBe(512);
    }
    for (const video of await page.locator('.clips video').all()) {
      await expect
        .poll(() => video.evaluate((v: HTMLVideoElement) => v.readyState), { timeout: 30_000 })
        .toBeGreaterThanOrEqual(1);
    }
    await expectAccessible(page, 'result');
    await shot(page, `result-${form}-${language}`);

    // what was heard in the voice: friendly words, and how little they are worth
    const api = address.replace('/requests/', '/api/v1/requests/');
    const heard = await analysis(context, api);
    const panel = page.locator('section.heard');
    await panel.getByRole('heading', { name: t.heard.title, exact: true }).waitFor();
    const women = Math.min(99, Math.round(heard.femaleProbability * 100));
    expect(heard.genderCertain).toBe(true);
    for (const words of [
      t.heard.lead,
      t.heard.pitchWords[pitchWord(heard.medianF0Hz)],
      t.heard.pitchText(Math.round(heard.medianF0Hz)),
      t.heard.pitchRange(Math.round(heard.p10F0Hz), Math.round(heard.p90F0Hz)),
      t.heard.genderWoman(women),
      t.heard.ageText(heard.ageEstimate),
      ...Object.values(t.heard.ageGroups),
      t.heard.ageUncertain,
    ]) {
      expect(await panel.textContent()).toContain(words);
    }

    // the line between the original and the new face follows the keys
    const slider = page.locator('.clips .split').first();
    await slider.focus();
    await page.keyboard.press('End');
    expect(await slider.getAttribute('aria-valuetext')).toBe(t.result.compareValue(100));

    const voiceStars = page.getByRole('group', { name: t.result.rateVoice });
    await choose(voiceStars.getByRole('radio', { name: t.result.star(4) }));
    await page.getByText(t.result.rated).waitFor();

    // every file can be saved
    const files = await page.locator('.files a').all();
    const each = [t.result.savePng, t.result.saveMp4, t.result.saveGif];
    expect(await savedAs(page)).toEqual([...each, ...each]);
    for (const file of files) {
      const answer = await context.request.get((await file.getAttribute('href'))!);
      expect(answer.status(), await file.innerText()).toBe(200);
      expect((await answer.body()).length).toBeGreaterThan(1000);
      expect(answer.headers()['content-disposition'] ?? '').toContain('attachment');
    }

    await button(t.result.share).click();
    await button(t.share.create).click();
    const shared = page.locator('dialog input[readonly]');
    await shared.waitFor();
    await expectAccessible(page, 'share');
    const link = await shared.inputValue();
    const stranger = await visit(browser, form, language);
    await stranger.page.goto(link);
    await stranger.page.getByRole('img', { name: t.result.faceAlt.voice }).first().waitFor();
    await expectAccessible(stranger.page, 'shared');
    // the stranger sees what was shared and nothing else
    expect((await stranger.context.request.get(api)).status()).toBe(401);
    await button(t.share.revoke).click();
    await page.getByText(t.share.revoked).waitFor();
    await stranger.page.reload();
    await stranger.page.getByRole('heading', { name: t.share.gone }).waitFor();
    // the link that was switched off
    stranger.expected.push(/\/api\/v1\/shared\//);
    await leave(stranger);
    await button(t.common.close).click();

    await page.getByRole('link', { name: t.result.survey }).click();
    await heading(t.survey.title).waitFor();
    const stars = (label: string, n: number) =>
      choose(
        page
          .getByRole('group', { name: label })
          .getByRole('radio')
          .nth(n - 1),
      );
    const yesNo = (label: string, answer: string) =>
      page.getByRole('group', { name: label }).getByRole('radio', { name: answer, exact: true }).check();
    await button(t.survey.send).click();
    await page.getByText(t.survey.missingAll).waitFor();
    await page.getByRole('radio', { name: t.survey.snsTimes.under_1h }).check();
    await page.getByRole('checkbox', { name: t.survey.reasonsOptions.curiosity }).check();
    await stars(t.survey.voiceToFace, 2);
    await page.getByRole('checkbox', { name: t.survey.dissatisfactions.wrong_age }).check();
    await stars(t.survey.faceToClip, 5);
    await yesNo(t.survey.moreClips, t.common.yes);
    await page.getByRole('checkbox', { name: t.survey.clipKindsOptions.dancing }).check();
    await stars(t.survey.waiting, 4);
    await yesNo(t.survey.recommend, t.common.yes);
    await expectAccessible(page, 'survey');
    await button(t.survey.send).click();
    await page.waitForURL(address);
    await page.getByText(t.result.surveyDone).first().waitFor();

    // another attempt leaves this one where it is
    await button(t.result.regenerate).click();
    await button(t.result.attempt(1)).waitFor({ timeout: WAIT_MS });
    await heading(t.result.title).waitFor({ timeout: WAIT_MS });
    await button(t.result.attempt(1)).click();
    await page.getByRole('img', { name: t.result.faceAlt.voice }).waitFor();

    await page.getByRole('link', { name: t.nav.profile }).click();
    await heading(t.profile.title).waitFor();
    await expectAccessible(page, 'profile');
    expect((await context.request.get('/api/v1/users/me/export')).status()).toBe(200);

    // deleting is for good
    await page.goto(address);
    await button(t.result.delete).click();
    await button(t.result.deleteYes).click();
    await page.waitForURL('**/requests');
    await page.getByRole('heading', { name: t.list.empty }).waitFor();
    await expectAccessible(page, 'empty list');
    await page.goto(address);
    await page.getByRole('heading', { name: t.problems.notFoundTitle }).waitFor();

    visited.expected.push(/\/api\/v1\/requests\/[\w-]+$/);
    await leave(visited);
  });
});
