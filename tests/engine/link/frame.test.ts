import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeChunk, encodeFrame, FRAME_KIND } from '../../../engine/link/frame.ts';
import { LONGEST_FRAME } from '../../../engine/link/limits.ts';
import { scanRecord } from '../../../engine/link/scan.ts';
import { mutatedFrames } from './support/mutations.ts';

const SEED = 20261127;

describe('frames of the link', () => {
  it(`carry any record of JSON's kinds and bytes there and back (seed ${SEED})`, () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 5 },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.double({ noNaN: true }),
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.uint8Array(),
        fc.array(tie('any'), { maxLength: 40 }),
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__'),
          tie('any'),
          { noNullPrototype: true, maxKeys: 40 },
        ),
      ),
    })).any;
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 2 ** 32 - 1 }), (record, sequence) => {
        const frame = decodeFrame(encodeFrame(FRAME_KIND.record, sequence, record));
        expect(frame).toMatchObject({ kind: FRAME_KIND.record, sequence });
        const seen = 'reason' in frame ? undefined : frame.value;
        expect(plain(seen)).toEqual(plain(record));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('carry chunks as they are, whose elements lie on a multiple of eight', () => {
    const data = Float64Array.from([1, -2.5, Number.POSITIVE_INFINITY, 1e-300]);
    const bytes = encodeChunk(7, { array: 3, offset: 2 ** 40, bytes: new Uint8Array(data.buffer) });
    const frame = decodeFrame(bytes);
    if ('reason' in frame || frame.chunk === undefined) throw new Error('no chunk');
    expect(frame.chunk).toMatchObject({ array: 3, offset: 2 ** 40 });
    expect(frame.chunk.bytes.byteOffset % 8).toBe(0);
    expect(new Float64Array(frame.chunk.bytes.slice().buffer)).toEqual(data);
  });

  it('of another version, of another protocol, or too long are told apart', () => {
    const frame = encodeFrame(FRAME_KIND.control, 0, { t: 'echo', n: 1 });
    const other = frame.slice();
    other[2] = 2;
    expect(decodeFrame(other)).toMatchObject({ reason: 'version', message: expect.stringContaining('version 2') });
    expect(decodeFrame(new TextEncoder().encode('{"op":"hello"}'))).toMatchObject({ reason: 'malformed' });
    expect(decodeFrame(new Uint8Array(LONGEST_FRAME + 1))).toMatchObject({ reason: 'tooBig' });
    expect(() => encodeFrame(FRAME_KIND.record, 1, 'x'.repeat(LONGEST_FRAME))).toThrow(RangeError);
  });

  it('that claim more than they hold, nest too deep or carry extensions are refused before anything is made of them', () => {
    const list = Uint8Array.from([0xdd, 0x01, 0xc9, 0xc3, 0x80]);
    const bomb = new Uint8Array(5 * 10_000);
    for (let n = 0; n < 10_000; n++) bomb.set(list, 5 * n);
    expect(scanRecord(bomb)).toContain('a list of 30000000');
    expect(scanRecord(new Uint8Array(60_000).fill(0x91))).toContain('nested deeper');
    expect(scanRecord(Uint8Array.from([0xd4, 0, 0]))).toContain('0xd4');
    expect(scanRecord(new Packr({ moreTypes: true }).pack(/a+/))).toContain('leads no value');
    expect(scanRecord(Uint8Array.from([0x81, 1, 1]))).toBe('a key is no text');
    expect(scanRecord(Uint8Array.from([1, 1]))).toContain('follow');
    expect(scanRecord(new Uint8Array(0))).toContain('too early');
  });

  it('that were mutated never throw (2000, seeded)', () => {
    for (const bytes of mutatedFrames(SEED, 2000)) {
      const frame = decodeFrame(bytes);
      if ('reason' in frame) expect(frame.message.length).toBeGreaterThan(0);
    }
  });
});

/** -0 and bytes of Node's Buffer as what they mean. */
function plain(value: unknown): unknown {
  if (value === 0) return 0;
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
  }
  return value;
}
