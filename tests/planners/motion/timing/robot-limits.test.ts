import { expect, it } from 'vitest';
import type { RobotModel } from '../../../../engine/core/robot.ts';
import { BAD_LIMIT, OK } from '../../../../planners/motion/timing/codes.ts';
import { createPathTiming } from '../../../../planners/motion/timing/path.ts';
import { timePath } from '../../../../planners/motion/timing/path-timing.ts';
import { timingLimits } from '../../../../planners/motion/timing/robot-limits.ts';

function robot(jerk: number): RobotModel {
  const limits = { lower: -1, upper: 1, velocity: 2, acceleration: 3, jerk, effort: 1 };
  const origin = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  return {
    name: 'two links',
    links: ['base', 'a', 'b'].map((name) => ({ name, visual: [], collision: [] })),
    joints: [
      { name: 'still', type: 'fixed', parent: 0, child: 1, origin, axis: [0, 0, 1] },
      { name: 'turn', type: 'revolute', parent: 1, child: 2, origin, axis: [0, 0, 1], limits },
    ],
    active: [1],
    spheres: { link: new Uint16Array(0), sphere: new Float64Array(0) },
    ignoredPairs: new Set(),
  };
}

it('limits of a robot are those of its active joints', () => {
  const path = createPathTiming(1, 2);
  const limits = timingLimits(robot(50));
  expect([limits.velocity[0], limits.acceleration[0], limits.jerk[0]]).toEqual([2, 3, 50]);
  expect(timePath(path, [0, 1], 2, limits, 0)).toBe(OK);
  expect(timePath(path, [0, 1], 2, timingLimits(robot(Number.POSITIVE_INFINITY)), 0)).toBe(BAD_LIMIT);
});
