import { computed, signal } from '@preact/signals';
import { inputError } from '../../engine/core/errors.ts';
import { MM_PER_M } from '../../engine/core/frames.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import { readTool } from '../../engine/formats/tool.ts';
import { tipNamed } from '../../planners/motion/robot/own-robots.ts';
import { remoteCentreM } from '../../planners/motion/robot/registry.ts';
import type { PatientView } from '../engine/messages.ts';
import { boxOf, type KeepOutMargin, tipPlace } from './places.ts';

/** What the user chooses of a tool that goes through a trocar, for arms whose mechanism keeps no remote centre. */

export const hasTrocar = signal(false);
/** A straight shaft from the tip link on, along its z. */
export const shaftMm = signal<{ readonly lengthMm: number; readonly radiusMm: number }>({ lengthMm: 350, radiusMm: 4 });
/** From a file, in the place of {@link shaftMm}. */
export const loadedTool = signal<{ readonly name: string; readonly tool: ToolSpec } | undefined>(undefined);
/** Where the user puts it [mm, LPS]; on the skin, in front of where the tip shall begin, unless somebody says otherwise. */
export const chosenTrocarMm = signal<Vec3 | undefined>(undefined);

/** Of a tool file. */
const LARGEST_TOOL = 1 << 16;
/** The tip begins at least so far beyond the trocar, and so much of the shaft stays outside [mm]. */
const LEAST_DEPTH_MM = 20;
const OUTSIDE_MM = 60;
/** Where there is no skin [mm]. */
const IN_FRONT_MM = 80;

/** Whether an arm needs a trocar by software to work through one. */
export function mayHaveTrocar(robot: string): boolean {
  return remoteCentreM(robot) === undefined;
}

export function toolOf(robot: string): ToolSpec {
  const { lengthMm, radiusMm } = shaftMm.value;
  const straight = { link: tipNamed(robot), lengthM: lengthMm / MM_PER_M, radiusM: radiusMm / MM_PER_M };
  return loadedTool.value?.tool ?? straight;
}

/** A tool through a trocar, where in the patient, and where the tip begins beyond it [mm, LPS]. */
export interface Entry {
  readonly tool: ToolSpec;
  readonly trocarMm: Vec3;
  readonly tipMm: Vec3;
}

/** What the next start of the simulator takes; undefined without a trocar. */
export function entryOf(
  robot: string,
  view: PatientView | undefined,
  keepOuts: readonly KeepOutMargin[],
): Entry | undefined {
  if (!hasTrocar.value || !mayHaveTrocar(robot) || view === undefined) return undefined;
  const tool = toolOf(robot);
  const place = tipPlace(view, keepOuts);
  const trocarMm = trocarPlace(view, keepOuts);
  const way = place.map((mm, a) => mm - trocarMm[a]);
  const length = Math.hypot(...way);
  // A trocar that is where the tip should be: straight to the back from there.
  const along = length < LEAST_DEPTH_MM ? [0, 1, 0] : way.map((mm) => mm / length);
  const deepest = Math.max(LEAST_DEPTH_MM, tool.lengthM * MM_PER_M - OUTSIDE_MM);
  const depth = length < LEAST_DEPTH_MM ? IN_FRONT_MM : length;
  const tipMm = trocarMm.map((mm, a) => mm + Math.min(deepest, depth) * along[a]) as unknown as Vec3;
  return { tool, trocarMm, tipMm };
}

/** Where the trocar is [mm, LPS]. */
export function trocarPlace(view: PatientView, keepOuts: readonly KeepOutMargin[]): Vec3 {
  return chosenTrocarMm.value ?? onSkin(view, tipPlace(view, keepOuts));
}

/** The skin in front of (anterior of) a place; a hand's breadth in front of it where the patient has none there. */
function onSkin({ grid, structures }: PatientView, place: Vec3): Vec3 {
  const skin = structures.find(({ role }) => role === 'external');
  const column = [0, 2].map((a) => Math.round((place[a] - grid.originMm[a]) / grid.spacingMm[a]));
  const [nx, ny] = grid.size;
  const above = skin?.voxels.filter((voxel) => {
    return voxel % nx === column[0] && Math.floor(voxel / (nx * ny)) === column[1];
  });
  const front = above === undefined || above.length === 0 ? place[1] - IN_FRONT_MM : boxOf(grid, above).front;
  return [place[0], Math.round(front), place[2]];
}

/** @throws IsocenterError `guide/tool`, `tool/...` */
export async function loadTool(file: File): Promise<void> {
  if (file.size > LARGEST_TOOL) {
    const what = `${file.name} has ${file.size} bytes, above ${LARGEST_TOOL}`;
    throw inputError('guide/tool', what, 'give a YAML file with link and length');
  }
  loadedTool.value = { name: file.name, tool: readTool(await file.text(), file.name) };
}

/** How the chosen tool is told. */
export const toolWords = computed(() => {
  const loaded = loadedTool.value;
  if (loaded === undefined) return undefined;
  const { link, lengthM, radiusM } = loaded.tool;
  const thick = radiusM === undefined ? 'of no thickness, so that it meets nothing' : `radius ${1000 * radiusM} mm`;
  return `${loaded.name}: on ${link}, ${(1000 * lengthM).toFixed(0)} mm long, ${thick}`;
});
