import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath } from '../support/browser.ts';
import { dataFolder } from '../support/data.ts';
import { armed, says } from '../support/robot-page.ts';
import { atRest } from '../support/workspace.ts';

/** The built server with the built page; a token that stays over its starts. */
const TOKEN = 'a-token-of-the-guide-tests';
const cli = join(import.meta.dirname, '..', '..', 'dist', 'app', 'cli.js');

let server: ChildProcess;
let browser: Browser;
let port = 0;
let robot = 'psm';
const errors: string[] = [];

async function serve(...patients: string[]): Promise<void> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const args = [cli, 'serve', ...patients, '--port', String(port), '--json', '--robot', robot];
  server = spawn(process.execPath, args, {
    env: { ...env, ISOCENTER_TOKEN: TOKEN },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  port = Number(new URL((JSON.parse(String(line)) as { address: string }).address).port);
}

async function kill(signal: NodeJS.Signals): Promise<void> {
  const ended = once(server, 'exit');
  server.kill(signal);
  await ended;
}

async function open(more = ''): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // While there is no server, the browser says so itself.
    if (message.type() === 'error' && !/WebSocket connection to|ERR_CONNECTION_REFUSED/.test(message.text())) {
      errors.push(message.text());
    }
  });
  await page.goto(`http://127.0.0.1:${port}/#token=${TOKEN}${more}`);
  await page.getByRole('tab', { name: 'Guide' }).click();
  return page;
}

beforeAll(async () => {
  await serve();
  browser = await chromium.launch({ executablePath: chromiumPath, headless: true, args: ['--no-sandbox'] });
}, 60_000);
afterAll(async () => {
  await browser?.close();
  if (server?.exitCode === null) await kill('SIGINT');
});

describe('the robot of a server', () => {
  it('is driven by one page, and the other one sees that', async () => {
    const one = await open();
    await says(one, 'robot-state', 'DISABLED');
    const other = await open();
    await says(other, 'robot-state', 'DISABLED');
    await armed(one, async () => {
      await says(other, 'mode', 'armed elsewhere', 2000);
      expect(await other.getByRole('button', { name: 'Arm', exact: true }).isDisabled()).toBe(true);
    });
    // Anybody may stop.
    await other.keyboard.press('Escape');
    await says(one, 'robot-state', 'FAULT');
    await other.close();
    await one.getByRole('button', { name: 'Disarm' }).click();
    await says(one, 'robot-state', 'DISABLED');
    await one.close();
    expect(errors).toEqual([]);
  });

  it('a page whose server is killed says so, and finds it again; a STOP of meanwhile still counts', async () => {
    const page = await open();
    await says(page, 'robot-state', 'DISABLED');
    await armed(page, async () => {});
    await kill('SIGKILL');
    await says(page, 'lost', 'holds the robot by itself');
    await says(page, 'robot-state', 'connecting');
    await page.keyboard.press('Escape');
    await serve();
    await says(page, 'connection', /^connected/);
    await says(page, 'robot-state', 'FAULT: stopped');
    expect(errors).toEqual([]);
  });

  it('is another one after its server was started anew with it; what the server offers goes and comes with the link', async () => {
    const page = await open();
    await says(page, 'robot-state', /DISABLED|PAUSED|FAULT/);
    const offers = page.getByLabel(/^Patient of the server/);
    await offers.waitFor();
    await page.getByRole('slider', { name: /^yaw/ }).waitFor();
    await kill('SIGKILL');
    await says(page, 'robot-state', 'connecting');
    await offers.waitFor({ state: 'hidden' });
    robot = 'panda';
    await serve();
    await says(page, 'connection', /^connected/);
    await page.getByRole('slider', { name: /^panda_joint7/ }).waitFor();
    expect(await page.getByRole('slider', { name: /^yaw/ }).count()).toBe(0);
    await says(page, 'robot-state', 'DISABLED');
    await offers.waitFor();
    expect(errors).toEqual([]);
    await page.close();
    await kill('SIGINT');
    robot = 'psm';
    await serve();
  });

  it('gives way to the simulator of the page, which runs and plans under the policy of the server', async () => {
    const page = await open();
    await says(page, 'robot-state', /DISABLED|PAUSED|FAULT/);
    await page.getByRole('button', { name: 'Simulate' }).click();
    await says(page, 'connection', 'simulated in this page');
    await says(page, 'tip', /Tip at/);
    const goal = page.locator('fieldset', { hasText: 'Goal of the tip' });
    const [x, y, z] = (await page.getByTestId('tip').textContent())?.match(/-?\d+\.\d/g)?.map(Number) ?? [];
    for (const [axis, mm] of Object.entries({ x: x + 15, y, z: z + 5 })) {
      await goal.getByLabel(axis, { exact: true }).fill(mm.toFixed(1));
    }
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    await says(page, 'motion', /Planned in/);
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByText('No robot is connected').waitFor();
    expect(errors).toEqual([]);
  });
});

const data = dataFolder();

// It has two of the three targets of its data set's protocol.
it.skipIf(data === undefined)(
  'a patient of the server opens in the page with the protocol of its data set, and is planned',
  async () => {
    // Pages of the tests before look for their server.
    for (const context of browser.contexts()) await context.close();
    await kill('SIGINT');
    await serve(join(data ?? '', 'openkbp/validation-pats/pt_203'));
    const page = await open('&patient=pt_203');
    await page.getByRole('tab', { name: 'Plan', exact: true }).click();
    await atRest(page);
    expect(await page.locator('.goals tbody tr').count()).toBeGreaterThan(3);
    expect(await page.locator('.goals').textContent()).toContain('PTV70');
    expect(errors).toEqual([]);
  },
  120_000,
);
