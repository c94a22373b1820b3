import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriers } from '../support/axe.ts';
import type { OpenPage } from '../support/browser.ts';
import { openPlanned } from '../support/workspace.ts';

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPlanned();
}, 120_000);
afterAll(() => opened?.close());

/** Each tab in turn, everything on it unfolded; those that load when they are wanted are waited for. */
async function onEveryTab(look: (tab: string) => Promise<void>): Promise<void> {
  const { page } = opened;
  const titles = await page.getByRole('tab').allTextContents();
  for (const title of titles) {
    await page.getByRole('tab', { name: title, exact: true }).click();
    await page.waitForFunction(() => document.querySelector('#panel')?.textContent !== 'Loading');
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    await page.waitForTimeout(100);
    await look(title);
  }
  await page.getByRole('tab', { name: titles[0], exact: true }).click();
}

describe('axe finds nothing serious', () => {
  it.each(['light', 'dark'])('on any tab, %s', async (colours) => {
    const { page } = opened;
    await page.getByLabel('Colours of the page').selectOption(colours);
    await onEveryTab(async (tab) => expect(await barriers(opened.page), tab).toEqual([]));
  });

  it('in the menus and the list of keys', async () => {
    const { page } = opened;
    for (const menu of await page.locator('header [aria-haspopup=menu]').all()) {
      await menu.click();
      expect(await barriers(opened.page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await barriers(opened.page)).toEqual([]);
    const where = await page.locator('.help caption').allTextContents();
    expect(where).toContain('Anywhere');
    expect(where).toContain('Slice with the focus');
    expect(new Set(where).size).toBe(where.length);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });
});

it('follows the system in its colours, unless the user chooses', async () => {
  const { page } = opened;
  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.getByLabel('Colours of the page').selectOption('auto');
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await back();
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await back();
  expect(light).not.toBe(dark);
  await page.getByLabel('Colours of the page').selectOption('dark');
  expect(await back()).toBe(dark);
  await page.getByLabel('Colours of the page').selectOption('auto');
});

it('every control of every tab can be reached with the Tab key', async () => {
  await onEveryTab(async (tab) => expect(await missedByTab(), tab).toEqual([]));
});

/** Walks the focus once around the page; returns the controls that it did not come to. */
async function missedByTab(): Promise<string[]> {
  const { page } = opened;
  const count = await page.evaluate(() => {
    const wanted = [
      ...document.querySelectorAll<HTMLElement>('button, input, select, textarea, summary, a[href], [tabindex="0"]'),
    ].filter(
      (control) =>
        control.checkVisibility({ visibilityProperty: true }) &&
        control.tabIndex >= 0 &&
        !control.matches(':disabled') &&
        // Of a group of radio buttons the chosen one is reached, arrows do the rest.
        !(control instanceof HTMLInputElement && control.type === 'radio' && !control.checked),
    );
    const state = globalThis as unknown as { missed: Set<HTMLElement> };
    state.missed = new Set(wanted);
    document.addEventListener('focusin', ({ target }) => state.missed.delete(target as HTMLElement));
    document.body.tabIndex = -1;
    document.body.focus();
    return wanted.length;
  });
  expect(count).toBeGreaterThan(5);
  for (let n = 0; n < count + 10; n++) await page.keyboard.press('Tab');
  return page.evaluate(() =>
    [...(globalThis as unknown as { missed: Set<HTMLElement> }).missed]
      .filter((control) => control.isConnected)
      .map((control) => control.outerHTML.slice(0, 120)),
  );
}

it('fits a screen of 1366 x 768: nothing is cut off or needs a horizontal scroll bar', async () => {
  await onEveryTab(async (tab) => {
    const cut = await opened.page.evaluate(() => {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
      const found = scrollWidth > clientWidth || scrollHeight > clientHeight ? ['the page scrolls'] : [];
      const aside = document.querySelector('aside');
      const edge = aside?.getBoundingClientRect().right ?? 0;
      for (const control of document.querySelectorAll<HTMLElement>('button, input:not(.sr), select, summary')) {
        if (!control.checkVisibility({ visibilityProperty: true })) continue;
        const { left, right, top, bottom } = control.getBoundingClientRect();
        const isInPanel = aside?.contains(control) === true;
        const isOut = isInPanel
          ? right > edge + 0.5
          : left < -0.5 || right > clientWidth + 0.5 || top < -0.5 || bottom > clientHeight + 0.5;
        if (isOut) found.push(control.outerHTML.slice(0, 120));
      }
      return found;
    });
    expect(cut, tab).toEqual([]);
  });
  expect(opened.errors).toEqual([]);
});
