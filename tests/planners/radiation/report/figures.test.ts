import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grid } from '../../../../engine/core/grid.ts';
import { sortDoses } from '../../../../planners/radiation/evaluation/dose-volume.ts';
import { dvhFigure, niceStep } from '../../../../planners/radiation/report/dvh-figure.ts';
import { isolines, outlines } from '../../../../planners/radiation/report/isolines.ts';
import { maskOf, nearestLayer, type PlaneKind, planeOf } from '../../../../planners/radiation/report/planes.ts';
import { greyPng } from '../../../../planners/radiation/report/png.ts';
import { isodoseLevels, sliceFigure } from '../../../../planners/radiation/report/slice-figure.ts';
import { escapeText, LabelSpace, shortName, structureLetter } from '../../../../planners/radiation/report/svg.ts';

/** A cone of dose: 70 Gy on an axis along `axis` through (5, -3, 8), 0.5 Gy less for each mm from it. */
function cone(axis: 0 | 1 | 2): { grid: Grid; data: Float32Array } {
  const grid: Grid = { size: [70, 64, 50], spacingMm: [2, 2, 2.5], originMm: [-61, -70, -52] };
  const centre = [5, -3, 8];
  const data = new Float32Array(70 * 64 * 50);
  for (let n = 0; n < data.length; n++) {
    const at = [n % 70, Math.floor(n / 70) % 64, Math.floor(n / 4480)];
    let sum = 0;
    for (let a = 0; a < 3; a++) {
      if (a !== axis) sum += (grid.originMm[a] + at[a] * grid.spacingMm[a] - centre[a]) ** 2;
    }
    data[n] = Math.max(0, 70 - 0.5 * Math.sqrt(sum));
  }
  return { grid, data };
}

describe('isolines', () => {
  it.each([
    ['axial', 2, [5, -3]],
    ['sagittal', 0, [-3, 8]],
    ['coronal', 1, [5, 8]],
  ] as const)('of a radial dose are circles (%s)', (kind, axis, [u, v]) => {
    const plane = planeOf(cone(axis), kind, 3.3);
    for (const gy of [52.5, 57.5, 62.5]) {
      const lines = isolines(plane, gy);
      expect(lines).toHaveLength(1);
      expect(lines[0].closed).toBe(true);
      const { points } = lines[0];
      for (let n = 0; n < points.length; n += 2) {
        // Linear interpolation between pixels h apart errs by at most h^2 / (8 r): 0.05 mm for 2.5 mm at 15 mm.
        expect(Math.abs(Math.hypot(points[n] - u, points[n + 1] - v) - (70 - gy) / 0.5)).toBeLessThan(0.1);
      }
    }
  });

  it('end at the border, and do not run along it', () => {
    const raster = {
      width: 10,
      height: 8,
      values: Float32Array.from({ length: 80 }, (_, n) => n % 10),
      originMm: [0, 0] as const,
      stepMm: [3, 3] as const,
    };
    const lines = isolines(raster, 4.5);
    expect(lines).toHaveLength(1);
    expect(lines[0].closed).toBe(false);
    for (let n = 0; n < lines[0].points.length; n += 2) expect(lines[0].points[n]).toBeCloseTo(13.5, 9);
    expect(isolines(raster, -1)).toEqual([]);
    expect(isolines(raster, 10)).toEqual([]);
  });

  it('outline a mask, also at the border', () => {
    const values = new Float32Array(12).fill(1);
    const lines = outlines({ width: 4, height: 3, values, originMm: [0, 0], stepMm: [2, 2] });
    expect(lines).toHaveLength(1);
    expect(lines[0].closed).toBe(true);
    expect(Math.min(...lines[0].points)).toBeCloseTo(-1, 9);
    expect(Math.max(...lines[0].points)).toBeCloseTo(7, 9);
  });
});

describe('planes', () => {
  const grid: Grid = { size: [5, 4, 3], spacingMm: [1, 2, 3], originMm: [0, 0, 0] };
  const data = Float32Array.from({ length: 60 }, (_, n) => n);

  it('interpolate between layers, and stop at the outermost', () => {
    expect(planeOf({ grid, data }, 'axial', 1.5).values[0]).toBe(10);
    expect(planeOf({ grid, data }, 'axial', 99).values[0]).toBe(40);
    expect([...planeOf({ grid, data }, 'sagittal', 2).values.slice(0, 4)]).toEqual([2, 7, 12, 17]);
    expect([...planeOf({ grid, data }, 'coronal', 4).values.slice(0, 5)]).toEqual([10, 11, 12, 13, 14]);
    expect(nearestLayer(grid, 'axial', -50)).toBe(0);
  });

  it('cut masks as they cut volumes', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 59 })),
        fc.constantFrom<PlaneKind>('axial', 'sagittal', 'coronal'),
        fc.integer({ min: 0, max: 2 }),
        (list, kind, layer) => {
          const voxels = Uint32Array.from(list).sort();
          const volume = new Float32Array(60);
          for (const voxel of voxels) volume[voxel] = 1;
          const mm = layer * grid.spacingMm[{ axial: 2, sagittal: 0, coronal: 1 }[kind]];
          const { values } = planeOf({ grid, data: volume }, kind, mm);
          const mask = maskOf(grid, voxels, kind, layer);
          expect(mask === undefined ? values.some((v) => v > 0) : mask.values).toEqual(
            mask === undefined ? false : values,
          );
        },
      ),
      { seed: 61, numRuns: 200 },
    );
  });
});

describe('figures', () => {
  it('write PNG that zlib reads back', () => {
    const grey = Uint8Array.from({ length: 15 }, (_, n) => n * 17);
    const png = greyPng(5, 3, grey);
    const view = new DataView(png.buffer);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([5, 3]);
    const rows = inflateSync(png.subarray(41, 41 + view.getUint32(33)));
    const found: number[] = [];
    for (let j = 0; j < 3; j++) {
      let value = 0;
      for (let i = 0; i < 5; i++) {
        value = (value + rows[j * 6 + 1 + i]) & 255;
        found.push(value);
      }
    }
    expect(found).toEqual([...grey]);
  });

  it('turn the superior side up, and put marks and labels where they belong', () => {
    const dose = { ...cone(1), unit: 'Gy' };
    const ct = { ...dose, data: new Float32Array(dose.data.length), unit: 'HU' };
    const box = { least: [-60, -70, -50], most: [70, 50, 66] } as const;
    const levels = isodoseLevels(65);
    const scene = {
      ct,
      dose,
      structures: [],
      levels,
      box,
      window: { centre: 0, width: 400 },
      isocenterMm: [5, -3, 28] as const,
    };
    const { svg, positionMm } = sliceFigure(scene, 'coronal', [5, -3.9, 28], { widthPx: 650, heightPx: 580 });
    expect(positionMm).toBe(-4);
    // 5 px a mm: x = (5 + 60) 5, y = (66 - 28) 5.
    expect(svg).toContain('class="isocentre" d="M317 190h16M325 182v16"');
    expect(svg).toContain('>100 % 65 Gy<');
    expect(svg.match(/class="orientation"/g)).toHaveLength(4);
  });

  it('draw histograms whose curves end at the maximum', () => {
    const doses = sortDoses(Float32Array.from({ length: 1000 }, (_, n) => 20 + n / 100));
    const curve = { letter: 'A', name: 'A & B', doses, isTarget: true };
    const svg = dvhFigure([curve], { widthPx: 680, heightPx: 400, mostGy: 40, marksGy: [25] });
    const points = /data-structure="A" points="([^"]+)"/
      .exec(svg)![1]
      .split(' ')
      .map((p) => p.split(',').map(Number));
    const gyOf = (x: number): number => ((x - 46) / 622) * 40;
    const percentOf = (y: number): number => 100 * (1 - (y - 10) / 350);
    for (const [x, y] of points) {
      const expected = Math.min(100, Math.max(0, ((30 - gyOf(x)) / 10) * 100));
      // One of 1000 voxels is 0.1 %, a hundredth of a pixel less.
      expect(Math.abs(percentOf(y) - expected)).toBeLessThan(0.15);
    }
    expect(gyOf(points.at(-1)![0])).toBeCloseTo(30, 1);
    expect(svg).toContain('A &amp; B');
    expect(
      dvhFigure([{ ...curve, doses: new Float32Array(0) }], { widthPx: 680, heightPx: 400, mostGy: 1, marksGy: [] }),
    ).not.toContain('polyline');
  });

  it('escape names, shorten them and give each a letter', () => {
    expect(escapeText(`<a href="x">&'\u0000`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;\ufffd');
    expect(shortName('𝔸𝔹ℂ', 2)).toBe('𝔸…');
    expect([0, 25, 26].map(structureLetter)).toEqual(['A', 'Z', 'A2']);
    expect([0.3, 7, 20].map(niceStep)).toEqual([0.5, 10, 20]);
    const space = new LabelSpace(0, 0, 10, 10);
    expect([space.take(0, 0, 5, 5), space.take(4, 4, 2, 2), space.take(5, 5, 5, 5), space.take(8, 0, 5, 5)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});
