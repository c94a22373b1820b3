import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import { normal, seededRandom } from '../../../engine/core/random.ts';
import type { JointLimits } from '../../../engine/core/robot.ts';
import type { FullConfig } from './config.ts';
import { leastSegmentSec, positionsAt } from './spline.ts';

/** Steps in which the way is measured. */
const STEPS = 512;
/** Share of a seed's time in which it gathers speed, and again in which it slows down. */
const RAMP = 0.2;

/** Least duration of a segment to begin with [s], for paths that end where they begin. */
const LEAST_SEC = 1e-3;

/** Control points of a seed, fixed ones included, [segments + 3][joints], and the duration of its segments [s]. */
export interface Seed {
  readonly control: Float64Array;
  readonly segmentSec: number;
}

/** Share of the way at share u of the time, for a speed that rises and falls linearly. */
function trapezoid(u: number): number {
  const speed = 1 / (1 - RAMP);
  if (u < RAMP) return (speed * u * u) / (2 * RAMP);
  if (u > 1 - RAMP) return 1 - (speed * (1 - u) ** 2) / (2 * RAMP);
  return speed * (u - RAMP / 2);
}

/** The trajectory at equal shares of its length rather than of its time: [STEPS + 1][joints]. */
function byLength(t: JointTrajectory, limits: readonly JointLimits[]): Float64Array {
  const joints = limits.length;
  const total = t.timeSec[t.timeSec.length - 1] - t.timeSec[0];
  const fine = 4 * STEPS;
  const points = new Float64Array((fine + 1) * joints);
  const length = new Float64Array(fine + 1);
  let hint = 0;
  for (let i = 0; i <= fine; i++) {
    const q = points.subarray(i * joints, (i + 1) * joints);
    hint = positionsAt(t, t.timeSec[0] + (total * i) / fine, q, hint);
    let squared = 0;
    // Lengths count in time: a joint's way over its velocity.
    if (i > 0)
      for (let j = 0; j < joints; j++) squared += ((q[j] - points[(i - 1) * joints + j]) / limits[j].velocity) ** 2;
    length[i] = i === 0 ? 0 : length[i - 1] + Math.sqrt(squared);
  }
  const out = new Float64Array((STEPS + 1) * joints);
  let at = 0;
  for (let i = 0; i <= STEPS; i++) {
    const wanted = (length[fine] * i) / STEPS;
    while (at < fine - 1 && length[at + 1] < wanted) at++;
    const span = length[at + 1] - length[at];
    const u = span > 0 ? Math.min(1, Math.max(0, (wanted - length[at]) / span)) : 0;
    for (let j = 0; j < joints; j++) {
      out[i * joints + j] = (1 - u) * points[at * joints + j] + u * points[(at + 1) * joints + j];
    }
  }
  return out;
}

/**
 * Starts of the optimiser: the baseline in its own time, the baseline at an even pace, the straight line, and bends of the
 * latter two by smooth random waves.
 */
export function trajectorySeeds(
  baseline: JointTrajectory,
  limits: readonly JointLimits[],
  segments: number,
  config: FullConfig,
): Seed[] {
  const joints = limits.length;
  const points = segments + 3;
  const total = baseline.timeSec[baseline.timeSec.length - 1] - baseline.timeSec[0];
  const start = baseline.positions.subarray(0, joints);
  const goal = baseline.positions.subarray(baseline.positions.length - joints);
  const even = byLength(baseline, limits);
  const random = seededRandom(config.seed);
  const q = new Float64Array(joints);
  const seeds: Seed[] = [];
  for (let seed = 0; seed < config.seeds; seed++) {
    const straight = seed >= 2 && seed % 2 === 0;
    const size = seed < 3 ? 0 : config.bend * (1 + Math.floor((seed - 3) / 4)) ** -0.5;
    const waves = Float64Array.from({ length: 2 * joints }, () => size * normal(random));
    const control = new Float64Array(points * joints);
    for (let i = 0; i < points; i++) {
      const u = i < 3 ? 0 : i >= segments ? 1 : (i - 1) / segments;
      const way = trapezoid(u);
      if (seed === 0) positionsAt(baseline, baseline.timeSec[0] + u * total, q);
      else {
        const step = Math.min(STEPS - 1, Math.floor(way * STEPS));
        const part = way * STEPS - step;
        for (let j = 0; j < joints; j++) {
          const at = step * joints + j;
          q[j] = straight ? start[j] + way * (goal[j] - start[j]) : (1 - part) * even[at] + part * even[at + joints];
        }
      }
      for (let j = 0; j < joints; j++) {
        const bend =
          waves[j] * Math.sin(Math.PI * way) ** 2 + 0.5 * waves[joints + j] * Math.sin(2 * Math.PI * way) ** 3;
        const wanted = u === 0 ? start[j] : u === 1 ? goal[j] : q[j] + bend;
        control[i * joints + j] = Math.min(limits[j].upper, Math.max(limits[j].lower, wanted));
      }
    }
    const least = leastSegmentSec(joints, control, limits);
    const usual = Math.max(LEAST_SEC, total / segments);
    seeds.push({ control, segmentSec: Math.min(2 * usual, Math.max(0.3 * usual, least)) });
  }
  return seeds;
}
