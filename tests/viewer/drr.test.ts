import { describe, expect, it } from 'vitest';
import { axisOf, T_patient_beam } from '../../engine/core/frames.ts';
import { type Grid, type Vec3, voxelCentreMm, voxelCount } from '../../engine/core/grid.ts';
import { letterOf } from '../../viewer/beam/beam-picture.ts';
import { drr, silhouette } from '../../viewer/beam/drr.ts';

const grid: Grid = { size: [61, 61, 61], spacingMm: [1, 1, 1], originMm: [-30, -30, -30] };
const SAD_MM = 1000;

/** A ball of water in air. */
function ball(centre: Vec3, radiusMm: number): { hu: Float32Array; voxels: Uint32Array } {
  const hu = new Float32Array(voxelCount(grid)).fill(-1000);
  const voxels: number[] = [];
  const p = [0, 0, 0];
  for (let v = 0; v < hu.length; v++) {
    voxelCentreMm(grid, v, p);
    if (Math.hypot(p[0] - centre[0], p[1] - centre[1], p[2] - centre[2]) > radiusMm) continue;
    hu[v] = 0;
    voxels.push(v);
  }
  return { hu, voxels: Uint32Array.from(voxels) };
}

describe('digitally reconstructed radiograph', () => {
  it.each([
    [0, 0, 0],
    [37, 0, 20],
    [250, 30, 330],
  ])('of a ball has its chords: gantry %s, couch %s, collimator %s', (gantryDeg, couchDeg, collimatorDeg) => {
    const transform = T_patient_beam({ gantryDeg, couchDeg, collimatorDeg }, [0, 0, 0]);
    const centre: Vec3 = [3, -2, 4];
    const radiusMm = 18;
    const { hu } = ball(centre, radiusMm);
    const eye = { transform, sadMm: SAD_MM, halfMm: 30, pixels: 30 };
    const lengths = drr(grid, hu, eye);
    const source = axisOf(transform, 2).map((c) => SAD_MM * c);
    let [sum, wanted, worst] = [0, 0, 0];
    for (let row = 0; row < 30; row++) {
      for (let column = 0; column < 30; column++) {
        const x = -29 + 2 * column;
        const y = -29 + 2 * row;
        const through = [0, 1, 2].map((a) => x * axisOf(transform, 0)[a] + y * axisOf(transform, 1)[a]);
        const along = through.map((c, a) => c - source[a]);
        const norm = Math.hypot(...along);
        const toCentre = centre.map((c, a) => c - source[a]);
        const on = toCentre.reduce((s, c, a) => s + (c * along[a]) / norm, 0);
        const away2 = toCentre.reduce((s, c) => s + c * c, 0) - on * on;
        const chord = away2 < radiusMm ** 2 ? 2 * Math.sqrt(radiusMm ** 2 - away2) : 0;
        sum += lengths[row * 30 + column];
        wanted += chord;
        if (away2 < (0.9 * radiusMm) ** 2) worst = Math.max(worst, Math.abs(lengths[row * 30 + column] - chord));
      }
    }
    // A ball of 1 mm voxels: its volume is right to a percent, a chord to about a voxel at each end where it is steep.
    expect(Math.abs(sum / wanted - 1)).toBeLessThan(0.01);
    expect(worst).toBeLessThan(3.2);
  });

  it('has nothing where rays miss the image, and all of it along an axis', () => {
    const hu = new Float32Array(voxelCount(grid));
    const transform = T_patient_beam({ gantryDeg: 0, couchDeg: 0, collimatorDeg: 0 }, [0, 0, 0]);
    const lengths = drr(grid, hu, { transform, sadMm: SAD_MM, halfMm: 100.5, pixels: 201 });
    expect(lengths[100 * 201 + 100]).toBeCloseTo(61, 4);
    expect(lengths[0]).toBe(0);
  });
});

describe("beam's-eye view", () => {
  const eyeAt = (gantryDeg: number, collimatorDeg = 0) => ({
    transform: T_patient_beam({ gantryDeg, couchDeg: 0, collimatorDeg }, [0, 0, 0]),
    sadMm: SAD_MM,
    halfMm: 30,
    pixels: 60,
  });

  /** Middle of what is 1 [mm, isocentre plane]. */
  function middle(mask: Float32Array): [number, number] {
    let [x, y, count] = [0, 0, 0];
    for (const [n, value] of mask.entries()) {
      if (value === 0) continue;
      x += (n % 60) - 29.5;
      y += Math.floor(n / 60) - 29.5;
      count++;
    }
    return [x / count, y / count];
  }

  it.each([
    ['gantry 0: left of the patient at +x, head at +y', 0, 0, [12, 0, 7], [12, 7]],
    ['gantry 180: left of the patient at -x', 180, 0, [12, 0, 7], [-12, 7]],
    ['gantry 90, from the left: back of the patient at +x', 90, 0, [0, 12, 7], [12, 7]],
    ['collimator 90: head at +x', 0, 90, [0, 0, 12], [12, 0]],
  ] as const)('%s', (_, gantryDeg, collimatorDeg, centre, [x, y]) => {
    const { voxels } = ball(centre, 5);
    const found = middle(silhouette(grid, voxels, eyeAt(gantryDeg, collimatorDeg)));
    // A pixel is 1 mm; at 12 mm from the isocentre plane the divergence is 1 %.
    expect(Math.abs(found[0] - x)).toBeLessThan(0.7);
    expect(Math.abs(found[1] - y)).toBeLessThan(0.7);
  });

  it('names the directions of the patient', () => {
    const { transform } = eyeAt(0);
    expect([letterOf(axisOf(transform, 0)), letterOf(axisOf(transform, 1))]).toEqual(['L', 'S']);
    const feetFirst = T_patient_beam({ gantryDeg: 0, couchDeg: 0, collimatorDeg: 0 }, [0, 0, 0], 'FFS');
    expect([letterOf(axisOf(feetFirst, 0)), letterOf(axisOf(feetFirst, 1))]).toEqual(['R', 'I']);
    expect(letterOf(axisOf(eyeAt(45).transform, 0))).toHaveLength(2);
  });
});
