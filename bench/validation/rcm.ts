import { createShaft, setShaft, shaftErrorM } from '../../planners/motion/rcm/shaft.ts';
import { planRcmMotion, type RcmMotion } from '../../planners/motion/rcm/timed.ts';
import { greatestRatios, pathStateAt } from '../../planners/motion/timing/path-timing.ts';
import type { TrocarArm } from '../../tests/planners/motion/support/trocar.ts';
import { toolMotion, trocarArm, worstErrorM } from '../../tests/planners/motion/support/trocar.ts';
import { table } from './markdown.ts';

const PROBLEMS = 100;
/** States of each timed motion that are looked at. */
const STATES = 20_000;

/** Tool motions of a 300 mm shaft through a trocar: 100 seeded problems each of Panda and LBR Med. */
export async function rcmTables(): Promise<string> {
  const rows: (string | number)[][] = [];
  const refused: string[] = [];
  const elbow = { same: 0, sameSolved: 0, other: 0, otherSolved: 0 };
  for (const name of ['panda', 'kuka'] as const) {
    const arm = trocarArm(name);
    for (const goal of ['tip', 'configuration'] as const) {
      const { row, reasons, solved } = hundred(arm, goal);
      if (name === 'kuka' && goal === 'configuration') {
        for (let i = 0; i < PROBLEMS; i++) {
          const { start, goalQ } = toolMotion(arm, i);
          const which = start[3] * goalQ[3] > 0 ? 'same' : 'other';
          elbow[which]++;
          if (solved.has(i)) elbow[`${which}Solved`]++;
        }
      }
      rows.push([name, goal, ...row]);
      const shown = goal === 'tip' ? reasons : reasons.slice(0, 2);
      refused.push(...shown.map((reason) => `- ${name}, ${goal} ${reason}`));
      console.log(rows.at(-1)?.join(' | '));
    }
  }
  return [
    '## Remote centre of motion: a 300 mm shaft through a trocar',
    '',
    `${PROBLEMS} seeded tool motions in a workspace of 100 mm, 50 to 150 mm below the trocar, planned and timed under the limits of velocity,`,
    'acceleration and jerk. Start: a random configuration that respects the trocar; goal: a tip that such a configuration reaches',
    '(the planner chooses how), or that very configuration. Error: largest distance of the trocar from the shaft along the path',
    `(joints straight between waypoints, 16 places a step) and along the timed motion (${STATES} states), and the proved bound of the`,
    'latter (limit 0.1 mm). A goal configuration whose elbow is bent the other way cannot be reached without drawing the tool out:',
    'the straight arm in between is longer than the workspace is far. Of the LBR Med the elbow (A4) is bent the same way in',
    `${elbow.same} pairs of configurations, of which ${elbow.sameSolved} are solved, and the other way in ${elbow.other}, of which ${elbow.otherSolved} are.`,
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
        'duration [s], median',
        'ms, median / max',
      ],
      rows,
    ),
    ...(refused.length > 0 ? ['', 'Refused:', '', ...refused] : []),
  ].join('\n');
}

function hundred(
  arm: TrocarArm,
  goal: 'tip' | 'configuration',
): { row: (string | number)[]; reasons: readonly string[]; solved: ReadonlySet<number> } {
  const solved = new Set<number>();
  const times: number[] = [];
  const durations: number[] = [];
  const reasons: string[] = [];
  const ways = { direct: 0, search: 0, none: 0 };
  let path = 0;
  let timed = 0;
  let bound = 0;
  let used = 0;
  const ratios = new Float64Array(3);
  for (let i = 0; i < PROBLEMS; i++) {
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
      reasons.push(`${i}: ${motion.reason}`);
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
    `${durations.length} of ${PROBLEMS}`,
    `${ways.direct} / ${ways.search}`,
    (1000 * path).toFixed(4),
    (1000 * timed).toFixed(4),
    (1000 * bound).toFixed(4),
    used.toFixed(6),
    durations[durations.length >> 1].toFixed(2),
    `${times[PROBLEMS / 2].toFixed(1)} / ${times[PROBLEMS - 1].toFixed(0)}`,
  ];
  return { row, reasons, solved };
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
