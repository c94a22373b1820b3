import type { Device } from '../../../engine/compute/device.ts';
import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import { activeNames, type JointLimits, type RobotModel } from '../../../engine/core/robot.ts';
import type { Scene } from '../../../engine/core/scene.ts';
import type { CostWeights } from '../../../kernels/trajectory-cost/reference-configuration.ts';
import { type Candidate, candidateOf } from './candidate.ts';
import { checkedLimits } from './check.ts';
import { completeConfig, type FullConfig, segmentCount, type TrajectoryConfig } from './config.ts';
import { type TrajectoryCost, TrajectoryCosts } from './cost.ts';
import { type CostProblem, problemTables, type ToolTip } from './problem.ts';
import { createTrajectoryProof, type TrajectoryProof } from './proof.ts';
import { type RcmTask, rcmTask, type TrajectoryRcm } from './rcm.ts';
import { seedsThroughTrocar } from './rcm-seeds.ts';
import { type Seed, trajectorySeeds } from './seeds.ts';
import type { JointSpline } from './spline.ts';
import { type Phase, TrajectoryBatch } from './workspace.ts';

export interface TrajectoryProblem {
  readonly model: RobotModel;
  readonly scene: Scene;
  /** A timed, collision-free motion from start to goal, at rest at both: what is to be improved, and what is returned else. */
  readonly baseline: JointTrajectory;
  /** Structures that the tool may enter at a price, as distance fields or solids. */
  readonly tissues?: Scene;
  /** Where the tool's tip is; by default the origin of the last link. */
  readonly tip?: ToolTip;
  /** Proves that a trajectory is free; by default the float64 proof of proof.ts, on cylinders as configured. */
  readonly proveFree?: TrajectoryProof;
  /** A trocar that a tool's shaft has to pass through all the way, as it does in the baseline. */
  readonly rcm?: TrajectoryRcm;
}

/** What became of one seed. */
export interface SeedReport {
  readonly seed: number;
  readonly cost: TrajectoryCost;
  /** Whether its proof was asked for, and what it said. */
  readonly proven?: boolean;
}

export interface TrajectoryResult {
  readonly trajectory: JointTrajectory;
  /** `baseline` where no seed was both proven free and cheaper. */
  readonly source: 'optimized' | 'baseline';
  /** In words, for `baseline`. */
  readonly reason?: string;
  readonly cost: TrajectoryCost;
  readonly baselineCost: TrajectoryCost;
  /** The spline that the trajectory records, where it is an optimised one. */
  readonly spline?: JointSpline;
  /** Proved bound of the remote-centre error of an optimised trajectory through a trocar [m]. */
  readonly errorBoundM?: number;
  /** Cheapest first. */
  readonly seeds: readonly SeedReport[];
  readonly timesMs: { readonly optimize: number; readonly prove: number; readonly total: number };
}

/** Half width of the step between in and out of tissue [m]. */
const TISSUE_BAND_M = 0.001;
/** Share of the buffer that self collision keeps: neighbouring links are close by design. */
const SELF_SHARE = 0.5;
/** The buffer with a trocar: what the projection onto it moves the robot by comes out of it [m]. */
const RCM_BUFFER_M = 0.008;
/** What a seed must be cheaper by, as a share of the baseline's cost, to be worth more than rounding. */
const LEAST_GAIN = 1e-6;

/**
 * Optimises a whole trajectory: many seeds side by side on the device, each a cubic B-spline from start to goal at rest
 * (objective and penalties: kernels/trajectory-cost), by limited-memory BFGS in three phases of rising penalties. Of each seed
 * the shortest time is then exact: the least at which every joint keeps its limits on velocity, acceleration and jerk, or a
 * longer one where that costs less jerk than it costs time. The cheapest seed that is proven free is returned.
 *
 * With a trocar the seeds begin on it, its distance from the shaft counts as a penalty, and each seed is brought back onto it
 * (rcm-projection.ts) and refined until the error between its knots is proven to stay within the tolerance.
 *
 * The result is inside all limits, free of collisions and through the trocar, or it is the baseline. Same device and seed: same result.
 *
 * @throws IsocenterError `trajectory/..` for bad input; see config.ts and problem.ts
 */
export async function optimizeTrajectory(
  device: Device,
  problem: TrajectoryProblem,
  config: TrajectoryConfig = {},
): Promise<TrajectoryResult> {
  const began = performance.now();
  const { model, scene, baseline } = problem;
  const tissues = problem.tissues ?? { obstacles: [] };
  const usual = problem.rcm === undefined ? {} : { bufferM: RCM_BUFFER_M };
  const full = completeConfig({ ...usual, ...config }, scene, tissues);
  const limits = checkedLimits(model, baseline);
  const tables = problemTables(model, scene, tissues, full, problem.tip ?? tipOf(model, problem.rcm));
  const rcm = problem.rcm && rcmTask(model, tables.robot, problem.rcm);
  const cylindersAsCapsules = full.cylinders === 'capsule';
  const costs = new TrajectoryCosts(model, {
    ...tables,
    obstacles: tables.tasks,
    objective: full.objective,
    limits,
    cylindersAsCapsules,
  });
  const baselineCost = costs.of(baseline);
  const seeds = await optimizeSeeds(device, tables, limits, baseline, full, rcm);
  const optimized = performance.now();
  const settings = { costs, limits, objective: full.objective, names: activeNames(model), rcm };
  const candidates = seeds
    .map((seed, i) => candidateOf(settings, seed, i))
    .filter(({ cost }) => Number.isFinite(cost.total))
    .sort((a, b) => a.cost.total - b.cost.total);
  const prove = problem.proveFree ?? createTrajectoryProof(model, scene, { cylindersAsCapsules });
  const proofs = new Map<number, boolean>();
  let best: Candidate | undefined;
  for (const candidate of candidates) {
    if (!(candidate.cost.total < baselineCost.total * (1 - LEAST_GAIN))) break;
    const proven = Number.isFinite(candidate.errorBoundM) && (await prove(candidate.trajectory));
    proofs.set(candidate.seed, proven);
    if (proven) {
      best = candidate;
      break;
    }
  }
  const ended = performance.now();
  const shared = {
    baselineCost,
    seeds: candidates.map(({ seed, cost }): SeedReport => {
      const proven = proofs.get(seed);
      return proven === undefined ? { seed, cost } : { seed, cost, proven };
    }),
    timesMs: { optimize: optimized - began, prove: ended - optimized, total: ended - began },
  };
  if (best !== undefined) {
    const { trajectory, cost, spline, errorBoundM } = best;
    const error = rcm === undefined ? {} : { errorBoundM };
    return { trajectory, source: 'optimized', cost, spline, ...error, ...shared };
  }
  const reason =
    proofs.size > 0
      ? `${proofs.size} of ${candidates.length} seeds cost less than the given path but none of them was proven free${
          rcm === undefined ? '' : ` and within ${Number((1000 * rcm.toleranceM).toPrecision(6))} mm of the trocar`
        }`
      : `none of ${candidates.length} seeds costs less than the given path`;
  return { trajectory: baseline, source: 'baseline', reason, cost: baselineCost, ...shared };
}

/** The point that a tool in a trocar leads. */
function tipOf(model: RobotModel, rcm: TrajectoryRcm | undefined): ToolTip | undefined {
  return rcm && { link: model.links[rcm.tool.link].name, pointM: rcm.tool.tipM };
}

async function optimizeSeeds(
  device: Device,
  tables: CostProblem,
  limits: readonly JointLimits[],
  baseline: JointTrajectory,
  config: FullConfig,
  rcm: RcmTask | undefined,
): Promise<Seed[]> {
  const joints = limits.length;
  const duration = baseline.timeSec[baseline.timeSec.length - 1] - baseline.timeSec[0];
  const segments = segmentCount(config, duration);
  let seeds = trajectorySeeds(baseline, limits, segments, config);
  if (rcm !== undefined) seeds = seedsThroughTrocar(rcm.shaft, joints, seeds);
  const ends = new Float32Array(seeds.length * 2 * joints);
  seeds.forEach(({ control }, s) => {
    ends.set(control.subarray(0, joints), 2 * s * joints);
    ends.set(control.subarray(control.length - joints), (2 * s + 1) * joints);
  });
  const shape = {
    robot: tables.robot,
    obstacles: tables.obstacles,
    free: segments - 3,
    tip: tables.tip,
    shaft: rcm?.kernel,
    seeds: seeds.length,
  };
  const batch = new TrajectoryBatch(device, shape, limits, ends);
  try {
    for (const phase of phases(config, segments)) seeds = await batch.run(seeds, phase);
    return seeds;
  } finally {
    batch.free();
  }
}

/**
 * Rising penalties, as the limit of which the limits hold and nothing touches; finer samples at the end. That of the trocar leaves
 * some tenths of a millimetre, which the projection takes back for less of the limits than a stiff penalty costs.
 */
function phases(config: FullConfig, segments: number): Phase[] {
  const { objective, iterations } = config;
  const weights = (limits: number, collision: number, rcm: number, perSegment: number): CostWeights => ({
    duration: objective.duration,
    jerk: objective.jerk,
    limits: limits * objective.duration,
    positions: 100 * limits * objective.duration,
    collision: (collision * objective.duration) / (segments * perSegment),
    bufferM: config.bufferM,
    selfBufferM: SELF_SHARE * config.bufferM,
    tissueBandM: TISSUE_BAND_M,
    rcm: (rcm * objective.duration) / (segments * perSegment),
  });
  return [
    { iterations, perSegment: 1, weights: weights(10, 1000, 300, 1) },
    { iterations, perSegment: 1, weights: weights(60, 6000, 3000, 1) },
    { iterations, perSegment: 2, weights: weights(300, 40000, 30000, 2) },
  ];
}
