import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../src/i18n/en';
import { expectAccessible, launch, leave, positions, visit, WAIT_MS } from './browser';

const t = en;
/** More stops than any page has. */
const STOPS = 90;

describe('a guest without a mouse', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch('speaks');
  });
  afterAll(() => browser.close());

  it('goes the whole way with the keyboard alone', async () => {
    const visited = await visit(browser, 'desktop', 'en');
    const { page, context } = visited;
    const press = (key: string) => page.keyboard.press(key);
    /** Tab by tab to what has this selector and says this. */
    const tabTo = async (css: string, text = '') => {
      const stops: string[] = [];
      for (let i = 0; i < STOPS; i++) {
        await press('Tab');
        const there = await page.evaluate(
          ([selector, words]) => {
            const focused = document.activeElement;
            return focused?.matches(selector!) && (focused.textContent ?? '').includes(words!);
          },
          [css, text],
        );
        if (there) return;
        stops.push(await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 60) ?? ''));
      }
      throw new Error(`the keyboard does not reach ${css} ${text}: ${stops.join('\n')}`);
    };
    const focused = () => page.evaluate(() => document.activeElement?.tagName);
    const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });

    await page.goto('/');
    await heading(t.landing.title).waitFor();
    // the first stop leads past the navigation
    await press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(t.common.skipToContent);
    await press('Enter');
    await tabTo('a.primary');
    await press('Enter');
    await heading(t.start.title).waitFor();
    await tabTo('input[name="consent"]');
    await press('Space');
    await tabTo('section.card button.primary');
    await press('Enter');
    await heading(t.you.title).waitFor();
    await tabTo('#age');
    await press('ArrowUp');
    await tabTo('input[name="gender"]');
    await press('Space');
    await tabTo('form button.primary');
    await press('Enter');
    await heading(t.record.title).waitFor();
    // the heading of the new page has the focus, so that reading goes on there
    await expect.poll(focused).toBe('H1');
    await tabTo('button.record');
    await press('Enter');
    await page.getByRole('button', { name: t.record.stop }).waitFor();
    await page.getByText(t.record.hints.good).waitFor();
    // it ends by itself after ten seconds
    await page.getByRole('button', { name: t.record.playback }).waitFor({ timeout: 20_000 });
    await tabTo('button.player');
    await press('Enter');
    await tabTo('a.primary[href="/new/target"]');
    await press('Enter');
    await heading(t.target.title).waitFor();
    await page.locator('input[name="template"]').first().waitFor({ state: 'attached' });
    await tabTo('input[name="template"]');
    await press('Space');
    await tabTo('input[name="skin"]');
    await press('ArrowRight');
    await tabTo('input[name="gif"]');
    await press('Space');
    expect(await page.getByRole('checkbox', { name: t.target.gif }).isChecked()).toBe(true);
    await tabTo('.send button.primary');
    await press('Enter');
    await heading(t.waiting.title).waitFor();
    const request = page.url();

    // almost stopped, but not quite
    await tabTo('button', t.waiting.cancel);
    await press('Enter');
    const ask = page.getByRole('dialog', { name: t.waiting.cancelAsk });
    await ask.waitFor();
    await press('Escape');
    await ask.waitFor({ state: 'hidden' });
    // the focus is back where it came from
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe(t.waiting.cancel);

    // away and back
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await tabTo('.after a', t.nav.requests);
    await press('Enter');
    await heading(t.list.title).waitFor();
    // the list is live: what is being made gets its face and its state while one looks at it
    await page.locator('a.open .badge.live').waitFor();
    await page.getByRole('img', { name: t.list.faceOf }).waitFor({ timeout: WAIT_MS });
    await page.locator('a.open').getByText(t.states.SUCCEEDED, { exact: true }).waitFor({ timeout: WAIT_MS });
    await tabTo('a.open');
    await press('Enter');
    await page.waitForURL(request);
    await page.locator('.clips').waitFor({ timeout: WAIT_MS });

    await tabTo('.stars input');
    await press('ArrowRight');
    await page.getByText(t.result.rated).waitFor();
    await tabTo('input.split');
    await press('End');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-valuetext'))).toBe(
      t.result.compareValue(100),
    );
    await tabTo('button', t.common.play);
    await press('Enter');
    await expect.poll(async () => Math.min(...(await positions(page, 'video')))).toBeGreaterThan(0.2);
    await press('Enter');
    await tabTo('.files a');
    const saved = page.waitForEvent('download');
    await press('Enter');
    expect((await saved).suggestedFilename()).toMatch(/\.png$/);

    await tabTo('.actions button', t.result.share);
    await press('Enter');
    const sheet = page.getByRole('dialog', { name: t.share.title });
    await sheet.waitFor();
    await tabTo('dialog button', t.share.create);
    await press('Enter');
    await sheet.locator('input[readonly]').waitFor();
    await press('Escape');
    await sheet.waitFor({ state: 'hidden' });

    await tabTo('.actions a', t.result.survey);
    await press('Enter');
    await heading(t.survey.title).waitFor();
    await tabTo('input[name="snsTime"]');
    await press('Space');
    await tabTo('[data-question="reasons"] input');
    await press('Space');
    // a low rating asks what was wrong, and the next stop is there
    await tabTo('input[name="voiceToFace"]');
    await press('ArrowLeft');
    await page.locator('[data-question="dissatisfaction"]').waitFor();
    await tabTo('[data-question="dissatisfaction"] input');
    await press('Space');
    await tabTo('input[name="faceToClip"]');
    await press('Space');
    await tabTo('input[name="moreClips"]');
    await press('ArrowRight');
    await tabTo('input[name="waiting"]');
    await press('ArrowLeft');
    await tabTo('input[name="recommend"]');
    await press('Space');
    await expectAccessible(page, 'survey');
    await tabTo('form button.primary');
    await press('Enter');
    await page.waitForURL(request);

    await tabTo('button', t.result.delete);
    await press('Enter');
    await page.getByRole('dialog', { name: t.result.deleteAsk }).waitFor();
    await tabTo('dialog button', t.result.deleteYes);
    await press('Enter');
    await page.getByRole('heading', { name: t.list.empty }).waitFor();
    expect((await context.request.get(request.replace('/requests/', '/api/v1/requests/'))).status()).toBe(
      404,
    );
    await leave(visited);
  });
});
