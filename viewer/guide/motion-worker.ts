import { openStepModule, type StepModule } from '../../engine/compute/wasm/step-module.ts';
import { inputError } from '../../engine/core/errors.ts';
import { identity } from '../../engine/core/frames.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import type { Obstacle } from '../../engine/core/scene.ts';
import { kernelModule } from '../../kernels/device.ts';
import type { Fixture } from '../../planners/guidance/fixtures/fixture.ts';
import { obstacleOfFixture } from '../../planners/guidance/fixtures/solid.ts';
import { MOST_POINTS } from '../../planners/guidance/messages.ts';
import { TROCAR_TOLERANCE_M } from '../../planners/guidance/servo/config.ts';
import { type MotionSpace, openMotionSpace } from '../../planners/motion/path/space.ts';
import { type MotionPlan, type MotionTask, planMotion } from '../../planners/motion/planning/plan-motion.ts';
import { planMotionThroughTrocar } from '../../planners/motion/planning/plan-rcm.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { addRobot, robotNamed } from '../../planners/motion/robot/own-robots.ts';
import { withToolShaft } from '../../planners/motion/robot/tool-shaft.ts';
import { faultOf } from '../engine/fault.ts';
import { keepOutFields } from './keep-out-fields.ts';
import type { MotionAnswer, MotionRequest } from './motion-messages.ts';

/** Time between two points of a trajectory [s]; one of more than MOST_POINTS is sampled more coarsely. */
const PERIOD_SEC = 0.01;

let module: StepModule | undefined;
let prepared: { readonly key: string; readonly space: MotionSpace } | undefined;

/** Distance fields take a second: they are kept while robot, tool, patient and margins stay. */
async function spaceFor({ scene, shapes, tool }: MotionRequest): Promise<MotionSpace> {
  const keepOuts = scene.keepOuts.map(({ name, marginMm, voxels }) => [name, marginMm, voxels.length]);
  if (scene.own !== undefined) addRobot(scene.own);
  const where = [scene.opening, scene.robot, scene.own?.tip, tool, scene.grid, [...scene.T_patient_base]];
  const key = JSON.stringify([where, keepOuts, shapes.map(keyOf)]);
  if (prepared?.key === key) return prepared.space;
  prepared?.space.close();
  prepared = undefined;
  const model = withToolShaft(robotNamed(scene.robot), tool);
  const fields = await keepOutFields(scene);
  // Margins are about the tip's point; the arm is kept off by its own spheres, the tip's among them.
  const tipM = tipRadiusM(model, tool.radiusM === undefined ? tool.link : model.links[model.links.length - 1].name);
  const obstacles = [...fields, ...shapes.map(obstacleOf)].map((obstacle) => ({
    ...obstacle,
    marginM: Math.max(0, (obstacle.marginM ?? 0) - tipM),
  }));
  module ??= await openStepModule(kernelModule());
  prepared = { key, space: openMotionSpace(module, model, { obstacles }) };
  return prepared.space;
}

/** What tells one shape from another; of a field its sum, not its many numbers. */
function keyOf(fixture: Fixture): unknown {
  if (fixture.kind !== 'forbidden-field') return fixture;
  const { size, spacingM, distance } = fixture.field;
  return { ...fixture, field: [size, spacingM, distance.reduce((sum, m) => sum + m, 0)] };
}

/** Largest sphere of the tip link, or of the one that carries it where it has none [m]. */
function tipRadiusM({ links, joints, spheres }: RobotModel, tip: string): number {
  for (let link = links.findIndex(({ name }) => name === tip); link > 0; ) {
    let most = 0;
    for (let s = 0; s < spheres.link.length; s++) {
      if (spheres.link[s] === link) most = Math.max(most, spheres.sphere[4 * s + 3]);
    }
    if (most > 0) return most;
    link = joints.find(({ child }) => child === link)?.parent ?? 0;
  }
  return 0;
}

/** @throws IsocenterError `guide/keep-out` for what the planner has no shape for */
function obstacleOf(fixture: Fixture): Obstacle {
  const obstacle = obstacleOfFixture(fixture);
  if (obstacle !== undefined) return obstacle;
  throw inputError(
    'guide/keep-out',
    `the robot has ${fixture.name} (${fixture.kind}), which motions to a place are not planned around`,
    'lead it by hand, or give the server a box, ball or cylinder instead',
  );
}

/** Through the trocar where there is one: the shaft stays in it all the way. */
function planned(space: MotionSpace, { tool, trocarM }: MotionRequest, task: MotionTask): MotionPlan {
  if (trocarM === undefined) return planMotion(space, task);
  const model = createTool(space.model, tool);
  // A tool that was led by hand rests so near to its trocar at least.
  return planMotionThroughTrocar(space, model, trocarM, { ...task, rcmToleranceM: TROCAR_TOLERANCE_M });
}

async function answer(request: MotionRequest): Promise<MotionAnswer> {
  const { id, tool, start, goal, share, seed } = request;
  const began = performance.now();
  const space = await spaceFor(request);
  const { link, tipM } = createTool(space.model, tool);
  const target =
    goal.kind === 'joints'
      ? ({ kind: 'joints', q: goal.positions } as const)
      : ({ kind: 'pose', link, pose: at(goal.positionM), pointM: tipM, orientation: false } as const);
  const task = { start, goal: target, seed, velocityScale: share, accelerationScale: share };
  let plan = planned(space, request, { ...task, periodSec: PERIOD_SEC });
  if ((plan.trajectory?.timeSec.length ?? 0) > MOST_POINTS) {
    const periodSec = (plan.figures?.durationSec ?? 0) / (MOST_POINTS - 2);
    plan = planned(space, request, { ...task, periodSec });
  }
  const { trajectory, figures } = plan;
  if (!plan.solved || trajectory === undefined || figures === undefined) {
    return { id, kind: 'unsolved', message: plan.message };
  }
  return { id, kind: 'solved', trajectory, figures, ms: performance.now() - began };
}

function at(positionM: Vec3) {
  const pose = identity();
  pose.set(positionM, 12);
  return pose;
}

let tail: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<MotionRequest>) => {
  // One question at a time: a space serves one.
  tail = tail.then(async () => {
    const said = await answer(data).catch(
      (error: unknown): MotionAnswer => ({ id: data.id, kind: 'fault', fault: faultOf(error) }),
    );
    postMessage(said);
  });
});
