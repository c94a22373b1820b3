import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { benchmarkPatient } from './cases.ts';
import { compareWithMatrix } from './compare-matrix.ts';
import { measureGamma } from './gamma.ts';
import { measureMotion } from './motion/measure.ts';
import { measureRoundTrips } from './ros2/round-trips.ts';
import { measureScaling } from './scaling.ts';
import { measureStages } from './stages.ts';
import { measureTremorBank } from './tremor-bank.ts';

/**
 * `npm run bench [-- radiation|motion|tremor|gamma|ros2] [--device wasm|webgpu]`. Radiation: how fast the matrix-free operator, an optimiser iteration and a whole plan
 * are; how they grow with voxels, beams and threads; and, in the same run, what the explicit sparse matrix of the same
 * model costs; writes bench/results/<device>.json. Motion: the Panda set of MotionBenchMaker and the timing of motions on one
 * core; writes bench/results/motion.json. Tremor: the bank of filters on every device; writes bench/results/tremor.json. Gamma: a
 * pair of doses of 128^3 voxels, beside plastimatch; writes bench/results/gamma.json. ROS 2: round
 * trips of a message with other vendors' DDS, beside two programs in C; writes bench/results/ros2.json.
 */
async function main(): Promise<void> {
  const data = process.env.ISOCENTER_DATA === undefined ? undefined : resolve(process.env.ISOCENTER_DATA);
  const { values, parts } = parseOptions();
  console.log(`isocenter bench on ${machine}`);
  if (parts.includes('radiation')) await radiation(data, values);
  if (parts.includes('motion')) write('motion', await measureMotion(data));
  if (parts.includes('tremor')) write('tremor', await measureTremorBank());
  if (parts.includes('gamma')) write('gamma', await measureGamma());
  if (parts.includes('ros2')) write('ros2', await measureRoundTrips());
}

const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${platform()} ${arch()}, Node ${process.versions.node}`;

function write(name: string, result: object): void {
  const folder = join(import.meta.dirname, '..', '..', 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const record = { machine, date: new Date().toISOString(), ...result };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(record, undefined, 2)}\n`);
  console.log(`\nwritten: bench/results/${name}.json`);
}

type Options = { readonly device: 'auto' | 'wasm' | 'webgpu' };

async function radiation(data: string | undefined, values: Options): Promise<void> {
  const { patient, protocol } = benchmarkPatient(data);
  console.log(`case: ${patient.id}, 9 beams, 5 mm bixels, machine generic-6mv\n`);

  const stages = await measureStages(patient, protocol, values.device);
  const matrix = await compareWithMatrix(patient, protocol, stages, values.device);
  const scaling = await measureScaling(patient, protocol, values.device);

  const name = stages.device.kind === 'wasm' ? 'wasm' : stages.device.name.replace(/[^a-z0-9]+/gi, '-').toLowerCase();
  write(name, { case: patient.id, ...stages, matrix, scaling });
}

const PARTS = ['radiation', 'motion', 'tremor', 'gamma', 'ros2'] as const;

function parseOptions(): { values: Options; parts: readonly string[] } {
  const at = process.argv.indexOf('--device');
  const device = at < 0 ? 'auto' : process.argv[at + 1];
  if (device !== 'auto' && device !== 'wasm' && device !== 'webgpu') {
    console.error(`error: --device ${device} is not auto, wasm or webgpu`);
    process.exit(2);
  }
  const named = process.argv.slice(2).filter((arg) => (PARTS as readonly string[]).includes(arg));
  return { values: { device }, parts: named.length > 0 ? named : PARTS };
}

await main();
process.exit(0);
