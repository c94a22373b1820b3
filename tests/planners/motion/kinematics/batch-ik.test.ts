import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../../../engine/compute/device.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import { activeLimits } from '../../../../engine/core/robot.ts';
import { openDevice } from '../../../../kernels/device.ts';
import {
  type BatchIkConfig,
  createBatchIk,
  freeBatchIk,
  solveBatch,
} from '../../../../planners/motion/kinematics/batch-ik.ts';
import { centringCost } from '../../../../planners/motion/kinematics/centring.ts';
import { createIk, IK_BAD_INPUT, IK_OUT_OF_REACH, IK_SOLVED } from '../../../../planners/motion/kinematics/ik.ts';
import { builtinRobot, builtinTip } from '../../../../planners/motion/robot/registry.ts';
import { openWebGpu } from '../../../support/webgpu.ts';
import { angleBetween, distanceBetween, linkNumber, poseOf, randomConfiguration } from '../support/robots.ts';

const seed = 8;
const METRES = 1e-5;
const RADIANS = (0.01 * Math.PI) / 180;

function reachable(name: string, count: number): Float64Array {
  const model = builtinRobot(name);
  const random = seededRandom(seed);
  const targets = new Float64Array(16 * count);
  for (let i = 0; i < count; i++) {
    targets.set(poseOf(model, builtinTip[name], randomConfiguration(model, random)), 16 * i);
  }
  return targets;
}

async function solved(
  device: Device,
  name: string,
  targets: Float64Array,
  config: BatchIkConfig,
): Promise<Float64Array> {
  const model = builtinRobot(name);
  const limits = activeLimits(model);
  const batch = createBatchIk(device, model, linkNumber(model, builtinTip[name]), undefined, config);
  const { codes, solutions } = await solveBatch(batch, targets);
  freeBatchIk(batch);
  const n = limits.length;
  codes.forEach((code, i) => {
    expect(code, `target ${i}`).toBe(IK_SOLVED);
    const q = solutions.subarray(n * i, n * i + n);
    q.forEach((value, c) => {
      expect(value >= limits[c].lower && value <= limits[c].upper).toBe(true);
    });
    const pose = poseOf(model, builtinTip[name], q);
    const target = targets.subarray(16 * i, 16 * i + 16);
    expect(distanceBetween(pose, target)).toBeLessThan(METRES);
    if (config.task !== 'position' && config.task !== 'axis') expect(angleBetween(pose, target)).toBeLessThan(RADIANS);
  });
  return solutions;
}

describe('batched inverse kinematics on wasm', () => {
  let devices: Device[];
  beforeAll(async () => {
    devices = await Promise.all([1, 2].map((threads) => openDevice({ prefer: 'wasm', threads })));
  });
  afterAll(() => Promise.all(devices.map((device) => device.close())));

  for (const name of ['panda', 'ur5e', 'psm']) {
    it(`${name}: reaches what can be reached, the same bits on one thread and two (seed ${seed})`, async () => {
      const targets = reachable(name, 150);
      const results = [];
      for (const device of devices) results.push(await solved(device, name, targets, { targetsPerLaunch: 64 }));
      expect(results[0]).toEqual(results[1]);
    });
  }

  it('position alone, and position with the axis', async () => {
    const targets = reachable('kuka', 40);
    for (const task of ['position', 'axis'] as const) {
      await solved(devices[0], 'kuka', targets, { task, targetsPerLaunch: 64, startsPerTarget: 8 });
    }
  });

  it('of the starts that converge the one nearest to the middle of the ranges is taken', async () => {
    const targets = reachable('ur5e', 60);
    const model = builtinRobot('ur5e');
    const { search } = createIk(model, linkNumber(model, 'tool0'));
    const sum = async (startsPerTarget: number): Promise<number> => {
      const solutions = await solved(devices[0], 'ur5e', targets, { startsPerTarget, targetsPerLaunch: 64 });
      let total = 0;
      for (let i = 0; i < 60; i++) total += centringCost(search.centring, solutions.slice(6 * i, 6 * i + 6));
      return total;
    };
    expect(await sum(32)).toBeLessThan(0.8 * (await sum(2)));
  });

  it('targets out of reach and NaN get their codes, those beside them their solutions', async () => {
    const targets = reachable('panda', 4);
    targets[16 + 12] = 3;
    targets[32 + 13] = Number.NaN;
    const model = builtinRobot('panda');
    const batch = createBatchIk(devices[0], model, linkNumber(model, builtinTip.panda), undefined, {
      targetsPerLaunch: 4,
    });
    const { codes, left } = await solveBatch(batch, targets);
    expect([...codes]).toEqual([IK_SOLVED, IK_OUT_OF_REACH, IK_BAD_INPUT, IK_SOLVED]);
    expect(left).toBeGreaterThanOrEqual(2);
    freeBatchIk(batch);
  });
});

describe('batched inverse kinematics on WebGPU', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openWebGpu();
  });
  afterAll(() => device?.close());

  it(`panda (seed ${seed})`, async () => {
    await solved(device, 'panda', reachable('panda', 24), { targetsPerLaunch: 24, startsPerTarget: 8 });
  });
});
