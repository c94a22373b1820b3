import { isBodyName } from '../../engine/core/body.ts';
import { inputError } from '../../engine/core/errors.ts';
import { voxelCount, voxelVolumeMm3 } from '../../engine/core/grid.ts';
import type { Patient } from '../../engine/core/patient.ts';
import { readOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import { readOpenKbp } from '../../engine/formats/openkbp/patient.ts';
import { matchProtocol } from '../../planners/radiation/protocol/match.ts';
import { matchNames } from '../../planners/radiation/protocol/names.ts';
import type { Protocol } from '../../planners/radiation/protocol/protocol.ts';
import { builtinProtocol, builtinProtocolNames } from '../../planners/radiation/protocol/registry.ts';
import { buildPhantom, phantomProtocols } from '../../sim/phantoms/registry.ts';
import type { PatientSource, PatientView, ReferenceDose } from './messages.ts';
import { sharedCopy, sharedFloats, sharedHalves, sharedIndices, writeHalves } from './shared.ts';

/** @throws IsocenterError for a source that cannot be read, or has no target */
export async function openPatient(source: PatientSource): Promise<{ patient: Patient; view: PatientView }> {
  const { patient, protocol, notes, referenceDoses = [] } = await readPatient(source);
  const { grid, data } = patient.ct;
  const count = voxelCount(grid);
  const hu = sharedCopy(data);
  const huHalf = sharedHalves(count);
  writeHalves(hu, huHalf);
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
        role: targets.has(name) ? 'target' : isBodyName(name) ? 'external' : 'organ',
        voxels: sharedIndices(voxels),
        volumeCc: cc * voxels.length,
      })),
      doseVoxels: sharedIndices(patient.doseVoxels),
      warnings: [...patient.warnings, ...notes],
      protocol,
      dose: sharedFloats(count),
      doseHalf: sharedHalves(count),
      referenceDoses: referenceDoses.map(({ name, gy }) => ({ name, gy: sharedCopy(gy) })),
    },
  };
}

interface ReadPatient {
  /** With its structures under the protocol's names. */
  readonly patient: Patient;
  readonly protocol: Protocol;
  readonly notes: readonly string[];
  /** On the patient's grid. */
  readonly referenceDoses?: readonly ReferenceDose[];
}

async function readPatient(source: PatientSource): Promise<ReadPatient> {
  if (source.kind === 'openkbp') {
    const files = new Map(source.files.map(({ name, bytes }) => [name.replace(/\.csv$/, ''), bytes]));
    const patient = readOpenKbp({ id: source.id, path: source.id, files });
    const dose = files.get('dose');
    const referenceDoses =
      dose === undefined ? [] : [{ name: 'clinical dose', gy: readOpenKbpDose(dose, `${source.id}/dose.csv`) }];
    return { patient, ...matchProtocol(builtinProtocol('head-neck-openkbp'), patient), referenceDoses };
  }
  if (source.kind === 'dicom') {
    const [{ readDicom }, { patientOfFiles }] = await Promise.all([
      import('../../engine/formats/dicom/read.ts'),
      import('../../engine/formats/dicom/study/patient.ts'),
    ]);
    const files = source.files.map(({ name, bytes }) => readDicom(name, bytes));
    const { patient } = await patientOfFiles(files, {}, { name: source.id, path: source.id });
    return protocolFor(patient);
  }
  const name = phantomProtocols[source.name];
  if (name === undefined) {
    throw inputError('viewer/no-protocol', `phantom ${source.name} has no protocol of its own`, 'choose another one');
  }
  const patient = buildPhantom(source.name, { voxelMm: source.voxelMm });
  return { patient, ...matchProtocol(builtinProtocol(name), patient) };
}

/** The built-in protocol of which the patient has all targets and most other structures. */
function protocolFor(patient: Patient): ReadPatient {
  const fitting = builtinProtocolNames.flatMap((name) => {
    const protocol = builtinProtocol(name);
    const { patient: named, matches } = matchNames(protocol, patient);
    const has = new Set(matches.map(({ protocolName }) => protocolName));
    return protocol.targets.every(({ structure }) => has.has(structure)) ? [{ protocol, named, matches }] : [];
  });
  const [best] = fitting.sort((a, b) => b.matches.length - a.matches.length);
  if (best === undefined) {
    const names = patient.structureSet.structures.map(({ name }) => name).join(', ') || 'none';
    throw inputError(
      'viewer/no-protocol',
      `patient ${patient.id} has the targets of none of the built-in protocols; its structures: ${names}`,
      'name its targets as TG-263 does (PTV_7000), or plan it on the command line with --protocol',
    );
  }
  const renamed = best.matches.filter(({ by }) => by !== 'same name');
  const notes = renamed.map(({ patientName, protocolName, by }) => `${patientName} is ${protocolName} (${by}).`);
  const matched = matchProtocol(best.protocol, best.named);
  return { patient: best.named, protocol: matched.protocol, notes: [...notes, ...matched.notes] };
}
