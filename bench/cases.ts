import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Patient } from '../engine/core/patient.ts';
import { defaultHlut } from '../engine/formats/hlut.ts';
import { readOpenKbp } from '../engine/formats/openkbp/patient.ts';
import { equispacedAngles } from '../planners/radiation/beams/beam.ts';
import { builtinMachine } from '../planners/radiation/machine/registry.ts';
import type { PlanRequest } from '../planners/radiation/planning/plan.ts';
import { builtinProtocol } from '../planners/radiation/protocol/registry.ts';
import { buildPhantom } from '../sim/phantoms/registry.ts';

/** Folders of the OpenKBP patients below the data folder, by name. */
export function openKbpFolders(dataFolder: string): Map<string, string> {
  const folders = new Map<string, string>();
  for (const set of readdirSync(join(dataFolder, 'openkbp'), { withFileTypes: true })) {
    if (!set.isDirectory()) continue;
    for (const name of readdirSync(join(dataFolder, 'openkbp', set.name))) {
      folders.set(name, join(dataFolder, 'openkbp', set.name, name));
    }
  }
  return folders;
}

export function loadOpenKbp(folder: string): Patient {
  const files = new Map<string, Uint8Array>();
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.csv')) files.set(file.slice(0, -4), readFileSync(join(folder, file)));
  }
  return readOpenKbp({ id: basename(folder), path: basename(folder), files });
}

/** The case that the benchmarks run on: pt_1 where the data are at hand, else the head-and-neck phantom. */
export function benchmarkPatient(dataFolder: string | undefined): { patient: Patient; protocol: string } {
  if (dataFolder === undefined) return { patient: buildPhantom('head-and-neck'), protocol: 'tg119-head-neck' };
  return { patient: loadOpenKbp(openKbpFolders(dataFolder).get('pt_1') as string), protocol: 'head-neck-openkbp' };
}

/** Nine equispaced coplanar beams of 5 mm bixels on the built-in machine, unless `changes` say otherwise. */
export function standardRequest(patient: Patient, protocol: string, changes: Partial<PlanRequest> = {}): PlanRequest {
  return {
    patient,
    protocol: builtinProtocol(protocol),
    model: builtinMachine('generic-6mv'),
    angles: equispacedAngles(9),
    bixelMm: 5,
    hlut: defaultHlut,
    ...changes,
  };
}
