import { createShaft, setShaft, shaftErrorM } from '../../planners/motion/rcm/shaft.ts';
import { planRcmMotion, type RcmMotion } from '../../planners/motion/rcm/timed.ts';
import { greatestRatios, pathStateAt } from '../../planners/motion/timing/path-timing.ts';
import type { TrocarArm } from '../../tests/planners/motion/support/trocar.ts';
import { toolMotion, trocarArm, worstErrorM } from '../../tests/planners/motion/support/trocar.ts';
import { type Components, lbrComponents } from './lbr-components.ts';
import { table } from './markdown.ts';

const PROBLEMS = 100;
/** States of each timed motion that are looked at. */
const STATES = 20_000;

/** Spacings of the grids that say which configurations of the LBR Med can be reached from which [degrees]. */
const GRIDS = [10, 6];
const SHAFT_M = 0.3;
const INSERTION_M = 0.005;

interface Measured {
  readonly row: (string | number)[];
  /** Why, and which problems. */
  readonly refused: ReadonlyMap<string, readonly number[]>;
  readonly solved: ReadonlySet<number>;
}

/** Tool motions of a 300 mm shaft through a trocar: 100 seeded problems each of Panda and LBR Med, and 100 that are known to be solvable. */
export async function rcmTables(): Promise<string> {
  const rows: (string | number)[][] = [];
  const refused: string[] = [];
  const all = Array.from({ length: PROBLEMS }, (_, i) => i);
  const add = (arm: TrocarArm, goal: 'tip' | 'configuration', name: string, problems: readonly number[]): Measured => {
    const measured = measure(arm, goal, problems);
    rows.push([arm.name, name, ...measured.row]);
    for (const [reason, which] of measured.refused) {
      refused.push(`- ${arm.name}, ${name}, ${which.length} (${which.join(', ')}): ${reason}`);
    }
    console.log(rows.at(-1)?.join(' | '));
    return measured;
  };
  for (const name of ['panda', 'kuka'] as const) add(trocarArm(name), 'tip', 'tip', all);
  add(trocarArm('panda'), 'configuration', 'configuration', all);
  const kuka = trocarArm('kuka');
  const { solved } = add(kuka, 'configuration', 'configuration, any', all);
  const grids = GRIDS.map((step) => lbrComponents(kuka.trocarM, SHAFT_M, INSERTION_M, step));
  const [coarse, fine] = grids.map((grid) => reachable(kuka, grid, all));
  const pairs: number[] = [];
  for (let i = 0; pairs.length < PROBLEMS; i++) if (reachable(kuka, grids[1], [i]).size === 1) pairs.push(i);
  add(kuka, 'configuration', 'configuration, reachable', pairs);
  const alike = all.filter((i) => fine.has(i) === coarse.has(i) && fine.has(i) === solved.has(i)).length;
  return [
    '## Remote centre of motion: a 300 mm shaft through a trocar',
    '',
    `${PROBLEMS} seeded tool motions in a workspace of 100 mm, 50 to 150 mm below the trocar, planned and timed under the limits of velocity,`,
    'acceleration and jerk. Start: a random configuration that respects the trocar; goal: a tip that such a configuration reaches',
    '(the planner chooses how), or that very configuration. Error: largest distance of the trocar from the shaft along the path',
    `(joints straight between waypoints, 16 places a step) and along the timed motion (${STATES} states), and the proved bound of the`,
    'latter (limit 0.1 mm).',
    '',
    table(
      [
        'robot',
        'goal',
        'solved',
        'direct / search',
        'error, path [mm]',
        'timed [mm]',
        'bound [mm]',
        'limits used',
        'duration [s], median / max',
        'ms, median / max',
      ],
      rows,
    ),
    '',
    'Not every configuration of the LBR Med can be reached from every other while the shaft stays in the trocar. Which can is decided',
    'without the planner (`bench/validation/lbr-components.ts`): A1 to A4 place the wrist, A5 and A6 follow in closed form, and a grid',
    `over the four joints is joined where the step between neighbours keeps all limits. Components, in nodes: ${grids
      .map((grid, k) => `${grid.sizes.join(', ')} at ${GRIDS[k]} degrees`)
      .join('; ')}.`,
    `Of the ${PROBLEMS} pairs both ends lie in one component in ${coarse.size} (${GRIDS[0]} degrees) and ${fine.size} (${GRIDS[1]} degrees); for ${alike} of the ${PROBLEMS}`,
    'both grids and the planner (solved or refused) say the same. "Reachable" are the first 100 pairs with both ends in one component',
    `of the finer grid, among the first ${(pairs.at(-1) ?? 0) + 1} by number.`,
    ...(refused.length > 0 ? ['', 'Refused (number of the problems):', '', ...refused] : []),
  ].join('\n');
}

/** Pairs whose ends lie in one component. */
function reachable(arm: TrocarArm, { componentOf }: Components, problems: readonly number[]): ReadonlySet<number> {
  const together = problems.filter((i) => {
    const { start, goalQ } = toolMotion(arm, i);
    const component = componentOf(start);
    return component !== undefined && component === componentOf(goalQ);
  });
  return new Set(together);
}

function measure(arm: TrocarArm, goal: 'tip' | 'configuration', problems: readonly number[]): Measured {
  const solved = new Set<number>();
  const times: number[] = [];
  const durations: number[] = [];
  const refused = new Map<string, number[]>();
  const ways = { direct: 0, search: 0, none: 0 };
  let path = 0;
  let timed = 0;
  let bound = 0;
  let used = 0;
  const ratios = new Float64Array(3);
  for (const i of problems) {
    const { start, goalQ, tipM } = toolMotion(arm, i);
    const begin = performance.now();
    const motion = planRcmMotion(arm.model, arm.tool, {
      trocarM: arm.trocarM,
      start,
      goal: goal === 'tip' ? { tipM } : { q: goalQ },
    });
    times.push(performance.now() - begin);
    ways[motion.plan.way]++;
    if (!motion.solved || motion.timing === undefined) {
      refused.set(motion.reason, [...(refused.get(motion.reason) ?? []), i]);
      continue;
    }
    solved.add(i);
    durations.push(motion.durationSec);
    bound = Math.max(bound, motion.errorBoundM);
    path = Math.max(path, worstErrorM(arm, motion.plan.waypoints, 16));
    timed = Math.max(timed, worstTimedM(arm, motion));
    greatestRatios(motion.timing, ratios);
    used = Math.max(used, ...ratios);
  }
  times.sort((a, b) => a - b);
  durations.sort((a, b) => a - b);
  const row = [
    `${durations.length} of ${problems.length}`,
    `${ways.direct} / ${ways.search}`,
    (1000 * path).toFixed(4),
    (1000 * timed).toFixed(4),
    (1000 * bound).toFixed(4),
    used.toFixed(6),
    `${durations[durations.length >> 1].toFixed(2)} / ${durations[durations.length - 1].toFixed(2)}`,
    `${times[problems.length >> 1].toFixed(1)} / ${times[problems.length - 1].toFixed(0)}`,
  ];
  return { row, refused, solved };
}

function worstTimedM({ model, tool, trocarM }: TrocarArm, { timing, durationSec }: RcmMotion): number {
  const shaft = createShaft(model, tool);
  shaft.trocar.set(trocarM);
  const { columns } = shaft.chain;
  const state = [0, 1, 2, 3].map(() => new Float64Array(model.active.length));
  const x = new Float64Array(columns.length);
  let worst = 0;
  for (let k = 0; k <= STATES && timing !== undefined; k++) {
    pathStateAt(timing, (durationSec * k) / STATES, state[0], state[1], state[2], state[3]);
    columns.forEach((c, i) => {
      x[i] = state[0][c];
    });
    setShaft(shaft, x);
    worst = Math.max(worst, shaftErrorM(shaft));
  }
  return worst;
}
