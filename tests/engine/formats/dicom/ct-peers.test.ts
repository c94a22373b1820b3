import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodePixels } from '../../../../engine/formats/dicom/codecs.ts';
import { ctSeriesAmong, readCtSeries } from '../../../../engine/formats/dicom/ct/read.ts';
import { writeCtSeries } from '../../../../engine/formats/dicom/ct/write.ts';
import { nativePixels } from '../../../../engine/formats/dicom/pixels.ts';
import { readDicom } from '../../../../engine/formats/dicom/read.ts';
import { derivedUid, TRANSFER_SYNTAX } from '../../../../engine/formats/dicom/uids.ts';
import { buildPhantom } from '../../../../sim/phantoms/registry.ts';
import { convertedBy, python, scratch, tool, verifierErrors, writeAll } from './tools.ts';

const folder = scratch();
const { ct } = buildPhantom('head-and-neck', { voxelMm: 6 });
const study = {
  patientId: 'HN-1',
  patientName: 'Phantom^Head',
  patientBirthDate: '',
  patientSex: 'O',
  studyInstanceUid: derivedUid('study of HN-1'),
  studyId: '1',
  studyDate: '',
  studyTime: '',
  studyDescription: 'Phantom',
  accessionNumber: '',
  referringPhysicianName: '',
};
const files = writeCtSeries({
  volume: ct,
  study,
  seriesInstanceUid: derivedUid('series of HN-1'),
  frameOfReferenceUid: derivedUid('frame of HN-1'),
  description: 'head-and-neck phantom',
  equipment: { softwareVersion: '0.0.0' },
});
const path = writeAll(join(folder, 'ct'), files);
const one = join(path, files[10].name);

describe('a CT that we write', () => {
  it('comes back', async () => {
    const [series] = ctSeriesAmong(files.map(({ name, bytes }) => readDicom(name, bytes)));
    const read = await readCtSeries(series);
    expect(read.volume.grid).toEqual(ct.grid);
    expect(read.volume.data).toEqual(ct.data);
    expect(read.study).toEqual(study);
    expect(read.warnings).toEqual([]);
  });

  it('has no error for dciodvfy', () => {
    expect(verifierErrors(one)).toEqual([]);
  });

  it('is read by dcmdump and gdcminfo', () => {
    expect(tool('dcmdump', '+P', 'PatientID', one)).toContain('HN-1');
    expect(tool('gdcminfo', one)).toContain('CT Image Storage');
  });

  it('has the same HU and places in pydicom', () => {
    const program = `
import sys, json, pydicom
d = pydicom.dcmread(sys.argv[1])
a = d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept)
print(json.dumps({"position": [float(x) for x in d.ImagePositionPatient], "sum": float(a.sum()), "shape": a.shape, "corner": float(a[3, 5])}))`;
    const { grid, data } = ct;
    const slice = data.subarray(10 * grid.size[0] * grid.size[1], 11 * grid.size[0] * grid.size[1]);
    expect(JSON.parse(python(program, one))).toEqual({
      position: [grid.originMm[0], grid.originMm[1], grid.originMm[2] + 10 * grid.spacingMm[2]],
      sum: slice.reduce((a, b) => a + b, 0),
      shape: [grid.size[1], grid.size[0]],
      corner: slice[3 * grid.size[0] + 5],
    });
  });

  it('is the same volume for plastimatch', () => {
    const out = join(folder, 'ct.nrrd');
    tool('plastimatch', 'convert', '--input', path, '--output-img', out, '--output-type', 'float');
    const bytes = readFileSync(out);
    const header = bytes.subarray(0, bytes.indexOf('\n\n')).toString('latin1');
    expect(header).toContain(`sizes: ${ct.grid.size.join(' ')}`);
    expect(header).toContain(`space origin: (${ct.grid.originMm.join(',')})`);
  });
});

describe('compressed by other tools, the pixels are the same', () => {
  const s = TRANSFER_SYNTAX;
  it.each([
    ['dcmcrle', [], s.rle],
    ['dcmcjpeg', ['+e1'], s.jpegLosslessFirstOrder],
    ['dcmcjpeg', ['+el', '+sv', '6'], s.jpegLossless],
    ['gdcmconv', ['--j2k'], s.jpeg2000Lossless],
    ['gdcmconv', ['--jpegls'], s.jpegLsLossless],
    ['gdcmconv', ['--rle'], s.rle],
    ['dcmconv', ['+td'], s.deflated],
    ['dcmconv', ['+tb'], s.explicitBig],
    ['dcmconv', ['+ti'], s.implicitLittle],
  ])('%s %s', async (name, args, syntax) => {
    const { bytes } = files[12];
    const file = readDicom('compressed', convertedBy(folder, bytes, name, ...args));
    expect(file.transferSyntaxUid).toBe(syntax);
    expect(await decodePixels(file)).toEqual(nativePixels(readDicom('native', bytes)));
  });

  it('a frame that is damaged is named', async () => {
    const bytes = convertedBy(folder, files[12].bytes, 'gdcmconv', '--j2k');
    const file = readDicom('damaged.dcm', bytes);
    file.pixels?.pieces[1].fill(7, 20);
    await expect(decodePixels(file)).rejects.toMatchObject({
      code: 'dicom/pixels',
      message: expect.stringContaining('damaged.dcm'),
    });
  });
});
