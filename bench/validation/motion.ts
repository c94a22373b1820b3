import { join } from 'node:path';
import { type MotionProblem, readMotionBenchmark } from '../../app/inputs/motion-benchmark.ts';
import { openStepModule, type StepModule } from '../../engine/compute/wasm/step-module.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import { kernelModule } from '../../kernels/device.ts';
import { closestContact } from '../../planners/motion/collision/reference.ts';
import { planPath } from '../../planners/motion/path/plan.ts';
import { type MotionSpace, openMotionSpace } from '../../planners/motion/path/space.ts';
import { timeMotion } from '../../planners/motion/planning/plan-motion.ts';
import type { PathTiming } from '../../planners/motion/timing/path.ts';
import { greatestRatios, pathStateAt } from '../../planners/motion/timing/path-timing.ts';
import { table } from './markdown.ts';

/** Steps of the independent check: between two of them no configuration moves farther than this [rad]. */
const CHECK_STEP = 1e-3;
const SEEDS = [0, 1, 2, 3, 4];

interface Row {
  readonly problem: MotionProblem;
  readonly solved: boolean;
  readonly length: number;
  /** Least clearance by the float64 reference along path and motion [m]. */
  readonly pathClearanceM: number;
  readonly motionClearanceM: number;
  readonly limitShare: number;
  readonly durationSec: number;
}

/**
 * All problems of the Panda set of MotionBenchMaker: which are solved, and whether paths and timed motions keep clear and
 * within limits by the float64 reference at 1/1000 rad; then whether other seeds solve them all, too.
 */
export async function motionTables(data: string): Promise<string> {
  const module = await openStepModule(kernelModule());
  const { model, problems } = readMotionBenchmark(join(data, 'mbm', 'panda'));
  const rows = problems.map((problem, i) => {
    if (i % 100 === 99) console.log(`${i + 1} of ${problems.length}`);
    return check(module, model, problem);
  });
  const seeds = SEEDS.map((seed) => [seed, ...solvedWith(module, model, problems, seed)]);
  const sets = [...new Set(problems.map(({ set }) => set))];
  const head = [
    'set',
    'solved / valid',
    'length [rad]',
    'path [mm]',
    'motion [mm]',
    'in collision',
    'largest share of a limit',
    'duration [s]',
  ];
  const summary = (name: string, group: readonly Row[]): (string | number)[] => {
    const solved = group.filter((row) => row.solved);
    const least = (of: (row: Row) => number): string => (1000 * Math.min(...solved.map(of))).toFixed(3);
    const mean = (of: (row: Row) => number): number => solved.reduce((sum, row) => sum + of(row), 0) / solved.length;
    return [
      name,
      `${solved.length} / ${group.length}`,
      mean((row) => row.length).toFixed(2),
      least((row) => row.pathClearanceM),
      least((row) => row.motionClearanceM),
      solved.filter((row) => !(row.pathClearanceM > 0 && row.motionClearanceM > 0)).length,
      Math.max(...solved.map((row) => row.limitShare)).toFixed(9),
      mean((row) => row.durationSec).toFixed(2),
    ];
  };
  const valid = rows.filter((row) => row.solved || Number.isFinite(row.length));
  return [
    '## Motions: the Panda set of MotionBenchMaker',
    '',
    'Spheres, limits and link pairs of the set; cylinders as capsules (set box: as cuboids). Every path and every timed motion is',
    'looked at again by the float64 reference at steps of 1/1000 rad; the columns show the least clearance found on the way.',
    '',
    table(head, [
      ...sets.map((set) =>
        summary(
          set,
          valid.filter((row) => row.problem.set === set),
        ),
      ),
      summary('**all**', valid),
    ]),
    '',
    'Other seeds:',
    '',
    table(['seed', 'valid', 'solved', 'mean length [rad]'], seeds),
  ].join('\n');
}

function check(module: StepModule, model: RobotModel, problem: MotionProblem): Row {
  const space = openMotionSpace(module, model, problem.scene, { cylindersAsCapsules: true });
  const path = planPath(space, { start: problem.start, goal: problem.goal });
  const none = { problem, solved: false, pathClearanceM: 0, motionClearanceM: 0, limitShare: 0, durationSec: 0 };
  if (!path.solved) {
    space.close();
    // A length marks the problem as valid but unsolved; NaN as one that nobody can solve.
    return { ...none, length: path.valid.start && path.valid.goal ? 0 : Number.NaN };
  }
  const { timing, durationSec } = timeMotion(space, path.waypoints, {});
  const ratios = new Float64Array(3);
  greatestRatios(timing, ratios);
  const row = {
    problem,
    solved: true,
    length: path.length,
    pathClearanceM: leastAlongPath(space, path.waypoints),
    motionClearanceM: leastAlongMotion(space, timing, durationSec),
    limitShare: Math.max(...ratios),
    durationSec,
  };
  space.close();
  return row;
}

function clearance(space: MotionSpace, q: Float64Array): number {
  return closestContact(space.check, q)?.clearanceM ?? Number.POSITIVE_INFINITY;
}

function leastAlongPath(space: MotionSpace, path: Float64Array): number {
  const dim = space.names.length;
  const q = new Float64Array(dim);
  let least = Number.POSITIVE_INFINITY;
  for (let i = dim; i < path.length; i += dim) {
    let squared = 0;
    for (let k = 0; k < dim; k++) squared += (path[i + k] - path[i - dim + k]) ** 2;
    const parts = Math.max(1, Math.ceil(Math.sqrt(squared) / CHECK_STEP));
    for (let p = 0; p <= parts; p++) {
      for (let k = 0; k < dim; k++) q[k] = path[i - dim + k] + ((path[i + k] - path[i - dim + k]) * p) / parts;
      least = Math.min(least, clearance(space, q));
    }
  }
  return least;
}

function leastAlongMotion(space: MotionSpace, timing: PathTiming, durationSec: number): number {
  const dim = space.names.length;
  const [q, v, a, j] = [0, 1, 2, 3].map(() => new Float64Array(dim));
  let least = Number.POSITIVE_INFINITY;
  for (let t = 0; t < durationSec; ) {
    pathStateAt(timing, t, q, v, a, j);
    least = Math.min(least, clearance(space, q));
    // As far in time as the configuration moves by a step at the present speed, a millisecond at most.
    t += Math.min(1e-3, CHECK_STEP / Math.max(1e-9, Math.hypot(...v)));
  }
  return least;
}

function solvedWith(
  module: StepModule,
  model: RobotModel,
  problems: readonly MotionProblem[],
  seed: number,
): [number, number, string] {
  let [valid, solved, length] = [0, 0, 0];
  for (const problem of problems) {
    const space = openMotionSpace(module, model, problem.scene, { cylindersAsCapsules: true });
    const path = planPath(space, { start: problem.start, goal: problem.goal, seed });
    space.close();
    if (path.valid.start && path.valid.goal) valid++;
    if (!path.solved) continue;
    solved++;
    length += path.length;
  }
  return [valid, solved, (length / solved).toFixed(3)];
}
