import { describe, expect, it } from 'vitest';
import { voxelCentreMm } from '../../../../engine/core/grid.ts';
import { readCtSeries } from '../../../../engine/formats/dicom/ct/read.ts';
import { ctSeriesAmong } from '../../../../engine/formats/dicom/ct/series.ts';
import type { DicomFile } from '../../../../engine/formats/dicom/read.ts';
import { derivedUid, SOP_CLASS } from '../../../../engine/formats/dicom/uids.ts';
import type { DicomRecord } from '../../../../engine/formats/dicom/write.ts';
import { failsLater } from '../../../support/errors.ts';
import { type StackOptions, stackFiles, testHu } from './ct-fixture.ts';

async function read(files: readonly DicomFile[]) {
  const [series, ...others] = ctSeriesAmong(files);
  expect(others).toEqual([]);
  return readCtSeries(series);
}

async function expectHu(options: StackOptions, within = 0): Promise<string> {
  const files = stackFiles(options);
  // The order of files says nothing.
  const { volume, warnings } = await read([...files.slice(2), ...files.slice(0, 2).reverse()]);
  const p = [0, 0, 0];
  for (let v = 0; v < volume.data.length; v++) {
    voxelCentreMm(volume.grid, v, p);
    expect(Math.abs(volume.data[v] - testHu(p[0], p[1], p[2]))).toBeLessThanOrEqual(within);
  }
  return warnings.join();
}

describe('a CT series', () => {
  it.each([
    ['HFS', [1, 0, 0, 0, 1, 0]],
    ['HFP', [-1, 0, 0, 0, -1, 0]],
    ['FFS', [-1, 0, 0, 0, 1, 0]],
    ['FFP', [1, 0, 0, 0, -1, 0]],
    ['HFDR', [0, 1, 0, -1, 0, 0]],
    ['HFDL', [0, -1, 0, 1, 0, 0]],
    ['FFDR', [0, 1, 0, 1, 0, 0]],
    ['FFDL', [0, -1, 0, -1, 0, 0]],
    ['coronal', [1, 0, 0, 0, 0, -1]],
    ['sagittal', [0, 1, 0, 0, 0, -1]],
  ])('%s comes back to the axes of the patient', async (_, orientation) => {
    expect(await expectHu({ orientation })).toBe('');
  });

  it('of unequal steps is resampled, and says where they change', async () => {
    // HU are linear, so that linear resampling leaves only their rounding.
    const said = await expectHu({ alongMm: [0, 5, 10, 13, 16, 19] }, 0.51);
    expect(said).toMatch(/41\.00.*3\.00 to 5\.00 mm/);
  });

  it('is refused where slices are missing, and says between which', async () => {
    await failsLater(
      () => read(stackFiles({ alongMm: [0, 4, 8, 16, 20, 28] })),
      'dicom/missing-slices',
      '39.00 and 47.00 mm',
    );
  });

  it('is refused where gaps lie next to each other, or every other slice is missing for a while', async () => {
    for (const [alongMm, where] of [
      [[0, 3, 6, 15, 21, 24, 27], '37.00 and 46.00 mm, 46.00 and 52.00 mm'],
      [[0, 3, 6, 9, 15, 21, 24, 27, 30], '40.00 and 46.00 mm, 46.00 and 52.00 mm'],
    ] as const) {
      await failsLater(() => read(stackFiles({ alongMm: [...alongMm] })), 'dicom/missing-slices', where);
    }
  });

  it('with a coarser part between finer ones is resampled', async () => {
    const said = await expectHu({ alongMm: [0, 2, 4, 6, 8, 12, 16, 20, 22, 24, 26, 28] }, 0.51);
    expect(said).toMatch(/2\.00 to 4\.00 mm/);
  });

  it('without what makes HU of its values, or with values that are none, says so', async () => {
    const said = async (change: DicomRecord): Promise<string> =>
      (await read(stackFiles({ edit: (record) => ({ ...record, ...change }) }))).warnings.join();
    expect(await said({ RescaleIntercept: undefined })).toMatch(/no RescaleIntercept: stored values count as HU/);
    expect(await said({ RescaleType: 'US' })).toMatch(/RescaleType is US/);
    expect(await said({ RescaleType: 'HU' })).toBe('');
  });

  it('of positions rounded to 0.1 mm is not resampled', async () => {
    const alongMm = Array.from({ length: 9 }, (_, n) => Math.round(12.5 * n) / 10);
    const { volume, warnings } = await read(stackFiles({ alongMm }));
    expect(warnings).toEqual([]);
    expect(volume.grid.size[2]).toBe(9);
    expect(volume.grid.spacingMm[2]).toBeCloseTo(1.25, 9);
  });

  it('of which the first or the last but one slice is missing is refused too', async () => {
    for (const alongMm of [
      [0, 8, 12, 16],
      [0, 4, 8, 16],
      [0, 4, 16, 20],
    ]) {
      await failsLater(() => read(stackFiles({ alongMm })), 'dicom/missing-slices', 'slices are missing between');
    }
  });

  it('has the same HU where it is shown inverted, and none where it is coloured', async () => {
    const plain = await read(stackFiles({}));
    const shown = (PhotometricInterpretation: string) =>
      read(stackFiles({ edit: (record) => ({ ...record, PhotometricInterpretation }) }));
    expect((await shown('MONOCHROME1')).volume.data).toEqual(plain.volume.data);
    await failsLater(() => shown('PALETTE COLOR'), 'dicom/bad-value', 'PhotometricInterpretation');
  });

  it('is not disturbed by scout views, which come as CT images', async () => {
    const scout = stackFiles({
      orientation: [1, 0, 0, 0, 0, -1],
      edit: (record) => ({ ...record, ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }),
    });
    const { volume } = await read([scout[0], ...stackFiles({})]);
    expect(volume.grid.size[2]).toBe(4);
    expect(ctSeriesAmong(scout)).toEqual([]);
  });

  it('is refused where the gantry was tilted', async () => {
    const edit: StackOptions['edit'] = (record, slice) => ({
      ...record,
      ImagePositionPatient: [11, -20 + slice, 31 + 4 * slice],
    });
    await failsLater(() => read(stackFiles({ edit })), 'dicom/gantry-tilt', '14.0 deg');
    await failsLater(
      () => read(stackFiles({ orientation: [1, 0, 0, 0, Math.cos(0.2), Math.sin(0.2)] })),
      'dicom/bad-value',
      '11.46 deg',
    );
  });

  it('knows the same image from another one at the same place', async () => {
    const files = stackFiles({});
    const { warnings } = await read([...files, files[1]]);
    expect(warnings.join()).toMatch(/slice1 is the same image/);
    const other = stackFiles({
      edit: (record, slice) => ({ ...record, SOPInstanceUID: derivedUid('b', String(slice)) }),
    });
    await failsLater(() => read([...files, other[2]]), 'dicom/same-position', 'slice2');
  });

  it('is rescaled slice by slice; padding is air', async () => {
    const edit: StackOptions['edit'] = (record, slice) => {
      const stored = new Int16Array((record.PixelData as Uint8Array).slice().buffer);
      for (let n = 0; n < stored.length; n++) stored[n] = 2 * (stored[n] - 1024) + 10 * slice;
      if (slice === 1) stored[3] = -2000;
      return {
        ...record,
        RescaleSlope: 0.5,
        RescaleIntercept: -5 * slice,
        PixelPaddingValue: -2000,
        PixelData: new Uint8Array(stored.buffer),
      };
    };
    const { volume } = await read(stackFiles({ edit }));
    expect(volume.data[0]).toBe(testHu(11, -20, 31));
    expect(volume.data[3 + 35]).toBe(-1000);
  });

  it.each([
    ['Rows', { Rows: 4 }],
    ['PixelSpacing', { PixelSpacing: [2, 3.5] }],
    ['FrameOfReferenceUID', { FrameOfReferenceUID: derivedUid('another') }],
    ['ImagePositionPatient', { ImagePositionPatient: [1, 2] }],
    ['RescaleSlope', { RescaleSlope: 0 }],
    ['PixelData', { PixelData: new Uint8Array(10) }],
    ['SamplesPerPixel', { SamplesPerPixel: 3 }],
    ['BitsAllocated', { BitsAllocated: 12 }],
    ['NumberOfFrames', { NumberOfFrames: 2 }],
  ])('is refused for another %s in one slice', async (keyword, change) => {
    const edit: StackOptions['edit'] = (record, slice) => (slice === 2 ? { ...record, ...change } : record);
    await failsLater(async () => read(stackFiles({ edit })), 'dicom/bad-value', keyword);
  });

  it('is told apart from other series and objects', async () => {
    const plan = stackFiles({ series: 'c', edit: (record) => ({ ...record, SOPClassUID: SOP_CLASS.rtPlan }) });
    const found = ctSeriesAmong([...stackFiles({}), ...plan, ...stackFiles({ series: 'b' })]);
    expect(found.map(({ files }) => files.length)).toEqual([4, 4]);
    const enhanced = stackFiles({ edit: (record) => ({ ...record, SOPClassUID: SOP_CLASS.enhancedCtImage }) });
    await failsLater(async () => ctSeriesAmong(enhanced), 'dicom/enhanced-ct', 'slice0');
    expect(ctSeriesAmong([...enhanced, ...stackFiles({ series: 'b' })])).toHaveLength(1);
  });
});
