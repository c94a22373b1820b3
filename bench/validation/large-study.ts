import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { normal, seededRandom } from '../../engine/core/random.ts';
import { writeCtSeries } from '../../engine/formats/dicom/ct/write.ts';
import type { Contour, Roi } from '../../engine/formats/dicom/structures/contour.ts';
import { writeRtStructureSet } from '../../engine/formats/dicom/structures/write.ts';
import { derivedUid } from '../../engine/formats/dicom/uids.ts';

const SIZE = [512, 512, 300] as const;
const SPACING_MM = [0.9765625, 0.9765625, 2] as const;
const ORIGIN_MM = [-250, -250, -300] as const;
const STRUCTURES = 40;

/** Writes a study as large as they come: 300 slices of 512 x 512 with noise, and 40 structures, most of them drawn on many slices. */
export function writeLargeStudy(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const study = {
    patientId: 'LARGE',
    patientName: 'Large',
    patientBirthDate: '',
    patientSex: '',
    studyInstanceUid: derivedUid('large study'),
    studyId: '1',
    studyDate: '',
    studyTime: '',
    studyDescription: '',
    accessionNumber: '',
    referringPhysicianName: '',
  };
  const equipment = { softwareVersion: '0' };
  const seriesInstanceUid = derivedUid('large series');
  const frameOfReferenceUid = derivedUid('large frame');
  const random = seededRandom(609);
  const data = new Float32Array(SIZE[0] * SIZE[1] * SIZE[2]);
  for (let v = 0; v < data.length; v++)
    data[v] = Math.round(40 * random() + (v % 512 > 60 && v % 512 < 450 ? 0 : -1000));
  const files = writeCtSeries({
    volume: { grid: { size: SIZE, spacingMm: SPACING_MM, originMm: ORIGIN_MM }, data, unit: 'HU' },
    study,
    seriesInstanceUid,
    frameOfReferenceUid,
    description: 'large',
    equipment,
  });
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
  const rois = Array.from({ length: STRUCTURES }, (_, n): Roi => {
    const isBody = n === 0;
    const radii = isBody ? [190, 130, 1e4] : [0, 1, 2].map(() => 15 + 60 * random());
    const centre = isBody ? [0, 0, 0] : [120 * (2 * random() - 1), 60 * (2 * random() - 1), 200 * (2 * random() - 1)];
    const name = isBody ? 'External' : `Structure ${n}`;
    const contours = Array.from({ length: SIZE[2] }, (_, k) => ORIGIN_MM[2] + k * SPACING_MM[2]).flatMap((zMm) =>
      ring(centre, radii, zMm, random),
    );
    return { number: n + 1, name, type: isBody ? 'EXTERNAL' : 'ORGAN', color: undefined, contours };
  });
  const slices = files.map(({ sopInstanceUid }, k) => ({ sopInstanceUid, zMm: ORIGIN_MM[2] + k * SPACING_MM[2] }));
  const bytes = writeRtStructureSet({
    study,
    sopInstanceUid: derivedUid('large structures'),
    seriesInstanceUid: derivedUid('large structures', 'series'),
    label: 'large',
    equipment,
    rois,
    image: { seriesInstanceUid, frameOfReferenceUid, slices },
  });
  writeFileSync(join(folder, 'RS.dcm'), bytes);
}

/** A contour of an ellipsoid as a hand draws it: a point a millimetre, not quite on the surface. */
function ring(centre: readonly number[], radii: readonly number[], zMm: number, random: () => number): Contour[] {
  const height = (zMm - centre[2]) / radii[2];
  if (Math.abs(height) >= 1) return [];
  const scale = Math.sqrt(1 - height * height);
  const count = Math.max(8, Math.round(Math.PI * scale * (radii[0] + radii[1])));
  const points = new Float64Array(2 * count);
  for (let n = 0; n < count; n++) {
    const angle = (2 * Math.PI * n) / count;
    const wobble = scale + (0.1 / radii[0]) * normal(random);
    points[2 * n] = centre[0] + wobble * radii[0] * Math.cos(angle);
    points[2 * n + 1] = centre[1] + wobble * radii[1] * Math.sin(angle);
  }
  return [{ zMm, points }];
}
