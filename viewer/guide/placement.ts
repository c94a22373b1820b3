import { computed, effect, signal } from '@preact/signals';
import {
  inverse,
  MM_PER_M,
  metresFromMm,
  type Transform,
  transformFromRpy,
  transformPoint,
} from '../../engine/core/frames.ts';
import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import { bareTip } from '../../planners/motion/rcm/tool.ts';
import { robotNamed, tipNamed } from '../../planners/motion/robot/own-robots.ts';
import { createWorkspace, setConfiguration } from '../../planners/motion/robot/workspace.ts';
import { whereItStands } from '../../sim/robots/stand.ts';
import { whereItBegins } from '../../sim/robots/start.ts';
import type { PatientView, StructureView } from '../engine/messages.ts';
import { T_patient_base } from '../state/robot.ts';

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
/** The tip begins so far in front of what it keeps out of, beyond the margin [mm]. */
const BEFORE_MM = 12;

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
 * The base upright, its tip where a simulated robot begins in front of (anterior of) what it keeps out of; in the middle of the
 * first target where there is nothing to keep out of, in that of the image where there is no target.
 */
export function defaultPlacement(
  robot: string,
  view: PatientView,
  keepOuts: readonly { readonly name: string; readonly marginMm: number }[],
): Placement {
  const wanted = tipPlace(view, keepOuts);
  const tip = transformPoint(transformFromRpy([0, 0, 0], [Math.PI / 2, 0, 0]), tipAtStand(robot));
  return {
    positionMm: wanted.map((mm, a) => Math.round(mm - tip[a] * MM_PER_M)) as unknown as Vec3,
    rpyDeg: UPRIGHT_DEG,
  };
}

function tipPlace(
  { grid, structures }: PatientView,
  keepOuts: readonly { readonly name: string; readonly marginMm: number }[],
): Vec3 {
  const first = keepOuts.find(({ name }) => structures.some((s) => s.name === name && s.voxels.length > 0));
  if (first !== undefined) {
    const { centre, front } = boxOf(grid, structures.find(({ name }) => name === first.name) as StructureView);
    return [centre[0], front - first.marginMm - BEFORE_MM, centre[2]];
  }
  const target = structures.find(({ role, voxels }) => role === 'target' && voxels.length > 0);
  if (target !== undefined) return boxOf(grid, target).centre;
  return grid.size.map((n, a) => grid.originMm[a] + ((n - 1) / 2) * grid.spacingMm[a]) as unknown as Vec3;
}

/** Middle of the box around a structure, and its anterior face [mm]. */
function boxOf(grid: Grid, { voxels }: StructureView): { centre: Vec3; front: number } {
  const [nx, ny] = grid.size;
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [-1, -1, -1];
  for (const voxel of voxels) {
    const at = [voxel % nx, Math.floor(voxel / nx) % ny, Math.floor(voxel / (nx * ny))];
    for (let a = 0; a < 3; a++) {
      low[a] = Math.min(low[a], at[a]);
      high[a] = Math.max(high[a], at[a]);
    }
  }
  const mm = (a: number, index: number): number => grid.originMm[a] + index * grid.spacingMm[a];
  return {
    centre: [0, 1, 2].map((a) => (mm(a, low[a]) + mm(a, high[a])) / 2) as unknown as Vec3,
    front: mm(1, low[1]) - grid.spacingMm[1] / 2,
  };
}

/** [m, base frame] */
function tipAtStand(robot: string): Vec3 {
  const model = robotNamed(robot);
  const workspace = createWorkspace(model);
  const rest = whereItBegins(robot, bareTip(tipNamed(robot)));
  setConfiguration(workspace, whereItStands(robot, rest));
  const at = 16 * model.links.findIndex(({ name }) => name === tipNamed(robot));
  return [workspace.linkPoses[at + 12], workspace.linkPoses[at + 13], workspace.linkPoses[at + 14]];
}
