import { afterEach, expect, it } from 'vitest';
import { defaultHlut } from '../../engine/formats/hlut.ts';
import { openDevice } from '../../kernels/device.ts';
import { equispacedAngles } from '../../planners/radiation/beams/beam.ts';
import { builtinMachine } from '../../planners/radiation/machine/registry.ts';
import { planPatient } from '../../planners/radiation/planning/plan.ts';
import { builtinProtocol } from '../../planners/radiation/protocol/registry.ts';
import { buildPhantom } from '../../sim/phantoms/registry.ts';
import { type OpenPage, openPage } from '../support/browser.ts';
import type { BrowserPlan } from './browser-plan.ts';

// Small, because WebGPU is software here; and patient, because it has to share the processors with other tests.
const SLOW_MS = 240_000;
const small = { voxel: 8, beams: 3, bixel: 10, iterations: 15 };

let opened: OpenPage | undefined;
afterEach(() => opened?.close());

async function planInBrowser(device: 'wasm' | 'webgpu'): Promise<BrowserPlan> {
  const query = Object.entries(small).map(([name, value]) => `${name}=${value}`);
  opened = await openPage(`tests/browser/plan.html?device=${device}&${query.join('&')}`);
  await opened.page.waitForFunction(() => globalThis.isocenterPlan !== undefined, undefined, { timeout: SLOW_MS });
  const plan = await opened.page.evaluate(() => globalThis.isocenterPlan);
  expect(opened.errors).toEqual([]);
  expect(await opened.page.textContent('#status')).toContain('iterations');
  return plan;
}

async function planInNode(): Promise<number> {
  const device = await openDevice({ prefer: 'wasm' });
  const plan = await planPatient(device, {
    patient: buildPhantom('tg119-cshape', { voxelMm: small.voxel }),
    protocol: builtinProtocol('tg119-cshape'),
    model: builtinMachine('generic-6mv'),
    angles: equispacedAngles(small.beams),
    bixelMm: small.bixel,
    hlut: defaultHlut,
    optimizer: { maxIterations: small.iterations },
  });
  await device.close();
  return plan.fluence.value;
}

it('plans the C-shape in Chromium on wasm threads, to the same bits as in Node', async () => {
  const plan = await planInBrowser('wasm');
  expect(plan.device).toMatchObject({ kind: 'wasm' });
  expect(plan.device.threads).toBeGreaterThan(1);
  expect(plan.objective).toBe(await planInNode());
});

it(
  'plans the C-shape in Chromium on WebGPU',
  async () => {
    const plan = await planInBrowser('webgpu');
    expect(plan.device.kind).toBe('webgpu');
    // Fifteen steps from the same start: rounding differs, the path does not.
    expect(Math.abs(plan.objective / (await planInNode()) - 1)).toBeLessThan(1e-3);
  },
  SLOW_MS,
);
