import { isBodyName } from '../../engine/core/body.ts';
import { voxelCount, voxelVolumeMm3 } from '../../engine/core/grid.ts';
import type { Patient, ReferenceDose } from '../../engine/core/patient.ts';
import type { Protocol } from '../../planners/radiation/protocol/protocol.ts';
import type { PatientOrigin, PatientView, StructureView } from './messages.ts';
import { sharedCopy, sharedFloats, sharedHalves, sharedIndices, writeHalves } from './shared.ts';

/** A patient as the page shows it, in memory that workers share where the page is isolated. */
export function viewOf(parts: {
  /** With its structures under the protocol's names. */
  readonly patient: Patient;
  readonly protocol: Protocol;
  readonly notes: readonly string[];
  readonly referenceDoses: readonly ReferenceDose[];
  readonly origin: PatientOrigin;
}): PatientView {
  const { patient, protocol, notes, referenceDoses, origin } = parts;
  const { grid, data } = patient.ct;
  const count = voxelCount(grid);
  const hu = sharedCopy(data);
  const huHalf = sharedHalves(count);
  writeHalves(hu, huHalf);
  const cc = voxelVolumeMm3(grid) / 1000;
  const structures = patient.structureSet.structures.map(({ name, voxels }) => ({
    name,
    role: 'organ' as const,
    voxels: sharedIndices(voxels),
    volumeCc: cc * voxels.length,
  }));
  return {
    id: patient.id,
    grid,
    hu,
    huHalf,
    structures: withRoles(structures, protocol),
    doseVoxels: sharedIndices(patient.doseVoxels),
    ...(patient.position === undefined ? {} : { position: patient.position }),
    source: patient.source,
    origin,
    warnings: patient.warnings,
    notes,
    protocol,
    dose: sharedFloats(count),
    doseHalf: sharedHalves(count),
    referenceDoses: referenceDoses.map(({ name, gy }) => ({ name, gy: sharedCopy(gy) })),
  };
}

/** Structures with what each is to a protocol. */
export function withRoles(structures: readonly StructureView[], protocol: Protocol): StructureView[] {
  const targets = new Set(protocol.targets.map(({ structure }) => structure));
  return structures.map((structure) => ({
    ...structure,
    role: targets.has(structure.name) ? 'target' : isBodyName(structure.name) ? 'external' : 'organ',
  }));
}

/** The patient that planning works on; its arrays are the view's. */
export function patientOf({ id, grid, hu, structures, doseVoxels, position, warnings, source }: PatientView): Patient {
  return {
    id,
    ct: { grid, data: hu, unit: 'HU' },
    structureSet: { grid, structures: structures.map(({ name, voxels }) => ({ name, voxels })) },
    doseVoxels,
    ...(position === undefined ? {} : { position }),
    warnings,
    source,
  };
}
