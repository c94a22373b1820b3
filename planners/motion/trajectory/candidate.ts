import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import type { JointLimits } from '../../../engine/core/robot.ts';
import type { FullObjective } from './config.ts';
import type { TrajectoryCost, TrajectoryCosts } from './cost.ts';
import type { RcmTask } from './rcm.ts';
import { projectSpline, subdivided } from './rcm-projection.ts';
import { trajectoryErrorBoundM } from './rcm-proof.ts';
import type { Seed } from './seeds.ts';
import { type JointSpline, leastSegmentSec, splineTrajectory } from './spline.ts';

/** What became of a seed, in its best exact time. */
export interface Candidate {
  readonly seed: number;
  readonly spline: JointSpline;
  readonly trajectory: JointTrajectory;
  readonly cost: TrajectoryCost;
  /** Proved bound of the remote-centre error [m], infinite where there is none; 0 without a trocar. */
  readonly errorBoundM: number;
}

export interface CandidateSettings {
  readonly costs: TrajectoryCosts;
  readonly limits: readonly JointLimits[];
  readonly objective: FullObjective;
  readonly names: readonly string[];
  readonly rcm: RcmTask | undefined;
}

/** How often a spline is refined until it follows the trocar closely enough between its knots. */
const REFINEMENTS = 3;

/** The seed brought onto the trocar, where there is one, and into the least time that its limits allow or a better one. */
export function candidateOf(settings: CandidateSettings, seed: Seed, index: number): Candidate {
  const { limits, rcm } = settings;
  const joints = limits.length;
  const control = Float64Array.from(seed.control, (q, i) =>
    Math.min(limits[i % joints].upper, Math.max(limits[i % joints].lower, q)),
  );
  let spline: JointSpline = { joints, control, segmentSec: seed.segmentSec };
  if (rcm === undefined) return timed(settings, spline, index);
  for (let k = 0; ; k++) {
    spline = projectSpline(rcm.shaft, spline, limits);
    const candidate = timed(settings, spline, index);
    const errorBoundM = trajectoryErrorBoundM(rcm.shaft, candidate.trajectory, rcm.toleranceM);
    if (errorBoundM <= rcm.toleranceM || k === REFINEMENTS) return { ...candidate, errorBoundM };
    spline = subdivided(spline);
  }
}

function timed({ costs, limits, objective, names }: CandidateSettings, spline: JointSpline, seed: number): Candidate {
  const { joints, control } = spline;
  const least = leastSegmentSec(joints, control, limits);
  const fastest = { joints, control, segmentSec: least };
  const trajectory = splineTrajectory(fastest, names);
  const cost = costs.of(trajectory);
  // Time-like terms grow with the duration and jerk falls with its fifth power: the sum is least at (5 jerk / time)^(1/6).
  const time = objective.duration * cost.durationSec + cost.clearance;
  const slower = Math.max(1, ((5 * objective.jerk * cost.jerk) / time) ** (1 / 6));
  if (!(slower > 1)) return { seed, spline: fastest, trajectory, cost, errorBoundM: 0 };
  const slow = { joints, control, segmentSec: least * slower };
  return {
    seed,
    spline: slow,
    trajectory: splineTrajectory(slow, names),
    cost: costs.stretched(cost, slower),
    errorBoundM: 0,
  };
}
