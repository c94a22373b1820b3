import { inputError } from '../../engine/core/errors.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import { readTool } from '../../engine/formats/tool.ts';
import { parseTrocarCourse } from '../../engine/formats/trocar-course.ts';
import type { MotionSpace } from '../../planners/motion/path/space.ts';
import { type MotionPlan, type MotionTask, planMotion } from '../../planners/motion/planning/plan-motion.ts';
import { planMotionThroughMovingTrocar } from '../../planners/motion/planning/plan-moving-rcm.ts';
import { planMotionThroughTrocar } from '../../planners/motion/planning/plan-rcm.ts';
import { planWithinTolerance } from '../../planners/motion/planning/tolerant-rcm.ts';
import type { MovingTarget } from '../../planners/motion/rcm/moving-carry.ts';
import { createTrocarCourse, type TrocarCourse } from '../../planners/motion/rcm/moving-course.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import type { TrajectoryRcm } from '../../planners/motion/trajectory/rcm.ts';
import { readTextInput } from '../inputs/files.ts';

/** A trocar that a tool's shaft has to pass through. */
export interface RcmSettings {
  /** Tool file: link, shaft and tip. */
  readonly tool?: string | undefined;
  /** Trocar [m, base frame]; where it moves, its place at time 0. */
  readonly rcm?: Vec3 | undefined;
  /** File of how the trocar moves. */
  readonly rcmCourse?: string | undefined;
  /** Whether the course begins again at its end. */
  readonly rcmPeriodic?: boolean | undefined;
  /** Whether the target moves with the trocar (default) or stays in the base frame. */
  readonly rcmTarget?: MovingTarget | undefined;
  /** How long the tool stays at its goal, following the trocar [s]. */
  readonly rcmHold?: number | undefined;
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

/** @throws IsocenterError `motion/no-trocar` and `motion/no-course` for options that lack what they are about, `course/...` */
export async function loadCourse(settings: RcmSettings, inputs: InputRecord[]): Promise<TrocarCourse | undefined> {
  const { rcm, rcmCourse, rcmPeriodic = false, rcmTarget, rcmHold } = settings;
  if (rcmCourse === undefined) {
    const given = rcmPeriodic ? 'periodic' : rcmTarget !== undefined ? 'target' : rcmHold !== undefined ? 'hold' : '';
    if (given === '') return undefined;
    throw inputError(
      'motion/no-course',
      `--rcm-${given} is about a trocar that moves, and there is no course of it`,
      `give --rcm-course FILE.csv, or leave out --rcm-${given}`,
    );
  }
  if (rcm === undefined) {
    throw inputError(
      'motion/no-trocar',
      `--rcm-course ${rcmCourse} says how the trocar moves, but not where it is`,
      'give --rcm x,y,z: its place at the first row of the course',
    );
  }
  const { text, record } = await readTextInput(rcmCourse, 'course', 'give a CSV file with time_s,x_m,y_m,z_m');
  inputs.push(record);
  return createTrocarCourse({ ...parseTrocarCourse(text, rcmCourse), periodic: rcmPeriodic });
}

/** Plans with the shaft through the trocar where there is one, else as usual. */
export function planWithTool(
  space: MotionSpace,
  task: MotionTask,
  tool: ToolSpec | undefined,
  { rcm: trocarM, rcmTarget, rcmHold }: RcmSettings,
  course: TrocarCourse | undefined,
): MotionPlan {
  if (tool === undefined) return planMotion(space, task);
  const model = createTool(space.model, tool);
  if (trocarM === undefined) return planMotion(space, task);
  if (course === undefined) {
    return planWithinTolerance((wanted) => planMotionThroughTrocar(space, model, trocarM, wanted), task);
  }
  const moving = {
    trocarM,
    course,
    ...(rcmTarget === undefined ? {} : { target: rcmTarget }),
    ...(rcmHold === undefined ? {} : { holdSec: rcmHold }),
  };
  return planWithinTolerance((wanted) => planMotionThroughMovingTrocar(space, model, moving, wanted), task);
}

/** The trocar as trajectory optimisation takes it, where there is one. */
export function trocarOf(
  space: MotionSpace,
  tool: ToolSpec | undefined,
  trocarM: Vec3 | undefined,
): TrajectoryRcm | undefined {
  return tool === undefined || trocarM === undefined ? undefined : { tool: createTool(space.model, tool), trocarM };
}
