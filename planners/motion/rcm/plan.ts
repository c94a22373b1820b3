import type { Vec3 } from '../../../engine/core/grid.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { failure, finished, type RcmPlan, shortened } from './finish.ts';
import { createRcmIk, RCM_SOLVED, rcmReason, solveRcmIk } from './ik.ts';
import { leadTip } from './lead.ts';
import { createPlanner, isEdgeFree, type Planner, type RcmPlanConfig, type RcmProblem, refusal } from './problem.ts';
import { connectOnManifold } from './search.ts';
import { createSeparator, describePlane, separatingPlane } from './separation.ts';
import { setShaft } from './shaft.ts';
import { smoothed } from './smooth.ts';
import type { ToolModel } from './tool.ts';
import { projectOnto } from './walk.ts';

/**
 * A path of a tool whose shaft passes through the trocar all the way, also between waypoints: first the tip straight to its
 * goal with the joints that are left over led towards theirs, and where limits or obstacles stop that, a search on the
 * manifold of configurations that respect the trocar, shortened afterwards. A goal that is proven to be cut off from the start
 * is refused without a search.
 *
 * @throws IsocenterError `rcm/input` for numbers of joints that do not match, or values that are not finite
 */
export function planRcm(model: RobotModel, tool: ToolModel, problem: RcmProblem, config: RcmPlanConfig = {}): RcmPlan {
  const planner = createPlanner(model, tool, problem, config);
  const start = Float64Array.from(planner.shaft.chain.columns, (c) => problem.start[c]);
  const refused = refusal(planner, start, 'start');
  if (refused !== undefined) return failure(refused);
  if ('q' in problem.goal) {
    const { q } = problem.goal;
    const goal = Float64Array.from(planner.shaft.chain.columns, (c) => q[c]);
    const wrong = refusal(planner, goal, 'goal');
    if (wrong !== undefined) return failure(wrong);
    setShaft(planner.shaft, goal);
    const direct = leadTip(planner, start, planner.shaft.tipBase.slice(), goal);
    if (direct !== undefined) return finished(planner, direct, 'direct', 0);
    const parted = partedBy(planner, start, goal);
    return parted === undefined ? searched(planner, start, [goal]) : failure(`no way leads to the goal: ${parted}`);
  }
  if (problem.goal.roll === undefined) {
    const direct = leadTip(planner, start, Float64Array.from(problem.goal.tipM), undefined);
    if (direct !== undefined) return finished(planner, direct, 'direct', 0);
  }
  return towardsTip(planner, start, problem.goal.tipM, problem.goal.roll);
}

/** Of the goal configurations of a tip so many times as many are tried while all found are cut off from the start. */
const PATIENCE = 8;

/** Goal configurations for a tip: near the start, from the middle of the ranges, and from random starts. */
function towardsTip(planner: Planner, start: Float64Array, tip: Vec3, roll: Vec3 | undefined): RcmPlan {
  const { model, tool, problem, config, shaft } = planner;
  const goals: Float64Array[] = [];
  const random = seededRandom(config.seed);
  let reason = '';
  let parted = false;
  for (let i = 0; i < config.goals || (goals.length === 0 && parted && i < PATIENCE * config.goals); i++) {
    const task = roll === undefined ? ('tip' as const) : ('tip-roll' as const);
    const seed = config.seed + i;
    const ik = createRcmIk(model, tool, { task, insertionM: config.insertionM, centre: i > 0, seed });
    const from = Float64Array.from(problem.start);
    // The first descent begins at the start, the others anywhere.
    if (i > 0) {
      shaft.chain.columns.forEach((column, k) => {
        const low = Math.max(-Math.PI, shaft.chain.lower[k]);
        from[column] = low + random() * (Math.min(Math.PI, shaft.chain.upper[k]) - low);
      });
    }
    const code = solveRcmIk(ik, problem.trocarM, tip, from, roll);
    if (code !== RCM_SOLVED) {
      reason ||= `the goal cannot be reached: ${rcmReason(ik, code)}`;
      continue;
    }
    const goal = Float64Array.from(shaft.chain.columns, (c) => ik.solution[c]);
    const wrong = refusal(planner, goal, 'goal');
    if (wrong !== undefined) {
      reason ||= wrong;
      continue;
    }
    const direct = leadTip(planner, start, Float64Array.from(tip), goal);
    if (direct !== undefined) return finished(planner, direct, 'direct', 0);
    const plane = partedBy(planner, start, goal);
    if (plane === undefined) {
      goals.push(goal);
      continue;
    }
    parted = true;
    reason ||= `no way leads to the goal: ${plane}`;
  }
  return goals.length === 0 ? failure(reason) : searched(planner, start, goals);
}

/** Why no way can lead from `start` to `goal`, where that is proven. */
function partedBy(planner: Planner, start: Float64Array, goal: Float64Array): string | undefined {
  const { shaft, config } = planner;
  planner.separator ??= createSeparator(shaft, config.insertionM);
  const plane = separatingPlane(planner.separator, start, goal);
  return plane && describePlane(planner.separator, plane);
}

function searched(planner: Planner, start: Float64Array, goals: readonly Float64Array[]): RcmPlan {
  const { config, free, inner } = planner;
  const onto = start.slice();
  if (!projectOnto(free, onto)) return failure('the start cannot be brought onto the trocar');
  const { path, nodes, gap } = connectOnManifold(inner, onto, goals, {
    seed: config.seed,
    maxNodes: config.maxNodes,
    isFree: (a, b) => isEdgeFree(planner, a, b),
  });
  if (path === undefined) {
    return failure(
      `no way found among ${nodes} configurations that respect trocar, limits and obstacles; start and goal stayed ${gap.toFixed(2)} rad apart`,
      nodes,
    );
  }
  path[0] = start;
  const short = shortened(planner, path);
  const smooth = finished(planner, smoothed(planner, short), 'search', nodes);
  if (smooth.solved) return smooth;
  // Close to an obstacle the steps between those that are proven to be free may not be.
  const cornered = finished(planner, short, 'search', nodes);
  return cornered.solved ? cornered : finished(planner, path, 'search', nodes);
}
