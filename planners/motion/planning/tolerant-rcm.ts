import { seededRandom } from '../../../engine/core/random.ts';
import type { MotionPlan, MotionTask } from './plan-motion.ts';
import { poseWithin } from './tolerance.ts';

/** Places of the tip within the tolerances that are tried, the nearest to the middle first. */
const PLACES = 24;

/**
 * A motion through a trocar to the place that was asked for, or where that cannot be reached or is in collision, to another that
 * the tolerance of its position allows. The orientation does not count: the trocar sets it.
 */
export function planWithinTolerance(plan: (task: MotionTask) => MotionPlan, task: MotionTask): MotionPlan {
  const exact = plan(task);
  const { goal } = task;
  if (exact.solved || goal.kind !== 'pose' || !exact.message.startsWith('the goal ')) return exact;
  const regions = goal.tolerance?.regions ?? [];
  if (regions.length === 0) return exact;
  const random = seededRandom((task.seed ?? 0) + 1);
  for (let i = 0; i < PLACES; i++) {
    const pose = poseWithin(goal.pose, { regions }, (i + 1) / PLACES, random);
    const near = plan({ ...task, goal: { ...goal, pose } });
    if (!near.solved) continue;
    const positionM = Math.hypot(pose[12] - goal.pose[12], pose[13] - goal.pose[13], pose[14] - goal.pose[14]);
    return { ...near, goalDeviation: { positionM, angleRad: 0 } };
  }
  return { ...exact, message: `${exact.message}; nor can any place that its tolerance allows, of ${PLACES} tried` };
}
