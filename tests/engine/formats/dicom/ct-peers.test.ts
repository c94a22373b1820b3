import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../../engine/core/random.ts';
import { decodePixels } from '../../../../engine/formats/dicom/codecs.ts';
import { readCtSeries } from '../../../../engine/formats/dicom/ct/read.ts';
import { ctSeriesAmong } from '../../../../engine/formats/dicom/ct/series.ts';
import { writeCtSeries } from '../../../../engine/formats/dicom/ct/write.ts';
import { nativePixels } from '../../../../engine/formats/dicom/pixels.ts';
import { readDicom } from '../../../../engine/formats/dicom/read.ts';
import { derivedUid, SOP_CLASS, TRANSFER_SYNTAX } from '../../../../engine/formats/dicom/uids.ts';
import { writeDicom } from '../../../../engine/formats/dicom/write.ts';
import { buildPhantom } from '../../../../sim/phantoms/registry.ts';
import { failsWith } from '../../../support/errors.ts';
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

/** A slice through the head with the noise of a scanner: compressed, it is not nothing. */
const sliceBytes = (() => {
  const random = seededRandom(608);
  const middle = readDicom('middle', files[ct.grid.size[2] >> 1].bytes);
  const noisy = nativePixels(middle).map((hu) => Math.round(hu + 20 * normal(random)));
  const [x, y, z] = middle.dataset.needNumbers('ImagePositionPatient', 3);
  return writeDicom({
    SOPClassUID: SOP_CLASS.ctImage,
    SOPInstanceUID: derivedUid('noisy'),
    ImagePositionPatient: [x, y, z],
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: ct.grid.size[1],
    Columns: ct.grid.size[0],
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
    RescaleIntercept: 0,
    RescaleSlope: 1,
    PixelData: new Uint8Array(Int16Array.from(noisy).buffer),
  });
})();

/** The values of an image as scanners store them, without sign and of few bits. */
function unsigned(bits: 8 | 12): Uint8Array {
  const { dataset } = readDicom('image', sliceBytes);
  const values = nativePixels(readDicom('image', sliceBytes));
  const most = 2 ** bits - 1;
  const stored = Array.from(values, (hu) => Math.max(0, Math.min(most, bits === 8 ? (hu + 1024) >> 4 : hu + 1024)));
  const pixels = bits === 8 ? Uint8Array.from(stored) : new Uint8Array(Uint16Array.from(stored).buffer);
  return writeDicom({
    SOPClassUID: dataset.needText('SOPClassUID'),
    SOPInstanceUID: dataset.needText('SOPInstanceUID'),
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: dataset.needNumber('Rows'),
    Columns: dataset.needNumber('Columns'),
    BitsAllocated: bits === 8 ? 8 : 16,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: 0,
    PixelData: pixels,
  });
}
const [eightBits, twelveBits] = [unsigned(8), unsigned(12)];
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
    ['gdcmconv', ['--rle'], s.rle],
    ['dcmconv', ['+td'], s.deflated],
    ['dcmconv', ['+tb'], s.explicitBig],
    ['dcmconv', ['+ti'], s.implicitLittle],
  ])('%s %s', async (name, args, syntax) => {
    const bytes = sliceBytes;
    const file = readDicom('compressed', convertedBy(folder, bytes, name, ...args));
    expect(file.transferSyntaxUid).toBe(syntax);
    expect(await decodePixels(file)).toEqual(nativePixels(readDicom('native', bytes)));
  });

  it('JPEG-LS is refused by name: damaged frames of it can keep a decoder busy for ever', () => {
    const bytes = convertedBy(folder, sliceBytes, 'gdcmconv', '--jpegls');
    failsWith(() => readDicom('ls.dcm', bytes), 'dicom/transfer-syntax', '1.2.840.10008.1.2.4.80');
  });

  it('gdcmconv --j2k --lossy: as gdcm itself decodes it', async () => {
    // Of an image of 12 bits, as scanners store them: gdcm has no lossy ones of 16.
    const lossy = convertedBy(folder, twelveBits, 'gdcmconv', '--j2k', '--lossy', '-r', '4');
    const file = readDicom('lossy', lossy);
    expect(file.transferSyntaxUid).toBe(s.jpeg2000);
    const theirs = nativePixels(readDicom('raw', convertedBy(folder, lossy, 'gdcmconv', '--raw')));
    const ours = await decodePixels(file);
    expect(ours).toHaveLength(theirs.length);
    // Its wavelet is real arithmetic, of which the last rounding is the decoder's own.
    const off = Math.max(...Array.from(ours, (value, n) => Math.abs(value - theirs[n])));
    expect(off).toBeLessThanOrEqual(1);
  });

  it.each([
    ['+eb', 8, s.jpegBaseline],
    ['+ee', 12, s.jpegExtended],
  ])('dcmcjpeg %s of %i bits: as dcmdjpeg decodes it', async (option, bits, syntax) => {
    const lossy = convertedBy(folder, bits === 8 ? eightBits : twelveBits, 'dcmcjpeg', option);
    const file = readDicom('lossy', lossy);
    expect(file.transferSyntaxUid).toBe(syntax);
    const theirs = nativePixels(readDicom('raw', convertedBy(folder, lossy, 'dcmdjpeg')));
    expect(await decodePixels(file)).toEqual(theirs);
  });

  it('a frame that is damaged is named', async () => {
    const bytes = convertedBy(folder, sliceBytes, 'gdcmconv', '--j2k');
    const file = readDicom('damaged.dcm', bytes);
    file.pixels?.pieces[1].fill(7, 20);
    await expect(decodePixels(file)).rejects.toMatchObject({
      code: 'dicom/pixels',
      message: expect.stringContaining('damaged.dcm'),
    });
  });

  it('a damaged frame does not spoil the decoding of sound ones', async () => {
    const random = seededRandom(607);
    for (const [name, arg] of [
      ['gdcmconv', '--j2k'],
      ['gdcmconv', '--rle'],
      ['dcmcjpeg', '+e1'],
    ] as const) {
      const bytes = convertedBy(folder, sliceBytes, name, arg);
      const sound = await decodePixels(readDicom('sound', bytes));
      for (let n = 0; n < 10; n++) {
        const file = readDicom('damaged', Uint8Array.from(bytes));
        const frame = file.pixels?.pieces[1] as Uint8Array;
        // Behind the headers, so that the decoder is what finds it.
        for (let k = 0; k < 20; k++)
          frame[100 + Math.floor((frame.length - 100) * random())] = Math.floor(256 * random());
        const both = await Promise.allSettled([decodePixels(file), decodePixels(readDicom('sound', bytes))]);
        expect(both[1]).toEqual({ status: 'fulfilled', value: sound });
        expect(await decodePixels(readDicom('sound', bytes))).toEqual(sound);
      }
    }
  });

  it.each([
    ['gdcmconv', '--j2k', 0xff51, 6],
    ['dcmcjpeg', '+e1', 0xffc3, 3],
  ])(
    '%s: a frame of another size than the data set says is refused before it takes memory',
    async (name, arg, marker, skip) => {
      const file = readDicom('huge.dcm', convertedBy(folder, sliceBytes, name, arg));
      const frame = file.pixels?.pieces[1] as Uint8Array;
      const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
      let at = 0;
      while (view.getUint16(at) !== marker) at++;
      if (marker === 0xff51) view.setUint32(at + skip, 60000);
      else view.setUint16(at + 2 + skip, 60000);
      await expect(decodePixels(file)).rejects.toMatchObject({
        code: 'dicom/pixels',
        message: expect.stringMatching(/huge\.dcm: frame 1 .*60000/),
      });
    },
  );
});
