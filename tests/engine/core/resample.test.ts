import { describe, expect, it } from 'vitest';
import { type Grid, voxelCentreMm, voxelCount } from '../../../engine/core/grid.ts';
import { resample, sameGrid } from '../../../engine/core/resample.ts';

const from: Grid = { size: [9, 8, 7], spacingMm: [2.5, 3, 2], originMm: [-10, 5, 30] };

/** Trilinear, so that interpolation is exact. */
const field = (x: number, y: number, z: number): number =>
  1 + 0.3 * x - 0.2 * y + 0.1 * z + 0.01 * x * y - 0.002 * x * y * z;

function sampled(grid: Grid) {
  const data = new Float32Array(voxelCount(grid));
  const p = [0, 0, 0];
  for (let v = 0; v < data.length; v++) {
    voxelCentreMm(grid, v, p);
    data[v] = field(p[0], p[1], p[2]);
  }
  return { grid, data, unit: 'Gy' };
}

describe('resampling', () => {
  it.each([0, 0.25, 0.34, 0.47, 0.5, 0.73])('onto a grid that is off by %d of a voxel is exact', (share) => {
    const grid: Grid = {
      size: [7, 6, 5],
      spacingMm: [2.5, 3, 2],
      originMm: [-10 + (1 + share) * 2.5, 5 + (1 + share) * 3, 30 + (1 + share) * 2],
    };
    const { data } = resample(sampled(from), grid);
    const expected = sampled(grid).data;
    for (let v = 0; v < data.length; v++) expect(Math.abs(data[v] - expected[v])).toBeLessThan(2e-5);
  });

  it('onto finer voxels is exact, holds half a voxel beyond the centres, and is told what lies outside', () => {
    const grid: Grid = { size: [60, 3, 3], spacingMm: [0.5, 1, 1], originMm: [-12, 10, 34] };
    const { data } = resample(sampled(from), grid, -7);
    for (let i = 0; i < 60; i++) {
      const x = -12 + 0.5 * i;
      if (x < -11.25 || x > 11.25) expect(data[i]).toBe(-7);
      else expect(Math.abs(data[i] - field(Math.min(10, Math.max(-10, x)), 10, 34))).toBeLessThan(2e-5);
    }
  });

  it('onto itself changes no bit', () => {
    const volume = sampled(from);
    expect(resample(volume, from).data).toEqual(volume.data);
    expect(sameGrid(from, from)).toBe(true);
    expect(sameGrid(from, { ...from, originMm: [-10, 5, 30.1] })).toBe(false);
  });
});
