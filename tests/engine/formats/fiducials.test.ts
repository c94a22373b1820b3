import { describe, expect, it } from 'vitest';
import { pairFiducials, parseFiducials } from '../../../engine/formats/fiducials.ts';

describe('fiducials', () => {
  it('with names, a heading, comments, blank rows, CRLF and a byte order mark', () => {
    const text = '\uFEFF# probe\r\nName, x [mm], y [mm], z [mm]\r\n\r\nnose, 1, -2.5, 3e1\r\nleft ear,0,.5,-7\r\n';
    expect(parseFiducials(text, 'f.csv')).toEqual({
      file: 'f.csv',
      names: ['nose', 'left ear'],
      points: [
        [1, -2.5, 30],
        [0, 0.5, -7],
      ],
    });
  });

  it('without names and heading', () => {
    const { names, points } = parseFiducials('1,2,3\n4,5,6', 'f.csv');
    expect([names, points]).toEqual([
      undefined,
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ]);
  });

  it.each([['x,y,z\n1,2,3'], ['x_mm,y_mm,z_mm\n1,2,3'], ['X(mm),Y(mm),Z(mm)\n1,2,3']])('heading %j', (text) => {
    expect(parseFiducials(text, 'f').points).toEqual([[1, 2, 3]]);
  });

  it.each<[string, string, RegExp]>([
    ['a word for a number', 'a,1,2,3\nb,1,x,3\n', /f.csv line 2: y is "x", not a number/],
    ['NaN', 'a,1,2,nan', /line 1: z is "nan"/],
    ['Infinity', '1,2,3\n1,Infinity,3', /line 2: y is "Infinity"/],
    ['an overflow', '1,2,1e999', /line 1: z is "1e999"/],
    ['an empty field', '1,,3', /line 1: y is ""/],
    ['hexadecimal', '1,0x10,3', /y is "0x10"/],
    ['two fields', '1,2', /line 1: "1,2" has 2 fields, not 3 or 4/],
    ['a row that differs', 'a,1,2,3\n1,2,3', /line 2: .* has 3 fields, not 4/],
    ['semicolons', '1;2;3', /has 1 fields/],
    ['a heading in metres', 'x_m,y_m,z_m\n1,2,3', /line 1: x is "x_m"/],
    ['a heading twice', 'x,y,z\nx,y,z', /line 2: x is "x"/],
    ['an empty name', ',1,2,3', /line 1: the name is empty/],
    ['a name twice', 'a,1,2,3\nb,1,2,4\na,1,2,5', /line 3: the name "a" stands on line 1/],
    ['a coordinate in micrometres', 'a,100000,0,0', /x is 100000 mm, outside -10000 to 10000 mm/],
    ['an empty file', '\n# nothing\n', /f.csv has no fiducials/],
    ['a heading alone', 'name,x,y,z\n', /f.csv has no fiducials/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseFiducials(text, 'f.csv')).toThrow(message);
  });
});

describe('pairs', () => {
  const base = parseFiducials('a,1,0,0\nb,2,0,0\nc,3,0,0', 'base.csv');

  it('by name, whatever the order', () => {
    const pairs = pairFiducials(base, parseFiducials('c,30,0,0\na,10,0,0\nb,20,0,0', 'ct.csv'));
    expect(pairs.names).toEqual(['a', 'b', 'c']);
    expect(pairs.moving.map(([x]) => x)).toEqual([10, 20, 30]);
  });

  it('in order where one has no names', () => {
    const pairs = pairFiducials(base, parseFiducials('10,0,0\n20,0,0\n30,0,0', 'ct.csv'));
    expect([pairs.names, pairs.moving.map(([x]) => x)]).toEqual([
      ['a', 'b', 'c'],
      [10, 20, 30],
    ]);
    const plain = parseFiducials('1,0,0', 'x.csv');
    expect(pairFiducials(plain, plain).names).toEqual(['1']);
  });

  it('refuses what has no partner', () => {
    expect(() => pairFiducials(base, parseFiducials('a,1,0,0\nb,1,0,0', 'ct.csv'))).toThrow(
      /ct.csv lacks c of base.csv/,
    );
    expect(() => pairFiducials(parseFiducials('a,1,0,0', 'x.csv'), base)).toThrow(/x.csv lacks b, c of base.csv/);
    expect(() => pairFiducials(base, parseFiducials('1,0,0', 'ct.csv'))).toThrow(
      /base.csv has 3 fiducials, ct.csv has 1/,
    );
  });
});
