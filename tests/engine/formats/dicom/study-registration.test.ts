import { describe, expect, it } from 'vitest';
import { readDicom } from '../../../../engine/formats/dicom/read.ts';
import type { RtStructureSet } from '../../../../engine/formats/dicom/structures/read.ts';
import { structuresInFrame } from '../../../../engine/formats/dicom/study/registration.ts';
import { SOP_CLASS } from '../../../../engine/formats/dicom/uids.ts';
import { type DicomRecord, writeDicom } from '../../../../engine/formats/dicom/write.ts';
import { failsWith } from '../../../support/errors.ts';

const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const shift = (x: number, y: number, z: number): number[] =>
  identity.map((v, n) => (n % 4 === 3 && n < 12 ? [x, y, z][n >> 2] : v));

/** A registration of frames to that of the object. */
function registration(name: string, to: string, from: Readonly<Record<string, readonly number[]>>, type = 'RIGID') {
  const record: DicomRecord = {
    SOPClassUID: SOP_CLASS.spatialRegistration,
    SOPInstanceUID: '3.1',
    FrameOfReferenceUID: to,
    RegistrationSequence: Object.entries(from).map(([FrameOfReferenceUID, matrix]) => ({
      FrameOfReferenceUID,
      MatrixRegistrationSequence: [
        {
          MatrixSequence: [
            { FrameOfReferenceTransformationMatrixType: type, FrameOfReferenceTransformationMatrix: [...matrix] },
          ],
        },
      ],
    })),
  };
  return readDicom(name, writeDicom(record));
}

const set: RtStructureSet = {
  file: 'RS',
  label: '',
  study: {} as RtStructureSet['study'],
  sopInstanceUid: '2.1',
  frameOfReferenceUid: '5.2',
  seriesInstanceUid: '',
  rois: [
    {
      number: 1,
      name: 'A',
      type: '',
      color: undefined,
      contours: [{ zMm: 3, points: Float64Array.of(0, 0, 10, 0, 10, 20) }],
    },
  ],
  warnings: [],
};

const moved = (...files: readonly ReturnType<typeof registration>[]) => {
  const warnings: string[] = [];
  const [{ contours }] = structuresInFrame('5.1', set, files, warnings).rois;
  return { zMm: contours[0].zMm, points: [...contours[0].points], said: warnings.join() };
};

describe('structures of another frame of reference', () => {
  it('are brought over by a registration, whichever way it leads', () => {
    const there = moved(registration('REG', '5.1', { '5.1': identity, '5.2': shift(1, 2, 3) }));
    expect(there).toMatchObject({ zMm: 6, points: [1, 2, 11, 2, 11, 22] });
    expect(there.said).toMatch(/brought to the CT's frame of reference by REG/);
    const back = moved(registration('REG', '5.2', { '5.1': shift(1, 2, 3) }));
    expect(back).toMatchObject({ zMm: 0, points: [-1, -2, 9, -2, 9, 18] });
  });

  it('are brought over by a frame to which both images were registered', () => {
    const found = moved(registration('REG', '5.9', { '5.1': shift(100, 0, 0), '5.2': shift(0, 50, 5) }));
    expect(found).toMatchObject({ zMm: 8, points: [-100, 50, -90, 50, -90, 70] });
  });

  it('are refused where registrations do not agree, or none leads there', () => {
    const first = registration('REG1', '5.1', { '5.2': shift(1, 2, 3) });
    const second = registration('REG2', '5.1', { '5.2': shift(1, 2, 4) });
    failsWith(() => moved(first, second), 'dicom/registrations', 'REG1 and REG2 lead from frame of reference 5.2');
    expect(moved(first, first).zMm).toBe(6);
    failsWith(() => moved(), 'dicom/frame-mismatch', 'RS lies in frame of reference 5.2, the CT in 5.1');
    failsWith(() => moved(registration('REG', '5.1', { '5.7': identity })), 'dicom/frame-mismatch', '5.2');
  });

  it('are refused by name where the registration is not rigid; others that are not stand in no way', () => {
    const affine = registration('AFF', '5.1', { '5.2': identity }, 'AFFINE');
    failsWith(() => moved(affine), 'dicom/not-rigid', 'AFF');
    const unrelated = registration('MR', '5.1', { '5.3': identity }, 'AFFINE');
    expect(moved(unrelated, registration('REG', '5.1', { '5.2': identity })).zMm).toBe(3);
    failsWith(() => moved(unrelated), 'dicom/frame-mismatch', '5.2');
    expect(structuresInFrame('5.2', set, [affine], [])).toBe(set);
  });

  it('are refused where their slices would be turned out of their planes', () => {
    // A quarter turn about x.
    const turned = [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    failsWith(
      () => moved(registration('REG', '5.1', { '5.2': turned })),
      'dicom/frame-mismatch',
      'out of their planes',
    );
  });

  it('that a rounded rotation turns keep their lengths', () => {
    // 30 degrees about z, to four digits: the columns are 1.00003 long.
    const rounded = [0.866, -0.5, 0, 0, 0.5, 0.866, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    const { points } = moved(registration('REG', '5.1', { '5.2': rounded }));
    expect(Math.hypot(points[2] - points[0], points[3] - points[1])).toBeCloseTo(10, 9);
    // 3e-5 of 10 mm: the angle is that of the rounded matrix.
    expect(points[2]).toBeCloseTo(10 * Math.cos(Math.PI / 6), 3);
  });

  it('without a frame of reference are taken as they are, and it is said', () => {
    const warnings: string[] = [];
    structuresInFrame('5.1', { ...set, frameOfReferenceUid: '' }, [], warnings);
    expect(warnings.join()).toMatch(/RS names no frame of reference/);
  });
});
