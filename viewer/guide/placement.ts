import { computed, effect, signal } from '@preact/signals';
import {
  inverse,
  MM_PER_M,
  metresFromMm,
  type Transform,
  transformFromRpy,
  transformPoint,
} from '../../engine/core/frames.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import { bareTip } from '../../planners/motion/rcm/tool.ts';
import { robotNamed, tipNamed } from '../../planners/motion/robot/own-robots.ts';
import { createWorkspace, setConfiguration } from '../../planners/motion/robot/workspace.ts';
import { whereItBegins } from '../../sim/robots/start.ts';
import type { PatientView } from '../engine/messages.ts';
import { T_patient_base } from '../state/robot.ts';
import { type KeepOutMargin, tipPlace } from './places.ts';
import type { Entry } from './trocar.ts';

/** Where the robot's base stands in the patient: position [mm, LPS] and roll, pitch and yaw about its fixed axes [deg]. */
export interface Placement {
  readonly positionMm: Vec3;
  readonly rpyDeg: Vec3;
}

/**
 * Axes of the base unless somebody says otherwise: z up from a patient who lies supine (anterior), x to the patient's left, y
 * to the head, as those of the patient support.
 */
const UPRIGHT_DEG: Vec3 = [90, 0, 0];

export const placement = signal<Placement>({ positionMm: [0, 0, 0], rpyDeg: UPRIGHT_DEG });

export const placed = computed<Transform>(() => {
  const { positionMm, rpyDeg } = placement.value;
  return transformFromRpy(metresFromMm(positionMm), rpyDeg.map((deg) => (deg * Math.PI) / 180) as unknown as Vec3);
});

effect(() => {
  T_patient_base.value = placed.value;
});

/** From a place in the patient [mm, LPS] to the robot's base frame [m]. */
export function baseFromPatient(pointMm: Vec3): Vec3 {
  return transformPoint(inverse(placed.value), metresFromMm(pointMm));
}

/** From the robot's base frame [m] to the patient [mm, LPS]. */
export function patientFromBase(pointM: Vec3): Vec3 {
  return transformPoint(placed.value, pointM).map((m) => m * MM_PER_M) as unknown as Vec3;
}

/** The placement of a transform, as a registration gives it. */
export function placementOf(t: Transform): Placement {
  const pitch = Math.asin(Math.max(-1, Math.min(1, -t[2])));
  const isLocked = Math.abs(t[2]) > 1 - 1e-9;
  const roll = isLocked ? 0 : Math.atan2(t[6], t[10]);
  const yaw = isLocked ? Math.atan2(-t[4], t[5]) : Math.atan2(t[1], t[0]);
  const deg = (rad: number): number => (rad * 180) / Math.PI;
  return {
    positionMm: [t[12] * MM_PER_M, t[13] * MM_PER_M, t[14] * MM_PER_M],
    rpyDeg: [deg(roll), deg(pitch), deg(yaw)],
  };
}

/**
 * The base upright, such that the arm as it stands has its tip at the place where a simulated robot begins. With a tool through a trocar,
 * such that the link that carries it is where it stands while the tip is there: whether the arm can turn it so, its start says.
 */
export function defaultPlacement(
  robot: string,
  view: PatientView,
  keepOuts: readonly KeepOutMargin[],
  entry: Entry | undefined,
): Placement {
  const wanted = entry === undefined ? tipPlace(view, keepOuts) : carrierPlace(entry);
  return uprightWith(tipAtStand(robot), wanted);
}

/** The base upright, such that a place of its frame [m] is at one in the patient [mm, LPS]. */
export function uprightWith(pointM: Vec3, placeMm: Vec3): Placement {
  const turned = transformPoint(transformFromRpy([0, 0, 0], [Math.PI / 2, 0, 0]), pointM);
  return {
    positionMm: placeMm.map((mm, a) => Math.round(mm - turned[a] * MM_PER_M)) as unknown as Vec3,
    rpyDeg: UPRIGHT_DEG,
  };
}

/** Behind the tip by the length of the shaft, through the trocar [mm, LPS]. */
function carrierPlace({ tool, trocarMm, tipMm }: Entry): Vec3 {
  const way = trocarMm.map((mm, a) => mm - tipMm[a]);
  const lengthMm = tool.lengthM * MM_PER_M;
  return tipMm.map((mm, a) => mm + (lengthMm / Math.hypot(...way)) * way[a]) as unknown as Vec3;
}

/** [m, base frame] */
function tipAtStand(robot: string): Vec3 {
  const model = robotNamed(robot);
  const workspace = createWorkspace(model);
  setConfiguration(workspace, whereItBegins(robot, bareTip(tipNamed(robot))));
  const at = 16 * model.links.findIndex(({ name }) => name === tipNamed(robot));
  return [workspace.linkPoses[at + 12], workspace.linkPoses[at + 13], workspace.linkPoses[at + 14]];
}
