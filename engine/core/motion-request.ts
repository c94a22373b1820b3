import type { Transform } from './frames.ts';
import type { Vec3 } from './grid.ts';
import type { PlacedShape } from './robot.ts';

/** Where a motion shall end. */
export type MotionGoal =
  | { readonly kind: 'joints'; readonly positions: Readonly<Record<string, number>> }
  | {
      readonly kind: 'pose';
      readonly link: string;
      /** The point of the link that shall be there [m, link frame]; its origin where it is left out. */
      readonly pointM?: Vec3;
      /** From the frame at that point, turned as the link, to the base frame [m]. A goal of position alone has `orientation` false. */
      readonly pose: Transform;
      readonly orientation: boolean;
      /** What is near enough; nothing where it is left out. */
      readonly tolerance?: GoalTolerance;
    };

/** How far from a pose is near enough. */
export interface GoalTolerance {
  /** Solids that the point may be in instead, placed in the base frame [m]; where there are none it must be at the pose. */
  readonly regions: readonly PlacedShape[];
  /** Greatest angles about the axes of the pose [rad]: as x, y, z angles one after the other, or as parts of a rotation vector. */
  readonly rotation?: { readonly rad: Vec3; readonly as: 'euler' | 'vector' };
}

/** One question to a motion planner, joints by name [rad or m]. */
export interface MotionRequest {
  readonly group: string;
  readonly start: Readonly<Record<string, number>>;
  readonly goal: MotionGoal;
  /** Shares of the velocity and acceleration limits to use, above 0 and at most 1. */
  readonly velocityScale: number;
  readonly accelerationScale: number;
}
