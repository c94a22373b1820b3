import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contracts } from '../../kernels/contracts.ts';
import { type OpenPage, openPage } from '../support/browser.ts';
import type { KernelsPage } from './kernels.page.ts';

declare global {
  var isocenterKernels: KernelsPage;
}

// The same cases as tests/kernels, on a page: threads need cross-origin isolation, WGSL goes through Chromium's own Dawn.
describe('kernels in Chromium', () => {
  let opened: OpenPage;
  beforeAll(async () => {
    opened = await openPage('tests/browser/kernels.html');
    await opened.page.waitForFunction(() => globalThis.isocenterKernels !== undefined);
  });
  afterAll(() => opened?.close());

  it('is cross-origin isolated and has an adapter', async () => {
    expect(await opened.page.evaluate(() => globalThis.isocenterKernels.isolated)).toBe(true);
    expect(await opened.page.evaluate(() => globalThis.isocenterKernels.adapter())).toMatchObject({ found: true });
  });

  for (const kind of ['wasm', 'webgpu'] as const) {
    describe(kind, () => {
      beforeAll(async () => {
        const device = await opened.page.evaluate((prefer) => globalThis.isocenterKernels.open(prefer), kind);
        expect(device.kind).toBe(kind);
      });
      afterAll(async () => {
        await opened.page.evaluate(() => globalThis.isocenterKernels.close());
        expect(opened.errors).toEqual([]);
      });

      for (const { name, cases } of contracts) {
        it(name, async () => {
          const results = await opened.page.evaluate((contract) => globalThis.isocenterKernels.run(contract), name);
          expect(results.length).toBe(cases.length);
          expect(results.filter((result) => result.problems.length > 0)).toEqual([]);
        });
      }
    });
  }
});
