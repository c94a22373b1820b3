import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { benchmarkPatient } from './cases.ts';
import { compareWithMatrix } from './compare-matrix.ts';
import { measureScaling } from './scaling.ts';
import { measureStages } from './stages.ts';

/**
 * `npm run bench [-- --device wasm|webgpu]`: how fast the matrix-free operator, an optimiser iteration and a whole plan
 * are; how they grow with voxels, beams and threads; and, in the same run, what the explicit sparse matrix of the same
 * model costs. Prints tables and writes bench/results/<device>.json.
 */
async function main(): Promise<void> {
  const data = process.env.ISOCENTER_DATA === undefined ? undefined : resolve(process.env.ISOCENTER_DATA);
  const { values } = parseOptions();
  const { patient, protocol } = benchmarkPatient(data);
  const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${platform()} ${arch()}, Node ${process.versions.node}`;
  console.log(`isocenter bench on ${machine}`);
  console.log(`case: ${patient.id}, 9 beams, 5 mm bixels, machine generic-6mv\n`);

  const stages = await measureStages(patient, protocol, values.device);
  const matrix = await compareWithMatrix(patient, protocol, stages, values.device);
  const scaling = await measureScaling(patient, protocol, values.device);

  const folder = join(import.meta.dirname, '..', '..', 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const name = stages.device.kind === 'wasm' ? 'wasm' : stages.device.name.replace(/[^a-z0-9]+/gi, '-').toLowerCase();
  const file = join(folder, `${name}.json`);
  const result = { machine, date: new Date().toISOString(), case: patient.id, ...stages, matrix, scaling };
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`\nwritten: bench/results/${name}.json`);
}

function parseOptions(): { values: { device: 'auto' | 'wasm' | 'webgpu' } } {
  const at = process.argv.indexOf('--device');
  const device = at < 0 ? 'auto' : process.argv[at + 1];
  if (device !== 'auto' && device !== 'wasm' && device !== 'webgpu') {
    console.error(`error: --device ${device} is not auto, wasm or webgpu`);
    process.exit(2);
  }
  return { values: { device } };
}

await main();
process.exit(0);
