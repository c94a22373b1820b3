import { inputError } from '../../engine/core/errors.ts';
import { voxelCount, voxelVolumeMm3 } from '../../engine/core/grid.ts';
import type { Patient } from '../../engine/core/patient.ts';
import { readOpenKbp } from '../../engine/formats/openkbp/patient.ts';
import { matchProtocol } from '../../planners/radiation/protocol/match.ts';
import type { Protocol } from '../../planners/radiation/protocol/protocol.ts';
import { builtinProtocol } from '../../planners/radiation/protocol/registry.ts';
import { buildPhantom, phantomProtocols } from '../../sim/phantoms/registry.ts';
import { toHalfFloats } from './half-float.ts';
import type { PatientSource, PatientView } from './messages.ts';
import { sharedFloats, sharedHalves, sharedIndices } from './shared.ts';

/** @throws IsocenterError for a source that cannot be read, or has no target */
export function openPatient(source: PatientSource): { patient: Patient; view: PatientView } {
  const { patient, protocol: wanted } = readPatient(source);
  const { protocol, notes } = matchProtocol(wanted, patient);
  const { grid, data } = patient.ct;
  const count = voxelCount(grid);
  const hu = sharedFloats(count);
  hu.set(data);
  const huHalf = sharedHalves(count);
  toHalfFloats(hu, huHalf);
  const cc = voxelVolumeMm3(grid) / 1000;
  const targets = new Set(protocol.targets.map(({ structure }) => structure));
  return {
    patient,
    view: {
      id: patient.id,
      grid,
      hu,
      huHalf,
      structures: patient.structureSet.structures.map(({ name, voxels }) => ({
        name,
        role: targets.has(name) ? 'target' : /^(external|body|skin)$/i.test(name) ? 'external' : 'organ',
        voxels: sharedIndices(voxels),
        volumeCc: cc * voxels.length,
      })),
      doseVoxels: sharedIndices(patient.doseVoxels),
      warnings: [...patient.warnings, ...notes],
      protocol,
      dose: sharedFloats(count),
      doseHalf: sharedHalves(count),
    },
  };
}

function readPatient(source: PatientSource): { patient: Patient; protocol: Protocol } {
  if (source.kind === 'openkbp') {
    const files = new Map(source.files.map(({ name, bytes }) => [name.replace(/\.csv$/, ''), bytes]));
    const patient = readOpenKbp({ id: source.id, path: source.id, files });
    return { patient, protocol: builtinProtocol('head-neck-openkbp') };
  }
  const name = phantomProtocols[source.name];
  if (name === undefined) {
    throw inputError('viewer/no-protocol', `phantom ${source.name} has no protocol of its own`, 'choose another one');
  }
  return { patient: buildPhantom(source.name, { voxelMm: source.voxelMm }), protocol: builtinProtocol(name) };
}
