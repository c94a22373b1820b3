import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../../../engine/compute/device.ts';
import { T_patient_beam, transformPoint } from '../../../../engine/core/frames.ts';
import { type Grid, type Vec3, type Volume, voxelCentreMm, voxelIndex } from '../../../../engine/core/grid.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import { openDevice } from '../../../../kernels/device.ts';
import {
  type Beam,
  centroidMm,
  checkAngles,
  createBeams,
  equispacedAngles,
} from '../../../../planners/radiation/beams/beam.ts';
import { bixelX, bixelY, openBixels, rectangularField } from '../../../../planners/radiation/beams/bixels.ts';
import { DoseOperator } from '../../../../planners/radiation/dose/operator.ts';
import { builtIn } from '../machine/water-tank.ts';
import type { Angles } from './scenes.ts';

const radians = (deg: number): number => (deg * Math.PI) / 180;
const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/**
 * The beam's axes in the patient frame from IEC 61217 by hand, without the transforms of the engine: towards the source, x
 * and y of the isocentre plane.
 */
function iecAxes([gantry, couch, collimator]: Angles): { up: Vec3; x: Vec3; y: Vec3 } {
  const [g, c, k] = [radians(gantry), radians(couch), radians(collimator)];
  // fixed frame -> patient support (turned back by the couch) -> DICOM LPS of a head-first supine patient
  const toPatient = ([x, y, z]: Vec3): Vec3 => {
    const across = x * Math.cos(c) + y * Math.sin(c);
    const superior = -x * Math.sin(c) + y * Math.cos(c);
    return [across, -z, superior];
  };
  const xGantry: Vec3 = [Math.cos(g), 0, -Math.sin(g)];
  const turned = (a: number, b: number): Vec3 => [a * xGantry[0], b, a * xGantry[2]];
  return {
    up: toPatient([Math.sin(g), 0, Math.cos(g)]),
    x: toPatient(turned(Math.cos(k), Math.sin(k))),
    y: toPatient(turned(-Math.sin(k), Math.cos(k))),
  };
}

const ANGLES: readonly Angles[] = [
  [0, 0, 0],
  [90, 0, 0],
  [180, 0, 0],
  [270, 0, 90],
  [35, 30, 0],
  [215, 30, 15],
  [300, -60, 45],
  [10, 90, 0],
];

/** A cube of water of side `sideMm` in air, its centre at the origin. */
function waterCube(sideMm: number, voxelMm: number): Volume {
  const n = Math.round(sideMm / voxelMm) + 4;
  const origin = -((n - 1) / 2) * voxelMm;
  const grid: Grid = { size: [n, n, n], spacingMm: [voxelMm, voxelMm, voxelMm], originMm: [origin, origin, origin] };
  const data = new Float32Array(n ** 3);
  for (let k = 2; k < n - 2; k++) {
    for (let j = 2; j < n - 2; j++) for (let i = 2; i < n - 2; i++) data[voxelIndex(grid, i, j, k)] = 1;
  }
  return { grid, data, unit: '1' };
}

/** Voxels whose centres lie within `radiusMm` of `centre`. */
function ball(grid: Grid, centre: Vec3, radiusMm: number): Uint32Array {
  const p = [0, 0, 0];
  const found: number[] = [];
  for (let v = 0; v < grid.size[0] * grid.size[1] * grid.size[2]; v++) {
    voxelCentreMm(grid, v, p);
    if (Math.hypot(p[0] - centre[0], p[1] - centre[1], p[2] - centre[2]) < radiusMm) found.push(v);
  }
  return Uint32Array.from(found);
}

function beamsOf(
  density: Volume,
  targetVoxels: Uint32Array,
  isocenterMm: Vec3,
  angles: readonly Angles[],
  bixelMm: number,
): Beam[] {
  return createBeams({
    angles: angles.map(([gantryDeg, couchDeg, collimatorDeg]) => ({ gantryDeg, couchDeg, collimatorDeg })),
    isocenterMm,
    sadMm: 1000,
    bixelMm,
    density,
    targetVoxels,
  });
}

/** Path of the segment from `a` to `b` within an axis-aligned box [mm]. */
function pathInBox(a: Vec3, b: Vec3, low: Vec3, high: Vec3): number {
  let [from, to] = [0, 1];
  for (let axis = 0; axis < 3; axis++) {
    const d = b[axis] - a[axis];
    const cuts = [(low[axis] - a[axis]) / d, (high[axis] - a[axis]) / d].sort((x, y) => x - y);
    if (d === 0) {
      if (a[axis] < low[axis] || a[axis] > high[axis]) return 0;
      continue;
    }
    from = Math.max(from, cuts[0]);
    to = Math.min(to, cuts[1]);
  }
  return Math.max(0, to - from) * Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
}

describe('beams', () => {
  it.each(ANGLES)('gantry %d, couch %d, collimator %d: source and axes after IEC 61217', (...angles) => {
    const isocenterMm: Vec3 = [12, -7, 31];
    const [gantryDeg, couchDeg, collimatorDeg] = angles;
    const t = T_patient_beam({ gantryDeg, couchDeg, collimatorDeg }, isocenterMm);
    const { up, x, y } = iecAxes(angles);
    const at = (u: Vec3, length: number): Vec3 =>
      [0, 1, 2].map((a) => isocenterMm[a] + length * u[a]) as unknown as Vec3;
    const expectPoint = (found: Vec3, wanted: Vec3): void => {
      found.forEach((value, a) => {
        expect(value).toBeCloseTo(wanted[a], 9);
      });
    };
    expectPoint(transformPoint(t, [0, 0, 1000]), at(up, 1000));
    expectPoint(transformPoint(t, [50, 0, 0]), at(x, 50));
    expectPoint(transformPoint(t, [0, 50, 0]), at(y, 50));
  });

  it('the isocentre is the mean of the target voxels', () => {
    const grid: Grid = { size: [4, 3, 2], spacingMm: [2, 3, 5], originMm: [10, 20, 30] };
    const voxels = Uint32Array.of(voxelIndex(grid, 0, 0, 0), voxelIndex(grid, 3, 0, 0), voxelIndex(grid, 3, 2, 1));
    // x: 10, 16, 16; y: 20, 20, 26; z: 30, 30, 35
    [14, 22, 95 / 3].forEach((value, a) => {
      expect(centroidMm(grid, voxels)[a]).toBeCloseTo(value, 12);
    });
  });

  it('places beams at equal steps and refuses angles off the scales', () => {
    expect(equispacedAngles(9).map((a) => a.gantryDeg)).toEqual([0, 40, 80, 120, 160, 200, 240, 280, 320]);
    expect(() => equispacedAngles(0)).toThrow('0 beams');
    expect(() => equispacedAngles(2.5)).toThrow('2.5 beams');
    const straight = { gantryDeg: 0, couchDeg: 0, collimatorDeg: 0 };
    expect(() => checkAngles({ ...straight, gantryDeg: 361 })).toThrow('gantry angle 361 deg');
    expect(() => checkAngles({ ...straight, couchDeg: -181 })).toThrow('couch angle -181 deg');
    expect(() => checkAngles({ ...straight, collimatorDeg: Number.NaN })).toThrow('collimator angle NaN deg');
  });
});

describe('bixels', () => {
  const density = waterCube(240, 4);

  it.each([
    [5, 2.5],
    [5, 4],
    [5, 10],
    [3, 4],
    [10, 4],
  ])('of %d mm open where the target reaches within one bixel (voxels of %d mm)', (bixelMm, voxelMm) => {
    const { grid } = waterCube(120, voxelMm);
    const isocenterMm: Vec3 = [3, -2, 5];
    const target = ball(grid, [9, 4, -6], 20);
    for (const angles of ANGLES) {
      const [beam] = beamsOf(waterCube(120, voxelMm), target, isocenterMm, [angles], bixelMm);
      const { up, x, y } = iecAxes(angles);
      const p = [0, 0, 0];
      const projected = Array.from(target, (voxel) => {
        voxelCentreMm(grid, voxel, p);
        const d = p.map((c, a) => c - isocenterMm[a]) as unknown as Vec3;
        const magnification = 1000 / (1000 - dot(d, up));
        return [dot(d, x) * magnification, dot(d, y) * magnification] as const;
      });
      // half a voxel seen along the axis closes the gaps between voxels larger than a bixel
      const half = Math.max(...[x, y].map((u) => (voxelMm / 2) * (Math.abs(u[0]) + Math.abs(u[1]) + Math.abs(u[2]))));
      const reach = Math.max(0, half - bixelMm / 2);
      const { bixels } = beam;
      const open = new Set(bixels.cells);
      let opened = 0;
      for (let row = -1; row <= bixels.rows; row++) {
        for (let column = -1; column <= bixels.columns; column++) {
          const cx = bixels.firstXMm + column * bixelMm;
          const cy = bixels.firstYMm + row * bixelMm;
          const nearest = Math.min(...projected.map(([px, py]) => Math.max(Math.abs(px - cx), Math.abs(py - cy))));
          const isInside = row >= 0 && column >= 0 && row < bixels.rows && column < bixels.columns;
          const isOpen = isInside && open.has(row * bixels.columns + column);
          // edge to edge one bixel is 1.5 bixels from centre to point; the rim itself may fall either way in rounding
          if (nearest < 1.5 * bixelMm - 1e-6) expect(isOpen).toBe(true);
          if (nearest > 1.5 * bixelMm + reach + 1e-6) expect(isOpen).toBe(false);
          if (isOpen) opened++;
        }
      }
      expect(opened).toBe(bixels.cells.length);
      // centres at whole multiples of the side, ascending cells
      expect(Math.abs(bixels.firstXMm / bixelMm - Math.round(bixels.firstXMm / bixelMm))).toBeLessThan(1e-9);
      expect(bixels.cells.every((cell, i) => i === 0 || cell > bixels.cells[i - 1])).toBe(true);
    }
  });

  it('a single point opens three by three bixels around it', () => {
    const bixels = openBixels(Float64Array.of(11, -4), 5, 0);
    expect([bixels.columns, bixels.rows, bixels.firstXMm, bixels.firstYMm]).toEqual([3, 3, 5, -10]);
    expect([...bixels.cells]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect([bixelX(bixels, 5), bixelY(bixels, 5)]).toEqual([15, -5]);
  });

  it('a hollow target keeps its hole closed', () => {
    const ring = Array.from({ length: 720 }, (_, i) => [60 * Math.cos(radians(i / 2)), 60 * Math.sin(radians(i / 2))]);
    const bixels = openBixels(Float64Array.from(ring.flat()), 5, 0);
    for (let i = 0; i < bixels.cells.length; i++) {
      expect(Math.abs(Math.hypot(bixelX(bixels, i), bixelY(bixels, i)) - 60)).toBeLessThan(5 * 1.5 * Math.SQRT2);
    }
  });

  it.each([0, 0.99, 51, Number.NaN])('of %d mm are refused', (sizeMm) => {
    expect(() => openBixels(Float64Array.of(0, 0), sizeMm, 0)).toThrow(`bixel size ${sizeMm} mm is outside 1 to 50 mm`);
  });

  it('an open rectangle is symmetric about the axis', () => {
    const field = rectangularField(30, 50, 5);
    expect([field.columns, field.rows, field.firstXMm, field.firstYMm]).toEqual([6, 10, -12.5, -22.5]);
    const sum = Array.from(field.cells, (_, i) => bixelX(field, i) + bixelY(field, i)).reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(0, 9);
  });

  it('the source-skin distance is the one to the cube, straight and oblique', () => {
    const isocenterMm: Vec3 = [10, -20, 30];
    const target = ball(density.grid, isocenterMm, 15);
    for (const angles of ANGLES) {
      const [beam] = beamsOf(density, target, isocenterMm, [angles], 5);
      const { up } = iecAxes(angles);
      const source = isocenterMm.map((c, a) => c + 1000 * up[a]) as unknown as Vec3;
      const inside = pathInBox(source, isocenterMm, [-120, -120, -120], [120, 120, 120]);
      // the isocentre lies in the cube; the ray is walked in steps of a quarter of a voxel
      expect(beam.ssdMm - (1000 - inside)).toBeGreaterThan(-1e-6);
      expect(beam.ssdMm - (1000 - inside)).toBeLessThan(1.0001);
    }
  });

  it('where the axis misses the patient, the nearest skin under an open bixel counts', () => {
    // the isocentre lies in the air 20 mm to the left of the cube, the target beside it, inside
    const isocenterMm: Vec3 = [140, 0, 0];
    const target = ball(density.grid, [100, 0, 0], 15);
    const [beam] = beamsOf(density, target, isocenterMm, [[0, 0, 0]], 5);
    expect(beam.ssdMm).toBeGreaterThanOrEqual(880 - 1e-6);
    expect(beam.ssdMm).toBeLessThan(881.1);
    const air = { ...density, data: new Float32Array(density.data.length) };
    expect(() => beamsOf(air, target, isocenterMm, [[0, 0, 0]], 5)).toThrow('meets matter denser than 0.05 of water');
  });
});

describe('rays', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice({ prefer: 'wasm' });
  });
  afterAll(() => device.close());

  /** x, y, depth and inverse square of the dose points, as the operator's device traced them. */
  async function trace(density: Volume, isocenterMm: Vec3, points: readonly Vec3[]): Promise<Float32Array[]> {
    const target = ball(density.grid, isocenterMm, 12);
    const beams = beamsOf(density, target, isocenterMm, ANGLES, 5);
    const positions = Float32Array.from(points.flatMap((p) => [...p, 0]));
    const model = builtIn('generic-6mv');
    const operator = await DoseOperator.create(device, { model, beams, density, positions, fractions: 1 });
    const rays = [];
    for (let b = 0; b < beams.length; b++) rays.push(await operator.readRays(b));
    operator.free();
    return rays;
  }

  function randomPoints(count: number, half: number, seed: number): Vec3[] {
    const random = seededRandom(seed);
    const coordinate = (): number => Math.fround(2 * half * (random() - 0.5));
    return Array.from({ length: count }, (): Vec3 => [coordinate(), coordinate(), coordinate()]);
  }

  const isocenterMm: Vec3 = [10, -20, 30];

  it('in a cube of water: position, depth and (SAD / z)^2 in closed form (seed 71)', async () => {
    const points = randomPoints(500, 119, 71);
    const rays = await trace(waterCube(240, 6), isocenterMm, points);
    ANGLES.forEach((angles, b) => {
      const { up, x, y } = iecAxes(angles);
      const source = isocenterMm.map((c, a) => c + 1000 * up[a]) as unknown as Vec3;
      points.forEach((p, i) => {
        const d = p.map((c, a) => c - isocenterMm[a]) as unknown as Vec3;
        const z = 1000 - dot(d, up);
        const [foundX, foundY, depth, inverseSquare] = rays[b].subarray(4 * i, 4 * i + 4);
        // float32 coordinates of the source, 1000 mm away, hold 6e-5 mm
        expect(Math.abs(foundX - (1000 * dot(d, x)) / z)).toBeLessThan(2e-3);
        expect(Math.abs(foundY - (1000 * dot(d, y)) / z)).toBeLessThan(2e-3);
        expect(Math.abs(depth - pathInBox(source, p, [-120, -120, -120], [120, 120, 120]))).toBeLessThan(0.01);
        expect(Math.abs(inverseSquare / (1000 / z) ** 2 - 1)).toBeLessThan(1e-6);
      });
    });
  });

  it('through layers of water, bone and lung: the sum of the paths times the densities (seed 72)', async () => {
    const cube = waterCube(240, 6);
    // layers across y, from anterior: water, bone, lung, water; edges between voxels
    const layers = [
      [-120, -90, 1],
      [-90, -66, 1.5],
      [-66, 24, 0.25],
      [24, 120, 1],
    ] as const;
    const data = cube.data.map((value, v) => {
      const p = [0, 0, 0];
      voxelCentreMm(cube.grid, v, p);
      return value * (layers.find(([from, to]) => p[1] > from && p[1] < to)?.[2] ?? 0);
    });
    const points = randomPoints(500, 119, 72);
    const rays = await trace({ ...cube, data }, isocenterMm, points);
    ANGLES.forEach((angles, b) => {
      const source = isocenterMm.map((c, a) => c + 1000 * iecAxes(angles).up[a]) as unknown as Vec3;
      points.forEach((p, i) => {
        const wanted = layers.reduce(
          (sum, [from, to, density]) => sum + density * pathInBox(source, p, [-120, from, -120], [120, to, 120]),
          0,
        );
        expect(Math.abs(rays[b][4 * i + 2] - wanted)).toBeLessThan(0.01);
      });
    });
  });
});
