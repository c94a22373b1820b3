import type { Plan } from '../planning/plan.ts';

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
