import { createSharedLoop, loopMemory, type SharedLoop } from '../../planners/guidance/loop/layout.ts';

/** Memory that the robot's thread shares with the thread of the sockets. */
export interface SharedRobot {
  readonly loop: SharedLoop;
  /** See {@link BEAT}. */
  readonly beat: Float64Array;
  /** [joints] where a robot of ROS 2 says that it is; not used by the simulated one. */
  readonly measured: Float64Array;
}

/** Slots of `beat`: when the viewer that has armed the robot beat last [s], and 1 while its page is hidden. */
export const BEAT = { timeSec: 0, hidden: 1 } as const;

/** What follows the distances in a record of the ring: these, then measured joints, then set-points. */
export const DRIVE = { state: 0, motion: 1, beatAgeSec: 2, moves: 3, words: 4 } as const;

export function createSharedRobot(fixtures: number, joints: number): SharedRobot {
  return {
    loop: createSharedLoop(fixtures, DRIVE.words + 2 * joints),
    beat: new Float64Array(loopMemory(16)),
    measured: new Float64Array(loopMemory(8 * joints)),
  };
}
