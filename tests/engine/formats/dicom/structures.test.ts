import { describe, expect, it } from 'vitest';
import type { Grid } from '../../../../engine/core/grid.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import { type Contour, polygonArea } from '../../../../engine/formats/dicom/structures/contour.ts';
import { outline } from '../../../../engine/formats/dicom/structures/outline.ts';
import { rasterise } from '../../../../engine/formats/dicom/structures/rasterise.ts';
import { buildPhantom } from '../../../../sim/phantoms/registry.ts';

const grid: Grid = { size: [40, 30, 9], spacingMm: [2, 1.5, 3], originMm: [-41, -20, -12] };

function polygon(zMm: number, ...points: readonly (readonly [number, number])[]): Contour {
  return { zMm, points: Float64Array.from(points.flat()) };
}

function circle(zMm: number, radius: number, x = 0, y = 0, sides = 720): Contour {
  const at = (n: number): [number, number] => {
    const angle = (2 * Math.PI * n) / sides;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  };
  return polygon(zMm, ...Array.from({ length: sides }, (_, n) => at(n)));
}

/** Area that is covered in all slices [mm^2]. */
function areaOf(contours: readonly Contour[]): number {
  const { fraction } = rasterise('test', contours, grid);
  return 2 * 1.5 * fraction.reduce((a, b) => a + b, 0);
}

function dice(a: Uint32Array, b: Uint32Array): number {
  const other = new Set(b);
  let common = 0;
  for (const voxel of a) if (other.has(voxel)) common++;
  return a.length + b.length === 0 ? 1 : (2 * common) / (a.length + b.length);
}

describe('coverage', () => {
  it('of a circle is its area', () => {
    // 16 lines a row: what a curved edge encloses between them is a thousandth of the circle.
    expect(areaOf([circle(0, 15)]) / (Math.PI * 15 ** 2)).toBeCloseTo(1, 3);
  });

  it('of random stars is their area, whichever way they are drawn (seed 9)', () => {
    const random = seededRandom(9);
    for (let n = 0; n < 50; n++) {
      const points = Array.from({ length: 12 }, (_, k): [number, number] => {
        const radius = 4 + 12 * random();
        return [radius * Math.cos((k * Math.PI) / 6), radius * Math.sin((k * Math.PI) / 6)];
      });
      const star = polygon(0, ...points);
      const area = polygonArea(star.points);
      expect(Math.abs(areaOf([star]) / area - 1), `star ${n}`).toBeLessThan(3e-3);
      expect(areaOf([polygon(0, ...points.toReversed())])).toBeCloseTo(areaOf([star]), 4);
    }
  });

  it('of one polygon within another is a ring, also where it is drawn as a keyhole', () => {
    const ring = areaOf([circle(0, 15), circle(0, 7)]);
    expect(ring / (Math.PI * (15 ** 2 - 7 ** 2))).toBeCloseTo(1, 2);
    const outer = circle(0, 15).points;
    const inner = circle(0, 7).points;
    const keyhole = [...outer, outer[0], outer[1], ...inner, inner[0], inner[1]];
    expect(areaOf([{ zMm: 0, points: Float64Array.from(keyhole) }])).toBeCloseTo(ring, 1);
  });

  it('beyond the image is left out, and said', () => {
    const { warnings, voxels } = rasterise('Arm', [circle(0, 10, -40, 0)], grid);
    expect(warnings.join()).toMatch(/Arm reaches beyond/);
    expect(voxels.length).toBeGreaterThan(0);
    expect(rasterise('Leg', [circle(0, 10, 400, 0)], grid)).toMatchObject({
      warnings: [expect.stringMatching(/Leg lies outside/)],
    });
    expect(rasterise('Hat', [circle(100, 10)], grid).warnings.join()).toMatch(/Hat has contours above or below/);
    expect(rasterise('None', [], grid).voxels).toHaveLength(0);
  });
});

describe('between planes', () => {
  const areas = (contours: readonly Contour[]): number[] => {
    const { touched, fraction } = rasterise('cone', contours, grid);
    const sums = new Array<number>(9).fill(0);
    for (const [n, voxel] of touched.entries()) sums[Math.floor(voxel / 1200)] += 3 * fraction[n];
    return sums;
  };

  it('shapes are interpolated: a cone drawn on every second slice', () => {
    const found = areas([circle(-12, 6), circle(-6, 9), circle(0, 12), circle(6, 15)]);
    for (const [k, radius] of [6, 7.5, 9, 10.5, 12, 13.5, 15].entries()) {
      // Distances are whole pixels of 2 x 1.5 mm at best.
      expect(Math.abs(Math.sqrt(found[k] / Math.PI) - radius), `slice ${k}`).toBeLessThan(0.8);
    }
  });

  it('far apart, the structure ends half a step beyond each', () => {
    expect(areas([circle(-12, 9), circle(-9, 9), circle(6, 9), circle(9, 9)]).map((area) => area > 0)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it('planes that lie off the slices count for the nearest', () => {
    const found = areas([circle(-1, 9), circle(2, 9)]);
    expect(found.map((area) => area > 0)).toEqual([false, false, false, false, true, true, false, false, false]);
  });
});

describe('planes whose positions were rounded to 0.1 mm', () => {
  it('lie on their slices: fractions stay, and a hole written a little off still is one', () => {
    const exact = rasterise('ring', [circle(0, 15), circle(0, 7), circle(3, 15)], grid);
    const rounded = rasterise('ring', [circle(0.04, 15), circle(0.06, 7), circle(3.03, 15)], grid);
    expect(rounded.touched).toEqual(exact.touched);
    expect(rounded.fraction).toEqual(exact.fraction);
  });
});

it('voxels alone are the same as with fractions', () => {
  const contours = [circle(0, 15), circle(0, 7), circle(6, 9)];
  const alone = rasterise('ring', contours, grid, { fractions: false });
  expect(alone.voxels).toEqual(rasterise('ring', contours, grid).voxels);
  expect(alone.touched).toHaveLength(0);
});

it('comb: a row with a thousand crossings keeps its area', () => {
  const teeth = Array.from({ length: 500 }, (_, n): [number, number][] => [
    [-30 + 0.1 * n, 10],
    [-29.95 + 0.1 * n, -10],
  ]).flat();
  const comb = polygon(0, ...teeth, [20, 12], [-30, 12]);
  expect(areaOf([comb]) / polygonArea(comb.points)).toBeCloseTo(1, 2);
});

describe('voxels as contours and back', () => {
  it.each(['tg119-cshape', 'prostate', 'head-and-neck', 'multi-target'])('%s: the same voxels', (name) => {
    const { structureSet } = buildPhantom(name, { voxelMm: 4 });
    for (const structure of structureSet.structures) {
      const back = rasterise(structure.name, outline(structure.voxels, structureSet.grid), structureSet.grid);
      expect(dice(back.voxels, structure.voxels), structure.name).toBe(1);
    }
  });

  it('noise brings the same voxels back: pixels alone, holes of one pixel, corners that touch', () => {
    const seed = 710;
    const random = seededRandom(seed);
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9, 0.97]) {
      const voxels = Uint32Array.from({ length: 40 * 30 * 9 }, (_, v) => v).filter(() => random() < share);
      const back = rasterise('noise', outline(voxels, grid), grid);
      expect(Array.from(back.voxels), `seed ${seed}, ${share} of the voxels`).toEqual(Array.from(voxels));
    }
  });

  it('random blobs with holes keep their voxels (seed 21)', () => {
    const random = seededRandom(21);
    for (let n = 0; n < 20; n++) {
      const voxels = Uint32Array.from({ length: 10800 }, (_, v) => v).filter(() => random() < 0.3 + 0.02 * n);
      const back = rasterise('blob', outline(voxels, grid), grid);
      // Where two pixels touch at a corner only, either way round is right.
      expect(dice(back.voxels, voxels), `blob ${n}`).toBeGreaterThan(0.98);
    }
  });
});
