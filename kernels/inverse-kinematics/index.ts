import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { inputError } from '../../engine/core/errors.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/** Scalars of a call. */
export interface IkShape {
  readonly joints: number;
  readonly dofs: number;
  /** Starts in all, and starts of each target. */
  readonly starts: number;
  readonly startsPerTarget: number;
  readonly iterations: number;
  /** 0: position alone, 1: position and direction of the tip's z, 2: all of the pose. */
  readonly task: 0 | 1 | 2;
  /** Length that weighs as much as one radian [m]. */
  readonly lengthM: number;
}

/** Most unknowns and most moving joints of an arm. */
export const MOST_DOFS = 8;
export const MOST_JOINTS = 12;
/** WGSL: starts of one workgroup. wasm: lanes that step together, one task. */
const THREADS = 64;
const LANES = 4;

/** Bytes of the buffer that the kernel needs for itself (the wasm version alone uses it). */
export function inverseKinematicsScratchBytes({ starts }: IkShape): number {
  return Math.ceil(starts / LANES) * SCRATCH_VECTORS * 16;
}

/** As in kernel.as.ts: four vectors of unknowns, error, axes and origins with the tip's, Jacobian, J'J and its factor. */
const SCRATCH_VECTORS = 4 * MOST_DOFS + 6 + 6 * (MOST_JOINTS + 1) + 6 * MOST_DOFS + 2 * 36;

/**
 * Damped least squares from many starts at once; see reference.ts for the method.
 *
 * @param b.arm f32[joints + 1][16], b.limits f32[dofs][4] as in ArmTables
 * @param b.targets f32[targets][12]
 * @param b.starts f32[starts][dofs]
 * @param b.solution f32[starts][dofs], b.residual f32[starts][2]
 * @throws IsocenterError `kinematics/too-many-joints` beyond {@link MOST_DOFS} or {@link MOST_JOINTS}
 */
export function prepareInverseKinematics(
  device: Device,
  s: IkShape,
  b: {
    arm: DeviceBuffer;
    limits: DeviceBuffer;
    targets: DeviceBuffer;
    starts: DeviceBuffer;
    solution: DeviceBuffer;
    residual: DeviceBuffer;
    scratch: DeviceBuffer;
  },
): Launch {
  if (s.dofs > MOST_DOFS || s.joints > MOST_JOINTS) {
    throw inputError(
      'kinematics/too-many-joints',
      `the batch solver takes up to ${MOST_DOFS} active and ${MOST_JOINTS} moving joints, the arm has ${s.dofs} and ${s.joints}`,
      'solve its poses one by one',
    );
  }
  const buffers = [b.arm, b.limits, b.targets, b.starts, b.solution, b.residual];
  return device.prepare({
    kernel: 'inverse-kinematics',
    entry: 'inverseKinematics',
    params: [
      ['u32', s.joints],
      ['u32', s.dofs],
      ['u32', s.starts],
      ['u32', s.startsPerTarget],
      ['u32', s.iterations],
      ['u32', s.task],
      ['f32', s.lengthM],
    ],
    buffers: device.kind === 'wasm' ? [...buffers, b.scratch] : buffers,
    tasks: Math.ceil(s.starts / LANES),
    workgroups: workgroupsFor(Math.ceil(s.starts / THREADS)),
  });
}
