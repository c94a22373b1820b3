import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportDicom } from '../../../app/dicom/export.ts';
import { runEvaluation } from '../../../app/evaluation/run.ts';
import { Progress } from '../../../app/progress.ts';
import { voxelCentreMm } from '../../../engine/core/grid.ts';
import { readDicom } from '../../../engine/formats/dicom/read.ts';
import { derivedUid, SOP_CLASS } from '../../../engine/formats/dicom/uids.ts';
import { type DicomRecord, writeDicom } from '../../../engine/formats/dicom/write.ts';
import { buildPhantom } from '../../../sim/phantoms/registry.ts';
import { failsLater } from '../../support/errors.ts';
import { isocenter, temporaryFolder } from '../support/cli.ts';

const folder = temporaryFolder();
const cshape = join(folder, 'cshape');
const phantom = buildPhantom('tg119-cshape');
const session = { signal: new AbortController().signal, progress: new Progress(process.stderr) };

/** Judges a dose in this process. */
const judge = (dose: string | undefined, patient = cshape, sumBeams = false) =>
  runEvaluation({ patient, choice: {}, dose, sumBeams, protocol: 'tg119-cshape' }, session);

let frame = '';

/** A dose of `gy` in every voxel of a grid that covers the phantom, its own fractions of a voxel away from the CT's. */
function constant(gy: number, change: DicomRecord = {}): Uint8Array {
  const [columns, rows, frames] = [100, 70, 60];
  return writeDicom({
    SOPClassUID: SOP_CLASS.rtDose,
    SOPInstanceUID: derivedUid('constant', String(gy), JSON.stringify(Object.keys(change))),
    SeriesInstanceUID: derivedUid('constant'),
    PatientID: 'tg119-cshape',
    FrameOfReferenceUID: frame,
    Modality: 'RTDOSE',
    Rows: rows,
    Columns: columns,
    NumberOfFrames: frames,
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    PixelSpacing: [5, 5],
    ImagePositionPatient: [-250.25, -175.34, -150.47],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    GridFrameOffsetVector: Array.from({ length: frames }, (_, k) => 5 * k),
    DoseUnits: 'GY',
    DoseType: 'PHYSICAL',
    DoseSummationType: 'PLAN',
    DoseGridScaling: gy / 1000,
    PixelData: new Uint8Array(new Uint16Array(rows * columns * frames).fill(1000).buffer),
    ...change,
  });
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

beforeAll(async () => {
  await exportDicom('phantom:tg119-cshape', cshape, session);
  frame = readDicom('RS', readFileSync(join(cshape, 'RS.dcm'))).dataset.text('FrameOfReferenceUID') ?? '';
});

describe('isocenter evaluate with an RT Dose', () => {
  it('on a grid of its own interpolates it, and says so', async () => {
    const { structures, warnings } = await judge(file('plain', constant(42)));
    for (const { name, minGy, maxGy } of structures) {
      expect([name, minGy, maxGy]).toEqual([name, expect.closeTo(42, 4), expect.closeTo(42, 4)]);
    }
    expect(warnings.join()).toMatch(/was interpolated \(trilinear\) to the grid of the structures/);
    expect(warnings.join()).not.toMatch(/does not cover/);
  });

  it('says which structures it does not cover, and what part of them', async () => {
    const half = file('half', constant(42, { ImagePositionPatient: [0.25, -175.34, -150.47] }));
    const { warnings, structures } = await judge(half);
    // The first column lies at x = 0.25 mm, and reaches half a column of 5 mm farther.
    const p = [0, 0, 0];
    const shares = phantom.structureSet.structures.map(({ name, voxels }) => {
      const beyond = voxels.filter((v) => {
        voxelCentreMm(phantom.structureSet.grid, v, p);
        return p[0] < -2.25;
      });
      return `${name} ${((100 * beyond.length) / voxels.length).toFixed(1)} %`;
    });
    expect(warnings.join()).toContain(`half does not cover all of: ${shares.join(', ')} of the volume lie outside.`);
    for (const { name, minGy, maxGy } of structures) {
      expect([name, minGy, maxGy]).toEqual([name, 0, expect.closeTo(42, 4)]);
    }
  });

  it('says that a dose is of a beam, effective, of another patient, of no frame of reference', async () => {
    const change = { DoseSummationType: 'BEAM', DoseType: 'EFFECTIVE', PatientID: 'X', FrameOfReferenceUID: '' };
    const { warnings } = await judge(file('odd', constant(1, change)));
    const said = warnings.join('\n');
    for (const part of ['is the dose of BEAM', 'effective doses', 'is of patient X', 'names no frame of reference']) {
      expect(said).toContain(part);
    }
  });

  it.each<[string, string, string, DicomRecord]>([
    ['of negative scaling', 'dicom/bad-value', '(3004,000E) DoseGridScaling: -0.1', { DoseGridScaling: -0.1 }],
    ['in no units of dose', 'dicom/bad-value', '(3004,0002) DoseUnits: doses in RELATIVE', { DoseUnits: 'RELATIVE' }],
    ['that is a difference', 'evaluate/dose-type', '(3004,0004) DoseType is ERROR', { DoseType: 'ERROR' }],
    ['of another frame', 'dicom/frame-mismatch', 'frame of reference 1.2.3', { FrameOfReferenceUID: '1.2.3' }],
    ['without its pixels', 'dicom/bad-value', '(7FE0,0010) PixelData', { PixelData: new Uint8Array(8) }],
    ['that is an image', 'dicom/modality', 'is no RT Dose (RTDOSE, class 1', { SOPClassUID: SOP_CLASS.ctImage }],
  ])('%s is refused', async (name, code, part, change) => {
    await failsLater(() => judge(file(name, constant(1, change))), code, part);
  });

  it('of zero scaling ends the command with two lines', async () => {
    const dose = file('zero', constant(1, { DoseGridScaling: 0 }));
    const { code, stdout, stderr } = await isocenter([
      'evaluate',
      cshape,
      '--protocol',
      'tg119-cshape',
      '--dose',
      dose,
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^error: .*zero: \(3004,000E\) DoseGridScaling: 0: every dose would be 0 or negative\nhint: .*\n$/,
    );
  });

  it('in the folder is that on the CT, whatever lies on other images of the patient', async () => {
    const both = join(folder, 'both');
    cpSync(cshape, both, { recursive: true });
    writeFileSync(join(both, 'other'), constant(7, { FrameOfReferenceUID: '1.2.3' }));
    await failsLater(() => judge(undefined, both), 'dicom/frame-mismatch', 'other lies in frame of reference 1.2.3');
    writeFileSync(join(both, 'mine'), constant(42));
    const { structures } = await judge(undefined, both);
    for (const { name, meanGy } of structures) expect([name, meanGy]).toEqual([name, expect.closeTo(42, 4)]);
  });

  it('adds up the doses of beams where that is asked for', async () => {
    const beams = join(folder, 'beams');
    cpSync(cshape, beams, { recursive: true });
    mkdirSync(join(beams, 'doses'));
    for (const gy of [10, 20, 12]) {
      writeFileSync(join(beams, 'doses', `beam ${gy}`), constant(gy, { DoseSummationType: 'BEAM' }));
    }
    await failsLater(() => judge(undefined, beams), 'evaluate/doses', 'holds 3 doses of beams');
    const { structures, warnings } = await judge(undefined, beams, true);
    for (const { name, meanGy } of structures) expect([name, meanGy]).toEqual([name, expect.closeTo(42, 4)]);
    expect(warnings.join()).toMatch(/doses of 3 beams were added up/);
    const other = constant(5, { DoseSummationType: 'BEAM', SeriesInstanceUID: '1.2.3' });
    writeFileSync(join(beams, 'doses', 'of another plan'), other);
    await failsLater(() => judge(undefined, beams, true), 'evaluate/doses', 'beams of 2 plans or series');
    await failsLater(() => judge(undefined, cshape, true), 'evaluate/no-dose', 'holds no RT Dose');
  });
});
