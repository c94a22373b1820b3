import { expect, it } from 'vitest';
import { bodyOfCt } from '../../../engine/core/body.ts';

it('the body holds the air that it encloses, and none from outside', () => {
  const rows = [
    ['. . . . . . .', '. # # # # # .', '. # . . # . .', '. # . . # # .', '. # # # # # .', '. . . . . . .'],
    // Open to the outside: a mouth.
    ['. . . . . . .', '. # # # # # .', '. # . . . . .', '. # . . # # .', '. # # # # # .', '. . . . . . .'],
    // Cut by the image's border.
    ['# # # # # # .', '# . . . . # .', '# . . . . # .', '# # # # # # .', '. . . . . . .', '. . . . . . .'],
  ].map((slice) => slice.map((row) => row.split(' ')));
  const flat = rows.flat(2);
  const data = Float32Array.from(flat, (mark) => (mark === '#' ? 40 : -950));
  const grid = { size: [7, 6, 3] as const, spacingMm: [1, 1, 1] as const, originMm: [0, 0, 0] as const };
  const body = new Set(bodyOfCt({ grid, data, unit: 'HU' }));
  const counts = [0, 1, 2].map((k) => [...body].filter((v) => Math.floor(v / 42) === k).length);
  // Slice 0: 18 of tissue and the 4 they enclose; 1: 17 of tissue; 2: 18 and 8.
  expect(counts).toEqual([
    flat.slice(0, 42).filter((m) => m === '#').length + 4,
    flat.slice(42, 84).filter((m) => m === '#').length,
    flat.slice(84).filter((m) => m === '#').length + 8,
  ]);
  expect([2 * 7 + 2, 2 * 7 + 5].map((v) => body.has(v))).toEqual([true, false]);
});
