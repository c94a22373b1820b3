import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import { sampleAt } from './slice-geometry.ts';

export interface Profile {
  /** From the line's first end [mm]. */
  readonly alongMm: Float64Array;
  /** One row for each field; null where the line is outside of the grid. */
  readonly values: (number | null)[][];
}

const STEPS = 400;

/** Fields on a grid along the line from one point to another, trilinear, in equal steps. */
export function profileAlong(
  grid: Grid,
  fields: readonly ArrayLike<number>[],
  { from, to }: { readonly from: Vec3; readonly to: Vec3 },
): Profile {
  const lengthMm = Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
  const alongMm = Float64Array.from({ length: STEPS + 1 }, (_, n) => (n / STEPS) * lengthMm);
  const pointAt = (n: number): Vec3 =>
    [0, 1, 2].map((a) => from[a] + (n / STEPS) * (to[a] - from[a])) as unknown as Vec3;
  return {
    alongMm,
    values: fields.map((field) => Array.from(alongMm, (_, n) => sampleAt(grid, field, pointAt(n)) ?? null)),
  };
}
