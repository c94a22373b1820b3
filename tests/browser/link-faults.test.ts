import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { encodeFrame, FRAME_KIND } from '../../engine/link/frame.ts';
import { LONGEST_FRAME } from '../../engine/link/limits.ts';
import { type Serving, startServing, viewer } from '../app/support/serve.ts';
import { type OpenPage, openAddress } from '../support/browser.ts';

/** What the link says between the page and its server is changed on the way. */
let serving: Serving;
let opened: OpenPage;
/** Of what the page says next. */
let toServer: (bytes: Buffer) => Buffer;
/** Says something in the server's place. */
let sayToPage: (bytes: Uint8Array) => void;
const same = (bytes: Buffer) => bytes;

beforeAll(async () => {
  serving = await startServing('--robot', 'psm');
  opened = await openAddress('about:blank');
  await opened.page.routeWebSocket(/\/link$/, (socket) => {
    const server = socket.connectToServer();
    sayToPage = (bytes) => socket.send(Buffer.from(bytes));
    let isEnding = false;
    socket.onMessage((data) => {
      if (isEnding) return;
      const changed = toServer(data as Buffer);
      isEnding = changed.length > LONGEST_FRAME;
      server.send(changed);
    });
    server.onMessage((data) => socket.send(data));
  });
}, 60_000);
afterAll(async () => {
  await opened?.close();
  await serving?.stop();
});

const connection = (page: Page, text: RegExp) =>
  page.getByTestId('connection').filter({ hasText: text }).waitFor({ timeout: 20_000 });

beforeEach(() => {
  toServer = same;
});

async function load(): Promise<Page> {
  const { page } = opened;
  await page.goto('about:blank');
  await page.goto(`${serving.address}#token=${serving.token}`);
  await page.getByRole('tab', { name: 'Guide' }).click();
  return page;
}

it('a page of another version is refused, says which versions there are, and does not try again and again', async () => {
  let hellos = 0;
  toServer = (bytes) => {
    hellos++;
    const other = Buffer.from(bytes);
    other[2] = 9;
    return other;
  };
  const page = await load();
  await page.getByRole('button', { name: 'Connect to the server' }).click();
  await connection(page, /^refused: .*version/);
  const before = hellos;
  await page.waitForTimeout(1500);
  expect(hellos).toBe(before);
  // Asked for again, when both ends are of one version, it connects.
  toServer = same;
  await page.getByRole('button', { name: 'Connect to the server' }).click();
  await connection(page, /^connected/);
  expect(opened.errors).toEqual([]);
});

it('a frame that is too long ends the connection; the server lives, and the page finds it again', async () => {
  const page = await load();
  await connection(page, /^connected/);
  let sent = 0;
  toServer = (bytes) => (sent++ === 0 ? Buffer.alloc(LONGEST_FRAME + 1) : bytes);
  await connection(page, /^connecting/);
  await connection(page, /^connected/);
  const client = viewer(serving);
  expect(await client.peer.request('about')).toMatchObject({ robot: { robot: 'psm' } });
  client.close();
  expect(opened.errors).toEqual([]);
});

it.each([
  ['that are no frames', Uint8Array.of(1, 2, 3)],
  [
    'of another version',
    (() => {
      const frame = encodeFrame(FRAME_KIND.control, 0, { t: 'ack', received: 0 });
      frame[2] = 9;
      return frame;
    })(),
  ],
  ['out of turn', encodeFrame(FRAME_KIND.record, 70_000, { t: 'cancel', id: 1 })],
])('bytes %s from the server end the connection, not the page', async (_, bytes) => {
  const page = await load();
  await connection(page, /^connected/);
  await page.getByTestId('robot-state').filter({ hasText: 'DISABLED' }).waitFor();
  await page.evaluate(() => {
    const states: string[] = [];
    Object.assign(globalThis, { states });
    const line = document.querySelector('[data-testid=connection]');
    new MutationObserver(() => states.push(line?.textContent ?? '')).observe(line as Node, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });
  sayToPage(bytes);
  await page.waitForFunction(() =>
    (globalThis as unknown as { states: string[] }).states.some((text) => text.startsWith('connecting')),
  );
  await connection(page, /^connected/);
  expect(opened.errors).toEqual([]);
});
