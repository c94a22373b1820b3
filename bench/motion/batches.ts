import { join } from 'node:path';
import { readMotionBenchmark } from '../../app/inputs/motion-benchmark.ts';
import type { Device } from '../../engine/compute/device.ts';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { activeLimits } from '../../engine/core/robot.ts';
import { kernelModule, openDevice } from '../../kernels/device.ts';
import { createBatchIk, freeBatchIk, solveBatch } from '../../planners/motion/kinematics/batch-ik.ts';
import { openMotionSpace } from '../../planners/motion/path/space.ts';
import { builtinRobot, builtinTip } from '../../planners/motion/robot/registry.ts';
import { createWorkspace, setConfiguration } from '../../planners/motion/robot/workspace.ts';
import { optimizeTrajectory } from '../../planners/motion/trajectory/optimize.ts';
import { timedShortcut } from './timed-shortcut.ts';

interface BatchTime {
  readonly device: string;
  readonly threads: number;
  /** A processor in the place of a graphics card: shows that the kernels agree, not what they can do. */
  readonly software: boolean;
  readonly what: string;
  readonly count: number;
  readonly ms: number;
  readonly each: number;
}

/** Batched inverse kinematics and trajectory seeds on every device there is. */
export async function measureBatches(data: string | undefined): Promise<BatchTime[]> {
  const rows: BatchTime[] = [];
  for (const open of [
    () => openDevice({ prefer: 'wasm', threads: 1 }),
    () => openDevice({ prefer: 'wasm' }),
    () => openDevice({ prefer: 'webgpu' }),
  ]) {
    let device: Device;
    try {
      device = await open();
    } catch (error) {
      console.log(`webgpu: ${(error as Error).message}`);
      continue;
    }
    const software = device.kind === 'webgpu' && /swiftshader|llvmpipe|software|cpu/i.test(device.name);
    const note = (what: string, count: number, ms: number): void => {
      rows.push({ device: device.name, threads: device.threads, software, what, count, ms, each: ms / count });
    };
    const targets = software ? 64 : 1024;
    note('inverse kinematics, Panda', targets, await batchIkMs(device, targets));
    if (data !== undefined) {
      const seeds = 6;
      note('trajectory seeds, table_pick 26', seeds, await trajectoryMs(device, data, seeds, software ? 2 : 60));
    }
    await device.close();
  }
  console.table(rows.map((row) => ({ ...row, ms: row.ms.toFixed(1), each: row.each.toFixed(3) })));
  return rows;
}

/** Poses of random configurations, the second of two runs [ms]. */
async function batchIkMs(device: Device, count: number): Promise<number> {
  const model = builtinRobot('panda');
  const link = model.links.findIndex(({ name }) => name === builtinTip.panda);
  const random = seededRandom(11);
  const space = createWorkspace(model);
  const targets = new Float64Array(16 * count);
  for (let n = 0; n < count; n++) {
    setConfiguration(
      space,
      activeLimits(model).map(({ lower, upper }) => lower + random() * (upper - lower)),
    );
    targets.set(space.linkPoses.subarray(16 * link, 16 * link + 16), 16 * n);
  }
  const batch = createBatchIk(device, model, link, undefined, { targetsPerLaunch: count });
  await solveBatch(batch, targets);
  const began = performance.now();
  await solveBatch(batch, targets);
  const ms = performance.now() - began;
  freeBatchIk(batch);
  return ms;
}

/** Seeds of one problem side by side, the second of two runs [ms]. */
async function trajectoryMs(device: Device, data: string, seeds: number, iterations: number): Promise<number> {
  const { model, problems } = readMotionBenchmark(join(data, 'mbm', 'panda'));
  const problem = problems.find(({ set, number }) => set === 'table_pick' && number === 26);
  if (problem === undefined) return Number.NaN;
  const options = { cylindersAsCapsules: true };
  const space = openMotionSpace(await openStepModule(kernelModule()), model, problem.scene, options);
  const baseline = timedShortcut(space, problem, 1)?.trajectory;
  space.close();
  if (baseline === undefined) return Number.NaN;
  const run = () => optimizeTrajectory(device, { model, scene: problem.scene, baseline }, { seeds, iterations });
  await run();
  return (await run()).timesMs.optimize;
}
