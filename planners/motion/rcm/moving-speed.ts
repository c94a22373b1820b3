import { activeLimits, type RobotModel } from '../../../engine/core/robot.ts';
import { pathLimits } from '../planning/timed-path.ts';
import { type Followed, type Follower, follow } from './moving-follow.ts';
import { type LimitUse, limitUse } from './moving-pieces.ts';
import type { RcmMotionConfig } from './timed.ts';

/** How many times as slow a motion is made before it is the trocar that is too fast. */
const SLOWEST = 16;
const HALVINGS = 5;

/** Why a motion cannot follow, and whether finer knots may help. */
export interface Fault {
  readonly fault: string;
  readonly finer: boolean;
}

export interface Timed extends Followed {
  readonly ratios: LimitUse['ratios'];
  readonly use: LimitUse;
  /** How many times as slow again it must be, by its greatest shares of the limits. */
  readonly needed: number;
}

export type Tried = Timed | Fault;

/** The least slowdown of a growing series at which all limits are kept. */
export function fastest(
  follower: Follower,
  model: RobotModel,
  config: Pick<RcmMotionConfig, 'velocityScale' | 'accelerationScale'>,
): Tried {
  const positions = activeLimits(model);
  const limits = pathLimits(positions, config.velocityScale ?? 1, config.accelerationScale ?? 1);
  const nameOf = (joint: number): string => model.joints[model.active[joint]].name;
  const tried = (slowdown: number): Tried => {
    const followed = follow(follower, slowdown);
    if (typeof followed === 'string') return { fault: followed, finer: false };
    const use = limitUse(followed.motion, limits, positions);
    if (use.outside > 1e-9) {
      const by = use.outside.toExponential(1);
      const fault = `joint ${nameOf(use.outsideJoint)} would leave its limits by ${by} while it follows the trocar`;
      return { fault, finer: true };
    }
    const needed = Math.max(...use.ratios.map((ratio, i) => ratio ** (1 / (i + 1))));
    return { ...followed, use, ratios: use.ratios, needed };
  };
  let slowdown = 1;
  let tooFast = 1;
  for (;;) {
    let found = tried(slowdown);
    if ('fault' in found) return found;
    if (found.needed <= 1) {
      // A long last step may have gone farther than it must.
      for (let i = 0; i < HALVINGS && slowdown > 1.05 * tooFast; i++) {
        const between = Math.sqrt(tooFast * slowdown);
        const better = tried(between);
        if ('fault' in better || better.needed > 1) tooFast = between;
        else {
          found = better;
          slowdown = between;
        }
      }
      return found;
    }
    if (slowdown >= SLOWEST) {
      const { ratios, joints } = found.use;
      const worst = ratios.indexOf(Math.max(...ratios)) as 0 | 1 | 2;
      const what = ['velocity', 'acceleration', 'jerk'][worst];
      const share = (100 * ratios[worst]).toFixed(0);
      const fault = `the trocar moves too fast: to follow it joint ${nameOf(joints[worst])} needs ${share} % of its ${what}, however slowly the tool is led`;
      return { fault, finer: false };
    }
    tooFast = slowdown;
    slowdown *= Math.min(2, Math.max(1.02, 1.005 * found.needed));
  }
}
