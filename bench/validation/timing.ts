import { B_COUNT } from '../../planners/motion/timing/brake.ts';
import { OK, TARGET_NOT_HOLDABLE, TARGET_NOT_REACHABLE } from '../../planners/motion/timing/codes.ts';
import { calculate, createOtg, durationSec } from '../../planners/motion/timing/otg.ts';
import { type JointTask, shortestByBruteForce } from '../../tests/planners/motion/timing/brute-force.ts';
import { faultsOf } from '../../tests/planners/motion/timing/support.ts';
import { JOINTS, loadProblem, PATH_CASES, timeOtg, timePaths } from '../motion/timing.ts';
import { createProblem, problemSource, type TimingProblem } from '../motion/timing-problems.ts';
import { table } from './markdown.ts';

const ROUNDS = 20;
const PROBLEMS = 32_768;
const OPTIMALITY_CASES = 10_000;
const SEED = 42;

/** The wide sweeps of motion timing: Ruckig's recipe, optimality against brute force, paths; times on one core. */
export async function timingTables(): Promise<string> {
  const sweep = sweepRecipe();
  const optimal = compareWithBruteForce();
  const speed = timeOtg(SEED);
  const e = (x: number): string => x.toExponential(1);
  const us = (x: number): string => x.toFixed(1);
  const head = ['paths', 'deviation [rad]', 'with stops [s]', 'timed [s]', 'mean [us]', 'p99 [us]', 'worst [us]'];
  const rows = PATH_CASES.flatMap((c) =>
    [0.005, 0.02, 0.1].map((deviation) => {
      const f = timePaths(c, deviation, SEED);
      return [c.name, deviation, f.stopsSec.toFixed(2), f.durationSec.toFixed(2), us(f.mean), us(f.p99), us(f.worst)];
    }),
  );
  return [
    '## Motion timing',
    '',
    `State to state, 7 joints, the recipe of Ruckig's benchmark (${ROUNDS} x ${PROBLEMS.toLocaleString('en')} problems, own generator, seed ${SEED}; limits`,
    'are checked by the closed-form extrema of every piece, once a start outside them has been braked):',
    '',
    table(
      ['figure', 'value'],
      [
        ['problems', (ROUNDS * PROBLEMS).toLocaleString('en')],
        ['solved', sweep.solved.toLocaleString('en')],
        ['refused: target cannot be held or reached', sweep.refused.toLocaleString('en')],
        ['not solved', sweep.failed],
        ['final position, velocity, acceleration: largest error', sweep.gap.map(e).join(', ')],
        ['velocity, acceleration, jerk: largest excess over the limit', sweep.excess.map(e).join(', ')],
        ['time: mean, p99, worst [us] (best of 5 each)', [speed.mean, speed.p99, speed.worst].map(us).join(', ')],
        [
          'one joint against brute force over all families',
          `${optimal.compared.toLocaleString('en')} cases, largest difference ${e(optimal.worst)} s, ${optimal.wrong} above 1e-6 s`,
        ],
      ],
    ),
    '',
    'Paths: random walks of 7 joints, Panda limits (15 rad/s^2, 500 rad/s^3), 200 each, means:',
    '',
    table(head, rows),
  ].join('\n');
}

function sweepRecipe(): { solved: number; refused: number; failed: number; gap: number[]; excess: number[] } {
  const otg = createOtg(JOINTS);
  const problem = createProblem(JOINTS);
  const gap = [0, 0, 0];
  const excess = [0, 0, 0];
  let solved = 0;
  let refused = 0;
  let failed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const next = problemSource(SEED + 3 * round);
    for (let n = 0; n < PROBLEMS; n++) {
      next(problem);
      loadProblem(otg, problem);
      const code = calculate(otg);
      if (code === OK) solved++;
      else if (code === TARGET_NOT_HOLDABLE || code === TARGET_NOT_REACHABLE) refused++;
      else failed++;
      if (code !== OK) continue;
      for (let i = 0; i < JOINTS; i++) {
        const faults = faultsOf(otg, i);
        for (let c = 0; c < 3; c++) {
          gap[c] = Math.max(gap[c], faults.gap[c]);
          excess[c] = Math.max(excess[c], faults.excess[c]);
        }
      }
    }
    console.log(`round ${round + 1} of ${ROUNDS}: ${solved} solved, ${refused} refused, ${failed} failed`);
  }
  return { solved, refused, failed, gap, excess };
}

function compareWithBruteForce(): { compared: number; worst: number; wrong: number } {
  const otg = createOtg(1);
  const problem = createProblem(1);
  const next = problemSource(SEED + 1000);
  let compared = 0;
  let worst = 0;
  let wrong = 0;
  while (compared < OPTIMALITY_CASES) {
    next(problem);
    loadProblem(otg, problem);
    if (calculate(otg) !== OK || otg.axes[0].brake[B_COUNT] > 0) continue;
    compared++;
    const found = durationSec(otg);
    let difference = Math.abs(found - shortestByBruteForce(jointTask(problem)));
    // A branch shorter than a cell of the grid: look closer.
    if (!(difference <= 1e-6)) difference = Math.abs(found - shortestByBruteForce(jointTask(problem), 5000));
    if (!(difference <= 1e-6)) {
      wrong++;
      console.log(`case ${compared}: ${found} s, difference ${difference} s`, jointTask(problem));
    }
    if (difference > worst) worst = difference;
  }
  return { compared, worst, wrong };
}

function jointTask(p: TimingProblem): JointTask {
  return {
    start: [p.position[0], p.velocity[0], p.acceleration[0]],
    target: [p.targetPosition[0], p.targetVelocity[0], p.targetAcceleration[0]],
    vMin: -p.maxVelocity[0],
    vMax: p.maxVelocity[0],
    aMin: -p.maxAcceleration[0],
    aMax: p.maxAcceleration[0],
    jerk: p.maxJerk[0],
  };
}
