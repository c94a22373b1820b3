import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../../engine/core/errors.ts';
import { isUid, jsonDatasets, storeFailures } from '../../../../engine/formats/dicomweb/model.ts';
import { parseMultipart } from '../../../../engine/formats/dicomweb/multipart.ts';
import { failsWith } from '../../../support/errors.ts';

const TYPE = 'multipart/related; type="application/dicom"; boundary="b-1"';

function message(...parts: readonly Uint8Array[]): Uint8Array {
  const pieces = parts.flatMap((part) => [Buffer.from('\r\n--b-1\r\nContent-Type: application/dicom\r\n\r\n'), part]);
  return Buffer.concat([...pieces, Buffer.from('\r\n--b-1--')]);
}

describe('multipart messages', () => {
  it('any bytes come back, among them line ends, dashes and half a boundary (seed 61)', () => {
    const byte = fc.oneof(fc.constantFrom(...Buffer.from('\r\n--b-')), fc.integer({ min: 0, max: 255 }));
    const part = fc.array(byte, { maxLength: 60 }).map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        fc.pre(parts.every((one) => !Buffer.from(one).includes('--b-1')));
        const read = parseMultipart(TYPE, message(...parts), 'host');
        expect(read.map(({ body }) => [...body])).toEqual(parts.map((one) => [...one]));
        expect(read[0].contentType).toBe('application/dicom');
      }),
      { seed: 61, numRuns: 500 },
    );
  });

  it('whatever is cut off is refused, at every length', () => {
    const whole = message(Uint8Array.of(1, 2, 3), Uint8Array.of(4));
    for (let length = 0; length < whole.length; length++) {
      failsWith(() => parseMultipart(TYPE, whole.subarray(0, length), 'host'), 'dicomweb/multipart', 'host');
    }
  });

  it('damaged ones are read or refused (seed 62)', () => {
    const whole = message(new Uint8Array(40), Uint8Array.of(4));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length - 1), fc.nat(255), (a, x, b, y) => {
        const damaged = Uint8Array.from(whole);
        damaged[a] = x;
        damaged[b] = y;
        try {
          parseMultipart(TYPE, damaged, 'host');
        } catch (error) {
          expect(error).toBeInstanceOf(IsocenterError);
        }
      }),
      { seed: 62, numRuns: 10_000 },
    );
  });

  it('a type without a boundary is refused', () => {
    failsWith(() => parseMultipart('multipart/related', message(), 'host'), 'dicomweb/multipart', 'boundary');
  });
});

describe('the JSON model', () => {
  it('names what was not stored, and why', () => {
    const failed = (uid: string, reason: number) => ({
      '00081155': { vr: 'UI', Value: [uid] },
      '00081197': { vr: 'US', Value: [reason] },
    });
    const [answer] = jsonDatasets(
      { '00081198': { vr: 'SQ', Value: [failed('1.2', 0xa701), failed('1.3', 290), failed('1.4', 5)] } },
      'host',
    );
    expect(storeFailures(answer)).toEqual([
      { sopUid: '1.2', reason: 'the archive is out of resources (reason 0xA701)' },
      { sopUid: '1.3', reason: 'the archive does not take its SOP class (reason 0x0122)' },
      { sopUid: '1.4', reason: 'no reason is known for this code (reason 0x0005)' },
    ]);
  });

  it.each([undefined, 'text', [1], [null], [[]]])('%j is refused', (answer) => {
    failsWith(() => jsonDatasets(answer, 'host'), 'dicomweb/answer', 'host');
  });

  it('UIDs are told from paths', () => {
    expect(['1.2.840', '2.25.0', '1.2.03'].every(isUid)).toBe(true);
    expect(['', '1', '../1.2', '1..2', '1.2/3', `1.${'2'.repeat(64)}`].some(isUid)).toBe(false);
  });
});
