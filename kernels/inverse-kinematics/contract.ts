import { type Random, seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelCase } from '../contract.ts';
import { withValue } from '../support/case-data.ts';
import { type IkShape, inverseKinematicsScratchBytes, prepareInverseKinematics } from './index.ts';
import { armForward, inverseKinematicsReference } from './reference.ts';

/** One joint of an arm: twist and lengths of its modified Denavit-Hartenberg row, limits, and what it does. */
interface JointRow {
  readonly alpha: number;
  readonly a: number;
  readonly d: number;
  readonly lower: number;
  readonly upper: number;
  readonly slides?: boolean;
  /** Follows the joint of that number: -1 times its position. */
  readonly follows?: number;
}

const HALF = Math.PI / 2;
const turn = (alpha: number, a: number, d: number): JointRow => ({ alpha, a, d, lower: -2.8, upper: 2.8 });

const planar: readonly JointRow[] = [turn(0, 0, 0), turn(0, 0.4, 0), turn(0, 0.3, 0)];
const seven: readonly JointRow[] = [
  turn(0, 0, 0.333),
  turn(-HALF, 0, 0),
  turn(HALF, 0, 0.316),
  turn(HALF, 0.0825, 0),
  turn(-HALF, -0.0825, 0.384),
  turn(HALF, 0, 0),
  turn(HALF, 0.088, 0.107),
];
const surgical: readonly JointRow[] = [
  turn(HALF, 0, 0),
  turn(-HALF, 0, 0),
  { alpha: HALF, a: 0, d: -0.1, lower: 0, upper: 0.3, slides: true },
  turn(0, 0, 0.05),
  turn(-HALF, 0, 0),
  turn(-HALF, 0.0091, 0),
];
const following: readonly JointRow[] = [...planar, { ...turn(0, 0.2, 0), follows: 1 }];

function armTables(rows: readonly JointRow[]): { arm: Float32Array; limits: Float32Array; dofs: number } {
  const dofs = rows.filter(({ follows }) => follows === undefined).length;
  const arm = new Float32Array(16 * (rows.length + 1));
  const limits = new Float32Array(4 * dofs);
  let dof = 0;
  rows.forEach(({ alpha, a, d, lower, upper, slides, follows }, k) => {
    const [c, s] = [Math.cos(alpha), Math.sin(alpha)];
    arm.set([1, 0, 0, 0, c, s, 0, -s, c, a, -s * d, c * d, slides ? 1 : 0], 16 * k);
    arm.set([follows ?? dof, follows === undefined ? 1 : -1, 0], 16 * k + 13);
    if (follows === undefined) limits.set([lower, upper, slides ? 0.2 : 1, 0], 4 * dof++);
  });
  arm.set([1, 0, 0, 0, 1, 0, 0, 0, 1, 0.05, 0.02, 0.1], 16 * rows.length);
  return { arm, limits, dofs };
}

interface Options {
  readonly name: string;
  readonly seed: number;
  readonly rows: readonly JointRow[];
  readonly task: 0 | 1 | 2;
  readonly targets: number;
  readonly startsPerTarget?: number;
  readonly iterations?: number;
  readonly nan?: boolean;
  /** How far starts lie from a solution, as a share of the ranges: near enough for all to converge. */
  readonly away?: number;
}

function ikCase(o: Options): KernelCase<IkShape> {
  const random = seededRandom(o.seed);
  const { arm, limits, dofs } = armTables(o.rows);
  const startsPerTarget = o.startsPerTarget ?? 1;
  const params: IkShape = {
    joints: o.rows.length,
    dofs,
    starts: o.targets * startsPerTarget,
    startsPerTarget,
    iterations: o.iterations ?? 16,
    task: o.task,
    lengthM: 0.25,
  };
  let targets: Float32Array = new Float32Array(12 * o.targets);
  const starts = new Float32Array(dofs * params.starts);
  for (let t = 0; t < o.targets; t++) {
    const q = inside(random, limits, dofs);
    targets.set(armForward(arm, o.rows.length, q).pose, 12 * t);
    for (let k = 0; k < startsPerTarget; k++) {
      for (let i = 0; i < dofs; i++) {
        const range = limits[4 * i + 1] - limits[4 * i];
        starts[(t * startsPerTarget + k) * dofs + i] = q[i] + (o.away ?? 0.04) * range * (2 * random() - 1);
      }
    }
  }
  if (o.nan) targets = withValue(targets, 12 * 2 + 10, Number.NaN);
  return {
    name: o.name,
    params,
    inputs: { arm, limits, targets, starts },
    outputs: {
      solution: { type: 'f32', length: dofs * params.starts },
      residual: { type: 'f32', length: 2 * params.starts },
    },
    scratch: { scratch: inverseKinematicsScratchBytes(params) },
    nan: o.nan === true,
  };
}

/** A configuration that keeps a tenth of each range from the limits. */
function inside(random: Random, limits: Float32Array, dofs: number): number[] {
  return Array.from({ length: dofs }, (_, i) => {
    const range = limits[4 * i + 1] - limits[4 * i];
    return limits[4 * i] + (0.1 + 0.8 * random()) * range;
  });
}

/** Where solutions put the tip: a redundant arm's joints may differ, its tip may not. Residuals count as one plus them. */
function outcome(
  { params, inputs }: KernelCase<IkShape>,
  solution: ArrayLike<number>,
  residual: ArrayLike<number>,
): Record<string, Float64Array> {
  const tips = new Float64Array(12 * params.starts);
  for (let t = 0; t < params.starts; t++) {
    const q = Array.from({ length: params.dofs }, (_, i) => solution[params.dofs * t + i]);
    const { pose } = armForward(inputs.arm, params.joints, q);
    // What the task leaves free is not compared.
    const counted =
      params.task === 2
        ? pose
        : params.task === 1
          ? [0, 0, 0, 0, 0, 0, ...pose.slice(6)]
          : [0, 0, 0, 0, 0, 0, 0, 0, 0, ...pose.slice(9)];
    tips.set(counted, 12 * t);
  }
  return { tips, residual: Float64Array.from(residual, (r) => 1 + r) };
}

export const inverseKinematics = defineKernel<IkShape>({
  name: 'inverse-kinematics',
  doc: 'damped least squares within joint limits from many starts at once',
  inputs: {
    arm: 'f32[joints + 1][16] each joint: rotation and translation, sliding, unknown, scale, offset; then the tip',
    limits: 'f32[dofs][4] rad or m: lower, upper, unit',
    targets: 'f32[targets][12] rotation and translation of the tip, m',
    starts: 'f32[starts][dofs] rad or m',
  },
  outputs: {
    solution: 'f32[starts][dofs] rad or m',
    residual: 'f32[starts][2] m and 2 sin(angle / 2)',
  },
  tolerance: {
    relative: 1e-5,
    why: 'the tip through eight rotations in float32 is right to about 1e-6 m, and so is the place where the steps stop',
  },
  cases: [
    ikCase({ name: 'a planar arm, position', seed: 140, rows: planar, task: 0, targets: 9 }),
    ikCase({ name: 'seven joints, pose', seed: 141, rows: seven, task: 2, targets: 33 }),
    ikCase({ name: 'seven joints, position and axis', seed: 142, rows: seven, task: 1, targets: 30 }),
    ikCase({ name: 'a sliding joint, pose', seed: 143, rows: surgical, task: 2, targets: 21 }),
    ikCase({ name: 'a joint that follows another', seed: 144, rows: following, task: 0, targets: 7 }),
    ikCase({ name: 'several starts a target', seed: 145, rows: seven, task: 2, targets: 13, startsPerTarget: 5 }),
    ikCase({
      name: 'starts beyond the limits',
      seed: 146,
      rows: planar,
      task: 0,
      targets: 12,
      away: 0.3,
      iterations: 24,
    }),
    ikCase({ name: 'two steps', seed: 147, rows: seven, task: 2, targets: 6, iterations: 2 }),
    ikCase({ name: 'no step', seed: 148, rows: surgical, task: 2, targets: 3, iterations: 0 }),
    ikCase({ name: 'one NaN', seed: 149, rows: seven, task: 2, targets: 6, nan: true }),
  ],
  cost: ({ params: { starts, joints, dofs, iterations } }) => ({
    flops: starts * iterations * (110 * joints + 6 * dofs * dofs + (dofs * dofs * dofs) / 3),
    bytes: starts * 4 * (2 * dofs + 14),
  }),
  reference: (c) => {
    const { solution, residual } = inverseKinematicsReference(
      c.params,
      { arm: c.inputs.arm, limits: c.inputs.limits },
      c.inputs.targets,
      c.inputs.starts,
    );
    return outcome(c, solution, residual);
  },
  compared: (c, { solution, residual }) => outcome(c, solution, residual),
  prepare: (device, { params }, { arm, limits, targets, starts, solution, residual, scratch }) => [
    prepareInverseKinematics(device, params, { arm, limits, targets, starts, solution, residual, scratch }),
  ],
});
