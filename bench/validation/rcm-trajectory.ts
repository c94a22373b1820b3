import type { Device } from '../../engine/compute/device.ts';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import { kernelModule } from '../../kernels/device.ts';
import { closestContact } from '../../planners/motion/collision/reference.ts';
import { type MotionSpace, openMotionSpace } from '../../planners/motion/path/space.ts';
import { type OptimizedMotion, optimizeMotion } from '../../planners/motion/planning/optimize-motion.ts';
import type { MotionPlan } from '../../planners/motion/planning/plan-motion.ts';
import { planMotionThroughTrocar } from '../../planners/motion/planning/plan-rcm.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import { positionsAt } from '../../planners/motion/trajectory/spline.ts';
import { type TrocarArm, toolMotion, trocarArm } from '../../tests/planners/motion/support/trocar.ts';
import { atTheTrocar, ballOnTheWay } from '../../tests/planners/motion/trajectory/support/trocar.ts';
import { table } from './markdown.ts';

const PROBLEMS = 100;
/** States of each motion that are looked at for the trocar, and for collisions. */
const STATES = 20_000;
const COLLISION_STATES = 2_000;

/** An arm without a joint to spare: five are bound by tip and trocar, the sixth turns the tool. */
function sixJointArm(): TrocarArm {
  const model = builtinRobot('ur5e');
  return { name: 'ur5e', model, tool: createTool(model, { link: 'tool0', lengthM: 0.3 }), trocarM: [0.4, 0.1, 0.25] };
}

interface Row {
  readonly plan: MotionPlan;
  readonly motion: OptimizedMotion;
  /** Largest error at STATES states, and the proved bound [m]. */
  readonly errorM: number;
  readonly boundM: number;
  readonly clearanceM: number;
}

/** The tool motions of the table before, optimised as a whole; alone, and with a ball where the arm would pass. */
export async function rcmTrajectoryTables(device: Device): Promise<string> {
  const module = await openStepModule(kernelModule());
  const rows: (string | number)[][] = [];
  for (const arm of [trocarArm('panda'), trocarArm('kuka'), sixJointArm()]) {
    const { name } = arm;
    const open = openMotionSpace(module, arm.model, { obstacles: [] });
    const tips: Row[] = [];
    const joints: Row[] = [];
    const balls: Row[] = [];
    for (let i = 0; i < PROBLEMS; i++) {
      const tip = await optimizedRow(device, arm, open, i, 'tip');
      if (tip !== undefined) tips.push(tip);
      const row = await optimizedRow(device, arm, open, i, 'configuration');
      if (row === undefined) continue;
      joints.push(row);
      const space = openMotionSpace(module, arm.model, ballOnTheWay(arm, motionOf(row.motion)));
      const ball = await optimizedRow(device, arm, space, i, 'configuration');
      space.close();
      if (ball !== undefined) balls.push(ball);
    }
    open.close();
    rows.push([name, 'tip', ...line(tips)], [name, 'configuration', ...line(joints)]);
    rows.push([name, 'configuration, past a ball', ...line(balls)]);
    for (const row of rows.slice(-3)) console.log(row.join(' | '));
  }
  return [
    '## Trajectory optimisation through a trocar',
    '',
    `The ${PROBLEMS} tool motions of the section before and of a UR5e, clear of the arm itself: those with a timed motion, and the same`,
    'optimised as a whole through the trocar. Cost: duration and 0.2 x squared jerk over its limit, the same function for both. "Cheaper" counts motions that',
    'are also proven free, inside all limits and within 0.1 mm of the trocar; the others return the timed motion. Past a ball: a ball of',
    '30 mm stands where the arm passes in the middle of its best motion, where start and goal are clear of it. Error: largest at',
    `${STATES} states of each motion, and the proved bound. Clearance: least at ${COLLISION_STATES} states, in float64. 6 seeds, ${device.kind} device,`,
    `${device.threads} thread${device.threads === 1 ? '' : 's'}.`,
    '',
    table(
      [
        'robot',
        'goal',
        'timed',
        'cheaper',
        'duration [s], median',
        'optimised [s]',
        'mean cost [s]',
        'optimised [s]',
        'error [mm]',
        'bound [mm]',
        'limits used',
        'clearance [mm]',
        'ms, median / max',
      ],
      rows,
    ),
  ].join('\n');
}

function motionOf({ plan: { trajectory } }: OptimizedMotion): JointTrajectory {
  if (trajectory === undefined) throw new Error('a solved motion has a trajectory');
  return trajectory;
}

async function optimizedRow(
  device: Device,
  arm: TrocarArm,
  space: MotionSpace,
  i: number,
  goal: 'tip' | 'configuration',
): Promise<Row | undefined> {
  const { start, goalQ, tipM } = toolMotion(arm, i);
  const pose = new Float64Array(16);
  pose.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, ...tipM, 1]);
  const plan = planMotionThroughTrocar(space, arm.tool, arm.trocarM, {
    start,
    goal:
      goal === 'tip' ? { kind: 'pose', pose, link: arm.tool.link, orientation: false } : { kind: 'joints', q: goalQ },
  });
  if (!plan.solved) return undefined;
  const motion = await optimizeMotion(device, space, plan, {}, { rcm: { tool: arm.tool, trocarM: arm.trocarM } });
  if (motion.source === 'baseline') console.log(arm.name, goal, i, motion.message);
  const trajectory = motionOf(motion);
  const q = new Float64Array(trajectory.jointNames.length);
  const duration = trajectory.timeSec[trajectory.timeSec.length - 1];
  let clearanceM = Number.POSITIVE_INFINITY;
  for (let k = 0; k <= COLLISION_STATES; k++) {
    positionsAt(trajectory, (duration * k) / COLLISION_STATES, q);
    clearanceM = Math.min(clearanceM, closestContact(space.check, q)?.clearanceM ?? Number.POSITIVE_INFINITY);
  }
  const { errorM } = atTheTrocar(arm, trajectory, STATES);
  return { plan, motion, errorM, boundM: motion.plan.figures?.maxRcmErrorM ?? Number.NaN, clearanceM };
}

function line(rows: readonly Row[]): (string | number)[] {
  const better = rows.filter(({ motion }) => motion.source === 'optimized');
  const mean = (of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const sorted = (of: (row: Row) => number): number[] => rows.map(of).sort((a, b) => a - b);
  const times = sorted(({ motion }) => motion.timeMs);
  const durations = (of: (row: Row) => MotionPlan): string =>
    sorted((row) => of(row).figures?.durationSec ?? Number.NaN)[rows.length >> 1].toFixed(2);
  const used = better.map(({ motion: { plan } }) => {
    const { maxVelocityRatio = 0, maxAccelerationRatio = 0, maxJerkRatio = 0 } = plan.figures ?? {};
    return Math.max(maxVelocityRatio, maxAccelerationRatio, maxJerkRatio);
  });
  return [
    rows.length,
    better.length,
    durations(({ plan }) => plan),
    durations(({ motion }) => motion.plan),
    mean(({ motion }) => motion.cost.baseline).toFixed(3),
    mean(({ motion }) => motion.cost.optimized).toFixed(3),
    (1000 * Math.max(...better.map(({ errorM }) => errorM))).toFixed(4),
    (1000 * Math.max(...better.map(({ boundM }) => boundM))).toFixed(4),
    Math.max(...used).toFixed(9),
    (1000 * Math.min(...better.map(({ clearanceM }) => clearanceM))).toFixed(2),
    `${times[rows.length >> 1].toFixed(0)} / ${times[rows.length - 1].toFixed(0)}`,
  ];
}
