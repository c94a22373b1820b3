import { type Device, type DeviceBuffer, type Launch, upload } from '../../../engine/compute/device.ts';
import type { Transform } from '../../../engine/core/frames.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import {
  type IkShape,
  inverseKinematicsScratchBytes,
  prepareInverseKinematics,
} from '../../../kernels/inverse-kinematics/index.ts';
import { centringCost, resolveRedundancy } from './centring.ts';
import type { KinematicChain } from './chain.ts';
import { descend } from './descent.ts';
import { createIk, IK_SOLVED, type IkConfig, type IkSolver, solveIk } from './ik.ts';

export interface BatchIkConfig extends IkConfig {
  /** Starts of each target on the device: the middle of the ranges and random ones; more finds rarer solutions. Default 16. */
  readonly startsPerTarget?: number;
  /** Steps of one start on the device; default 24. */
  readonly deviceIterations?: number;
  /** Targets of one launch; default 1024. */
  readonly targetsPerLaunch?: number;
}

/** Inverse kinematics of many targets at once: buffers and launch are prepared once. */
export interface BatchIk {
  readonly device: Device;
  readonly solver: IkSolver;
  readonly shape: IkShape;
  readonly targets: DeviceBuffer;
  readonly solution: DeviceBuffer;
  readonly residual: DeviceBuffer;
  readonly launch: Launch;
  readonly buffers: readonly DeviceBuffer[];
}

export interface BatchIkResult {
  /** [targets] IK_SOLVED or the reason, as of {@link solveIk}. */
  readonly codes: Uint8Array;
  /** [targets][active joints] */
  readonly solutions: Float64Array;
  /** Targets that no start on the device solved, so that they were solved one by one. */
  readonly left: number;
}

const TASKS = { position: 0, axis: 1, pose: 2 } as const;

/**
 * A batch solver for the pose of `tip` on link `link`. The device descends in float32 from several starts of each target; the
 * converged start nearest to the middle of the ranges is polished in float64 (and, where `centre` asks for it, led on towards the
 * middle). The task `axis` counts the direction of the tip frame's z.
 *
 * @throws IsocenterError as `createChain`, or `kinematics/too-many-joints`
 */
export function createBatchIk(
  device: Device,
  model: RobotModel,
  link: number,
  tip?: Transform,
  config: BatchIkConfig = {},
): BatchIk {
  const solver = createIk(model, link, tip, { centre: false, ...config, toolAxis: [0, 0, 1] });
  const { chain, space } = solver;
  const perLaunch = config.targetsPerLaunch ?? 1024;
  const startsPerTarget = config.startsPerTarget ?? 16;
  const shape: IkShape = {
    joints: chain.length,
    dofs: chain.dofs,
    starts: perLaunch * startsPerTarget,
    startsPerTarget,
    iterations: config.deviceIterations ?? 24,
    task: TASKS[space.task],
    lengthM: space.lengthM,
  };
  const { arm, limits } = armTables(chain, space.unit);
  const allocate = (bytes: number, label: string): DeviceBuffer => device.allocate(Math.ceil(bytes / 16) * 16, label);
  const b = {
    arm: upload(device, arm, 'ik arm'),
    limits: upload(device, limits, 'ik limits'),
    targets: allocate(48 * perLaunch, 'ik targets'),
    starts: upload(device, randomStarts(solver, shape, perLaunch), 'ik starts'),
    solution: allocate(4 * chain.dofs * shape.starts, 'ik solution'),
    residual: allocate(8 * shape.starts, 'ik residual'),
    scratch: allocate(device.kind === 'wasm' ? inverseKinematicsScratchBytes(shape) : 16, 'ik scratch'),
  };
  const launch = prepareInverseKinematics(device, shape, b);
  const { targets, solution, residual } = b;
  return { device, solver, shape, targets, solution, residual, launch, buffers: Object.values(b) };
}

export function freeBatchIk({ device, buffers }: BatchIk): void {
  for (const buffer of buffers) device.free(buffer);
}

/**
 * Solves for every target.
 *
 * @param targets [n][16] column-major poses of the tip in the base frame [m], as {@link solveIk} takes them
 */
export async function solveBatch(batch: BatchIk, targets: Float64Array): Promise<BatchIkResult> {
  const { device, solver, shape, launch } = batch;
  const { dofs: n, startsPerTarget } = shape;
  const joints = solver.result.solution.length;
  const count = targets.length / 16;
  const perLaunch = shape.starts / startsPerTarget;
  const codes = new Uint8Array(count);
  const solutions = new Float64Array(count * joints);
  const packed = new Float32Array(12 * perLaunch);
  const found = new Float32Array(n * shape.starts);
  const missing = new Float32Array(2 * shape.starts);
  let left = 0;
  for (let first = 0; first < count; first += perLaunch) {
    const here = Math.min(perLaunch, count - first);
    for (let t = 0; t < here; t++) pack(targets, 16 * (first + t), packed, 12 * t);
    device.write(batch.targets, packed);
    device.run(launch);
    await device.read(batch.solution, found);
    await device.read(batch.residual, missing);
    for (let t = 0; t < here; t++) {
      const target = targets.subarray(16 * (first + t), 16 * (first + t) + 16);
      const at = t * startsPerTarget;
      let code = IK_SOLVED;
      if (!polish(solver, target, found.subarray(n * at, n * (at + startsPerTarget)), missing.subarray(2 * at))) {
        left++;
        code = solveIk(solver, target);
      }
      codes[first + t] = code;
      solutions.set(solver.result.solution, joints * (first + t));
    }
  }
  return { codes, solutions, left };
}

/** Tables of the chain as the kernel reads them: kernels/inverse-kinematics/reference.ts. */
function armTables(chain: KinematicChain, unit: Float64Array): { arm: Float32Array; limits: Float32Array } {
  const { length, fixed, tip, slides, dof, scale, offset, lower, upper } = chain;
  const arm = new Float32Array(16 * (length + 1));
  for (let k = 0; k < length; k++) {
    arm.set(fixed.subarray(12 * k, 12 * k + 12), 16 * k);
    arm.set([slides[k], dof[k], scale[k], offset[k]], 16 * k + 12);
  }
  arm.set(tip, 16 * length);
  const limits = new Float32Array(4 * chain.dofs);
  for (let i = 0; i < chain.dofs; i++) {
    // A joint without limits: a thousand turns will do, and float32 stays exact enough.
    limits.set([Math.max(-6e3, lower[i]), Math.min(6e3, upper[i]), unit[i]], 4 * i);
  }
  return { arm, limits };
}

/** The middle of the ranges, and seeded random configurations within the limits, for every target the same. */
function randomStarts({ search, config, chain }: IkSolver, shape: IkShape, perLaunch: number): Float32Array {
  const { dofs: n, startsPerTarget } = shape;
  const { wish, range } = search.centring;
  const random = seededRandom(config.seed);
  const one = new Float32Array(n * startsPerTarget);
  for (let k = 0; k < startsPerTarget; k++) {
    for (let i = 0; i < n; i++) {
      const low = Number.isFinite(chain.lower[i]) ? chain.lower[i] : -Math.PI;
      one[k * n + i] = k === 0 ? wish[i] : low + range[i] * random();
    }
  }
  const all = new Float32Array(one.length * perLaunch);
  for (let t = 0; t < perLaunch; t++) all.set(one, t * one.length);
  return all;
}

/** Rotation and translation of a column-major 4 x 4. */
function pack(from: Float64Array, at: number, to: Float32Array, place: number): void {
  for (let c = 0; c < 4; c++) for (let r = 0; r < 3; r++) to[place + 3 * c + r] = from[at + 4 * c + r];
}

/** A start counts as converged below this share of a metre and of a radian; float64 does the rest. */
const CONVERGED = 1e-4;

/** The best of the converged starts, brought within the tolerances in float64; false where none is or comes there. */
function polish(solver: IkSolver, target: Float64Array, found: Float32Array, missing: Float32Array): boolean {
  const { chain, space, search, result, config } = solver;
  const { descent, centring, constraint } = search;
  const { x } = descent;
  const n = chain.dofs;
  const starts = found.length / n;
  space.target.set(target);
  result.joint = -1;
  for (let tried = 0; tried < starts; tried++) {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < starts; k++) {
      if (!(missing[2 * k] < CONVERGED && missing[2 * k + 1] < CONVERGED)) continue;
      for (let i = 0; i < n; i++) x[i] = found[n * k + i];
      const cost = centringCost(centring, x);
      if (cost < least) {
        least = cost;
        best = k;
      }
    }
    if (best < 0) return false;
    missing[2 * best] = Number.POSITIVE_INFINITY;
    for (let i = 0; i < n; i++) x[i] = Math.min(chain.upper[i], Math.max(chain.lower[i], found[n * best + i]));
    descend(descent, constraint.lower, constraint.upper);
    if (!constraint.isMet()) continue;
    if (config.centre) resolveRedundancy(centring, x);
    for (let i = 0; i < n; i++) result.solution[chain.columns[i]] = x[i];
    return true;
  }
  return false;
}
