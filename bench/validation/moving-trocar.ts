import type { Vec3 } from '../../engine/core/grid.ts';
import type { MovingTarget } from '../../planners/motion/rcm/moving-carry.ts';
import { courseAt, type TrocarCourse } from '../../planners/motion/rcm/moving-course.ts';
import { piecesStateAt } from '../../planners/motion/rcm/moving-pieces.ts';
import { type MovingRcmMotion, planMovingRcm } from '../../planners/motion/rcm/moving-plan.ts';
import { createShaft, setShaft, shaftErrorM } from '../../planners/motion/rcm/shaft.ts';
import { breathing, recordedBreathing } from '../../tests/planners/motion/support/breathing.ts';
import { type TrocarArm, toolMotion, trocarArm } from '../../tests/planners/motion/support/trocar.ts';
import { table } from './markdown.ts';

const PROBLEMS = 50;
/** States of each motion that are looked at. */
const STATES = 20_000;
/** Along the body and up: 15 mm. */
const BREATH: Vec3 = [0.005, 0, 0.014];
const HOLD_SEC = 4;

/** Tool motions through a trocar that breathes: seeded problems of Panda and LBR Med, a smooth breath and recorded ones. */
export async function movingTrocarTables(data: string): Promise<string> {
  const rows: (string | number)[][] = [];
  const refused: string[] = [];
  const recordings = recordedBreathing(data, 30);
  for (const name of ['panda', 'kuka'] as const) {
    const arm = trocarArm(name);
    const breath = [breathing(BREATH)];
    const recorded = recordings.map(({ course }) => course);
    for (const [what, courses, target] of [
      ['sin^4', breath, 'trocar'],
      ['sin^4', breath, 'base'],
      ['recorded', recorded, 'trocar'],
    ] as const) {
      const { row, reasons } = measured(arm, courses, target);
      rows.push([name, what, target, ...row]);
      refused.push(...reasons.map((reason) => `- ${name}, ${what}, target ${target}, problem ${reason}`));
      console.log(rows.at(-1)?.join(' | '));
    }
  }
  return [
    '## Remote centre of motion: a trocar that breathes',
    '',
    `The first ${PROBLEMS} tool motions of the section above, the goal a place of the tip, through a trocar that moves: by 15 mm in 4 s`,
    '(sin^4, up and along the body), or as one of four recorded chest markers does (about 10 Hz, 30 s from the middle of each, in turn).',
    `The tool stays ${HOLD_SEC} s at its goal; the target moves with the trocar or stays in the base frame. Error: largest distance of the`,
    `trocar from the shaft at ${STATES} times of a motion, and the proved bound for all times (limit 0.1 mm); what is left is that of`,
    'the plan through a trocar at rest, which may round its corners by 0.05 mm. Tip: how far it is from its goal while it stays there.',
    'Slowdown: how many times longer the way takes than through a trocar at rest.',
    '',
    table(
      [
        'robot',
        'breath',
        'target',
        'solved',
        'error [mm]',
        'bound [mm]',
        'tip [mm]',
        'limits used',
        'slowdown, median / max',
        'ms, median / max',
      ],
      rows,
    ),
    ...(refused.length > 0 ? ['', 'Refused:', '', ...refused] : []),
  ].join('\n');
}

function measured(
  arm: TrocarArm,
  courses: readonly TrocarCourse[],
  target: MovingTarget,
): { row: (string | number)[]; reasons: readonly string[] } {
  const times: number[] = [];
  const slowdowns: number[] = [];
  const reasons: string[] = [];
  const worst = { error: 0, bound: 0, tip: 0, used: 0 };
  for (let i = 0; i < PROBLEMS; i++) {
    const { start, tipM } = toolMotion(arm, i);
    const course = courses[i % courses.length];
    const problem = { trocarM: arm.trocarM, start, goal: { tipM } };
    const began = performance.now();
    const found = planMovingRcm(arm.model, arm.tool, problem, course, { target, holdSec: HOLD_SEC });
    times.push(performance.now() - began);
    if (!found.solved) {
      reasons.push(`${i}: ${found.reason}`);
      continue;
    }
    slowdowns.push(found.slowdown);
    const seen = look(arm, found, course, tipM, target);
    worst.error = Math.max(worst.error, seen.errorM);
    worst.tip = Math.max(worst.tip, seen.tipM);
    worst.bound = Math.max(worst.bound, found.errorBoundM);
    worst.used = Math.max(worst.used, ...found.ratios);
  }
  times.sort((a, b) => a - b);
  slowdowns.sort((a, b) => a - b);
  const row = [
    `${slowdowns.length} of ${PROBLEMS}`,
    (1000 * worst.error).toFixed(4),
    (1000 * worst.bound).toFixed(4),
    (1000 * worst.tip).toFixed(5),
    worst.used.toFixed(6),
    `${slowdowns[slowdowns.length >> 1].toFixed(2)} / ${slowdowns[slowdowns.length - 1].toFixed(2)}`,
    `${times[PROBLEMS >> 1].toFixed(0)} / ${times[PROBLEMS - 1].toFixed(0)}`,
  ];
  return { row, reasons };
}

function look(
  { model, tool, trocarM }: TrocarArm,
  { motion, durationSec, arrivalSec }: MovingRcmMotion,
  course: TrocarCourse,
  tipM: Vec3,
  target: MovingTarget,
): { errorM: number; tipM: number } {
  const shaft = createShaft(model, tool);
  const [q, v, a] = [0, 1, 2].map(() => new Float64Array(model.active.length));
  const x = new Float64Array(shaft.chain.dofs);
  const offset = new Float64Array(3);
  const follows = target === 'trocar' ? 1 : 0;
  let errorM = 0;
  let tip = 0;
  for (let k = 0; k <= STATES && motion !== undefined; k++) {
    const t = (durationSec * k) / STATES;
    piecesStateAt(motion, t, q, v, a);
    courseAt(course, t, offset);
    for (let r = 0; r < 3; r++) shaft.trocar[r] = trocarM[r] + offset[r];
    for (let i = 0; i < x.length; i++) x[i] = q[shaft.chain.columns[i]];
    setShaft(shaft, x);
    errorM = Math.max(errorM, shaftErrorM(shaft));
    if (t < arrivalSec) continue;
    tip = Math.max(tip, Math.hypot(...tipM.map((c, r) => c + follows * offset[r] - shaft.tipBase[r])));
  }
  return { errorM, tipM: tip };
}
