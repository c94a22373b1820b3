import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import { type Random, seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelCase } from '../contract.ts';
import { uniformArray, withValue } from '../support/case-data.ts';
import { DEPTH_BEAM_STRIDE, DEPTH_CHUNK, prepareRadiologicalDepth } from './index.ts';
import { NEAREST_MM, radiologicalDepthReference } from './reference.ts';

interface Shape {
  readonly beams: number;
  readonly points: number;
  readonly grid: Grid;
}

const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

function unit(v: Vec3): Vec3 {
  const length = Math.hypot(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
}

/** One row of the beam table: a source `sadMm` before the isocentre, looking along `direction`. */
export function beamRow(isocentre: Vec3, direction: Vec3, sadMm: number): Float32Array {
  const axis = unit(direction);
  const x = unit(cross(Math.abs(axis[2]) < 0.9 ? [0, 0, 1] : [0, 1, 0], axis));
  const row = new Float32Array(DEPTH_BEAM_STRIDE);
  row.set([0, 1, 2].map((a) => isocentre[a] - sadMm * axis[a]));
  row[3] = sadMm;
  row.set(axis, 4);
  row.set(x, 8);
  row.set(cross(axis, x), 12);
  return row;
}

function concatenate(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}

function depthCase(
  name: string,
  grid: Grid,
  density: Float32Array,
  positions: Float32Array,
  beams: readonly Float32Array[],
  nan = false,
): KernelCase<Shape> {
  const params = { beams: beams.length, points: positions.length / 4, grid };
  return {
    name,
    params,
    inputs: { density, positions, beamTable: concatenate(beams) },
    outputs: { geometry: { type: 'f32', length: 4 * params.beams * params.points } },
    nan,
  };
}

const small: Grid = { size: [24, 20, 13], spacingMm: [2.5, 2.5, 3], originMm: [-31, -22, 7.5] };

function corners(grid: Grid): { low: Vec3; high: Vec3; centre: Vec3 } {
  const at = (f: (a: 0 | 1 | 2) => number): Vec3 => [f(0), f(1), f(2)];
  const low = at((a) => grid.originMm[a] - grid.spacingMm[a] / 2);
  const high = at((a) => low[a] + grid.size[a] * grid.spacingMm[a]);
  return { low, high, centre: at((a) => (low[a] + high[a]) / 2) };
}

/** Points in the box of the grid, grown by `marginMm` on each side. */
function pointsAround(random: Random, grid: Grid, count: number, marginMm: number): Float32Array {
  const { low, high } = corners(grid);
  const positions = new Float32Array(4 * count);
  for (let p = 0; p < count; p++) {
    for (let a = 0; a < 3; a++) positions[4 * p + a] = low[a] - marginMm + (high[a] - low[a] + 2 * marginMm) * random();
  }
  return positions;
}

/** White noise from air to bone: the hardest density to walk through. */
function noise(random: Random, grid: Grid): Float32Array {
  return uniformArray(random, grid.size[0] * grid.size[1] * grid.size[2], 0, 2);
}

const OBLIQUE: readonly Vec3[] = [
  [1, 0.37, -0.21],
  [-0.3, 1, 0.45],
  [-0.7, -0.6, -0.9],
];
const ALONG_AXES: readonly Vec3[] = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
];

function obliqueCase(points: number): KernelCase<Shape> {
  const random = seededRandom(50 + points);
  const { centre } = corners(small);
  const beams = OBLIQUE.map((direction) => beamRow(centre, direction, 1000));
  const name = `${points} points, oblique rays in a random grid`;
  return depthCase(name, small, noise(random, small), pointsAround(random, small, points, 0), beams);
}

/** The central rays, which are parallel to an axis of the grid, and 400 others. */
function axisCase(): KernelCase<Shape> {
  const random = seededRandom(61);
  const { low, high, centre } = corners(small);
  const isocentre: Vec3 = [centre[0] + 0.7, centre[1] - 0.4, centre[2] + 0.3];
  const central = new Float32Array(4 * 60);
  for (let p = 0; p < 60; p++) {
    const axis = p % 3;
    central.set(isocentre, 4 * p);
    central[4 * p + axis] = low[axis] - 10 + (high[axis] - low[axis] + 20) * random();
  }
  const positions = concatenate([central, pointsAround(random, small, 400, 0)]);
  const beams = ALONG_AXES.map((direction) => beamRow(isocentre, direction, 1000));
  return depthCase('rays along the axes', small, noise(random, small), positions, beams);
}

/** Rays that lie in the planes between voxels, in a uniform grid: either neighbour gives the same depth. */
function planeCase(): KernelCase<Shape> {
  const grid: Grid = { size: [16, 16, 16], spacingMm: [2, 2, 2], originMm: [1, 1, 1] };
  const positions = new Float32Array(4 * 20);
  for (let p = 0; p < 20; p++) positions.set([2 + 2 * (p % 14), 16, 3 + (p % 3)], 4 * p);
  const beams = [1, 0].map((lean) => beamRow([16, 16, 16], [0, 1, lean], 512));
  return depthCase('rays in the planes of a uniform grid', grid, new Float32Array(16 ** 3).fill(1), positions, beams);
}

function sourceInside(): KernelCase<Shape> {
  const random = seededRandom(62);
  const { centre } = corners(small);
  const beams = [...OBLIQUE, ...ALONG_AXES].map((direction) => beamRow(centre, direction, 9.5));
  const positions = pointsAround(random, small, 300, 0);
  // Near the source plane the isocentre-plane position of a point is ill defined: keep 3 mm away from it.
  const clear = Array.from({ length: 300 }, (_, p) => positions.subarray(4 * p, 4 * p + 4)).filter((point) =>
    beams.every((row) => {
      const axial = [0, 1, 2].reduce((sum, a) => sum + (point[a] - row[a]) * row[4 + a], 0);
      return Math.abs(axial - NEAREST_MM) > 3;
    }),
  );
  return depthCase('source inside the grid', small, noise(random, small), concatenate(clear), beams);
}

function outside(): KernelCase<Shape> {
  const random = seededRandom(63);
  const { centre } = corners(small);
  const beams = [...OBLIQUE, ...ALONG_AXES].map((direction) => beamRow(centre, direction, 800));
  return depthCase('points outside the grid', small, noise(random, small), pointsAround(random, small, 500, 60), beams);
}

function misses(): KernelCase<Shape> {
  const random = seededRandom(64);
  const { high } = corners(small);
  const far: Vec3 = [high[0] + 300, high[1] + 300, high[2] + 300];
  const positions = new Float32Array(4 * 50);
  for (let p = 0; p < 50; p++) {
    for (let a = 0; a < 3; a++) positions[4 * p + a] = far[a] + 60 * random() - 30;
  }
  const beams = [beamRow(far, [1, -1, 0.2], 1000), beamRow(far, [0, 0, -1], 100)];
  return depthCase('rays that miss', small, noise(random, small), positions, beams);
}

function oneVoxel(): KernelCase<Shape> {
  const random = seededRandom(65);
  const grid: Grid = { size: [1, 1, 1], spacingMm: [30, 40, 50], originMm: [3, -4, 5] };
  const beams = OBLIQUE.map((direction) => beamRow([3, -4, 5], direction, 1000));
  return depthCase('one voxel', grid, new Float32Array([1.1]), pointsAround(random, grid, 33, 20), beams);
}

/** An elliptic body with two lungs and a spine, seen by nine beams. */
function thorax(): KernelCase<Shape> {
  const random = seededRandom(66);
  const grid: Grid = { size: [70, 50, 32], spacingMm: [5, 5, 6], originMm: [-172.5, -122.5, -93] };
  const density = new Float32Array(grid.size[0] * grid.size[1] * grid.size[2]);
  for (let i = 0; i < density.length; i++) {
    const x = grid.originMm[0] + grid.spacingMm[0] * (i % grid.size[0]);
    const y = grid.originMm[1] + grid.spacingMm[1] * (Math.floor(i / grid.size[0]) % grid.size[1]);
    if ((x / 165) ** 2 + (y / 112) ** 2 < 1) density[i] = 1.01;
    if (((Math.abs(x) - 75) / 55) ** 2 + (y / 75) ** 2 < 1) density[i] = 0.26;
    if (x ** 2 + (y - 60) ** 2 < 22 ** 2) density[i] = 1.4;
  }
  const beams = Array.from({ length: 9 }, (_, i) => {
    const angle = (2 * Math.PI * i * 40) / 360;
    return beamRow([12, -5, 3], [Math.sin(angle), Math.cos(angle), 0.1 * Math.sin(3 * angle)], 1000);
  });
  return depthCase('thorax, nine beams', grid, density, pointsAround(random, grid, 1500, -20), beams);
}

function nanCase(where: 'a position' | 'the density'): KernelCase<Shape> {
  const random = seededRandom(67);
  const { centre } = corners(small);
  const beams = OBLIQUE.slice(0, 2).map((direction) => beamRow(centre, direction, 1000));
  let density = noise(random, small);
  let positions = pointsAround(random, small, 100, 0);
  if (where === 'a position') positions = withValue(positions, 29, Number.NaN);
  else density = withValue(density, 12 + 24 * (10 + 20 * 6), Number.NaN);
  return depthCase(`NaN in ${where}`, small, density, positions, beams, true);
}

export const radiologicalDepth = defineKernel<Shape>({
  name: 'radiological-depth',
  doc: 'for each beam and point: position at the isocentre plane, water-equivalent depth, inverse-square factor',
  inputs: {
    density: 'f32[nx * ny * nz] relative electron density',
    positions: 'f32[points][4] x, y, z [mm], unused',
    beamTable: 'f32[beams][16] source [mm], SAD [mm], unit vectors of the beam axis, of x and of y',
  },
  outputs: { geometry: 'f32[beams][points][4] x [mm], y [mm], water-equivalent depth [mm], (SAD / z)^2' },
  tolerance: {
    relative: 5e-5,
    why:
      'a source 1 m away places each crossing within 1e-4 mm in float32, and a ray crosses a hundred steps of density; ' +
      'it must stay far below the 0.5 mm of water that matter to dose',
  },
  cases: [
    ...[0, 1, 3, DEPTH_CHUNK - 1, DEPTH_CHUNK, DEPTH_CHUNK + 1].map(obliqueCase),
    axisCase(),
    planeCase(),
    sourceInside(),
    outside(),
    misses(),
    oneVoxel(),
    thorax(),
    nanCase('a position'),
    nanCase('the density'),
  ],
  cost: ({ params: { beams, points, grid } }) => {
    const crossed = (grid.size[0] + grid.size[1] + grid.size[2]) / 2;
    return { flops: beams * points * (60 + 5 * crossed), bytes: 4 * beams * points * (crossed + 8) };
  },
  reference: ({ params, inputs }) =>
    radiologicalDepthReference(
      params,
      inputs.density,
      inputs.positions as Float32Array,
      inputs.beamTable as Float32Array,
    ),
  compared: (_, { geometry }) => {
    const column = (k: number): Float64Array => Float64Array.from(geometry.filter((_value, i) => i % 4 === k));
    return { xMm: column(0), yMm: column(1), depthMm: column(2), inverseSquare: column(3) };
  },
  prepare: (device, { params }, { density, positions, beamTable, geometry }) => [
    prepareRadiologicalDepth(device, params, { density, positions, beamTable, geometry }),
  ],
});
