import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDicom } from '../../../../engine/formats/dicom/read.ts';
import { python, scratch } from './tools.ts';

const folder = scratch();

/** A file that pydicom writes: character sets as DICOM names them, and bytes of a name as they are. */
function named(sets: readonly string[], name: Uint8Array): Uint8Array {
  const path = join(folder, 'named.dcm');
  const program = `
import sys, json, pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
sets, name, path = json.loads(sys.argv[1]), bytes.fromhex(sys.argv[2]), sys.argv[3]
meta = FileMetaDataset()
meta.MediaStorageSOPClassUID = '1.2.840.10008.5.1.4.1.1.2'
meta.MediaStorageSOPInstanceUID = '1.2.3'
meta.TransferSyntaxUID = '1.2.840.10008.1.2.1'
d = FileDataset(path, {}, file_meta=meta, preamble=bytes(128))
d.is_little_endian, d.is_implicit_VR = True, False
d.SOPClassUID, d.SOPInstanceUID = meta.MediaStorageSOPClassUID, '1.2.3'
if sets: d.SpecificCharacterSet = sets
d.add_new(0x00100010, 'PN', name)
d.add_new(0x00100020, 'LO', 'P1')
d.save_as(path, write_like_original=False)`;
  python(program, JSON.stringify(sets), Buffer.from(name).toString('hex'), path);
  return readFileSync(path);
}

const bytes = (...parts: readonly (string | number)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part].map((c) => c.charCodeAt(0)))));

// The names of DICOM PS3.5, annexes H to K.
it.each([
  [['ISO_IR 100'], bytes('Buc^J', 0xe9, 'r', 0xf4, 'me'), 'Buc^J\u00e9r\u00f4me'],
  [['ISO_IR 144'], bytes(0xbb, 0xee, 0xda, 0xde, 0xd2), '\u041b\u044e\u043a\u043e\u0432'],
  [['ISO_IR 126'], bytes(0xc4, 0xe9, 0xef), '\u0394\u03b9\u03bf'],
  [['ISO_IR 192'], new TextEncoder().encode('Wang^\u738b'), 'Wang^\u738b'],
  [['GB18030'], bytes('Wang^', 0xcd, 0xf5), 'Wang^\u738b'],
  [['ISO_IR 13'], bytes(0xd4, 0xcf, 0xc0, 0xde, '^', 0xc0, 0xdb, 0xb3), '\uff94\uff8f\uff80\uff9e^\uff80\uff9b\uff73'],
  [
    ['', 'ISO 2022 IR 87'],
    bytes('Yamada^Tarou=', 0x1b, '$B', ';3ED', 0x1b, '(B^', 0x1b, '$B', 'B@O:', 0x1b, '(B'),
    'Yamada^Tarou',
  ],
])('a name of character set %s is read', (sets, name, text) => {
  const { dataset } = readDicom('named', named(sets, name));
  expect(dataset.text('PatientName')).toBe(text);
  expect(dataset.text('PatientID')).toBe('P1');
});

it.each([
  [[], bytes('J', 0xe9, 'r')],
  [['ISO_IR 999'], bytes('J', 0xe9, 'r')],
  [['ISO_IR 192'], bytes(0xc3, 0x28, 0xff)],
  [['', 'ISO 2022 IR 149', 'ISO 2022 IR 58'], bytes('a', 0x1b, '$)C', 0xb1, 0xe8, '^', 0x1b, '$)A', 0xd0)],
])('a name that is not of its character set %s does not stand in the way of the file', (sets, name) => {
  const { dataset } = readDicom('named', named(sets, name));
  expect(typeof dataset.text('PatientName')).toBe('string');
  expect(dataset.text('PatientID')).toBe('P1');
});
