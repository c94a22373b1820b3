import { apply, type CostProblem, configurationCost, forward, pull, tissueStep } from './reference-configuration.ts';
import { shaftCost } from './reference-shaft.ts';
import { SPLINE_WEIGHTS, splineWeights } from './spline.ts';

export interface CostResult {
  readonly value: number;
  readonly durationSec: number;
  /** Jerk over its limit, squared, summed over the joints and integrated [s]. */
  readonly jerk: number;
  /** The part of the value that comes from the samples. */
  readonly sampled: number;
  readonly gradient: Float64Array;
  /** [samples][joints + 2]: gradient by the sample's configuration, value, and its part that grows with the duration. */
  readonly samples: Float64Array;
}

/**
 * Value and gradient of one trajectory: `x` holds the free control points [free][joints] and then the logarithm of the
 * duration of a segment in seconds; `ends` the start and the goal. See index.ts for the formula.
 */
export function trajectoryCostReference(p: CostProblem, x: ArrayLike<number>, ends: ArrayLike<number>): CostResult {
  const { robot, free, perSegment, weights, limits } = p;
  const D = robot.joints;
  const segments = free + 3;
  const M = segments * perSegment;
  const h = Math.exp(x[free * D]);
  const control = (i: number, j: number): number =>
    i < 3 ? ends[j] : i >= free + 3 ? ends[D + j] : x[(i - 3) * D + j];
  const gradient = new Float64Array(free * D + 1);
  const add = (i: number, j: number, g: number): void => {
    if (i >= 3 && i < free + 3) gradient[(i - 3) * D + j] += g;
  };
  let value = 0;
  let byLogH = 0;

  const local = splineWeights(perSegment);
  const configuration = (m: number): Float64Array => {
    const q = new Float64Array(D);
    const segment = Math.floor(m / perSegment);
    for (let j = 0; j < D; j++) {
      if (m < 0) q[j] = ends[j];
      else if (m >= M) q[j] = ends[D + j];
      else for (let k = 0; k < 4; k++) q[j] += local[SPLINE_WEIGHTS * (m % perSegment) + k] * control(segment + k, j);
    }
    return q;
  };
  const samples = new Float64Array(M * (D + 2));
  const tipOf = (m: number): number[] => apply(forward(robot, configuration(m))[p.tip.frame], p.tip.point);
  for (let m = 0; m < M; m++) {
    const out = samples.subarray(m * (D + 2), (m + 1) * (D + 2));
    const q = configuration(m);
    configurationCost(p, q, h / perSegment, out);
    shaftCost(p, q, out);
    if (p.obstacles.tissue) {
      const tip = tipOf(m);
      const [before, forceBefore] = tissueStep(p, tipOf(m - 1), tip, false);
      const [after, forceAfter] = tissueStep(p, tip, tipOf(m + 1), true);
      const force = forceBefore.map((v, r) => v + forceAfter[r]);
      pull(robot, forward(robot, q), p.tip.frame, tip, force, out);
      out[D] += after + (m === 0 ? before : 0);
    }
    value += out[D];
    byLogH += out[D + 1];
    for (let k = 0; k < 4; k++) {
      const w = local[SPLINE_WEIGHTS * (m % perSegment) + k];
      for (let j = 0; j < D; j++) add(Math.floor(m / perSegment) + k, j, w * out[j]);
    }
  }

  const sampled = value;
  let jerkTerm = 0;
  value += weights.duration * segments * h;
  byLogH += weights.duration * segments * h;
  const penalty = weights.limits / segments;
  for (let j = 0; j < D; j++) {
    const [lower, upper, velocity, acceleration, jerk] = limits.subarray(8 * j, 8 * j + 5);
    const limited = [velocity * h, acceleration * h ** 2, jerk * h ** 3];
    [
      [-1, 1],
      [1, -2, 1],
      [-1, 3, -3, 1],
    ].forEach((difference, order) => {
      for (let e = 0; e + difference.length <= free + 6; e++) {
        const ratio = difference.reduce((sum, c, k) => sum + c * control(e + k, j), 0) / limited[order];
        const over = Math.max(0, Math.abs(ratio) - 1);
        let slope = 2 * penalty * over * Math.sign(ratio);
        value += penalty * over * over;
        byLogH -= (order + 1) * ratio * slope;
        if (order === 2) {
          jerkTerm += h * ratio * ratio;
          byLogH -= 5 * weights.jerk * h * ratio * ratio;
          slope += 2 * weights.jerk * h * ratio;
        }
        difference.forEach((c, k) => {
          add(e + k, j, (c * slope) / limited[order]);
        });
      }
    });
    for (let k = 0; k < free; k++) {
      const over = Math.max(0, control(k + 3, j) - upper) - Math.max(0, lower - control(k + 3, j));
      value += (weights.positions / segments) * over * over;
      add(k + 3, j, 2 * (weights.positions / segments) * over);
    }
  }
  gradient[free * D] = byLogH;
  value += weights.jerk * jerkTerm;
  return { value, durationSec: segments * h, jerk: jerkTerm, sampled, gradient, samples };
}
