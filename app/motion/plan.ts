import { basename, dirname } from 'node:path';
import type { DevicePreference } from '../../engine/compute/open.ts';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import { type AllowedContacts, allowedContacts } from '../../engine/core/allowed-contacts.ts';
import { inputError } from '../../engine/core/errors.ts';
import { toJsonFile } from '../../engine/core/json.ts';
import type { MotionRequest } from '../../engine/core/motion-request.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import type { Scene } from '../../engine/core/scene.ts';
import { applyAllowed } from '../../engine/formats/moveit/allowed-collisions.ts';
import { readMotionRequest } from '../../engine/formats/moveit/motion-request.ts';
import { readPlanningScene } from '../../engine/formats/moveit/planning-scene.ts';
import { readObjective } from '../../engine/formats/trajectory-objective.ts';
import { trajectoryJson } from '../../engine/ros2/messages/trajectory.ts';
import { kernelModule, openDevice } from '../../kernels/device.ts';
import { type MotionSpace, openMotionSpace } from '../../planners/motion/path/space.ts';
import { type MotionTerms, optimizeMotion } from '../../planners/motion/planning/optimize-motion.ts';
import type { MotionPlan } from '../../planners/motion/planning/plan-motion.ts';
import type { GoalDeviation } from '../../planners/motion/planning/tolerance.ts';
import { withToolShaft } from '../../planners/motion/robot/tool-shaft.ts';
import type { TrajectoryConfig } from '../../planners/motion/trajectory/config.ts';
import { readTextInput } from '../inputs/files.ts';
import { loadRobot, type RobotSettings } from '../inputs/robot.ts';
import { OutputFiles } from '../output/files.ts';
import { provenance } from '../provenance.ts';
import { checkpoint, type Session } from '../session.ts';
import { motionQuestion } from './question.ts';
import { loadCourse, loadTool, planWithTool, type RcmSettings, trocarOf } from './rcm.ts';
import { deviationReport, type MotionReport, rowsOf, trajectoryReport } from './report.ts';

export interface MotionSettings extends RobotSettings, RcmSettings {
  /** MoveIt PlanningScene in YAML; an empty scene where it is left out. */
  readonly scene?: string | undefined;
  /** MoveIt MotionPlanRequest in YAML. */
  readonly request: string;
  readonly seed: number;
  readonly maxIterations?: number | undefined;
  /** Whether the whole trajectory is optimised, and for what: a YAML file of weights. */
  readonly optimize?: boolean | undefined;
  readonly objective?: string | undefined;
  readonly device?: DevicePreference | undefined;
  /** File to write the trajectory to. */
  readonly out?: string | undefined;
}

/** Plans the motion that a request asks for, and writes its trajectory where that is wanted. */
export async function runMotionPlan(settings: MotionSettings, { signal }: Session): Promise<MotionReport> {
  const { out } = settings;
  const output = out === undefined ? undefined : OutputFiles.open(dirname(out), [basename(out)], 'out');
  try {
    const robot = await loadRobot(settings);
    const inputs = [...robot.inputs];
    const baseFrame = robot.model.links[0].name;
    const scene = await loadScene(settings.scene, baseFrame, inputs);
    const request = await loadRequest(settings.request, baseFrame, inputs);
    const tool = await loadTool(settings, inputs);
    const course = await loadCourse(settings, inputs);
    const carried = tool === undefined ? robot.model : withToolShaft(robot.model, tool);
    const allowed = applyAllowed(carried, scene);
    const contacts = allowedContacts(carried, scene).pairs;
    const question = motionQuestion(allowed, robot.srdf, request, settings.request);
    const { model, start, goal } = question;
    const space = openMotionSpace(await openStepModule(kernelModule()), model, scene);
    await checkpoint(signal);
    const task = {
      start,
      goal,
      seed: settings.seed,
      velocityScale: request.velocityScale,
      accelerationScale: request.accelerationScale,
      ...(settings.maxIterations === undefined ? {} : { maxIterations: settings.maxIterations }),
    };
    const config = await loadObjective(settings, inputs);
    if (course !== undefined && config !== undefined) {
      throw inputError(
        'motion/rcm-optimize',
        'a motion through a trocar that moves cannot be optimised as a whole',
        'leave out --optimize and --objective, or --rcm-course',
      );
    }
    const timed = planWithTool(space, task, tool, settings, course);
    const { plan, trajectoryMs, remark } = await optimized(settings, space, timed, config, {
      ...task,
      rcm: trocarOf(space, tool, settings.rcm),
    });
    await checkpoint(signal);
    if (output !== undefined && out !== undefined && plan.trajectory !== undefined) {
      output.write(basename(out), toJsonFile(trajectoryJson(plan.trajectory)));
      output.commit();
    }
    const touching = contacts.map(allowedNote);
    const followed = course !== undefined && plan.solved ? [followedNote(plan)] : [];
    const off = plan.goalDeviation === undefined ? [] : [deviationNote(plan.goalDeviation)];
    const notes = [...robot.notes, ...question.notes, ...touching, ...followed, ...off, ...remark];
    return motionReport(settings, plan, trajectoryMs, { robot: model.name, joints: space.names, notes, inputs });
  } finally {
    output?.discard();
  }
}

function allowedNote({ link, obstacle }: AllowedContacts['pairs'][number]): string {
  return `The scene lets link ${link} touch ${obstacle}: they are not checked against each other.`;
}

function deviationNote({ positionM, angleRad }: GoalDeviation): string {
  const turned = ((180 / Math.PI) * angleRad).toFixed(2);
  return `The goal itself cannot be reached or is in collision; the motion ends ${(1000 * positionM).toFixed(2)} mm and ${turned} degrees from it, within its tolerances.`;
}

function followedNote({ message }: MotionPlan): string {
  return `Motion ${message}. It begins and ends moving with the trocar, at rest only where that is.`;
}

async function loadScene(path: string | undefined, baseFrame: string, inputs: InputRecord[]): Promise<Scene> {
  if (path === undefined) return { obstacles: [] };
  const { text, record } = await readTextInput(path, 'scene', 'give a MoveIt PlanningScene in YAML');
  inputs.push(record);
  return readPlanningScene(text, path, { baseFrame });
}

async function loadRequest(path: string, baseFrame: string, inputs: InputRecord[]): Promise<MotionRequest> {
  const { text, record } = await readTextInput(path, 'request', 'give a MoveIt MotionPlanRequest in YAML');
  inputs.push(record);
  return readMotionRequest(text, path, { baseFrame });
}

async function loadObjective(settings: MotionSettings, inputs: InputRecord[]): Promise<TrajectoryConfig | undefined> {
  if (settings.objective === undefined) return settings.optimize ? {} : undefined;
  const { text, record } = await readTextInput(settings.objective, 'objective', 'give a YAML file of weights');
  inputs.push(record);
  return { objective: readObjective(text, settings.objective) };
}

/** The plan with its trajectory optimised as a whole where that was asked for. */
async function optimized(
  { device: prefer = 'auto', seed }: MotionSettings,
  space: MotionSpace,
  plan: MotionPlan,
  config: TrajectoryConfig | undefined,
  terms: MotionTerms,
): Promise<{ plan: MotionPlan; trajectoryMs: number; remark: string[] }> {
  if (config === undefined || !plan.solved) return { plan, trajectoryMs: 0, remark: [] };
  const device = await openDevice({ prefer });
  try {
    const result = await optimizeMotion(device, space, plan, { ...config, seed: seed + 1 }, terms);
    const remark = [`Trajectory optimised on ${device.kind}: ${result.message}.`];
    return { plan: result.plan, trajectoryMs: result.timeMs, remark };
  } finally {
    await device.close();
  }
}

function motionReport(
  settings: MotionSettings,
  plan: MotionPlan,
  trajectoryMs: number,
  about: Pick<MotionReport, 'robot' | 'joints' | 'notes'> & { readonly inputs: readonly InputRecord[] },
): MotionReport {
  const { robot, joints, notes, inputs } = about;
  const { path, trajectory, figures, timesMs } = plan;
  return {
    robot,
    joints,
    solved: plan.solved,
    reason: plan.reason,
    message: plan.message,
    validity: plan.valid,
    timesMs: { ...timesMs, trajectory: trajectoryMs, total: timesMs.total + trajectoryMs },
    path:
      path?.solved === true
        ? {
            waypoints: rowsOf(path.waypoints, joints.length),
            lengthRad: path.length,
            rawLengthRad: path.rawLength,
          }
        : null,
    trajectory: trajectory === undefined || figures === undefined ? null : trajectoryReport(trajectory, figures),
    goalDeviation: deviationReport(plan.goalDeviation),
    notes,
    provenance: provenance({ settings, inputs }),
  };
}
