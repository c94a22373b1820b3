import { inputError } from '../../../engine/core/errors.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import type { ShaftTask } from '../../../kernels/trajectory-cost/reference-configuration.ts';
import type { RobotTables } from '../../../kernels/trajectory-cost/tables.ts';
import { createShaft, type Shaft } from '../rcm/shaft.ts';
import type { ToolModel } from '../rcm/tool.ts';

/** A trocar that a tool's shaft has to pass through all the way. */
export interface TrajectoryRcm {
  readonly tool: ToolModel;
  /** [m, base frame] */
  readonly trocarM: Vec3;
  /** What the remote-centre error must not exceed anywhere along the trajectory [m]. Default 1e-4. */
  readonly toleranceM?: number;
  /** Least length of shaft that stays through the trocar [m]. Default 0.005. */
  readonly insertionM?: number;
}

/** The same, ready for use. */
export interface RcmTask {
  readonly toleranceM: number;
  /** As long as the trocar may sit on it: shorter than the tool by the least insertion. */
  readonly shaft: Shaft;
  readonly kernel: ShaftTask;
}

/** While optimising the trocar keeps off the ends of its stretch of shaft by this [m]. */
const END_MARGIN_M = 0.002;

/**
 * @throws IsocenterError `trajectory/rcm` for a tolerance or an insertion that leave nothing to move in, or a trocar that is no
 * point; as createShaft
 */
export function rcmTask(model: RobotModel, robot: RobotTables, rcm: TrajectoryRcm): RcmTask {
  const { tool, trocarM } = rcm;
  const toleranceM = rcm.toleranceM ?? 1e-4;
  const insertionM = rcm.insertionM ?? 0.005;
  const lengthM = tool.lengthM - insertionM;
  if (!(toleranceM > 0 && insertionM >= 0 && lengthM > 0) || !trocarM.every(Number.isFinite)) {
    throw inputError(
      'trajectory/rcm',
      `a shaft of ${tool.lengthM} m, of which ${insertionM} m stay through a trocar at ${trocarM.join(', ')} to ${toleranceM} m`,
      'give a finite trocar, a tolerance above zero, and an insertion from zero to below the length of the shaft',
    );
  }
  const shaft = createShaft(model, { ...tool, lengthM });
  shaft.trocar.set(trocarM);
  const pose = robot.linkPose[tool.link];
  const turned = (v: Vec3): Vec3 => {
    const row = (r: number): number => pose[r] * v[0] + pose[4 + r] * v[1] + pose[8 + r] * v[2];
    return [row(0), row(1), row(2)];
  };
  const [x, y, z] = turned(tool.originM);
  const margin = Math.min(END_MARGIN_M, lengthM / 4);
  return {
    toleranceM,
    shaft,
    kernel: {
      frame: robot.linkFrame[tool.link],
      origin: [x + pose[12], y + pose[13], z + pose[14]],
      axis: turned(tool.axis),
      trocar: trocarM,
      fromM: margin,
      toM: lengthM - margin,
    },
  };
}
