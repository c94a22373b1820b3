import type { ObjectiveCode } from './index.ts';

/**
 * matRad's objective functions in float64, structure by structure (matRad, +DoseObjectives; d are the N doses of one
 * structure, f is multiplied with the weight):
 *
 * - squared-deviation (1/N) sum (d - ref)^2; squared-overdosing with max(0, d - ref), squared-underdosing with min(0, d - ref);
 * - mean-dose-linear |mean(d) - ref|, its derivative 0 where the mean is the reference; mean-dose-quadratic its square;
 * - eud (((1/N) sum d^k)^(1/k) - ref)^2; a dose of 0 is taken as 0.001 in the derivative's d^(k - 1), and for k < 0
 *   in d^k too;
 * - max-dvh (1/N) sum (d - ref)^2 over ref <= d <= D(V), min-dvh over D(V) <= d <= ref, with D(V) the dose of rank
 *   max(1, ceil(V N)) in descending order (Q. Wu and R. Mohan, Medical Physics 27 (2000) 701).
 *
 * D(V) counts as constant in the derivative.
 */
export interface ObjectiveTerm {
  readonly code: ObjectiveCode;
  readonly weight: number;
  readonly referenceGy: number;
  /** For `eud`. */
  readonly exponent?: number;
  /** For `max-dvh` and `min-dvh`: V, as a fraction of 1. */
  readonly volume?: number;
  /** Voxels of the structure. */
  readonly voxels: readonly number[];
}

/** D(V): the dose that the fraction `volume` of the structure receives at least. */
export function doseAtVolume(doses: readonly number[], volume: number): number {
  return [...doses].sort((a, b) => b - a)[Math.max(1, Math.ceil(volume * doses.length)) - 1];
}

function termValue(term: ObjectiveTerm, d: readonly number[]): { value: number; slopes: number[] } {
  const n = d.length;
  const reference = term.referenceGy;
  const squares = (kept: (dose: number) => boolean): { value: number; slopes: number[] } => {
    const off = d.map((dose) => (kept(dose) ? dose - reference : 0));
    return { value: off.reduce((sum, x) => sum + x * x, 0) / n, slopes: off.map((x) => (2 * x) / n) };
  };
  const mean = d.reduce((sum, dose) => sum + dose, 0) / n;
  switch (term.code) {
    case 'squared-deviation':
      return squares(() => true);
    case 'squared-overdosing':
      return squares((dose) => !(dose <= reference));
    case 'squared-underdosing':
      return squares((dose) => !(dose >= reference));
    case 'mean-dose-linear':
      return { value: Math.abs(mean - reference), slopes: d.map(() => (Math.sign(mean - reference) || 0) / n) };
    case 'mean-dose-quadratic':
      return { value: (mean - reference) ** 2, slopes: d.map(() => (2 * (mean - reference)) / n) };
    case 'eud': {
      const k = term.exponent ?? 1;
      const power = d.reduce((sum, dose) => sum + (dose === 0 && k < 0 ? 0.001 : dose) ** k, 0) / n;
      const eud = power ** (1 / k);
      // d eud / d d_i = (1/k) power^(1/k - 1) (k / n) d_i^(k - 1)
      const byDose = (dose: number): number =>
        power > 0 ? (power ** (1 / k - 1) / n) * (dose === 0 ? 0.001 : dose) ** (k - 1) : 0;
      return { value: (eud - reference) ** 2, slopes: d.map((dose) => 2 * (eud - reference) * byDose(dose)) };
    }
    case 'max-dvh': {
      const most = doseAtVolume(d, term.volume ?? 0);
      return squares((dose) => dose >= reference && dose <= most);
    }
    case 'min-dvh': {
      const least = doseAtVolume(d, term.volume ?? 1);
      return squares((dose) => dose <= reference && dose >= least);
    }
  }
}

export function doseObjectiveReference(
  terms: readonly ObjectiveTerm[],
  dose: ArrayLike<number>,
): { objective: number; gradient: Float64Array } {
  let objective = 0;
  const gradient = new Float64Array(dose.length);
  for (const term of terms) {
    const { value, slopes } = termValue(
      term,
      term.voxels.map((v) => dose[v]),
    );
    objective += term.weight * value;
    term.voxels.forEach((v, i) => {
      gradient[v] += term.weight * slopes[i];
    });
  }
  return { objective, gradient };
}
