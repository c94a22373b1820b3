import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { csv, writeOpenKbpFolder } from '../app/support/openkbp-folder.ts';
import { type Serving, startServing, viewer } from '../app/support/serve.ts';
import { type OpenPage, openAddress } from '../support/browser.ts';

/** A patient of the server's disk: the page opens it as it would open the folder. */
const folder = mkdtempSync(join(tmpdir(), 'isocenter-served-'));
let serving: Serving;
let opened: OpenPage;
beforeAll(async () => {
  const patient = writeOpenKbpFolder(join(folder, 'pt_7'), { dose: csv((r) => (r > 50 && r < 75 ? '63' : undefined)) });
  serving = await startServing(patient);
  opened = await openAddress(`${serving.address}?beams=1&bixel=20#token=${serving.token}&patient=pt_7`);
}, 60_000);
afterAll(async () => {
  await opened?.close();
  await serving?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('brings its reference dose and the hashes of its files over the link, and no path of the server', async () => {
  const client = viewer(serving);
  const arrays: { name: string; length: number; about: unknown }[] = [];
  const said = await client.peer.request(
    'patient',
    { patient: 'pt_7' },
    { onArray: (name, { length }, about) => arrays.push({ name, length, about }) },
  );
  client.close();
  expect(arrays.find(({ name }) => name === 'reference')).toEqual({
    name: 'reference',
    length: 128 ** 3,
    about: { name: 'clinical dose' },
  });
  const { inputs } = said as { inputs: { name: string; sha256: string }[] };
  expect(inputs.map(({ name }) => name)).toContain('pt_7/PTV70.csv');
  expect(inputs.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
  expect(JSON.stringify(said)).not.toContain(folder);
});

it('is opened with its protocol, and its clinical dose is compared with', async () => {
  const { page, errors } = opened;
  await page.getByRole('tab', { name: 'Plan', exact: true }).click();
  await page.locator('.goals tbody tr').first().waitFor({ timeout: 40_000 });
  expect(await page.locator('.goals').textContent()).toContain('PTV70');
  await page.getByRole('tab', { name: 'Compare', exact: true }).click();
  const others = page.getByLabel('Compare the plan with');
  await others.selectOption('clinical dose');
  const kept = await page.evaluate(() => globalThis.isocenterViewer.state().referenceDoses);
  expect(kept?.[0].mostGy).toBeCloseTo(63, 3);
  expect(errors).toEqual([]);
});
