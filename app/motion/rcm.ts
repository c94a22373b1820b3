import { inputError } from '../../engine/core/errors.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import { readTool } from '../../engine/formats/tool.ts';
import type { MotionSpace } from '../../planners/motion/path/space.ts';
import { type MotionPlan, type MotionTask, planMotion } from '../../planners/motion/planning/plan-motion.ts';
import { planMotionThroughTrocar } from '../../planners/motion/planning/plan-rcm.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import type { TrajectoryRcm } from '../../planners/motion/trajectory/rcm.ts';
import { type InputRecord, readTextInput } from '../inputs/files.ts';

/** A trocar that a tool's shaft has to pass through. */
export interface RcmSettings {
  /** Tool file: link, shaft and tip. */
  readonly tool?: string | undefined;
  /** Trocar [m, base frame]. */
  readonly rcm?: Vec3 | undefined;
}

export async function loadTool(settings: RcmSettings, inputs: InputRecord[]): Promise<ToolSpec | undefined> {
  if (settings.tool === undefined) {
    if (settings.rcm === undefined) return undefined;
    throw inputError(
      'motion/no-tool',
      '--rcm needs a tool whose shaft passes through the trocar',
      'give --tool FILE.yaml with link, length and, where they differ from the link, origin, axis and tip',
    );
  }
  const { text, record } = await readTextInput(settings.tool, 'tool', 'give a YAML file with link and length');
  inputs.push(record);
  return readTool(text, settings.tool);
}

/** Plans with the shaft through the trocar where there is one, else as usual. */
export function planWithTool(
  space: MotionSpace,
  task: MotionTask,
  tool: ToolSpec | undefined,
  trocarM: Vec3 | undefined,
): MotionPlan {
  if (tool === undefined) return planMotion(space, task);
  const model = createTool(space.model, tool);
  return trocarM === undefined ? planMotion(space, task) : planMotionThroughTrocar(space, model, trocarM, task);
}

/** The trocar as trajectory optimisation takes it, where there is one. */
export function trocarOf(
  space: MotionSpace,
  tool: ToolSpec | undefined,
  trocarM: Vec3 | undefined,
): TrajectoryRcm | undefined {
  return tool === undefined || trocarM === undefined ? undefined : { tool: createTool(space.model, tool), trocarM };
}
