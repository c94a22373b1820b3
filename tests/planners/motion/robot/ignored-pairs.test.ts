import { describe, expect, it } from 'vitest';
import { adjacentPairs, pairKey } from '../../../../engine/core/link-pairs.ts';
import type { RobotModel } from '../../../../engine/core/robot.ts';
import { findIgnoredPairs } from '../../../../planners/motion/robot/ignored-pairs.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { linkNumber } from '../support/robots.ts';

const seed = 5;

describe('pairs of links that need no check', () => {
  it(`ur5e: adjacent and never, each for its reason (seed ${seed})`, () => {
    const model = builtinRobot('ur5e');
    const { ignored, active } = findIgnoredPairs(model, { samples: 3000, seed });
    const reason = (a: string, b: string): string | undefined =>
      ignored.find((pair) => pair.a === linkNumber(model, a) && pair.b === linkNumber(model, b))?.reason;
    expect(reason('upper_arm_link', 'forearm_link')).toBe('adjacent');
    expect(reason('forearm_link', 'wrist_2_link')).toBe('never');
    // The wrist can fold back onto the upper arm.
    expect(
      active.some(
        ({ a, b, met }) =>
          a === linkNumber(model, 'upper_arm_link') && b === linkNumber(model, 'wrist_1_link') && met > 0,
      ),
    ).toBe(true);
  });

  it('the same seed finds the same, and adjacent pairs are always among them', () => {
    const model = builtinRobot('panda');
    const first = findIgnoredPairs(model, { samples: 500, seed });
    expect(findIgnoredPairs(model, { samples: 500, seed }).ignored).toEqual(first.ignored);
    for (const key of adjacentPairs(model)) expect(first.model.ignoredPairs.has(key)).toBe(true);
  });

  it(`panda: links 5 and 7 meet always (seed ${seed})`, () => {
    const model = builtinRobot('panda');
    const { ignored, samples } = findIgnoredPairs(model, { samples: 1000, seed });
    expect(samples).toBe(1000);
    const [a, b] = [linkNumber(model, 'panda_link5'), linkNumber(model, 'panda_link7')];
    expect(ignored.find((pair) => pair.a === a && pair.b === b)?.reason).toBe('always');
  });

  it('panda: the hand is checked against the base, links 5 and 7 are not', () => {
    const model = builtinRobot('panda');
    const key = (a: string, b: string): number =>
      pairKey(model.links.length, linkNumber(model, a), linkNumber(model, b));
    expect(model.ignoredPairs.has(key('panda_link0', 'panda_hand'))).toBe(false);
    expect(model.ignoredPairs.has(key('panda_link5', 'panda_link7'))).toBe(true);
  });

  it('a robot without spheres is refused', () => {
    const bare: RobotModel = {
      ...builtinRobot('ur5e'),
      spheres: { link: new Uint16Array(0), sphere: new Float64Array(0) },
    };
    expect(() => findIgnoredPairs(bare)).toThrow(expect.objectContaining({ code: 'robot/no-spheres' }));
  });
});
