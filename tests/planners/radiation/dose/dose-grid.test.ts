import { describe, expect, it } from 'vitest';
import { type Grid, type Vec3, voxelCentreMm, voxelCount, voxelIndex } from '../../../../engine/core/grid.ts';
import type { Patient } from '../../../../engine/core/patient.ts';
import { onDoseGrid, voxelPositions } from '../../../../planners/radiation/dose/dose-grid.ts';
import { buildPhantom } from '../../../../sim/phantoms/registry.ts';

const ct: Grid = { size: [20, 16, 10], spacingMm: [2, 3, 5], originMm: [-19, 7, 100] };

function patientWith(select: (p: Vec3) => boolean, doseVoxels?: Uint32Array): Patient {
  const all = Uint32Array.from({ length: voxelCount(ct) }, (_, v) => v);
  const p: [number, number, number] = [0, 0, 0];
  const voxels = all.filter((v) => {
    voxelCentreMm(ct, v, p);
    return select(p);
  });
  return {
    id: 'box',
    ct: { grid: ct, data: new Float32Array(voxelCount(ct)), unit: 'HU' },
    structureSet: { grid: ct, structures: [{ name: 'S', voxels }] },
    doseVoxels: doseVoxels ?? all,
    warnings: [],
    source: { kind: 'phantom', path: 'box' },
  };
}

/** Outer edges of a grid along an axis [mm]. */
const edges = (grid: Grid, a: 0 | 1 | 2): [number, number] => [
  grid.originMm[a] - grid.spacingMm[a] / 2,
  grid.originMm[a] + (grid.size[a] - 0.5) * grid.spacingMm[a],
];

const sameList = (a: Uint32Array, b: Uint32Array): boolean => a.length === b.length && a.every((v, i) => v === b[i]);

describe('dose grid', () => {
  it.each([0.5, 2.5, 4, 7, 20])('of %d mm fits in the CT and starts at its corner', (spacingMm) => {
    const patient = onDoseGrid(
      patientWith(() => true),
      spacingMm,
    );
    const { grid } = patient.structureSet;
    expect(grid.spacingMm).toEqual([spacingMm, spacingMm, spacingMm]);
    for (const a of [0, 1, 2] as const) {
      const [first, last] = edges(grid, a);
      const [ctFirst, ctLast] = edges(ct, a);
      expect(first).toBeCloseTo(ctFirst, 9);
      expect(last).toBeLessThanOrEqual(ctLast + 1e-9);
      // what is left over holds no further voxel
      expect(last).toBeGreaterThan(ctLast - spacingMm);
    }
    expect(patient.doseVoxels.length).toBe(voxelCount(grid));
  });

  it('gives a dose voxel to what the CT voxel around its centre belongs to', () => {
    const inS = ([x, y, z]: Vec3): boolean => x > -8 && x < 9 && y > 15 && y < 40 && z > 110 && z < 136;
    const half = Uint32Array.from({ length: voxelCount(ct) / 2 }, (_, v) => v);
    const source = patientWith(inS, half);
    const wanted = new Set(source.structureSet.structures[0].voxels);
    const patient = onDoseGrid(source, 3.3);
    const { grid, structures } = patient.structureSet;
    const found = new Set(structures[0].voxels);
    const dosed = new Set(patient.doseVoxels);
    const p = [0, 0, 0];
    for (let v = 0; v < voxelCount(grid); v++) {
      voxelCentreMm(grid, v, p);
      const around = ([0, 1, 2] as const).map((a) => Math.round((p[a] - ct.originMm[a]) / ct.spacingMm[a]));
      const home = voxelIndex(ct, around[0], around[1], around[2]);
      expect(found.has(v)).toBe(wanted.has(home));
      expect(dosed.has(v)).toBe(home < half.length);
    }
    expect(found.size).toBeGreaterThan(100);
  });

  it('keeps the CT, ascending lists and about the volume', () => {
    const patient = buildPhantom('tg119-cshape', { voxelMm: 3 });
    const coarse = onDoseGrid(patient, 4);
    expect(coarse.ct).toBe(patient.ct);
    coarse.structureSet.structures.forEach(({ name, voxels }, s) => {
      expect(voxels.every((v, i) => i === 0 || v > voxels[i - 1])).toBe(true);
      const from = patient.structureSet.structures[s];
      expect(name).toBe(from.name);
      // a region sampled anew; the core with its radius of 10 mm is too small to keep its volume
      if (name === 'Core') return;
      expect((voxels.length * 64) / (from.voxels.length * 27)).toBeGreaterThan(0.95);
      expect((voxels.length * 64) / (from.voxels.length * 27)).toBeLessThan(1.05);
    });
  });

  it('is the same grid when the spacing is the same', () => {
    const patient = buildPhantom('tg119-cshape', { voxelMm: 5 });
    const same = onDoseGrid(patient, 5);
    expect(same.structureSet.grid.size).toEqual(patient.structureSet.grid.size);
    same.structureSet.grid.originMm.forEach((o, a) => {
      expect(o).toBeCloseTo(patient.structureSet.grid.originMm[a], 9);
    });
    expect(sameList(same.doseVoxels, patient.doseVoxels)).toBe(true);
    same.structureSet.structures.forEach(({ voxels }, s) => {
      expect(sameList(voxels, patient.structureSet.structures[s].voxels)).toBe(true);
    });
  });

  it('has at least one voxel along every axis', () => {
    const thin = patientWith(() => true);
    const grid: Grid = { ...ct, size: [20, 16, 1] };
    const slice = { ...thin, structureSet: { grid, structures: [] }, doseVoxels: Uint32Array.of(0, 5) };
    expect(onDoseGrid(slice, 20).structureSet.grid.size).toEqual([2, 2, 1]);
  });

  it.each([0, 0.4, 21, -3, Number.NaN])('of %d mm is refused', (spacingMm) => {
    expect(() =>
      onDoseGrid(
        patientWith(() => true),
        spacingMm,
      ),
    ).toThrow(`dose grid spacing ${spacingMm} mm is outside 0.5 to 20 mm`);
  });

  it('positions are the centres of the voxels, four floats each', () => {
    const voxels = Uint32Array.of(0, 21, 20 * 16 * 3 + 5);
    expect([...voxelPositions(ct, voxels)]).toEqual([-19, 7, 100, 0, -17, 10, 100, 0, -9, 7, 115, 0]);
    expect(voxelPositions(ct, new Uint32Array(0)).length).toBe(0);
  });
});
