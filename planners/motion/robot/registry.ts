import { inputError } from '../../../engine/core/errors.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import { adjacentPairs, pairKey } from '../../../engine/core/link-pairs.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { withLimits } from '../../../engine/formats/joint-limits.ts';
import { readUrdf } from '../../../engine/formats/urdf/read.ts';
import { robotSpheres, robotUrdf } from '../../generated/robots.ts';
import { builtinLimits } from './builtin-limits.ts';

/** psm and psm-si (da Vinci, dVRK Classic and Si), ecm (its endoscope arm), panda, ur5e, kuka (LBR Med 14). */
export const builtinRobotNames: readonly string[] = Object.keys(robotUrdf);

export const isBuiltin = (name: string): boolean => Object.hasOwn(robotUrdf, name);

/** The link whose frame is the tool's, for each robot that ships. */
export const builtinTip: Readonly<Record<string, string>> = {
  psm: 'tool_tip_link',
  'psm-si': 'tool_tip_link',
  ecm: 'scope_tip_link',
  panda: 'panda_hand_tcp',
  ur5e: 'tool0',
  kuka: 'lbr_flange',
};

const remoteCentresM: ReadonlyMap<string, Vec3> = new Map(['psm', 'psm-si', 'ecm'].map((name) => [name, [0, 0, 0]]));

/**
 * Where an arm's mechanism keeps its remote centre of motion [m, base frame]; undefined for arms that have none or are not built in, and need a trocar to be
 * kept by their motions.
 */
export function remoteCentreM(robot: string): Vec3 | undefined {
  return remoteCentresM.get(robot);
}

/** What builtin/spheres.json holds of a robot, made by `npm run fit-robots`. */
export interface FittedRobot {
  /** Link name -> spheres, x, y, z, radius each [m]. */
  readonly spheres: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Pairs of links that need no check, and why. */
  readonly ignored: readonly (readonly [string, string, string])[];
}

const loaded = new Map<string, RobotModel>();

/**
 * A robot that ships with isocenter: kinematics and limits of its URDF, accelerations and jerks of builtin-limits.ts, spheres
 * fitted to its shapes.
 *
 * @throws IsocenterError `robot/unknown`
 */
export function builtinRobot(name: string): RobotModel {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const model = builtinGeometry(name);
  const { spheres, ignored } = (JSON.parse(robotSpheres) as Record<string, FittedRobot>)[name];
  const index = new Map(model.links.map((link, i) => [link.name, i]));
  const rows = Object.entries(spheres).flatMap(([link, all]) =>
    all.map((sphere) => ({ link: index.get(link) as number, sphere })),
  );
  const pairs = ignored.map(([a, b]) => pairKey(model.links.length, index.get(a) as number, index.get(b) as number));
  const full: RobotModel = {
    ...model,
    spheres: {
      link: Uint16Array.from(rows, ({ link }) => link),
      sphere: Float64Array.from(rows.flatMap(({ sphere }) => sphere)),
    },
    ignoredPairs: new Set([...adjacentPairs(model), ...pairs]),
  };
  loaded.set(name, full);
  return full;
}

/** The same without spheres: what they are fitted to. */
export function builtinGeometry(name: string): RobotModel {
  if (!isBuiltin(name)) {
    throw inputError(
      'robot/unknown',
      `there is no built-in robot ${name}`,
      `choose one of ${builtinRobotNames.join(', ')}, or give a URDF file`,
    );
  }
  const path = `built-in robot ${name}`;
  const { all, joints } = builtinLimits[name];
  const model = readUrdf(robotUrdf[name], { path });
  return withLimits(model, { path, joints: joints ?? {}, others: all });
}
