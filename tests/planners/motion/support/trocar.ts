import type { Vec3 } from '../../../../engine/core/grid.ts';
import { type Random, seededRandom } from '../../../../engine/core/random.ts';
import type { RobotModel } from '../../../../engine/core/robot.ts';
import { createRcmIk, RCM_SOLVED, type RcmIk, solveRcmIk } from '../../../../planners/motion/rcm/ik.ts';
import { createShaft, setShaft, shaftErrorM } from '../../../../planners/motion/rcm/shaft.ts';
import { createTool, type ToolModel } from '../../../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { randomConfiguration } from './robots.ts';

/** An arm with a 300 mm shaft on its flange through a trocar. */
export interface TrocarArm {
  readonly name: string;
  readonly model: RobotModel;
  readonly tool: ToolModel;
  readonly trocarM: Vec3;
}

export function trocarArm(name: 'panda' | 'kuka'): TrocarArm {
  const model = builtinRobot(name);
  const link = name === 'panda' ? 'panda_link8' : 'lbr_flange';
  const trocarM: Vec3 = name === 'panda' ? [0.45, 0, 0.25] : [0.55, 0, 0.3];
  return { name, model, tool: createTool(model, { link, lengthM: 0.3 }), trocarM };
}

/** A place of the tip in a box of 100 mm, 50 mm below the trocar. */
export function randomTip({ trocarM: [x, y, z] }: TrocarArm, random: Random): Vec3 {
  return [x + 0.1 * (random() - 0.5), y + 0.1 * (random() - 0.5), z - 0.05 - 0.1 * random()];
}

/** A random configuration that respects the trocar, its tip in the workspace: a random start of the inverse kinematics. */
export function randomThroughTrocar(arm: TrocarArm, ik: RcmIk, random: Random): Float64Array {
  for (;;) {
    const start = randomConfiguration(arm.model, random);
    if (solveRcmIk(ik, arm.trocarM, randomTip(arm, random), start) === RCM_SOLVED) return ik.solution.slice();
  }
}

/** Largest remote-centre error of a path whose joints move straight between waypoints, looked at `between` times a step [m]. */
export function worstErrorM(arm: TrocarArm, waypoints: Float64Array, between: number): number {
  const shaft = createShaft(arm.model, arm.tool);
  shaft.trocar.set(arm.trocarM);
  const n = arm.model.active.length;
  const x = new Float64Array(shaft.chain.dofs);
  let worst = 0;
  for (let k = n; k < waypoints.length; k += n) {
    for (let s = 0; s <= between; s++) {
      shaft.chain.columns.forEach((c, i) => {
        x[i] = waypoints[k - n + c] + ((waypoints[k + c] - waypoints[k - n + c]) * s) / between;
      });
      setShaft(shaft, x);
      worst = Math.max(worst, shaftErrorM(shaft));
    }
  }
  return worst;
}

/** A solver of the arm whose random starts are its own. */
export function trocarIk(arm: TrocarArm, seed: number, centre = false): RcmIk {
  return createRcmIk(arm.model, arm.tool, { seed, centre });
}

/** Start configurations and reachable goals of the tip, by number: problem i is the same whatever is asked before it. */
export function toolMotion(arm: TrocarArm, i: number): { start: Float64Array; goalQ: Float64Array; tipM: Vec3 } {
  const random = seededRandom(1000 + i);
  const ik = trocarIk(arm, 1 + i);
  const start = randomThroughTrocar(arm, ik, random);
  const goalQ = randomThroughTrocar(arm, ik, random);
  const tip = ik.constraint.tip;
  return { start, goalQ, tipM: [tip[0], tip[1], tip[2]] };
}
