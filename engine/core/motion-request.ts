import type { Transform } from './frames.ts';

/** Where a motion shall end. */
export type MotionGoal =
  | { readonly kind: 'joints'; readonly positions: Readonly<Record<string, number>> }
  | {
      readonly kind: 'pose';
      readonly link: string;
      /** From the link's frame to the base frame [m]. A goal of position alone has `orientation` false. */
      readonly pose: Transform;
      readonly orientation: boolean;
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
