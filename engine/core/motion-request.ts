import type { Transform } from './frames.ts';
import type { Vec3 } from './grid.ts';

/** Where a motion shall end. */
export type MotionGoal =
  | { readonly kind: 'joints'; readonly positions: Readonly<Record<string, number>> }
  | {
      readonly kind: 'pose';
      readonly link: string;
      /** From the link's frame to the base frame [m]. A goal of position alone has `orientation` false. */
      readonly pose: Transform;
      readonly orientation: boolean;
      /** How far from it is near enough: distance [m], and angle about each axis of the goal [rad]; 0 where left out. */
      readonly positionToleranceM?: number;
      readonly orientationToleranceRad?: Vec3;
    };

/** One question to a motion planner, joints by name [rad or m]. */
export interface MotionRequest {
  readonly group: string;
  readonly start: Readonly<Record<string, number>>;
  readonly goal: MotionGoal;
  /** Shares of the velocity and acceleration limits to use, above 0 and at most 1. */
  readonly velocityScale: number;
  readonly accelerationScale: number;
}
