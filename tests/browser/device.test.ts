import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Inspect } from '../../viewer/page/inspect.ts';
import { type OpenPage, openPage } from '../support/browser.ts';

declare global {
  var isocenterViewer: Inspect;
}

/** Software WebGPU takes a thousand times as long as a GPU: few voxels, few bixels. */
const SMALL = 'open=phantom:tg119-cshape&voxel=8&beams=3&bixel=15';

let opened: OpenPage;
beforeAll(async () => {
  opened = await openPage(`viewer/index.html?device=webgpu&${SMALL}`);
  await opened.page.setViewportSize({ width: 1366, height: 768 });
}, 60_000);
afterAll(() => opened?.close());

const state = () => opened.page.evaluate(() => globalThis.isocenterViewer.state());
const where = () => opened.page.evaluate(() => globalThis.isocenterViewer.place());

async function doses(more: number): Promise<void> {
  const { doses: before } = await state();
  await opened.page.waitForFunction((n) => globalThis.isocenterViewer.state().doses >= n, before + more, {
    timeout: 60_000,
  });
}

describe('one GPU device for renderer and planner', () => {
  it('plans and draws with WebGPU where it is asked for by name', async () => {
    await doses(3);
    expect(await where()).toMatchObject({ number: 1, device: { kind: 'webgpu' } });
    expect(await opened.page.evaluate(() => document.documentElement.dataset.renderer)).toBe('webgpu');
    expect((await state()).report?.maxGy).toBeGreaterThan(30);
    expect(opened.errors).toEqual([]);
  }, 60_000);
});
