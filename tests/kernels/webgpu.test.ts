import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../engine/compute/device.ts';
import { contracts } from '../../kernels/contracts.ts';
import { identicalOutputs, runCase } from '../support/kernel-lanes.ts';
import { openWebGpu } from '../support/webgpu.ts';

// The WGSL kernels in Node, on Dawn with whatever adapter there is.
describe('kernels on WebGPU', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openWebGpu();
  });
  afterAll(() => device?.close());

  for (const contract of contracts) {
    describe(contract.name, () => {
      for (const c of contract.cases) {
        it(c.name, async () => {
          const result = await runCase(device, contract, c);
          expect(result.problems).toEqual([]);
          expect(identicalOutputs(await runCase(device, contract, c), result), 'the same bits again').toBe(true);
        });
      }
    });
  }
});
