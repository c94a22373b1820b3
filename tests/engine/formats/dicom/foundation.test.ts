import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { nativePixels } from '../../../../engine/formats/dicom/pixels.ts';
import { readDicom } from '../../../../engine/formats/dicom/read.ts';
import { looksLikeDicom } from '../../../../engine/formats/dicom/recognise.ts';
import { derivedUid, SOP_CLASS, TRANSFER_SYNTAX } from '../../../../engine/formats/dicom/uids.ts';
import { decimalString, writeDicom } from '../../../../engine/formats/dicom/write.ts';
import { inflate } from '../../../../engine/formats/inflate.ts';
import { failsWith } from '../../../support/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'isocenter-dicom-'));

const values = Int16Array.from({ length: 12 }, (_, n) => 37 * n - 200);

const image = writeDicom({
  SOPClassUID: SOP_CLASS.ctImage,
  SOPInstanceUID: derivedUid('a test'),
  PatientID: 'P1',
  PatientName: 'Gr\u00fcn^Anna',
  Rows: 3,
  Columns: 4,
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 1,
  PixelSpacing: [0.976562512345678, 1 / 3],
  ReferencedStudySequence: [{ ReferencedSOPClassUID: '1.2.3', ReferencedSOPInstanceUID: derivedUid('x') }],
  PixelData: new Uint8Array(values.buffer),
});

/** The file after a tool of dcmtk has converted it. */
function converted(option: string): Uint8Array {
  const from = join(folder, 'from.dcm');
  const to = join(folder, `to${option}.dcm`);
  writeFileSync(from, image);
  execFileSync('dcmconv', [option, from, to]);
  return readFileSync(to);
}

describe('a file that we wrote', () => {
  it('is what it was', () => {
    const file = readDicom('image', image);
    expect(file.transferSyntaxUid).toBe(TRANSFER_SYNTAX.explicitLittle);
    expect(file.sopClassUid).toBe(SOP_CLASS.ctImage);
    expect(file.dataset.text('PatientName')).toBe('Gr\u00fcn^Anna');
    expect(file.dataset.numbers('PixelSpacing')).toEqual([0.97656251234568, 0.33333333333333]);
    expect(file.dataset.items('ReferencedStudySequence')[0].text('ReferencedSOPClassUID')).toBe('1.2.3');
    expect([...nativePixels(file)]).toEqual([...values]);
  });

  it.each(['+ti', '+tb', '+td', '+te'])('is the same after dcmconv %s', (option) => {
    const file = readDicom('image', converted(option));
    expect(file.dataset.text('PatientName')).toBe('Gr\u00fcn^Anna');
    expect(file.dataset.items('ReferencedStudySequence')).toHaveLength(1);
    expect([...nativePixels(file)]).toEqual([...values]);
  });

  it('is read without its preamble', () => {
    const bare = converted('-F');
    expect(looksLikeDicom(bare)).toBe(true);
    expect(readDicom('bare', bare).dataset.text('PatientID')).toBe('P1');
  });

  it('has the bits that are stored, whatever lies around them', () => {
    const odd = Uint16Array.from([0xf7fa, 0x1234, 0x0fff]);
    const record = { SOPClassUID: SOP_CLASS.ctImage, SOPInstanceUID: '1.2', Rows: 1, Columns: 3, BitsAllocated: 16 };
    const pixels = (PixelRepresentation: number) =>
      nativePixels(
        readDicom(
          'bits',
          writeDicom({
            ...record,
            BitsStored: 12,
            HighBit: 11,
            PixelRepresentation,
            PixelData: new Uint8Array(odd.buffer),
          }),
        ),
      );
    expect([...pixels(0)]).toEqual([0x7fa, 0x234, 0xfff]);
    expect([...pixels(1)]).toEqual([0x7fa, 0x234, -1]);
  });
});

describe('what is no DICOM file', () => {
  it('is refused by name', () => {
    failsWith(() => readDicom('empty.dcm', new Uint8Array()), 'dicom/not-dicom', 'empty.dcm');
    failsWith(
      () => readDicom('text', new TextEncoder().encode('hello, this is a text file')),
      'dicom/not-dicom',
      'text',
    );
    expect(looksLikeDicom(new TextEncoder().encode('hello, this is a text file'))).toBe(false);
  });

  it('is refused wherever it is cut off', () => {
    const whole = image.length;
    for (let length = 132; length < whole; length += 7) {
      let code = 'read';
      try {
        readDicom('cut', image.subarray(0, length));
      } catch (error) {
        code = (error as { code: string }).code;
      }
      expect(code, `${length} bytes`).toMatch(/^(dicom\/(truncated|missing-tag|malformed)|read)$/);
    }
    failsWith(() => readDicom('cut', image.subarray(0, whole - 3)), 'dicom/truncated', 'PixelData');
  });

  it('does not grow without bounds', () => {
    const raw = { kind: 'raw', area: 'dicom' } as const;
    const bomb = deflateSync(new Uint8Array(1e6));
    expect(inflate('fine', bomb, raw)).toHaveLength(1e6);
    failsWith(() => inflate('bomb', bomb, { ...raw, most: 1e5 }), 'dicom/too-large', 'bomb');
    failsWith(() => inflate('cut', new Uint8Array([255, 255, 255]), raw), 'dicom/deflate', 'cut');
  });
});

it('numbers are decimal strings of at most 16 characters, as near as they can be', () => {
  for (const value of [Math.PI * 1e-7, -Math.E * 1e12, 1 / 3, -1 / 3, 1.234567e-30, 1.23456789e20, 0, -0.1]) {
    const text = decimalString(value);
    expect(text.length).toBeLessThanOrEqual(16);
    expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(1e-8 * Math.abs(value));
  }
});

it('derived UIDs are valid, and differ where their parts do', () => {
  expect(derivedUid('a')).toMatch(/^2\.25\.\d{1,39}$/);
  expect(derivedUid('ab', 'c')).not.toBe(derivedUid('a', 'bc'));
  expect(derivedUid('a')).toBe(derivedUid('a'));
});
