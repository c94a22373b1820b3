import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../../../engine/compute/device.ts';
import { openDevice } from '../../../../kernels/device.ts';
import { optimizeTrajectory } from '../../../../planners/motion/trajectory/optimize.ts';
import { openWebGpu } from '../../../support/webgpu.ts';
import { dense, fourJointArm, plainClearance, post, stopAndGo } from './support/arm.ts';

const model = fourJointArm();
const baseline = stopAndGo(model, [
  [-0.8, 0.1, 0.2, 0.1],
  [-0.6, -1.2, 0.4, 0.2],
  [0.6, -1.2, 0.4, 0.2],
  [0.8, 0.1, 0.1, 0.2],
]);
const problem = { model, scene: post, baseline };
// Few steps: the driver of the test machines is software.
const config = { seeds: 1, iterations: 5, segmentSec: 0.15 };

describe('trajectory optimisation on WebGPU', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openWebGpu();
  });
  afterAll(() => device?.close());

  it('improves on the given path as the wasm device does, and gives the same bits again', async () => {
    const wasm = await openDevice({ prefer: 'wasm', threads: 1 });
    const there = await optimizeTrajectory(wasm, problem, config);
    await wasm.close();
    const here = await optimizeTrajectory(device, problem, config);
    expect(here.source).toBe('optimized');
    for (const { q } of dense(here.trajectory, 20)) expect(plainClearance(model, post, q)).toBeGreaterThan(0);
    // Fifteen steps multiply what rounding differs by; the two end near each other all the same.
    expect(Math.abs(here.cost.total - there.cost.total)).toBeLessThan(0.05 * there.cost.total);
    const again = await optimizeTrajectory(device, problem, config);
    expect([...again.trajectory.positions]).toEqual([...here.trajectory.positions]);
  });
});
