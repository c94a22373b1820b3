import type { Device } from '../../../engine/compute/device.ts';
import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import type { JointLimits } from '../../../engine/core/robot.ts';
import { closestContact } from '../collision/reference.ts';
import type { MotionSpace } from '../path/space.ts';
import { pathTrajectory } from '../timing/sampling.ts';
import type { TrajectoryConfig } from '../trajectory/config.ts';
import { optimizeTrajectory } from '../trajectory/optimize.ts';
import type { TrajectoryRcm } from '../trajectory/rcm.ts';
import { positionsAt } from '../trajectory/spline.ts';
import { CLEARANCE_SAMPLES, type MotionFigures, type MotionPlan, type MotionTask } from './plan-motion.ts';
import { scaledLimits } from './scaled-limits.ts';

export interface OptimizedMotion {
  readonly plan: MotionPlan;
  /** Whether an optimised trajectory replaced the timed path, and why not. */
  readonly source: 'optimized' | 'baseline';
  readonly message: string;
  /** Value of the objective before and after [s]. */
  readonly cost: { readonly baseline: number; readonly optimized: number };
  readonly timeMs: number;
}

/** What the motion was planned under and has to keep. */
export interface MotionTerms extends Pick<MotionTask, 'velocityScale' | 'accelerationScale'> {
  /** The trocar that a tool's shaft passes through. */
  readonly rcm?: TrajectoryRcm | undefined;
}

/**
 * Optimises a solved motion as a whole: of many seeds on the device the cheapest that is proven free and within limits, or the
 * motion as it is where none costs less. A motion through a trocar stays proven to pass through it.
 *
 * @throws IsocenterError for a config that makes no sense
 */
export async function optimizeMotion(
  device: Device,
  space: MotionSpace,
  plan: MotionPlan,
  config: TrajectoryConfig,
  terms: MotionTerms = {},
): Promise<OptimizedMotion> {
  const began = performance.now();
  const { timing } = plan;
  if (!plan.solved || timing === undefined) throw new Error('only a solved motion can be optimised');
  const baseline = pathTrajectory(space.names, timing);
  const { scene } = space;
  const { rcm, velocityScale = 1, accelerationScale = 1 } = terms;
  const model = scaledLimits(space.model, velocityScale, accelerationScale);
  const cylinders = space.cylindersAsCapsules ? 'capsule' : 'exact';
  const result = await optimizeTrajectory(
    device,
    { model, scene, baseline, ...(rcm && { rcm }) },
    { cylinders, ...config },
  );
  const cost = { baseline: result.baselineCost.total, optimized: result.cost.total };
  const timeMs = performance.now() - began;
  if (result.source === 'baseline') {
    return { plan, source: 'baseline', message: result.reason ?? 'the path as timed is the best', cost, timeMs };
  }
  const { trajectory, errorBoundM } = result;
  const { timing: _, ...rest } = plan;
  const error = errorBoundM === undefined ? {} : { maxRcmErrorM: errorBoundM };
  const figures = { ...trajectoryFigures(space, trajectory), ...error };
  return {
    plan: { ...rest, trajectory, figures },
    source: 'optimized',
    message: `the objective fell from ${cost.baseline.toFixed(3)} to ${cost.optimized.toFixed(3)} s`,
    cost,
    timeMs,
  };
}

/** Figures of a trajectory whose jerk is constant between its points; velocities and accelerations in closed form. */
function trajectoryFigures(space: MotionSpace, t: JointTrajectory): MotionFigures {
  const joints = space.names.length;
  const durationSec = t.timeSec[t.timeSec.length - 1];
  const ratios = [0, 0, 0];
  for (let n = 0; n + 1 < t.timeSec.length; n++) {
    const dt = t.timeSec[n + 1] - t.timeSec[n];
    if (!(dt > 0)) continue;
    for (let j = 0; j < joints; j++) pieceRatios(t, n * joints + j, joints, dt, space.limits[j], ratios);
  }
  const q = new Float64Array(joints);
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n <= CLEARANCE_SAMPLES; n++) {
    positionsAt(t, (durationSec * n) / CLEARANCE_SAMPLES, q);
    least = Math.min(least, closestContact(space.check, q)?.clearanceM ?? Number.POSITIVE_INFINITY);
  }
  const [maxVelocityRatio, maxAccelerationRatio, maxJerkRatio] = ratios;
  return { durationSec, deviation: 0, maxVelocityRatio, maxAccelerationRatio, maxJerkRatio, minClearanceM: least };
}

/** Raises the ratios to those of one joint between two points `next` apart. */
function pieceRatios(
  { velocities, accelerations }: JointTrajectory,
  at: number,
  next: number,
  dt: number,
  limits: JointLimits,
  ratios: number[],
): void {
  const [v, a, b] = [velocities[at], accelerations[at], accelerations[at + next]];
  const jerk = (b - a) / dt;
  const turn = jerk === 0 ? -1 : -a / jerk;
  const speeds = [v, v + (dt * (a + b)) / 2, turn > 0 && turn < dt ? v + (a * turn) / 2 : 0];
  ratios[0] = Math.max(ratios[0], ...speeds.map((speed) => Math.abs(speed) / limits.velocity));
  ratios[1] = Math.max(ratios[1], Math.abs(a) / limits.acceleration, Math.abs(b) / limits.acceleration);
  ratios[2] = Math.max(ratios[2], Math.abs(jerk) / limits.jerk);
}
