import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '../app/support/cli.ts';
import { type Serving, startServing } from '../app/support/serve.ts';
import { barriers } from '../support/axe.ts';
import { chromiumPath } from '../support/browser.ts';
import { testDomain } from '../support/domain.ts';
import { recordArm, startRosArm } from '../support/ros-arm.ts';

const DOMAIN = testDomain();
const folder = temporaryFolder();
const errors: string[] = [];
let endArm: () => void;
let serving: Serving;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  endArm = await startRosArm(DOMAIN);
  await recordArm(DOMAIN, join(folder, 'arm.mcap'), 3000);
  serving = await startServing('--ros2', '--domain', String(DOMAIN));
  browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`${serving.address}#token=${serving.token}`);
  await page.getByRole('tab', { name: 'Guide' }).click();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  expect(await serving?.stop()).toBe(0);
  endArm?.();
});

const topic = (name: string) => page.locator('.topics > li', { hasText: name });
const position = () => page.getByTestId('/joint_states ["position",0]');

async function plotted(): Promise<number> {
  return page.locator('.chart', { hasText: 'The last 20 s' }).count();
}

it('topics that the server sees are listed with their types; one is looked at, its numbers become curves', async () => {
  await page.locator('summary', { hasText: 'Topics' }).click();
  const joints = topic('/joint_states');
  await joints.filter({ hasText: 'sensor_msgs/msg/JointState' }).waitFor({ timeout: 20_000 });
  await joints.getByRole('checkbox').check();
  await position().waitFor({ timeout: 10_000 });
  await joints.filter({ hasText: /\d Hz/ }).waitFor({ timeout: 10_000 });
  await page.getByRole('button', { name: 'Plot position.0 of /joint_states' }).click();
  await page.getByRole('button', { name: 'Plot position.3 of /joint_states' }).click();
  await page.waitForTimeout(1500);
  expect(await plotted()).toBe(1);
  expect(await page.locator('.legend', { hasText: '/joint_states position.3' }).count()).toBe(1);
  expect(await barriers(page)).toEqual([]);
  await joints.getByRole('checkbox').uncheck();
  expect(await plotted()).toBe(0);
  expect(errors).toEqual([]);
});

it('those of a recording that is played are shown by the same panel', async () => {
  await page.getByLabel('Play a recording').setInputFiles(join(folder, 'arm.mcap'));
  await page.getByTestId('connection').filter({ hasText: 'recording arm.mcap' }).waitFor();
  const joints = topic('/joint_states');
  await page.waitForFunction(() => document.querySelectorAll('.topics > li').length === 1);
  await joints.getByRole('checkbox').check();
  await page.getByLabel('Loop').check();
  await position().waitFor({ timeout: 10_000 });
  await page.getByRole('button', { name: 'Plot position.0 of /joint_states' }).click();
  expect(await plotted()).toBe(1);
  expect(errors).toEqual([]);
});
