import { describe, expect, it } from 'vitest';
import { transformPoint } from '../../../../engine/core/frames.ts';
import { readRtDose } from '../../../../engine/formats/dicom/dose/read.ts';
import { readRtPlan } from '../../../../engine/formats/dicom/plan/read.ts';
import { readDicom } from '../../../../engine/formats/dicom/read.ts';
import { readSpatialRegistration } from '../../../../engine/formats/dicom/registration/read.ts';
import { readRtStructureSet, structureSetOn } from '../../../../engine/formats/dicom/structures/read.ts';
import { derivedUid, SOP_CLASS } from '../../../../engine/formats/dicom/uids.ts';
import { type DicomRecord, writeDicom } from '../../../../engine/formats/dicom/write.ts';
import { failsLater, failsWith } from '../../../support/errors.ts';
import { planRecord, registrationRecord } from './plan-fixture.ts';

const fileOf = (record: DicomRecord, name = 'a.dcm') => readDicom(name, writeDicom(record));

describe('a dose', () => {
  const values = Uint16Array.from({ length: 24 }, (_, n) => 100 * n);
  const record = (change: DicomRecord = {}): DicomRecord => ({
    SOPClassUID: SOP_CLASS.rtDose,
    SOPInstanceUID: derivedUid('dose'),
    Rows: 3,
    Columns: 4,
    NumberOfFrames: 2,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    PixelSpacing: [2, 3],
    ImagePositionPatient: [10, 20, 30],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    GridFrameOffsetVector: [0, 5],
    DoseUnits: 'GY',
    DoseGridScaling: 0.001,
    PixelData: new Uint8Array(values.buffer),
    ...change,
  });
  const read = (change: DicomRecord) => readRtDose(fileOf(record(change)));
  /** Dose of each frame's first voxel by where it lies. */
  const near = (value: number) => expect.closeTo(value, 6);

  it('is scaled, and lies where its frames say', async () => {
    const { volume } = await read({});
    expect(volume.grid).toEqual({ size: [4, 3, 2], spacingMm: [3, 2, 5], originMm: [10, 20, 30] });
    expect([...volume.data]).toEqual([...values].map((value) => near(value / 1000)));
  });

  it.each([
    ['absolute offsets', { GridFrameOffsetVector: [30, 35] }, [10, 20, 30], 0],
    ['descending offsets', { GridFrameOffsetVector: [0, -5] }, [10, 20, 25], 12],
    ['a patient who lies feet first', { ImageOrientationPatient: [-1, 0, 0, 0, 1, 0] }, [1, 20, 25], 15],
    ['a patient who lies prone', { ImageOrientationPatient: [-1, 0, 0, 0, -1, 0] }, [1, 16, 30], 11],
    ['sagittal frames', { ImageOrientationPatient: [0, 1, 0, 0, 0, -1] }, [5, 20, 26], 20],
  ])('%s', async (_, change, originMm, first) => {
    const { volume } = await read(change);
    expect(volume.grid.originMm.map((mm) => Math.round(mm * 1e6) / 1e6)).toEqual(originMm);
    expect(volume.data[0]).toBeCloseTo(values[first] / 1000, 6);
  });

  it('of one frame, of 32 bits, signed: all are read', async () => {
    const wide = Int32Array.from({ length: 12 }, (_, n) => n * 1e8 - 1e8);
    const { volume, warnings } = await read({
      NumberOfFrames: 1,
      GridFrameOffsetVector: undefined,
      BitsAllocated: 32,
      BitsStored: 32,
      HighBit: 31,
      PixelRepresentation: 1,
      DoseGridScaling: '1e-8',
      PixelData: new Uint8Array(wide.buffer),
    } as DicomRecord);
    expect([...volume.data].map(Math.round)).toEqual([...wide].map((value) => Math.round(value / 1e8)));
    expect(warnings.join()).toMatch(/1 voxels have a negative dose/);
  });

  it.each([
    ['DoseGridScaling', { DoseGridScaling: 0 }, 'dicom/bad-value'],
    ['DoseGridScaling', { DoseGridScaling: -1 }, 'dicom/bad-value'],
    ['DoseGridScaling', { DoseGridScaling: undefined }, 'dicom/missing-tag'],
    ['DoseUnits', { DoseUnits: 'RELATIVE' }, 'dicom/bad-value'],
    ['GridFrameOffsetVector', { GridFrameOffsetVector: [0] }, 'dicom/bad-value'],
    ['GridFrameOffsetVector', { GridFrameOffsetVector: [0, 0] }, 'dicom/frame-offsets'],
    ['GridFrameOffsetVector', { GridFrameOffsetVector: [7, 9] }, 'dicom/bad-value'],
    ['ImageOrientationPatient', { ImageOrientationPatient: [0.8, 0.6, 0, -0.6, 0.8, 0] }, 'dicom/bad-value'],
    ['PixelData', { PixelData: undefined }, 'dicom/missing-tag'],
  ])('with a wrong %s is refused', async (keyword, change, code) => {
    await failsLater(() => read(change as DicomRecord), code, keyword);
  });
});

describe('a plan', () => {
  it('is read, with what control points do not repeat', () => {
    const plan = readRtPlan(fileOf(planRecord()));
    expect(plan).toMatchObject({ label: 'boost', fractions: 25, prescriptions: [{ name: 'PTV', doseGy: 50 }] });
    expect(plan.beams[0]).toMatchObject({ metersetMu: 123.5, leafBoundariesMm: { MLCX: [-15, -5, 5, 15] } });
    expect(plan.beams[0].controlPoints).toMatchObject([
      { metersetShare: 0, gantryDeg: 180, collimatorDeg: 10, energyMv: 6, isocenterMm: [1, 2, 3] },
      { metersetShare: 0.5, gantryDeg: 200, collimatorDeg: 10, energyMv: 6, isocenterMm: [1, 2, 3] },
      { metersetShare: 1, gantryDeg: 220, collimatorDeg: 10 },
    ]);
    expect(plan.beams[0].controlPoints[2].devices).toEqual([
      { type: 'ASYMX', positionsMm: [-50, 40] },
      { type: 'MLCX', positionsMm: [-1, -2, -3, 1, 2, 3] },
    ]);
  });

  const beam = (change: (beam: DicomRecord) => DicomRecord) =>
    readRtPlan(fileOf(planRecord((r) => ({ ...r, BeamSequence: (r.BeamSequence as DicomRecord[]).map(change) }))));
  const point = (n: number, change: DicomRecord) =>
    beam((b) => ({
      ...b,
      ControlPointSequence: (b.ControlPointSequence as DicomRecord[]).map((p, k) =>
        k === n ? { ...p, ...change } : p,
      ),
    }));

  it('with leaves that cross, are too few or out of order is refused, and so is a meterset that falls', () => {
    const leaves = (...positions: number[]) => ({
      BeamLimitingDevicePositionSequence: [{ RTBeamLimitingDeviceType: 'MLCX', LeafJawPositions: positions }],
    });
    failsWith(() => point(1, leaves(1, 2, 3, 4)), 'dicom/bad-value', '4 positions instead of 6');
    failsWith(() => point(1, leaves(0, 5, 0, 1, 2, 3)), 'dicom/bad-value', 'pair 2 of MLCX of beam 1 is crossed');
    failsWith(() => point(2, { CumulativeMetersetWeight: 0.5 }), 'dicom/bad-value', 'control point 3');
    failsWith(
      () =>
        beam((b) => ({
          ...b,
          BeamLimitingDeviceSequence: [
            { RTBeamLimitingDeviceType: 'MLCX', NumberOfLeafJawPairs: 3, LeafPositionBoundaries: [0, 5, 4, 9] },
          ],
        })),
      'dicom/bad-value',
      'LeafPositionBoundaries',
    );
  });
});

describe('a registration', () => {
  // A quarter turn about z, then a shift.
  const quarter = [0, -1, 0, 10, 1, 0, 0, 20, 0, 0, 1, 30, 0, 0, 0, 1];

  it('takes points of one frame to the other', () => {
    const [found, ...others] = readSpatialRegistration(fileOf(registrationRecord(quarter)));
    expect(others).toEqual([]);
    expect(found.fromFrameUid).toBe(derivedUid('other frame'));
    expect(found.toFrameUid).toBe(derivedUid('planning frame'));
    expect(transformPoint(found.T_to_from, [1, 2, 3])).toEqual([8, 21, 33]);
  });

  it('that scales, shears or mirrors is refused', () => {
    for (const [n, value] of [
      [0, 0.1],
      [10, 1.1],
      [10, -1],
    ]) {
      const matrix = quarter.map((one, k) => (k === n ? value : one));
      failsWith(() => readSpatialRegistration(fileOf(registrationRecord(matrix))), 'dicom/not-rigid', 'a.dcm');
    }
    failsWith(
      () => readSpatialRegistration(fileOf(registrationRecord(quarter, 'AFFINE'))),
      'dicom/not-rigid',
      'AFFINE',
    );
  });
});

describe('structures', () => {
  const square = [0, 0, 5, 10, 0, 5, 10, 10, 5, 0, 10, 5];
  const record = (contour: DicomRecord, more: DicomRecord = {}): DicomRecord => ({
    SOPClassUID: SOP_CLASS.rtStructureSet,
    SOPInstanceUID: derivedUid('rtss'),
    StructureSetROISequence: [
      { ROINumber: 7, ReferencedFrameOfReferenceUID: '1.2', ROIName: 'Cord' },
      { ROINumber: 9, ReferencedFrameOfReferenceUID: '1.2', ROIName: 'Cord' },
      { ROINumber: 10, ReferencedFrameOfReferenceUID: '1.2' },
    ],
    ROIContourSequence: [
      {
        ReferencedROINumber: 7,
        ContourSequence: [
          { ContourGeometricType: 'CLOSED_PLANAR', NumberOfContourPoints: 4, ContourData: square, ...contour },
          { ContourGeometricType: 'POINT', NumberOfContourPoints: 1, ContourData: [1, 2, 3] },
        ],
      },
    ],
    ...more,
  });
  const grid = { size: [20, 20, 4] as const, spacingMm: [1, 1, 5] as const, originMm: [-4.5, -4.5, -5] as const };

  it('are voxels; names that are missing or occur twice, points and empty regions are said', () => {
    const { structureSet, warnings } = structureSetOn(readRtStructureSet(fileOf(record({}))), grid);
    expect(structureSet.structures.map(({ name, voxels }) => [name, voxels.length])).toEqual([
      ['Cord', 100],
      ['Cord (2)', 0],
      ['ROI 10', 0],
    ]);
    const said = warnings.join('\n');
    for (const part of ['1 contour of Cord ignored: POINT', 'Cord occurs more than once', 'region 10 has no name']) {
      expect(said).toContain(part);
    }
  });

  it.each([
    [{ ContourData: [0, 0, 5, 10] }, 'contour 1 of Cord has 4 numbers'],
    [{ NumberOfContourPoints: 5 }, 'contour 1 of Cord has 12 numbers for 5 points'],
    [{ ContourData: [0, 0, 5, 10, 0, 6, 10, 10, 5, 0, 10, 5] }, 'only axial contours'],
    [{ ContourData: ['0', 'x', '5', '1', '2', '5', '3', '4', '5', '6', '7', '5'] }, 'has 11 numbers for 4 points'],
  ])('whose contours are wrong are refused by region', (contour, part) => {
    failsWith(() => readRtStructureSet(fileOf(record(contour as DicomRecord))), 'dicom/bad-value', part);
  });

  it('of two frames of reference are refused', () => {
    const rois = [
      { ROINumber: 7, ReferencedFrameOfReferenceUID: '1.2', ROIName: 'A' },
      { ROINumber: 9, ReferencedFrameOfReferenceUID: '1.3', ROIName: 'B' },
    ];
    const two = fileOf(record({}, { StructureSetROISequence: rois }));
    failsWith(() => readRtStructureSet(two), 'dicom/frames-of-reference', '1.3');
  });
});
