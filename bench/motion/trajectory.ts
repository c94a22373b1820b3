import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type MotionProblem, readMotionBenchmark } from '../../app/inputs/motion-benchmark.ts';
import type { Device, DeviceKind } from '../../engine/compute/device.ts';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import { kernelModule, openDevice } from '../../kernels/device.ts';
import { openMotionSpace } from '../../planners/motion/path/space.ts';
import { optimizeTrajectory } from '../../planners/motion/trajectory/optimize.ts';
import { table } from '../validation/markdown.ts';
import { timedShortcut } from './timed-shortcut.ts';

/**
 * `node dist/bench/motion/trajectory.js [--seeds 1,6,24] [--runs N] [--devices wasm,webgpu]`: batches of seeds of some Panda
 * problems, optimised on each device; the median of N runs after a first one. ISOCENTER_DATA holds mbm/. WebGPU without a
 * graphics card runs on the processor and is labelled as software: it shows that the kernels agree, not what they can do.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,6,24' },
    runs: { type: 'string', default: '3' },
    devices: { type: 'string', default: 'wasm,webgpu' },
  },
});

/** One problem of each of these sets. */
const SETS = ['bookshelf_tall', 'cage', 'table_pick'];
const NUMBER = 26;

const data = process.env.ISOCENTER_DATA;
if (data === undefined) {
  console.error('error: ISOCENTER_DATA is not set\nhint: set it to the folder that holds mbm/');
  process.exit(2);
}
const { model, problems } = readMotionBenchmark(join(resolve(data), 'mbm', 'panda'));
const module = await openStepModule(kernelModule());
const cases = SETS.map((set) => {
  const problem = problems.find((p) => p.set === set && p.number === NUMBER) as MotionProblem;
  const space = openMotionSpace(module, model, problem.scene, { cylindersAsCapsules: true });
  const shortcut = timedShortcut(space, problem, 1);
  space.close();
  if (shortcut === undefined) throw new Error(`no path for ${set} ${NUMBER}`);
  return { problem, baseline: shortcut.trajectory };
});

const rows: (string | number)[][] = [];
for (const kind of values.devices.split(',') as DeviceKind[]) {
  let device: Device;
  try {
    device = await openDevice(kind === 'wasm' ? { prefer: kind, threads: 1 } : { prefer: kind });
  } catch (error) {
    console.error(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
    continue;
  }
  const software = kind === 'webgpu' && /swiftshader|llvmpipe|software|cpu/i.test(device.name);
  const label = `${kind}${software ? ' (software)' : ''}`;
  for (const seeds of values.seeds.split(',').map(Number)) {
    for (const { problem, baseline } of cases) {
      const times: number[] = [];
      let last = '';
      for (let run = 0; run <= Number(values.runs); run++) {
        const result = await optimizeTrajectory(device, { model, scene: problem.scene, baseline }, { seeds });
        // The first run compiles.
        if (run > 0) times.push(result.timesMs.optimize);
        last = `${result.cost.durationSec.toFixed(3)} (${result.source})`;
      }
      const median = times.sort((a, b) => a - b)[times.length >> 1];
      const perSeed = (median / seeds).toFixed(1);
      rows.push([label, `${problem.set} ${problem.number}`, seeds, median.toFixed(0), perSeed, last]);
      console.log(rows.at(-1)?.join('  '));
    }
  }
  console.log(`${label}: ${device.name}, ${device.threads} thread${device.threads === 1 ? '' : 's'}`);
  await device.close();
}
console.log(table(['device', 'problem', 'seeds', 'optimise [ms]', 'a seed [ms]', 'duration [s]'], rows));
process.exit(0);
