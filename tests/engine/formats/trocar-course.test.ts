import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../engine/core/errors.ts';
import { parseTrocarCourse } from '../../../engine/formats/trocar-course.ts';
import { failsWith } from '../../support/errors.ts';

const head = 'time_s,x_m,y_m,z_m\n';
const rows = '0,0.5,0,0.3\n0.1,0.5,0,0.301\n0.2,0.5,0,0.303\n0.3,0.5,0,0.3\n';

describe('the course of a trocar', () => {
  it('is read from times and places', () => {
    const course = parseTrocarCourse(`\uFEFF# breath\n Time_s, x_m, y_m, z_m\r\n\n${rows}`, 'c.csv');
    expect(course.timeSec).toEqual([0, 0.1, 0.2, 0.3]);
    expect(course.positionsM.slice(0, 6)).toEqual([0.5, 0, 0.3, 0.5, 0, 0.301]);
  });

  it.each<[string, string, string, string]>([
    ['no heading', rows, 'course/columns', 'line 1: "0,0.5,0,0.3" is not the heading'],
    ['millimetres', head.replaceAll('_m', '_mm') + rows, 'course/columns', 'heading'],
    ['too few fields', `${head}${rows}0.4,1,2\n`, 'course/columns', 'line 6: 3 fields'],
    ['a decimal comma', `${head}0,4;0,0;0,0;0,1`, 'course/columns', 'line 2: 5 fields'],
    ['words', `${head}0,a,0,0`, 'course/not-a-number', 'x_m is "a"'],
    ['times that stand', `${head}${rows}0.3,0.5,0,0.3`, 'course/times', 'the time 0.3 s is not after 0.3 s'],
    ['places in millimetres', `${head}0,0,0,0\n0.1,0,0,3.5`, 'course/too-far', '3.500 m'],
    ['a broken row', `${head}0,0,0,0\n0.1,0,0,0.15`, 'course/too-fast', '1.500 m/s'],
    ['three rows', `${head}0,0,0,0\n1,0,0,0\n2,0,0,0`, 'course/samples', '3 rows; 4 are needed'],
    ['nothing', '', 'course/samples', '0 rows'],
  ])('is refused with %s', (_, text, code, part) => {
    failsWith(() => parseTrocarCourse(text, 'c.csv'), code, part);
  });

  it('never fails otherwise than by name (seed 71)', () => {
    const piece = fc.constantFrom(
      'time_s,x_m,y_m,z_m',
      '\n',
      ',',
      '0',
      '1e9',
      '-',
      '.',
      '#',
      'NaN',
      '0.1,0,0,0\n',
      '0.2',
      ';',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (parts) => {
        try {
          const { timeSec, positionsM } = parseTrocarCourse(parts.join(''), 'c.csv');
          expect(positionsM.length).toBe(3 * timeSec.length);
        } catch (error) {
          expect(error).toBeInstanceOf(IsocenterError);
        }
      }),
      { seed: 71, numRuns: 500 },
    );
  });
});
