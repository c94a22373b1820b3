import type { Vec3 } from '../../../engine/core/grid.ts';
import { judgeConfiguration } from '../path/plan.ts';
import type { MotionSpace } from '../path/space.ts';
import { planRcmMotion } from '../rcm/timed.ts';
import type { ToolModel } from '../rcm/tool.ts';
import { pathStateAt } from '../timing/path-timing.ts';
import { sampleMotion } from '../timing/sampling.ts';
import { type MotionPlan, type MotionReason, type MotionTask, motionFigures } from './plan-motion.ts';
import { isMotionFree } from './timed-path.ts';

/**
 * A motion of a tool whose shaft passes through the trocar all the way, free of collisions and timed. A goal that is a pose
 * says where the tool's tip shall come to [m, base frame]; its orientation does not count, the trocar sets it.
 *
 * @throws IsocenterError as planRcmMotion
 */
export function planMotionThroughTrocar(
  space: MotionSpace,
  tool: ToolModel,
  trocarM: Vec3,
  task: MotionTask,
): MotionPlan {
  const began = performance.now();
  const times = (timing: number) => {
    const total = performance.now() - began;
    return { path: total - timing, simplify: 0, timing, total };
  };
  const valid = { start: true, goal: true };
  const refused = (reason: MotionReason, message: string): MotionPlan => ({
    solved: false,
    reason,
    message,
    valid,
    timesMs: times(0),
  });
  const { start, goal, seed = 0 } = task;
  const ends = goal.kind === 'joints' ? { start, goal: goal.q } : { start };
  for (const [name, q] of Object.entries(ends) as ['start' | 'goal', ArrayLike<number>][]) {
    const { fault, message } = judgeConfiguration(space, q);
    if (fault === undefined) continue;
    valid[name] = false;
    return refused(`${name}-${fault}`, `${name}: ${message}`);
  }
  const motion = planRcmMotion(
    space.model,
    tool,
    {
      trocarM,
      start,
      goal: goal.kind === 'joints' ? { q: goal.q } : { tipM: [goal.pose[12], goal.pose[13], goal.pose[14]] },
    },
    {
      seed: seed + 1,
      isFree: (q) => space.search.stateFree(q),
      velocityScale: task.velocityScale ?? 1,
      accelerationScale: task.accelerationScale ?? 1,
      ...(task.rcmToleranceM === undefined ? {} : { rcmToleranceM: task.rcmToleranceM }),
    },
  );
  const { timing, durationSec, plan } = motion;
  if (!motion.solved || timing === undefined) return refused('rcm-refused', motion.reason);
  const proving = performance.now();
  if (!isMotionFree(timing, (a, b) => space.search.edgeFree(a, b))) {
    return refused('rcm-in-collision', 'the way through the trocar is in collision between two of its configurations');
  }
  const timesMs = times(performance.now() - proving);
  const jerk = new Float64Array(space.names.length);
  const trajectory = sampleMotion(space.names, durationSec, task.periodSec ?? 0.01, (t, p, v, a) =>
    pathStateAt(timing, t, p, v, a, jerk),
  );
  return {
    solved: true,
    reason: 'solved',
    message: `solved by ${plan.way === 'direct' ? 'leading the tip straight' : `a search over ${plan.nodes} configurations`}`,
    valid,
    path: { solved: true, waypoints: plan.waypoints, length: plan.length, rawLength: plan.length },
    trajectory,
    timing,
    figures: { ...motionFigures(space, timing, 0), maxRcmErrorM: motion.errorBoundM },
    timesMs,
  };
}
