import { inputError } from '../../../engine/core/errors.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import type { ToolSpec } from '../../../engine/core/tool.ts';

/** A tool with a straight shaft, in the frame of the link that carries it. */
export interface ToolModel {
  /** Index of the link. */
  readonly link: number;
  /** Where the shaft begins [m]. */
  readonly originM: Vec3;
  /** Unit vector along the shaft, away from the robot. */
  readonly axis: Vec3;
  /** Length of the straight shaft [m]. */
  readonly lengthM: number;
  /** The point that is led [m]; the end of the shaft unless the tool is bent behind it. */
  readonly tipM: Vec3;
}

/** No tool: the origin of the link leads. */
export function bareTip(link: string): ToolSpec {
  return { link, lengthM: BARE_M, tipM: [0, 0, 0] };
}

/** Whether a tool is {@link bareTip}. */
export function isBareTip({ lengthM, tipM }: ToolSpec): boolean {
  return lengthM === BARE_M && tipM?.every((m) => m === 0) === true;
}

/** A shaft needs a length, also where nobody asks for it [m]. */
const BARE_M = 1e-3;

/**
 * A tool on the link of that name. The axis is normalised; the tip is the end of the shaft where it is left out.
 *
 * @throws IsocenterError `rcm/link` for an unknown link, `rcm/tool` for an axis of no length, a length that is not positive
 * or a value that is not finite
 */
export function createTool(model: RobotModel, spec: Omit<ToolSpec, 'radiusM'>): ToolModel {
  const link = model.links.findIndex(({ name }) => name === spec.link);
  if (link < 0) {
    throw inputError(
      'rcm/link',
      `${model.name} has no link ${spec.link}`,
      `name one of ${model.links.map(({ name }) => name).join(', ')}`,
    );
  }
  const originM = spec.originM ?? [0, 0, 0];
  const [x, y, z] = spec.axis ?? [0, 0, 1];
  const norm = Math.hypot(x, y, z);
  if (!(norm > 1e-9) || !Number.isFinite(norm)) {
    throw inputError('rcm/tool', `the shaft axis ${x}, ${y}, ${z} has no direction`, 'give a vector along the shaft');
  }
  if (!(spec.lengthM > 0) || !Number.isFinite(spec.lengthM)) {
    throw inputError('rcm/tool', `the shaft is ${spec.lengthM} m long`, 'give a length above zero, in metres');
  }
  const axis: Vec3 = [x / norm, y / norm, z / norm];
  const tipM: Vec3 = spec.tipM ?? [
    originM[0] + spec.lengthM * axis[0],
    originM[1] + spec.lengthM * axis[1],
    originM[2] + spec.lengthM * axis[2],
  ];
  if (![...originM, ...tipM].every(Number.isFinite)) {
    throw inputError('rcm/tool', 'the origin or the tip of the tool is not finite', 'give three numbers in metres');
  }
  return { link, originM, axis, lengthM: spec.lengthM, tipM };
}
