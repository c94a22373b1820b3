import type { Vec3 } from '../../../engine/core/grid.ts';
import { closestContact } from '../collision/reference.ts';
import { judgeConfiguration } from '../path/plan.ts';
import type { MotionSpace } from '../path/space.ts';
import type { MovingTarget } from '../rcm/moving-carry.ts';
import type { TrocarCourse } from '../rcm/moving-course.ts';
import { piecesStateAt } from '../rcm/moving-pieces.ts';
import { type MovingRcmMotion, planMovingRcm } from '../rcm/moving-plan.ts';
import type { ToolModel } from '../rcm/tool.ts';
import { sampleMotion } from '../timing/sampling.ts';
import {
  CLEARANCE_SAMPLES,
  type MotionFigures,
  type MotionPlan,
  type MotionReason,
  type MotionTask,
} from './plan-motion.ts';

/** A trocar that moves. */
export interface MovingTrocar {
  /** Where it is at time 0 [m, base frame]. */
  readonly trocarM: Vec3;
  readonly course: TrocarCourse;
  /** Whether the target moves with the trocar (default) or stays in the base frame. */
  readonly target?: MovingTarget;
  /** How long the tool stays at its goal, following the trocar [s]; default 0. */
  readonly holdSec?: number;
}

/**
 * A motion of a tool whose shaft passes through a trocar that moves, at every time where the trocar is then; free of collisions
 * with a scene that stands still. A goal that is a pose says where the tip would come to at time 0 [m, base frame]; with the target
 * 'trocar' it has moved on with the trocar when the tool gets there. The motion begins and ends moving with the trocar.
 *
 * @throws IsocenterError as planMovingRcm
 */
export function planMotionThroughMovingTrocar(
  space: MotionSpace,
  tool: ToolModel,
  { trocarM, course, target, holdSec }: MovingTrocar,
  task: MotionTask,
): MotionPlan {
  const began = performance.now();
  const times = () => {
    const total = performance.now() - began;
    return { path: total, simplify: 0, timing: 0, total };
  };
  const valid = { start: true, goal: true };
  const refused = (reason: MotionReason, message: string): MotionPlan => ({
    solved: false,
    reason,
    message,
    valid,
    timesMs: times(),
  });
  const { start, goal, seed = 0 } = task;
  const ends = goal.kind === 'joints' ? { start, goal: goal.q } : { start };
  for (const [name, q] of Object.entries(ends) as ['start' | 'goal', ArrayLike<number>][]) {
    const { fault, message } = judgeConfiguration(space, q);
    if (fault === undefined) continue;
    valid[name] = false;
    return refused(`${name}-${fault}`, `${name}: ${message}`);
  }
  const found = planMovingRcm(
    space.model,
    tool,
    {
      trocarM,
      start,
      goal: goal.kind === 'joints' ? { q: goal.q } : { tipM: [goal.pose[12], goal.pose[13], goal.pose[14]] },
    },
    course,
    {
      seed: seed + 1,
      isFree: (q) => space.search.stateFree(q),
      isEdgeFree: (a, b) => space.search.edgeFree(a, b),
      velocityScale: task.velocityScale ?? 1,
      accelerationScale: task.accelerationScale ?? 1,
      ...(target === undefined ? {} : { target }),
      ...(holdSec === undefined ? {} : { holdSec }),
    },
  );
  const { plan, motion, durationSec } = found;
  if (!plan.solved) return refused('rcm-refused', found.reason);
  if (motion === undefined) return refused('rcm-cannot-follow', found.reason);
  const trajectory = sampleMotion(space.names, durationSec, task.periodSec ?? 0.01, (t, p, v, a) =>
    piecesStateAt(motion, t, p, v, a),
  );
  return {
    solved: true,
    reason: 'solved',
    message: solvedMessage(found),
    valid,
    path: { solved: true, waypoints: plan.waypoints, length: plan.length, rawLength: plan.length },
    trajectory,
    figures: figuresOf(space, found),
    timesMs: times(),
  };
}

function solvedMessage({ plan, arrivalSec, slowdown, insertionM }: MovingRcmMotion): string {
  const way = plan.way === 'direct' ? 'leading the tip straight' : `a search over ${plan.nodes} configurations`;
  const slow = slowdown > 1 ? `, ${slowdown.toFixed(2)} times as slow as through a trocar at rest` : '';
  return `solved by ${way} and following the trocar; at the goal after ${arrivalSec.toFixed(2)} s${slow}; at least ${(1000 * insertionM).toFixed(1)} mm of the shaft are through the trocar`;
}

function figuresOf(space: MotionSpace, { motion, durationSec, ratios, errorBoundM }: MovingRcmMotion): MotionFigures {
  const [p, v, a] = [0, 1, 2].map(() => new Float64Array(space.names.length));
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n <= CLEARANCE_SAMPLES && motion !== undefined; n++) {
    piecesStateAt(motion, (durationSec * n) / CLEARANCE_SAMPLES, p, v, a);
    least = Math.min(least, closestContact(space.check, p)?.clearanceM ?? Number.POSITIVE_INFINITY);
  }
  return {
    durationSec,
    deviation: 0,
    maxVelocityRatio: ratios[0],
    maxAccelerationRatio: ratios[1],
    maxJerkRatio: ratios[2],
    minClearanceM: least,
    maxRcmErrorM: errorBoundM,
  };
}
