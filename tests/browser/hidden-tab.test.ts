import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LinkClient } from '../../engine/link/client.ts';
import type { RobotSample } from '../../planners/guidance/messages.ts';
import { type Serving, startServing, viewer } from '../app/support/serve.ts';
import { holds, press, type Tab, Tabs } from '../support/tabs.ts';
import { until } from '../support/wait.ts';

let serving: Serving;
let tabs: Tabs;
let watcher: LinkClient;
let seen: RobotSample | undefined;
beforeAll(async () => {
  serving = await startServing('--robot', 'psm');
  watcher = viewer(serving);
  watcher.peer.subscribe('robot', {}, { onSample: (value) => (seen = value as RobotSample) });
  tabs = await Tabs.launch();
}, 60_000);
afterAll(async () => {
  watcher?.close();
  await tabs?.close();
  await serving?.stop();
});

const shows = (tab: Tab, id: string, text: string, timeoutMs?: number) =>
  holds(tab, `document.querySelector('[data-testid=${id}]')?.textContent.includes(${JSON.stringify(text)})`, timeoutMs);

/** On a busy machine a page may miss its beats; then the robot holds, and is armed again. */
async function armed(tab: Tab): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await press(tab, 'Arm');
      await shows(tab, 'mode', 'Control', 3000);
      return;
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}

it.each([
  ['server', 'Connect to the server'],
  ['simulator', 'Simulate'],
])('a tab that another one hides ends in PAUSED, and says why: %s', async (where, begin) => {
  const tab = await tabs.open(`${serving.address}#token=${serving.token}`);
  await press(tab, 'Guide');
  await press(tab, begin);
  await armed(tab);
  expect(await tab.evaluate('document.visibilityState')).toBe('visible');
  const other = await tabs.open('about:blank');
  await holds(tab, "document.visibilityState === 'hidden'");
  if (where === 'server') await until(() => seen?.state === 'PAUSED' && seen.armedBy === 'nobody', 'it is held');
  await tab.show();
  await holds(tab, "document.visibilityState === 'visible'");
  await shows(tab, 'held', 'PAUSED this tab was hidden');
  expect(await other.evaluate('document.visibilityState')).toBe('hidden');
  // It is not armed again by itself.
  await shows(tab, 'mode', 'Monitor');
  await press(tab, 'Disconnect');
});
