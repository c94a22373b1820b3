import { basename, dirname } from 'node:path';
import type { DevicePreference } from '../../engine/compute/open.ts';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import { inputError } from '../../engine/core/errors.ts';
import type { MotionRequest } from '../../engine/core/motion-request.ts';
import type { Scene } from '../../engine/core/scene.ts';
import { type AllowedCollisions, applyAllowed } from '../../engine/formats/moveit/allowed-collisions.ts';
import { readMotionRequest } from '../../engine/formats/moveit/motion-request.ts';
import { readPlanningScene } from '../../engine/formats/moveit/planning-scene.ts';
import { readObjective } from '../../engine/formats/trajectory-objective.ts';
import { trajectoryJson } from '../../engine/ros2/messages/trajectory.ts';
import { kernelModule, openDevice } from '../../kernels/device.ts';
import { type MotionSpace, openMotionSpace } from '../../planners/motion/path/space.ts';
import { optimizeMotion } from '../../planners/motion/planning/optimize-motion.ts';
import type { MotionPlan } from '../../planners/motion/planning/plan-motion.ts';
import type { TrajectoryConfig } from '../../planners/motion/trajectory/config.ts';
import { type InputRecord, readTextInput } from '../inputs/files.ts';
import { loadRobot, type RobotSettings } from '../inputs/robot.ts';
import { OutputFiles } from '../output/files.ts';
import { toJsonFile } from '../output/json.ts';
import { provenance } from '../provenance.ts';
import { checkpoint, type Session } from '../session.ts';
import { motionQuestion } from './question.ts';
import { loadTool, planWithTool, type RcmSettings } from './rcm.ts';
import { type MotionReport, rowsOf, trajectoryReport } from './report.ts';

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
    const allowed = applyAllowed(robot.model, scene);
    const tool = await loadTool(settings, inputs);
    const question = motionQuestion(allowed.model, robot.srdf, request, settings.request);
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
    const timed = planWithTool(space, task, tool, settings.rcm);
    const { plan, trajectoryMs, remark } = await optimized(settings, space, timed, config);
    await checkpoint(signal);
    if (output !== undefined && out !== undefined && plan.trajectory !== undefined) {
      output.write(basename(out), toJsonFile(trajectoryJson(plan.trajectory)));
      output.commit();
    }
    const kept = allowed.keptApart.map(keptApartNote);
    const notes = [...robot.notes, ...question.notes, ...kept, ...remark];
    return motionReport(settings, plan, trajectoryMs, { robot: model.name, joints: space.names, notes, inputs });
  } finally {
    output?.discard();
  }
}

function keptApartNote({ link, obstacle }: AllowedCollisions['keptApart'][number]): string {
  return `The scene lets link ${link} touch ${obstacle}; they are kept apart all the same.`;
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
  { device: prefer = 'auto', seed, rcm }: MotionSettings,
  space: MotionSpace,
  plan: MotionPlan,
  config: TrajectoryConfig | undefined,
): Promise<{ plan: MotionPlan; trajectoryMs: number; remark: string[] }> {
  if (config === undefined || !plan.solved) return { plan, trajectoryMs: 0, remark: [] };
  if (rcm !== undefined) {
    throw inputError(
      'motion/rcm-optimize',
      'a motion through a trocar is led by its tip and cannot be optimised as a whole',
      'leave out --optimize and --objective, or --rcm',
    );
  }
  const device = await openDevice({ prefer });
  try {
    const result = await optimizeMotion(device, space, plan, { ...config, seed: seed + 1 });
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
    notes,
    provenance: provenance({ settings, inputs }),
  };
}
