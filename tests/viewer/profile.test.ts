import { expect, it } from 'vitest';
import { type Grid, voxelCentreMm, voxelCount } from '../../engine/core/grid.ts';
import { profileAlong } from '../../viewer/slices/profile.ts';
import { sampleAt } from '../../viewer/slices/slice-geometry.ts';

const grid: Grid = { size: [12, 10, 8], spacingMm: [2, 3, 4], originMm: [-11, -13.5, -14] };
const linear = (p: readonly number[]): number => 5 + 0.4 * p[0] - 0.3 * p[1] + 0.2 * p[2];
const field = Float32Array.from({ length: voxelCount(grid) }, (_, n) => {
  const p = [0, 0, 0];
  voxelCentreMm(grid, n, p);
  return linear(p);
});

it('a profile of a linear field is linear, and has gaps outside of the grid', () => {
  const from = [-9, -12, -10] as const;
  const to = [30, 12, 9] as const;
  const { alongMm, values } = profileAlong(grid, [field], { from, to });
  expect(alongMm.at(-1)).toBeCloseTo(Math.hypot(39, 24, 19), 9);
  let [inside, outside] = [0, 0];
  for (const [n, value] of values[0].entries()) {
    const share = n / (alongMm.length - 1);
    const p = [0, 1, 2].map((a) => from[a] + share * (to[a] - from[a]));
    if (p[0] <= 11) {
      expect(value).toBeCloseTo(linear(p), 4);
      inside++;
    } else if (p[0] > 12) {
      expect(value).toBeNull();
      outside++;
    }
  }
  expect(Math.min(inside, outside)).toBeGreaterThan(100);
});

it('a sample holds the border for half a voxel, and there is none beyond', () => {
  expect(sampleAt(grid, field, [-11.9, -13.5, -14])).toBeCloseTo(linear([-11, -13.5, -14]), 5);
  expect(sampleAt(grid, field, [-12.1, -13.5, -14])).toBeUndefined();
});
