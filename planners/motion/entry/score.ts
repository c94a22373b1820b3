import type { Guard } from './clearance.ts';
import type { EntrySettings } from './request.ts';

/** What an entry costs, in mm of tissue, term by term. */
export interface EntryTerms {
  readonly tissue: number;
  /** Summed over the structures. */
  readonly clearance: number;
  readonly angle: number;
  /** 0 without an arm. */
  readonly dexterity: number;
}

export function totalCost({ tissue, clearance, angle, dexterity }: EntryTerms): number {
  return tissue + clearance + angle + dexterity;
}

/** Price of a clearance [mm]: `weightMm` at the margin, linearly less with distance, nothing at `comfortMm` more. */
export function clearanceCost(clearanceMm: number, marginMm: number, comfortMm: number, weightMm: number): number {
  return weightMm * Math.max(0, 1 - (clearanceMm - marginMm) / comfortMm);
}

export function pathTerms(
  settings: EntrySettings,
  guards: readonly Guard[],
  path: { readonly tissueMm: number; readonly angleDeg: number; readonly clearancesMm: ArrayLike<number> },
): EntryTerms {
  const { weights, comfortMm } = settings;
  let clearance = 0;
  for (const [g, { structure }] of guards.entries()) {
    const weightMm = structure.weightMm ?? weights.clearanceMm;
    clearance += clearanceCost(path.clearancesMm[g], structure.marginMm, comfortMm, weightMm);
  }
  return {
    tissue: weights.tissue * path.tissueMm,
    clearance,
    angle: weights.anglePerDeg * path.angleDeg,
    dexterity: 0,
  };
}

/** Order of two costs; those that agree to a nanometre of tissue are equal, so that symmetric paths do not depend on rounding. */
export function compareCosts(a: number, b: number): number {
  return Math.round(a * 1e6) - Math.round(b * 1e6);
}
