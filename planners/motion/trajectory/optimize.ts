import type { Device } from '../../../engine/compute/device.ts';
import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import { activeNames, type JointLimits, type RobotModel } from '../../../engine/core/robot.ts';
import type { Scene } from '../../../engine/core/scene.ts';
import type { CostWeights } from '../../../kernels/trajectory-cost/reference-configuration.ts';
import { checkedLimits } from './check.ts';
import { completeConfig, type FullConfig, segmentCount, type TrajectoryConfig } from './config.ts';
import { type TrajectoryCost, TrajectoryCosts } from './cost.ts';
import { type CostProblem, problemTables, type ToolTip } from './problem.ts';
import { createTrajectoryProof, type TrajectoryProof } from './proof.ts';
import { type Seed, trajectorySeeds } from './seeds.ts';
import { type JointSpline, leastSegmentSec, splineTrajectory } from './spline.ts';
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
  /** Cheapest first. */
  readonly seeds: readonly SeedReport[];
  readonly timesMs: { readonly optimize: number; readonly prove: number; readonly total: number };
}

/** Half width of the step between in and out of tissue [m]. */
const TISSUE_BAND_M = 0.001;
/** Share of the buffer that self collision keeps: neighbouring links are close by design. */
const SELF_SHARE = 0.5;
/** What a seed must be cheaper by, as a share of the baseline's cost, to be worth more than rounding. */
const LEAST_GAIN = 1e-6;

interface Candidate {
  readonly seed: number;
  readonly spline: JointSpline;
  readonly trajectory: JointTrajectory;
  readonly cost: TrajectoryCost;
}

/**
 * Optimises a whole trajectory: many seeds side by side on the device, each a cubic B-spline from start to goal at rest
 * (objective and penalties: kernels/trajectory-cost), by limited-memory BFGS in three phases of rising penalties. Of each seed
 * the shortest time is then exact: the least at which every joint keeps its limits on velocity, acceleration and jerk, or a
 * longer one where that costs less jerk than it costs time. The cheapest seed that is proven free is returned.
 *
 * The result is inside all limits and free of collisions, or it is the baseline. Same device and seed: same result.
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
  const full = completeConfig(config, scene, tissues);
  const limits = checkedLimits(model, baseline);
  const tables = problemTables(model, scene, tissues, full, problem.tip);
  const cylindersAsCapsules = full.cylinders === 'capsule';
  const costs = new TrajectoryCosts(model, {
    ...tables,
    obstacles: tables.tasks,
    objective: full.objective,
    limits,
    cylindersAsCapsules,
  });
  const baselineCost = costs.of(baseline);
  const seeds = await optimizeSeeds(device, tables, limits, baseline, full);
  const optimized = performance.now();
  const candidates = seeds
    .map((seed, i) => candidateOf(costs, limits, full, activeNames(model), seed, i))
    .filter(({ cost }) => Number.isFinite(cost.total))
    .sort((a, b) => a.cost.total - b.cost.total);
  const prove = problem.proveFree ?? createTrajectoryProof(model, scene, { cylindersAsCapsules });
  const proofs = new Map<number, boolean>();
  let best: Candidate | undefined;
  for (const candidate of candidates) {
    if (!(candidate.cost.total < baselineCost.total * (1 - LEAST_GAIN))) break;
    const proven = await prove(candidate.trajectory);
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
    const { trajectory, cost, spline } = best;
    return { trajectory, source: 'optimized', cost, spline, ...shared };
  }
  const reason =
    proofs.size > 0
      ? `${proofs.size} of ${candidates.length} seeds cost less than the given path but none of them was proven free`
      : `none of ${candidates.length} seeds costs less than the given path`;
  return { trajectory: baseline, source: 'baseline', reason, cost: baselineCost, ...shared };
}

async function optimizeSeeds(
  device: Device,
  tables: CostProblem,
  limits: readonly JointLimits[],
  baseline: JointTrajectory,
  config: FullConfig,
): Promise<Seed[]> {
  const joints = limits.length;
  const duration = baseline.timeSec[baseline.timeSec.length - 1] - baseline.timeSec[0];
  const segments = segmentCount(config, duration);
  let seeds = trajectorySeeds(baseline, limits, segments, config);
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

/** Rising penalties, as the limit of which the limits hold and nothing touches; finer samples at the end. */
function phases(config: FullConfig, segments: number): Phase[] {
  const { objective, iterations } = config;
  const weights = (limits: number, collision: number, perSegment: number): CostWeights => ({
    duration: objective.duration,
    jerk: objective.jerk,
    limits: limits * objective.duration,
    positions: 100 * limits * objective.duration,
    collision: (collision * objective.duration) / (segments * perSegment),
    bufferM: config.bufferM,
    selfBufferM: SELF_SHARE * config.bufferM,
    tissueBandM: TISSUE_BAND_M,
  });
  return [
    { iterations, perSegment: 1, weights: weights(10, 1000, 1) },
    { iterations, perSegment: 1, weights: weights(60, 6000, 1) },
    { iterations, perSegment: 2, weights: weights(300, 40000, 2) },
  ];
}

/** The seed in its best exact time. */
function candidateOf(
  costs: TrajectoryCosts,
  limits: readonly JointLimits[],
  { objective }: FullConfig,
  names: readonly string[],
  seed: Seed,
  index: number,
): Candidate {
  const joints = limits.length;
  const control = Float64Array.from(seed.control, (q, i) =>
    Math.min(limits[i % joints].upper, Math.max(limits[i % joints].lower, q)),
  );
  const least = leastSegmentSec(joints, control, limits);
  const fastest = splineTrajectory({ joints, control, segmentSec: least }, names);
  const cost = costs.of(fastest);
  // Time-like terms grow with the duration and jerk falls with its fifth power: the sum is least at (5 jerk / time)^(1/6).
  const time = objective.duration * cost.durationSec + cost.clearance;
  const slower = Math.max(1, ((5 * objective.jerk * cost.jerk) / time) ** (1 / 6));
  if (!(slower > 1)) return { seed: index, spline: { joints, control, segmentSec: least }, trajectory: fastest, cost };
  const spline = { joints, control, segmentSec: least * slower };
  return { seed: index, spline, trajectory: splineTrajectory(spline, names), cost: costs.stretched(cost, slower) };
}
