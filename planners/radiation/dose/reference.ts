import { type BeamModel, COMPONENTS, depthComponents, primaryFluence } from '../machine/model.ts';
import { erf } from '../math/erf.ts';

/** Square bixels of one beam in its isocentre plane. */
export interface BixelGrid {
  /** Centres [mm]. */
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  /** Side of each bixel [mm]. */
  readonly sizeMm: number;
}

/** Where the dose is wanted, in the coordinates of one beam. */
export interface BeamPoint {
  /** The point projected from the source to the isocentre plane [mm]. */
  readonly x: number;
  readonly y: number;
  /** Radiological depth along the ray from the source [mm of water]. */
  readonly depthMm: number;
  /** Distance from the source along the beam axis [mm]. */
  readonly axialDistanceMm: number;
}

/** Kernel strengths at the beam's SSD, from `kernelsAtSsd`. */
export interface Kernels {
  readonly narrow: ArrayLike<number>;
  readonly broad: ArrayLike<number>;
}

/**
 * Dose at a point per unit weight of each bixel [Gy/MU]: one row of the dose-influence matrix.
 *
 * Closed form in float64, term by term from the definition in {@link BeamModel}:
 *
 *     a_j = (SAD/z)^2 * F(r_j) * sum_s c_s(d) * E_s(x - x_j) * E_s(y - y_j)
 *     E_s(u) = [erf((u + b/2) / (sqrt2 s)) - erf((u - b/2) / (sqrt2 s))] / 2
 *
 * with b the bixel side, r_j the distance of the bixel's centre from the axis, s every Gaussian of the model and c_s
 * its strength at depth d: sum_i A_i(d) narrow_i times its weight, or sum_i A_i(d) broad_ik.
 */
export function influenceAtPoint(
  model: BeamModel,
  kernels: Kernels,
  bixels: BixelGrid,
  point: BeamPoint,
  out: Float64Array = new Float64Array(bixels.xMm.length),
): Float64Array {
  const { sigmasMm, strengths } = gaussiansAtDepth(model, kernels, point.depthMm);
  const distance = (model.sadMm / point.axialDistanceMm) ** 2;
  const half = bixels.sizeMm / 2;
  for (let j = 0; j < bixels.xMm.length; j++) {
    const x = point.x - bixels.xMm[j];
    const y = point.y - bixels.yMm[j];
    let sum = 0;
    for (let s = 0; s < sigmasMm.length; s++) {
      sum += strengths[s] * slab(x, half, sigmasMm[s]) * slab(y, half, sigmasMm[s]);
    }
    out[j] = distance * primaryFluence(model, Math.hypot(bixels.xMm[j], bixels.yMm[j])) * sum;
  }
  return out;
}

/** Dose at a point [Gy] of bixels with weights [MU]. @see influenceAtPoint for the formula */
export function pencilBeamDose(
  model: BeamModel,
  kernels: Kernels,
  bixels: BixelGrid,
  weights: ArrayLike<number>,
  point: BeamPoint,
): number {
  const influence = influenceAtPoint(model, kernels, bixels, point);
  let dose = 0;
  for (let j = 0; j < influence.length; j++) dose += influence[j] * weights[j];
  return dose;
}

/** Integral of a unit Gaussian of standard deviation `sigma` over [u - half, u + half]. */
export function slab(u: number, half: number, sigma: number): number {
  const scale = Math.SQRT1_2 / sigma;
  return (erf((u + half) * scale) - erf((u - half) * scale)) / 2;
}

/** Every Gaussian of the model with its strength at one depth. */
function gaussiansAtDepth(
  model: BeamModel,
  kernels: Kernels,
  depthMm: number,
): { sigmasMm: number[]; strengths: number[] } {
  const component = new Float64Array(COMPONENTS);
  depthComponents(model, depthMm, component);
  const broadCount = model.broadSigmasMm.length;
  const narrow = component.reduce((sum, a, i) => sum + a * kernels.narrow[i], 0);
  const broad = model.broadSigmasMm.map((_, k) =>
    component.reduce((sum, a, i) => sum + a * kernels.broad[i * broadCount + k], 0),
  );
  return {
    sigmasMm: [...model.narrow.sigmasMm, ...model.broadSigmasMm],
    strengths: [...model.narrow.weights.map((w) => w * narrow), ...broad],
  };
}
