import { seededRandom } from '../../../engine/core/random.ts';
import { activeLimits } from '../../../engine/core/robot.ts';
import type { MotionSpace } from '../path/space.ts';
import { createRcmIk, RCM_SOLVED, rcmReason, solveRcmIk } from '../rcm/ik.ts';
import type { ToolModel } from '../rcm/tool.ts';
import { symmetricEigen } from '../registration/symmetric-eigen.ts';
import { createWorkspace, geometricJacobian, setConfiguration } from '../robot/workspace.ts';
import type { ArmCheck } from './request.ts';

export interface ArmCheckConfig {
  /** Starts of the inverse kinematics for each place of the tip; more finds configurations in narrower room. Default 6. */
  readonly starts?: number;
  /** Places of the tip between skin and target that the arm must reach; default 3, both ends included. */
  readonly depths?: number;
  /** Length of shaft that is through the skin at the least [m]; default 0.01. */
  readonly insertionM?: number;
  /** Seed of the starts; default 1. */
  readonly seed?: number;
}

/**
 * What an arm makes of an entry: with the shaft through the skin the tip must come to the target and to places on the way in,
 * within limits and free of collisions with the space's scene. Dexterity is the least of them, each the inverse condition
 * number of the tip's translational Jacobian (Salisbury and Craig 1982): 0 at a singularity, 1 where the tip moves alike in
 * all directions.
 *
 * @throws IsocenterError as createRcmIk
 */
export function createArmCheck(space: MotionSpace, tool: ToolModel, config: ArmCheckConfig = {}): ArmCheck {
  const { starts = 6, depths = 3, insertionM = 0.01, seed = 1 } = config;
  const { model } = space;
  const ik = createRcmIk(model, tool, { insertionM, attempts: 12, seed });
  const limits = activeLimits(model);
  const workspace = createWorkspace(model);
  const jacobian = new Float64Array(6 * limits.length);
  return (entryM, direction, depthM) => {
    const random = seededRandom(seed);
    let dexterity = 1;
    let from: Float64Array | undefined;
    for (let k = 0; k < depths; k++) {
      // The target first: what cannot be reached there needs no further look.
      const depth = depthM - ((depthM - Math.min(depthM, 2 * insertionM)) * k) / Math.max(1, depths - 1);
      const tip = [0, 1, 2].map((r) => entryM[r] + depth * direction[r]);
      let reason = '';
      let found: Float64Array | undefined;
      for (let s = 0; s < starts && found === undefined; s++) {
        const start = s === 0 ? from : randomWithin(limits, random);
        const code = solveRcmIk(ik, entryM, tip, start);
        if (code !== RCM_SOLVED) reason ||= rcmReason(ik, code);
        else if (space.search.stateFree(ik.solution)) found = ik.solution.slice();
        else reason ||= 'every configuration found is in collision';
      }
      if (found === undefined) return { ok: false, dexterity: 0, reason };
      from = found;
      setConfiguration(workspace, found);
      geometricJacobian(workspace, tool.link, tool.tipM, jacobian);
      dexterity = Math.min(dexterity, inverseCondition(jacobian, limits.length));
    }
    return { ok: true, dexterity };
  };
}

function randomWithin(limits: ReturnType<typeof activeLimits>, random: () => number): Float64Array {
  return Float64Array.from(limits, ({ lower, upper }) => {
    const [low, high] = [Math.max(lower, -Math.PI), Math.min(upper, Math.PI)];
    return low + random() * (high - low);
  });
}

/** Least over greatest singular value of the first three rows of a Jacobian [6][n]. */
function inverseCondition(jacobian: Float64Array, n: number): number {
  const gram = [0, 1, 2].map((r) =>
    [0, 1, 2].map((c) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += jacobian[r * n + k] * jacobian[c * n + k];
      return sum;
    }),
  );
  const { values } = symmetricEigen(gram);
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  return greatest > 0 ? Math.sqrt(Math.max(0, least) / greatest) : 0;
}
