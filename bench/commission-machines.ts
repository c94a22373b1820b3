import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputError } from '../engine/core/errors.ts';
import { commission } from '../planners/radiation/machine/commission.ts';
import { type BeamModel, beamModelText, parseBeamModel } from '../planners/radiation/machine/model.ts';
import {
  parseMachineParams,
  parseOutputFactors,
  parsePrimaryFluence,
  parseTprTable,
} from '../planners/radiation/machine/tables.ts';

/** A measured machine of the folder `beam-6mv` and the built-in model made from it. */
interface MeasuredMachine {
  readonly prefix: string;
  readonly output: string;
  readonly name: string;
  readonly description: string;
}

export const MEASURED_MACHINES: readonly MeasuredMachine[] = [
  {
    prefix: 'photon6MV_synergy',
    output: 'generic-6mv.json',
    name: 'generic-6mv',
    description: '6 MV flattened photon beam, commissioned from measurements on an Elekta Synergy with Agility head',
  },
  {
    prefix: 'photon6MV_artiste',
    output: 'artiste-6mv.json',
    name: 'artiste-6mv',
    description: '6 MV flattened photon beam, commissioned from measurements on a Siemens Artiste',
  },
];

/** Commissions one measured machine of the data folder (see shared/data/README.md, beam-6mv). */
export function commissionMeasured(dataFolder: string, machine: MeasuredMachine): BeamModel {
  const inputs: { file: string; sha256: string }[] = [];
  const read = <T>(table: string, parse: (text: string, fileName: string) => T): T => {
    const file = `${machine.prefix}_${table}.dat`;
    const bytes = readFileSync(join(dataFolder, 'beam-6mv', file));
    inputs.push({ file, sha256: createHash('sha256').update(bytes).digest('hex') });
    return parse(bytes.toString('utf8'), file);
  };
  const params = read('params', parseMachineParams);
  for (const warning of params.warnings) console.warn(warning);
  return commission({
    name: machine.name,
    description: machine.description,
    tpr: read('tpr', parseTprTable),
    outputFactors: read('of', parseOutputFactors),
    primaryFluence: read('primflu', parsePrimaryFluence),
    params,
    provenance: { source: 'github.com/e0404/photonPencilBeamKernelCalc', licence: 'MIT', inputs },
  });
}

/** Run in the repository's root, or with the folder to write to as the argument. */
function main(): void {
  const data = process.env.ISOCENTER_DATA;
  if (data === undefined) {
    throw inputError('bench/no-data', 'ISOCENTER_DATA is not set', 'Set it to the folder that holds beam-6mv.');
  }
  const folder = process.argv[2] ?? 'planners/radiation/machine/builtin';
  for (const machine of MEASURED_MACHINES) {
    const start = performance.now();
    const model = commissionMeasured(data, machine);
    const seconds = (performance.now() - start) / 1000;
    const path = join(folder, machine.output);
    const text = beamModelText(model);
    parseBeamModel(text, machine.output);
    writeFileSync(`${path}.partial`, text);
    renameSync(`${path}.partial`, path);
    console.log(`${path}: ${seconds.toFixed(1)} s`, model.provenance.residuals);
  }
}

if (process.argv[1] === import.meta.filename) main();
