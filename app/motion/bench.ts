import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import { inputError } from '../../engine/core/errors.ts';
import type { Provenance } from '../../engine/core/provenance.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import { fixed, table } from '../../engine/core/text-table.ts';
import { kernelModule } from '../../kernels/device.ts';
import { planPath } from '../../planners/motion/path/plan.ts';
import type { PathResult } from '../../planners/motion/path/result.ts';
import { openMotionSpace } from '../../planners/motion/path/space.ts';
import { timeMotion } from '../../planners/motion/planning/plan-motion.ts';
import { type MotionProblem, readMotionBenchmark } from '../inputs/motion-benchmark.ts';
import { provenance } from '../provenance.ts';
import { checkpoint, type Session } from '../session.ts';
import { mean, type Spread, spread } from './spread.ts';

export interface BenchSettings {
  readonly dir: string;
  readonly robot?: string | undefined;
  readonly seed: number;
  readonly runs: number;
}

/** Figures of some problems; times in microseconds around whole calls, of the median run of each problem. */
export interface BenchFigures {
  readonly problems: number;
  /** Start and goal within limits and free. */
  readonly valid: number;
  readonly solved: number;
  readonly planUs: Spread;
  readonly simplifyUs: Spread;
  readonly totalUs: Spread;
  readonly lengthRad: { readonly raw: number; readonly simplified: number };
  /** Timing under velocity, acceleration and jerk limits, its proof along the whole motion included [ms]. */
  readonly trajectoryMs: Spread;
  readonly durationSec: Spread;
}

/** The object of `isocenter motion bench --json`. */
export interface BenchReport {
  readonly robot: string;
  readonly files: readonly string[];
  readonly sets: readonly (BenchFigures & { readonly set: string })[];
  readonly overall: BenchFigures;
  /** Problems that cannot be planned for, and why; and valid ones without a solution. */
  readonly refused: readonly { readonly problem: string; readonly reason: string }[];
  readonly provenance: Provenance;
}

interface Outcome {
  readonly problem: MotionProblem;
  readonly path: PathResult;
  readonly timingMs: number;
  readonly durationSec: number;
}

/** Plans, shortens and times every problem of a folder on one core. */
export async function runMotionBench(settings: BenchSettings, { signal, progress }: Session): Promise<BenchReport> {
  const { model, problems, files, robot } = readMotionBenchmark(settings.dir);
  if (settings.robot !== undefined && settings.robot !== robot) {
    throw inputError(
      'bench/robot',
      `${settings.dir} holds problems of robot ${robot}, not of ${settings.robot}`,
      `give --robot ${robot}, or the folder of ${settings.robot}`,
    );
  }
  const module = await openStepModule(kernelModule());
  const outcomes: Outcome[] = [];
  for (const problem of problems) {
    await checkpoint(signal);
    progress.show(`${problem.set} ${problem.number}: ${outcomes.length} of ${problems.length}`);
    outcomes.push(measure(module, model, problem, settings));
  }
  progress.clear();
  const sets = [...new Set(problems.map(({ set }) => set))];
  return {
    robot,
    files: files.map(({ name }) => name),
    sets: sets.map((set) => ({ set, ...figuresOf(outcomes.filter(({ problem }) => problem.set === set)) })),
    overall: figuresOf(outcomes),
    refused: outcomes
      .filter(({ path }) => !path.solved)
      .map(({ problem, path }) => ({ problem: `${problem.set} ${problem.number}`, reason: path.message })),
    provenance: provenance({ settings, inputs: files }),
  };
}

function measure(
  module: Awaited<ReturnType<typeof openStepModule>>,
  model: RobotModel,
  problem: MotionProblem,
  { seed, runs }: BenchSettings,
): Outcome {
  const space = openMotionSpace(module, model, problem.scene, { cylindersAsCapsules: true });
  const request = { start: problem.start, goal: problem.goal, seed };
  const paths = Array.from({ length: runs }, () => planPath(space, request));
  paths.sort((a, b) => a.timesUs.total - b.timesUs.total);
  const path = paths[runs >> 1];
  if (!path.solved) {
    space.close();
    return { problem, path, timingMs: 0, durationSec: 0 };
  }
  const timed = Array.from({ length: runs }, () => {
    const began = performance.now();
    const { durationSec } = timeMotion(space, path.waypoints, {});
    return { timingMs: performance.now() - began, durationSec };
  });
  timed.sort((a, b) => a.timingMs - b.timingMs);
  space.close();
  return { problem, path, ...timed[runs >> 1] };
}

function figuresOf(group: readonly Outcome[]): BenchFigures {
  const solved = group.filter(({ path }) => path.solved);
  return {
    problems: group.length,
    valid: group.filter(({ path }) => path.valid.start && path.valid.goal).length,
    solved: solved.length,
    planUs: spread(solved.map(({ path }) => path.timesUs.plan)),
    simplifyUs: spread(solved.map(({ path }) => path.timesUs.simplify)),
    totalUs: spread(solved.map(({ path }) => path.timesUs.total)),
    lengthRad: {
      raw: mean(solved.map(({ path }) => path.rawLength)),
      simplified: mean(solved.map(({ path }) => path.length)),
    },
    trajectoryMs: spread(solved.map(({ timingMs }) => timingMs)),
    durationSec: spread(solved.map(({ durationSec }) => durationSec)),
  };
}

/** What the command prints for people. */
export function benchText(report: BenchReport): string {
  const us = ({ median, p95 }: Spread): string => `${fixed(median, 0)} / ${fixed(p95, 0)}`;
  const row = (name: string, f: BenchFigures): string[] => [
    name,
    `${f.solved} / ${f.valid}`,
    us(f.planUs),
    us(f.simplifyUs),
    us(f.totalUs),
    `${fixed(f.lengthRad.raw, 2)} -> ${fixed(f.lengthRad.simplified, 2)}`,
    `${fixed(f.trajectoryMs.median, 2)} / ${fixed(f.trajectoryMs.p95, 2)}`,
    fixed(f.durationSec.median, 2),
  ];
  const columns = [
    { title: 'set', align: 'left' as const },
    { title: 'solved / valid' },
    { title: 'plan [us]' },
    { title: 'shorten [us]' },
    { title: 'both [us]' },
    { title: 'length [rad]' },
    { title: 'timing [ms]' },
    { title: 'duration [s]' },
  ];
  return [
    `MotionBenchMaker, robot ${report.robot}: spheres, limits and link pairs from ${report.files.join(' and ')}\n`,
    'Times: median / 95 % point, one core, around whole calls.\n\n',
    table(columns, [...report.sets.map((set) => row(set.set, set)), row('all', report.overall)]),
    ...report.refused.map(({ problem, reason }) => `note: ${problem}: ${reason}\n`),
  ].join('');
}
