import type { Page } from 'playwright-core';

/** Tests of a driven robot find these in its page. */
export function says(page: Page, id: string, text: string | RegExp, timeout = 20_000): Promise<void> {
  return page.getByTestId(id).filter({ hasText: text }).first().waitFor({ timeout });
}

/** How often a robot is armed again. */
const TRIES = 8;

/**
 * Arms the robot and does something with it. Software drawing on a busy machine may keep a page from beating for a moment, and then the
 * robot holds, as it should: it is armed again, and what was asked for is asked for again.
 */
export async function armed(page: Page, deed: () => Promise<unknown>): Promise<void> {
  const arm = page.getByRole('button', { name: 'Arm', exact: true });
  let failure: unknown;
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      if (await arm.isEnabled()) await arm.click();
      await says(page, 'mode', 'Control', 2000);
      await deed();
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
