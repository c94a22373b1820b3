import { join } from 'node:path';
import { type MotionProblem, readMotionBenchmark } from '../../app/inputs/motion-benchmark.ts';
import type { Device } from '../../engine/compute/device.ts';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import { activeLimits, type RobotModel } from '../../engine/core/robot.ts';
import { kernelModule } from '../../kernels/device.ts';
import { type CollisionReference, closestContact } from '../../planners/motion/collision/reference.ts';
import { openMotionSpace } from '../../planners/motion/path/space.ts';
import type { TrajectoryConfig } from '../../planners/motion/trajectory/config.ts';
import { optimizeTrajectory, type TrajectoryResult } from '../../planners/motion/trajectory/optimize.ts';
import { positionsAt } from '../../planners/motion/trajectory/spline.ts';
import { type TimedShortcut, timedShortcut } from '../motion/timed-shortcut.ts';
import { table } from './markdown.ts';

/** Steps of the independent check: between two of them no joint vector moves farther than this [rad]. */
const CHECK_STEP = 1e-3;
/** Shares of a piece at which its velocity and acceleration are looked at. */
const LIMIT_SAMPLES = 8;

const config: TrajectoryConfig = {
  objective: { duration: 1, jerk: 0.2, clearance: [{ name: '*', distanceM: 0.03, weight: 0.5 }] },
};

interface Row {
  readonly problem: MotionProblem;
  readonly shortcut: TimedShortcut;
  readonly result: TrajectoryResult;
  /** Least clearance at steps of CHECK_STEP by the float64 reference [m]. */
  readonly clearanceM: number;
  /** Largest share of a limit on velocity, acceleration or jerk, and of positions beyond theirs [rad]. */
  readonly limitShare: number;
  readonly beyondRad: number;
}

/**
 * The Panda set of MotionBenchMaker, every `every`-th problem: cost of the optimised trajectory against that of the timed
 * shortcut path, and an independent check of limits and collisions.
 */
export async function trajectoryTables(device: Device, data: string, every = 1): Promise<string> {
  const module = await openStepModule(kernelModule());
  const { model, problems } = readMotionBenchmark(join(data, 'mbm', 'panda'));
  const rows: Row[] = [];
  let refused = 0;
  for (const problem of problems.filter((_, i) => i % every === 0)) {
    const space = openMotionSpace(module, model, problem.scene, { cylindersAsCapsules: true });
    const shortcut = timedShortcut(space, problem, problem.number);
    if (shortcut === undefined) {
      refused++;
      space.close();
      continue;
    }
    const baseline = shortcut.trajectory;
    const result = await optimizeTrajectory(device, { model, scene: problem.scene, baseline }, config);
    const { least } = closestOnTheWay(space.check, result.trajectory);
    rows.push({ problem, shortcut, result, clearanceM: least, ...limitShares(model, result.trajectory) });
    space.close();
    if (rows.length % 50 === 0) console.log(`${rows.length} problems`);
  }
  return page(device, rows, refused, every);
}

function closestOnTheWay(check: CollisionReference, t: JointTrajectory): { least: number } {
  const joints = t.jointNames.length;
  const q = new Float64Array(joints);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i + 1 < t.timeSec.length; i++) {
    const dt = t.timeSec[i + 1] - t.timeSec[i];
    let fastest = 0;
    for (let j = 0; j < joints; j++) {
      const at = i * joints + j;
      const [v, a] = [Math.abs(t.velocities[at]), Math.abs(t.accelerations[at])];
      fastest += (v + dt * Math.max(a, Math.abs(t.accelerations[at + joints]))) ** 2;
    }
    const steps = Math.max(1, Math.ceil((Math.sqrt(fastest) * dt) / CHECK_STEP));
    for (let k = 0; k <= steps; k++) {
      positionsAt(t, t.timeSec[i] + (k / steps) * dt, q, i);
      const contact = closestContact(check, q);
      least = Math.min(least, contact?.clearanceM ?? Number.POSITIVE_INFINITY);
    }
  }
  return { least };
}

function limitShares(model: RobotModel, t: JointTrajectory): { limitShare: number; beyondRad: number } {
  const limits = activeLimits(model);
  const joints = limits.length;
  const q = new Float64Array(joints);
  let limitShare = 0;
  let beyondRad = 0;
  for (let i = 0; i + 1 < t.timeSec.length; i++) {
    const dt = t.timeSec[i + 1] - t.timeSec[i];
    if (!(dt > 0)) continue;
    for (let k = 0; k <= LIMIT_SAMPLES; k++) {
      const u = (k / LIMIT_SAMPLES) * dt;
      positionsAt(t, t.timeSec[i] + u, q, i);
      for (let j = 0; j < joints; j++) {
        const at = i * joints + j;
        const jerk = (t.accelerations[at + joints] - t.accelerations[at]) / dt;
        const v = t.velocities[at] + u * (t.accelerations[at] + (u * jerk) / 2);
        const a = t.accelerations[at] + u * jerk;
        const { velocity, acceleration, lower, upper } = limits[j];
        limitShare = Math.max(limitShare, Math.abs(v) / velocity, Math.abs(a) / acceleration);
        limitShare = Math.max(limitShare, Math.abs(jerk) / limits[j].jerk);
        beyondRad = Math.max(beyondRad, lower - q[j], q[j] - upper);
      }
    }
  }
  return { limitShare, beyondRad };
}

const mean = (rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0) / Math.max(1, rows.length);

function quantile(rows: readonly Row[], of: (row: Row) => number, share: number): number {
  const sorted = rows.map(of).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function page(device: Device, rows: readonly Row[], refused: number, every: number): string {
  const sets = [...new Set(rows.map(({ problem }) => problem.set))];
  const line = (name: string, of: readonly Row[]): (string | number)[] => [
    name,
    of.length,
    `${((100 * of.filter(({ result }) => result.source === 'optimized').length) / Math.max(1, of.length)).toFixed(1)} %`,
    mean(of, ({ result }) => result.baselineCost.total).toFixed(3),
    mean(of, ({ result }) => result.cost.total).toFixed(3),
    mean(of, ({ result }) => result.baselineCost.durationSec).toFixed(3),
    mean(of, ({ result }) => result.cost.durationSec).toFixed(3),
    (1000 * Math.min(...of.map(({ clearanceM }) => clearanceM))).toFixed(3),
    of.filter(({ clearanceM }) => !(clearanceM > 0)).length,
    quantile(of, ({ result }) => result.timesMs.optimize, 0.5).toFixed(0),
    quantile(of, ({ result }) => result.timesMs.total, 0.5).toFixed(0),
    quantile(of, ({ result }) => result.timesMs.total, 0.95).toFixed(0),
  ];
  const head = [
    'set',
    'problems',
    'cheaper',
    'cost of the path [s]',
    'optimised [s]',
    'duration of the path [s]',
    'optimised [s]',
  ];
  const tail = ['least clearance [mm]', 'collisions', 'optimise, median [ms]', 'total, median [ms]', '95 % [ms]'];
  const share = Math.max(...rows.map((row) => row.limitShare));
  const beyond = Math.max(...rows.map((row) => row.beyondRad));
  return [
    '## Trajectory optimisation: MotionBenchMaker, Panda',
    '',
    `Every ${every === 1 ? '' : `${every}th `}problem${every === 1 ? '' : ' of each set'} with a path, ${rows.length} in all (${refused} without); the path that is to be beaten is`,
    'shortened, and timed with each corner rounded as far as it is proven free. Cost: duration, 0.2 x squared jerk over its',
    'limit, 0.5 x nearness to obstacles below 30 mm, the same function for both. "Cheaper" counts trajectories that were also',
    `proven free; the others return the path. 6 seeds, ${device.kind} device, ${device.threads} thread${device.threads === 1 ? '' : 's'}. Independent check in float64 at`,
    `1/1000 rad; largest share of a limit on velocity, acceleration or jerk ${share.toFixed(9)}, farthest beyond a joint's range ${Math.max(0, beyond).toExponential(1)} rad.`,
    '',
    table(
      [...head, ...tail],
      [
        ...sets.map((set) =>
          line(
            set,
            rows.filter((row) => row.problem.set === set),
          ),
        ),
        line('all', rows),
      ],
    ),
  ].join('\n');
}
