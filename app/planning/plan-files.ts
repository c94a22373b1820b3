import { writeOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import type { Plan } from '../../planners/radiation/planning/plan.ts';
import { sparseDoseOrder, writeSparseDose } from '../output/sparse-dose.ts';

/** dose.csv, and what plan.json says about it. */
export function doseFile(plan: Plan, form: 'openkbp' | 'sparse'): { content: Uint8Array | string; record: object } {
  const { grid } = plan.patient.structureSet;
  const voxels = plan.patient.doseVoxels;
  // Rounding in float32 may leave a dose far from every beam a hair below zero.
  const dose = plan.fluence.dose.map((gy) => Math.max(0, gy));
  const { size, spacingMm, originMm } = grid;
  return {
    content: form === 'openkbp' ? writeOpenKbpDose(dose, voxels) : writeSparseDose(grid, voxels, dose),
    record: { file: 'dose.csv', unit: 'Gy', index: sparseDoseOrder, size, spacingMm, originMm },
  };
}

/** Weights of every beam [MU per fraction], and where its bixels are (beam frame, isocentre plane). */
export function fluenceRecord(plan: Plan): { weights: number[][]; bixelGrids: object[] } {
  let start = 0;
  const weights = plan.beams.map(({ bixels }) => {
    const own = plan.fluence.weights.subarray(start, start + bixels.cells.length);
    start += bixels.cells.length;
    return Array.from(own, (w) => Number(w.toPrecision(7)));
  });
  const bixelGrids = plan.beams.map(({ bixels }) => ({ ...bixels, cells: [...bixels.cells] }));
  return { weights, bixelGrids };
}
