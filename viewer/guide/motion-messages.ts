import type { Vec3 } from '../../engine/core/grid.ts';
import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import type { Fixture } from '../../planners/guidance/fixtures/fixture.ts';
import type { MotionFigures } from '../../planners/motion/planning/plan-motion.ts';
import type { Fault } from '../engine/messages.ts';
import type { GuideScene } from './session.ts';

/** Where the tip shall come to, and from which joints. */
export interface MotionRequest {
  readonly id: number;
  readonly scene: GuideScene;
  /** Keep-outs of the robot's side. */
  readonly shapes: readonly Fixture[];
  /** What the arm holds, its bare tip too. */
  readonly tool: ToolSpec;
  /** Where the tool's shaft passes through [m, base frame]. */
  readonly trocarM: Vec3 | undefined;
  /** [joints] rad or m */
  readonly start: readonly number[];
  readonly goal:
    | { readonly kind: 'tip'; readonly positionM: Vec3 }
    | { readonly kind: 'joints'; readonly positions: readonly number[] };
  /** Share of the limits of velocity, acceleration and jerk. */
  readonly share: number;
  readonly seed: number;
}

export type MotionAnswer =
  | {
      readonly id: number;
      readonly kind: 'solved';
      readonly trajectory: JointTrajectory;
      readonly figures: MotionFigures;
      readonly ms: number;
    }
  | { readonly id: number; readonly kind: 'unsolved'; readonly message: string }
  | { readonly id: number; readonly kind: 'fault'; readonly fault: Fault };
