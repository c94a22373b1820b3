import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../../../engine/core/errors.ts';
import { seededRandom } from '../../../../../engine/core/random.ts';
import { remainingIdentity } from '../../../../../engine/formats/dicom/deidentify/check.ts';
import { type Deidentified, deidentify } from '../../../../../engine/formats/dicom/deidentify/deidentify.ts';
import type { Changes } from '../../../../../engine/formats/dicom/deidentify/edit.ts';
import type { DeidentifyOptions } from '../../../../../engine/formats/dicom/deidentify/options.ts';
import { OriginalIdentity } from '../../../../../engine/formats/dicom/deidentify/originals.ts';
import { Pseudonyms } from '../../../../../engine/formats/dicom/deidentify/pseudonyms.ts';
import { isProtocolName } from '../../../../../engine/formats/dicom/deidentify/roi-names.ts';
import { ACTIONS } from '../../../../../engine/formats/dicom/deidentify/table.ts';
import { shiftedDates } from '../../../../../engine/formats/dicom/deidentify/values.ts';
import { readDicom } from '../../../../../engine/formats/dicom/read.ts';
import { writeDicom } from '../../../../../engine/formats/dicom/write.ts';
import { buildPhantom } from '../../../../../sim/phantoms/registry.ts';
import { mutated } from '../fuzz.ts';
import { planRecord, registrationRecord } from '../plan-fixture.ts';
import { exported } from '../rt-fixture.ts';
import { convertedBy, python, scratch, verifierErrors, writeAll } from '../tools.ts';
import { DATE, MARK, NUMBER, planted, TIME, UID } from './planted.ts';

const SHIFT: DeidentifyOptions = { dates: 'shift', keepUids: false, keep: new Set(), allowBurnedIn: false };
const REMOVE: DeidentifyOptions = { ...SHIFT, dates: 'remove' };
const { ct, structures, dose } = exported(buildPhantom('tg119-cshape', { voxelMm: 10 }));
const folder = scratch();

function done(
  bytes: Uint8Array,
  options = SHIFT,
  secret = 'a secret of tests',
  changes: Changes = new Map(),
): Deidentified {
  const result = deidentify('in.dcm', bytes, options, new Pseudonyms(secret), changes);
  if ('reason' in result) throw new Error(result.reason);
  return result;
}

/** Those of the texts that are anywhere in the bytes. */
function found(bytes: Uint8Array, texts: readonly string[]): string[] {
  const all = Buffer.from(bytes).toString('latin1').toLowerCase();
  return texts.filter((text) => all.includes(text.toLowerCase()));
}

const ALL = [MARK, DATE, TIME, UID, NUMBER];

describe('identity in every attribute of the table, at two levels, and in private ones', () => {
  const file = planted(ct[3].bytes, 1);

  it('is in the file that goes in, which has all 606 attributes of the table', () => {
    expect(ACTIONS.size).toBe(606);
    expect(found(file, ALL)).toEqual(ALL);
  });

  it.each([
    ['as it is', (bytes: Uint8Array) => bytes],
    ['implicit', (bytes: Uint8Array) => convertedBy(folder, bytes, 'dcmconv', '-q', '+ti')],
    ['big endian', (bytes: Uint8Array) => convertedBy(folder, bytes, 'dcmconv', '-q', '+tb')],
    ['with undefined lengths', (bytes: Uint8Array) => convertedBy(folder, bytes, 'dcmconv', '-q', '-e')],
    ['RLE', (bytes: Uint8Array) => convertedBy(folder, bytes, 'dcmcrle', '-q')],
  ])('nothing of it is in what comes out: %s', (_, convert) => {
    const given = convert(file);
    const original = new OriginalIdentity();
    original.add('in.dcm', given);
    const out = done(given, REMOVE).bytes;
    expect(found(out, ALL)).toEqual([]);
    expect(remainingIdentity('out.dcm', out, original)).toEqual([]);
    expect(readDicom('out', out).pixels?.pieces).toEqual(readDicom('in', given).pixels?.pieces);
    expect(JSON.parse(python(READ, writeAll(folder, [{ name: 'out', bytes: out }])))).toEqual(['YES', 'HEAD']);
  });

  it('nor with shifted dates', () => {
    const original = new OriginalIdentity();
    original.add('in.dcm', file);
    const shifted = done(file, SHIFT).bytes;
    expect(found(shifted, [MARK, DATE, UID, NUMBER])).toEqual([]);
    expect(remainingIdentity('out.dcm', shifted, original)).toEqual([]);
  });

  it('deflated', () => {
    const out = done(convertedBy(folder, file, 'dcmconv', '-q', '+td'), REMOVE).bytes;
    const plain = convertedBy(folder, out, 'dcmconv', '-q', '+te');
    expect(found(plain, ALL)).toEqual([]);
  });

  it('options keep what they name, and the file says so', () => {
    const keep = new Set(['characteristics', 'device', 'institution'] as const);
    const options: DeidentifyOptions = { dates: 'keep', keepUids: true, keep, allowBurnedIn: false };
    // With identity of its own, so that no kept text repeats it.
    const base = readDicom('in', ct[3].bytes);
    const record = {
      ...recordOf(ct[3].bytes),
      PatientSex: 'F',
      PatientAge: '047Y',
      StationName: 'CT1',
      StudyDate: DATE,
    };
    const out = readDicom('out', done(writeDicom(record), options).bytes).dataset;
    expect(out.text('PatientSex')).toBe('F');
    expect(out.text('PatientAge')).toBe('047Y');
    expect(out.text('StationName')).toBe('CT1');
    expect(out.text('StudyDate')).toBe(DATE);
    expect(out.text('LongitudinalTemporalInformationModified')).toBe('UNMODIFIED');
    expect(out.text('SOPInstanceUID')).toBe(base.sopInstanceUid);
    expect(out.items('DeidentificationMethodCodeSequence').map((item) => item.text('CodeValue'))).toEqual([
      '113100',
      '113105',
      '113106',
      '113108',
      '113109',
      '113112',
      '113110',
    ]);
  });
});

const READ = `
import sys, json, pydicom
d = pydicom.dcmread(sys.argv[1] + "/out")
for e in d.iterall(): e.value
print(json.dumps([d.PatientIdentityRemoved, d.BodyPartExamined]))`;

/** What the tests change of a CT image. */
function recordOf(bytes: Uint8Array) {
  const { dataset, pixels, sopClassUid, sopInstanceUid } = readDicom('in', bytes);
  return {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: sopInstanceUid,
    StudyInstanceUID: dataset.needText('StudyInstanceUID'),
    SeriesInstanceUID: dataset.needText('SeriesInstanceUID'),
    PatientID: '0815-4711',
    PatientName: 'Muster^Erika',
    Modality: 'CT',
    Rows: dataset.needNumber('Rows'),
    Columns: dataset.needNumber('Columns'),
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
    PixelData: Uint8Array.from(pixels?.pieces[0] ?? []),
  };
}

describe('a study', () => {
  const files = { ct: ct.map(({ bytes }) => bytes), structures: structures.bytes, dose: dose.bytes };
  const out = { ct: files.ct.map((b) => done(b)), structures: done(files.structures), dose: done(files.dose) };
  const set = readDicom('rs', out.structures.bytes).dataset;

  it('has no errors for dciodvfy', () => {
    for (const one of [out.ct[2], out.structures, out.dose]) {
      const path = join(writeAll(folder, [{ name: one.modality, bytes: one.bytes }]), one.modality);
      expect(verifierErrors(path)).toEqual([]);
    }
  });

  it('plans and registrations have no errors that they did not have', () => {
    const matrix = [0, -1, 0, 10, 1, 0, 0, 20, 0, 0, 1, 30, 0, 0, 0, 1];
    for (const [name, bytes] of [
      ['plan', writeDicom(planRecord())],
      ['registration', writeDicom(registrationRecord(matrix))],
    ] as const) {
      writeAll(folder, [
        { name: `${name}.in`, bytes },
        { name: `${name}.out`, bytes: done(bytes).bytes },
      ]);
      const before = new Set(verifierErrors(join(folder, `${name}.in`)));
      expect(verifierErrors(join(folder, `${name}.out`)).filter((line) => !before.has(line))).toEqual([]);
    }
  });

  it('still belongs together', () => {
    const images = out.ct.map(({ bytes }) => readDicom('ct', bytes));
    const uids = new Set(images.map(({ sopInstanceUid }) => sopInstanceUid));
    expect(uids.size).toBe(ct.length);
    const [frame] = set.items('ReferencedFrameOfReferenceSequence');
    const [study] = frame.items('RTReferencedStudySequence');
    const [series] = study.items('RTReferencedSeriesSequence');
    const referenced = series.items('ContourImageSequence').map((one) => one.text('ReferencedSOPInstanceUID'));
    expect(new Set(referenced)).toEqual(uids);
    expect(series.text('SeriesInstanceUID')).toBe(images[0].dataset.text('SeriesInstanceUID'));
    expect(frame.text('FrameOfReferenceUID')).toBe(images[0].dataset.text('FrameOfReferenceUID'));
    const doseSet = readDicom('rd', out.dose.bytes).dataset;
    for (const keyword of ['StudyInstanceUID', 'PatientID', 'FrameOfReferenceUID', 'StudyDate']) {
      expect(doseSet.text(keyword)).toBe(images[0].dataset.text(keyword));
    }
    expect(uids.has(readDicom('ct', files.ct[0]).sopInstanceUid)).toBe(false);
  });

  it('pixels, contours and names of structures are the same to the byte', () => {
    const before = readDicom('rs', files.structures).dataset;
    const contours = (d: typeof set) =>
      d.items('ROIContourSequence').flatMap((roi) => roi.items('ContourSequence').map((c) => c.texts('ContourData')));
    expect(contours(set)).toEqual(contours(before));
    const names = (d: typeof set) => d.items('StructureSetROISequence').map((roi) => roi.text('ROIName'));
    expect(names(set)).toEqual(names(before));
    for (const [k, { bytes }] of out.ct.entries()) {
      expect(readDicom('a', bytes).pixels?.pieces).toEqual(readDicom('b', files.ct[k]).pixels?.pieces);
    }
  });

  it('the same secret gives the same files; another one gives others', () => {
    expect(done(files.dose).bytes).toEqual(out.dose.bytes);
    const other = done(files.dose, SHIFT, 'another secret');
    expect([other.patient === out.dose.patient, other.sopInstanceUid === out.dose.sopInstanceUid]).toEqual([
      false,
      false,
    ]);
  });
});

it('a text that repeats the name or the ID is replaced wherever it stands (seed 615)', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abcdefghkmnorstuvwz'), minLength: 3, maxLength: 9 });
  const free = fc.constantFrom(
    'Manufacturer',
    'ManufacturerModelName',
    'ConvolutionKernel',
    'FilterType',
    'PositionReferenceIndicator',
  );
  const before = fc.constantFrom('', ' ', 'for ', 'pt. ', '(');
  fc.assert(
    fc.property(letters, letters, free, before, fc.boolean(), (family, given, keyword, prefix, isUpper) => {
      const name = isUpper ? family.toUpperCase() : family;
      const bytes = writeDicom({
        ...recordOf(ct[0].bytes),
        PatientName: `${family}^${given}`,
        [keyword]: `${prefix}${name}`,
      });
      const out = readDicom('out', done(bytes).bytes).dataset;
      expect(out.text(keyword)).toBe('REMOVED');
    }),
    { seed: 615, numRuns: 150 },
  );
});

describe('left out', () => {
  const record = recordOf(ct[0].bytes);
  it.each([
    ['annotations', { ...record, BurnedInAnnotation: 'YES' }, 'pixels'],
    ['a capture', { ...record, SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' }, 'pixels'],
    ['a screen', { ...record, ImageType: ['DERIVED', 'SECONDARY', 'SCREEN SAVE'] }, 'pixels'],
    ['colour', { ...record, PhotometricInterpretation: 'RGB' }, 'pixels'],
    ['a report', { ...record, SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33' }, 'class'],
    ['a document', { ...record, SOPClassUID: '1.2.840.10008.5.1.4.1.1.104.1' }, 'class'],
  ])('%s', (_, value, kind) => {
    const bytes = writeDicom(value);
    const result = deidentify('x', bytes, SHIFT, new Pseudonyms('s'), new Map());
    expect(result).toMatchObject({ kind });
    const allowed = deidentify('x', bytes, { ...SHIFT, allowBurnedIn: true }, new Pseudonyms('s'), new Map());
    expect('reason' in allowed).toBe(kind === 'class');
  });
});

it('names of structures: anatomy and planning stay, all else goes', () => {
  const kept = [
    'Brainstem',
    'Parotid_L',
    'RightParotid',
    'SpinalCord_PRV05',
    'PTV70',
    'PTVp_6000',
    'Femur_Head_R',
    'possible_dose_mask',
    'BODY',
    'Lung-GTV',
  ];
  const gone = ['Miller', 'PTV Dr Smith', 'Erika', 'GTV 12345678', 'Parotid_L (Hugo)', 'PTV\u00e4', '', '7'];
  expect(kept.filter((name) => !isProtocolName(name))).toEqual([]);
  expect(gone.filter((name) => isProtocolName(name))).toEqual([]);
});

it('dates go back by days, across months and leap years', () => {
  expect(shiftedDates('20240301', 1)).toBe('20240229');
  expect(shiftedDates('20230301\\20230102', 2)).toBe('20230227\\20221231');
  expect(shiftedDates('20230301120000.5+0100', 1)).toBe('20230228120000.5+0100');
  expect(shiftedDates('1999.01.01', 1)).toBe('19981231');
  expect(['2023', 'Jan 3', '20230101 Erika'].map((text) => shiftedDates(text, 1))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('HMAC-SHA256 as RFC 4231 has it: the first pseudonyms of a known key do not change', () => {
  const pseudonyms = new Pseudonyms('key');
  const code = python(
    'import hmac, hashlib, sys; print(hmac.new(b"key", b"uid\\x001.2.3", hashlib.sha256).hexdigest()[:32])',
  ).trim();
  expect(pseudonyms.uid('1.2.3')).toBe(`2.25.${BigInt(`0x${code}`)}`);
  const long = 'k'.repeat(100);
  const other = python(
    'import hmac, hashlib, sys; print(hmac.new(b"k" * 100, b"patient\\x00A", hashlib.sha256).hexdigest()[:12])',
  ).trim();
  expect(new Pseudonyms(long).patient('A')).toBe(`P-${other}`);
});

it.each([
  ['ct', planted(ct[3].bytes, 0)],
  ['structures', structures.bytes],
])('%s: 500 damaged files are refused by name or come out clean (seed 616)', (_, seedFile) => {
  const random = seededRandom(616);
  let refused = 0;
  for (let n = 0; n < 500; n++) {
    const bytes = mutated(seedFile, random);
    try {
      const result = deidentify('fuzzed.dcm', bytes, SHIFT, new Pseudonyms('s'), new Map());
      if ('reason' in result) refused++;
      else expect(remainingIdentity('out.dcm', result.bytes)).toEqual([]);
    } catch (error) {
      refused++;
      expect(error).toBeInstanceOf(IsocenterError);
      expect((error as IsocenterError).message, (error as IsocenterError).message).toMatch(/fuzzed\.dcm/);
    }
  }
  expect(refused).toBeGreaterThan(25);
});
