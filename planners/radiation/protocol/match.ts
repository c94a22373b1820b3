import { inputError } from '../../../engine/core/errors.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import {
  bodyName,
  bodyVoxels,
  commonVoxels,
  structureVoxels,
  subtractVoxels,
  targetVoxels,
} from '../evaluation/regions.ts';
import type { Objective } from './objectives.ts';
import type { Protocol } from './protocol.ts';

/** A protocol reduced to what one patient has. */
export interface MatchedProtocol {
  /** Targets by falling prescription; targets, goals and objectives only of structures with voxels (or `Body`). */
  readonly protocol: Protocol;
  /** What was left out and why, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Matches a protocol with the structures of a patient; names must agree exactly.
 *
 * @throws IsocenterError `protocol/no-target` when the patient has none of the targets
 */
export function matchProtocol(protocol: Protocol, patient: Patient): MatchedProtocol {
  const present = ({ structure }: { structure: string }): boolean =>
    structure === bodyName || (structureVoxels(patient, structure)?.length ?? 0) > 0;
  const targets = protocol.targets.filter(present).sort((a, b) => b.prescriptionGy - a.prescriptionGy);
  if (targets.length === 0) {
    const wanted = protocol.targets.map(({ structure }) => structure).join(', ');
    const found = patient.structureSet.structures.map(({ name }) => name).join(', ') || 'none';
    throw inputError(
      'protocol/no-target',
      `Patient ${patient.id} has no target of protocol ${protocol.name} (${wanted}); its structures: ${found}.`,
      'Choose another protocol, or name the targets of this one as the patient does.',
    );
  }
  const named = [...protocol.targets, ...protocol.goals, ...protocol.objectives];
  const missing = new Set(named.filter((item) => !present(item)).map(({ structure }) => structure));
  const notes = [...missing].map((name) => missingNote(name, protocol, patient));
  if (structureVoxels(patient, bodyName) !== undefined) {
    notes.push(
      `The patient's structure ${bodyName} is not used: in a protocol ${bodyName} is all dose voxels in no target.`,
    );
  }
  return {
    protocol: {
      ...protocol,
      targets,
      goals: protocol.goals.filter(present),
      objectives: protocol.objectives.filter(present),
      overlapPriority: protocol.overlapPriority.filter((structure) => present({ structure })),
    },
    notes,
  };
}

/**
 * The voxels on which an objective acts, ascending: those of its structure (or of `Body`) on which dose is wanted,
 * without the structures that stand before it in `overlapPriority` and, with `excludes: 'targets'`, without all targets.
 */
export function objectiveVoxels(patient: Patient, protocol: Protocol, objective: Objective): Uint32Array {
  const { structure, excludes } = objective;
  const own = structure === bodyName ? bodyVoxels(patient, protocol.targets) : structureVoxels(patient, structure);
  let voxels = commonVoxels(own ?? new Uint32Array(0), patient.doseVoxels);
  if (excludes === 'targets') voxels = subtractVoxels(voxels, targetVoxels(patient, protocol.targets));
  const rank = protocol.overlapPriority.indexOf(structure);
  for (const other of protocol.overlapPriority.slice(0, Math.max(rank, 0))) {
    voxels = subtractVoxels(voxels, structureVoxels(patient, other) ?? new Uint32Array(0));
  }
  return voxels;
}

function missingNote(name: string, protocol: Protocol, patient: Patient): string {
  const roles = [
    protocol.targets.some(({ structure }) => structure === name) ? 'target' : '',
    plural(protocol.goals.filter(({ structure }) => structure === name).length, 'goal'),
    plural(protocol.objectives.filter(({ structure }) => structure === name).length, 'objective'),
  ].filter((role) => role !== '');
  const lack = structureVoxels(patient, name) === undefined ? 'no structure' : 'no voxels in structure';
  return `Patient ${patient.id} has ${lack} ${name}: left out (${roles.join(', ')}).`;
}

function plural(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}
