import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../engine/core/errors.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import { readTracks } from '../../../engine/formats/tracks/csv.ts';
import { readMarkerPath } from '../../../engine/formats/tracks/markers.ts';
import { dataFolder } from '../../support/data.ts';
import { failsWith } from '../../support/errors.ts';

const rows = (count: number, row: (k: number) => string): string =>
  Array.from({ length: count }, (_, k) => row(k)).join('\n');
const good = `t_s,x,y\n${rows(20, (k) => `${k / 100},${k},${-k}`)}\n`;

describe('tables of samples', () => {
  it('are read by name', () => {
    const tracks = readTracks(good, 'hand.csv');
    expect(tracks.names).toEqual(['x', 'y']);
    expect(tracks.values[1][19]).toBe(-19);
    expect(readTracks(good, 'hand.csv', ['t_s', 'y']).names).toEqual(['y']);
  });

  it('are refused by file, line and value', () => {
    failsWith(() => readTracks('', 'a.csv'), 'tracks/columns', 'a.csv');
    failsWith(() => readTracks(good, 'a.csv', ['t_s', 'z']), 'tracks/columns', '"z"');
    failsWith(() => readTracks('t_s\n1\n', 'a.csv'), 'tracks/columns', 'no column beside');
    failsWith(() => readTracks('t_s,x\n0,1\n1,2\n', 'a.csv'), 'tracks/short', '2 samples');
    failsWith(() => readTracks(good.replace('0.05,5,-5', '0.05,five,-5'), 'a.csv'), 'tracks/not-a-number', 'line 7');
    failsWith(() => readTracks(good.replace('0.05,5,-5', '0.04,5,-5'), 'a.csv'), 'tracks/time', 'line 7');
    failsWith(() => readTracks(Uint8Array.of(0xff, 0xfe, 0), 'a.csv'), 'tracks/encoding', 'a.csv');
  });

  it('fail in words, whatever the bytes (seed 91)', () => {
    const random = seededRandom(91);
    for (let n = 0; n < 400; n++) {
      const text = [...good].map((c) => (random() < 0.01 ? String.fromCharCode(32 + 90 * random()) : c)).join('');
      try {
        const { timesSec, values } = readTracks(text, 'a.csv');
        expect([...timesSec, ...values.flatMap((x) => [...x])].every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(IsocenterError);
      }
    }
  });
});

const head = '"Frame";"Timestamp";"x";"y";"z"\n';

describe('paths of markers', () => {
  it('are repaired where one row is damaged, and that is noted', () => {
    const text = `${head}${rows(60, (k) => `${6 * k};${k === 30 ? '6,2' : 100 * k};-1,5;2;${k},25`)}\n0;0;0;0;0\n`;
    const { timesSec, values, notes } = readMarkerPath(text, 'm.csv');
    expect(timesSec.length).toBe(60);
    expect(timesSec[30]).toBeCloseTo(3, 12);
    expect(values[2][59]).toBe(59.25);
    expect(notes.length).toBe(2);
    expect(notes.join()).toContain('line 32');
  });

  it('are refused where much is damaged', () => {
    const text = head + rows(60, (k) => `${6 * k};${k % 5 === 2 ? 3 : 100 * k};1;2;3`);
    failsWith(() => readMarkerPath(text, 'm.csv'), 'tracks/time', '12 of 60');
    failsWith(() => readMarkerPath('a;b\n1;2', 'm.csv'), 'tracks/columns', 'm.csv');
    failsWith(() => readMarkerPath(`${head}1;2;3\n`, 'm.csv'), 'tracks/not-a-number', 'line 2');
  });

  const data = dataFolder();
  it.skipIf(data === undefined)('the published ones are read, with their defects', () => {
    const folder = join(data as string, 'respiration');
    const notes = readdirSync(folder).flatMap((file) => readMarkerPath(readFileSync(join(folder, file)), file).notes);
    expect(notes.filter((note) => note.includes('row of zeros')).length).toBe(2);
    expect(notes.filter((note) => note.includes('contradicts')).length).toBe(4);
  });
});
