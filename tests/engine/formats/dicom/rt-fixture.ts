import { voxelCentreMm, voxelCount } from '../../../../engine/core/grid.ts';
import type { Patient } from '../../../../engine/core/patient.ts';
import { type WrittenFile, writeCtSeries } from '../../../../engine/formats/dicom/ct/write.ts';
import { writeRtDose } from '../../../../engine/formats/dicom/dose/write.ts';
import { outline } from '../../../../engine/formats/dicom/structures/outline.ts';
import { roiType, writeRtStructureSet } from '../../../../engine/formats/dicom/structures/write.ts';
import { derivedUid } from '../../../../engine/formats/dicom/uids.ts';

export const equipment = { softwareVersion: '0.0.0' };

export function studyOf(id: string) {
  return {
    patientId: id,
    patientName: `Phantom^${id}`,
    patientBirthDate: '',
    patientSex: 'O',
    studyInstanceUid: derivedUid(id, 'study'),
    studyId: '1',
    studyDate: '20260102',
    studyTime: '',
    studyDescription: 'test',
    accessionNumber: '',
    referringPhysicianName: '',
  };
}

/** A dose with gradients like those of a plan: 70 Gy in the middle, falling off over some centimetres. */
export function smoothDose({ ct: { grid } }: Patient) {
  const data = new Float32Array(voxelCount(grid));
  const p = [0, 0, 0];
  for (let v = 0; v < data.length; v++) {
    voxelCentreMm(grid, v, p);
    data[v] = 70 / (1 + Math.exp((Math.hypot(p[0] - 8, p[1] + 5, 0.7 * p[2]) - 45) / 8));
  }
  return { grid, data, unit: 'Gy' };
}

export interface Exported {
  readonly ct: readonly WrittenFile[];
  readonly structures: WrittenFile;
  readonly dose: WrittenFile;
}

/** CT, structures and {@link smoothDose} of a phantom as files. */
export function exported(patient: Patient, bits: 16 | 32 = 32): Exported {
  const study = studyOf(patient.id);
  const frameOfReferenceUid = derivedUid(patient.id, 'frame');
  const seriesInstanceUid = derivedUid(patient.id, 'ct');
  const { grid } = patient.ct;
  const description = patient.id;
  const ct = writeCtSeries({
    volume: patient.ct,
    study,
    seriesInstanceUid,
    frameOfReferenceUid,
    description,
    equipment,
  });
  const slices = ct.map(({ sopInstanceUid }, k) => ({ sopInstanceUid, zMm: grid.originMm[2] + k * grid.spacingMm[2] }));
  const structureSetUid = derivedUid(patient.id, 'rtss');
  const structures = writeRtStructureSet({
    study,
    sopInstanceUid: structureSetUid,
    seriesInstanceUid: derivedUid(patient.id, 'rtss series'),
    label: 'test',
    equipment,
    rois: patient.structureSet.structures.map(({ name, voxels }, n) => ({
      number: n + 1,
      name,
      type: roiType(name),
      color: undefined,
      contours: outline(voxels, grid),
    })),
    image: { seriesInstanceUid, frameOfReferenceUid, slices },
  });
  const doseUid = derivedUid(patient.id, 'dose', String(bits));
  const dose = writeRtDose({
    volume: smoothDose(patient),
    study,
    sopInstanceUid: doseUid,
    seriesInstanceUid: derivedUid(patient.id, 'dose series'),
    frameOfReferenceUid,
    summationType: 'PLAN',
    comment: 'a smooth dose',
    instanceNumber: 1,
    equipment,
    structureSetUid,
    bits,
  });
  return {
    ct,
    structures: { name: 'RS.dcm', bytes: structures, sopInstanceUid: structureSetUid },
    dose: { name: 'RD.dcm', bytes: dose, sopInstanceUid: doseUid },
  };
}
