import { describe, expect, it } from 'vitest';
import { transformFromRpy } from '../../../../engine/core/frames.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import type { RobotModel } from '../../../../engine/core/robot.ts';
import { chainForward, chainJacobian, createChain } from '../../../../planners/motion/kinematics/chain.ts';
import { choleskySolve } from '../../../../planners/motion/kinematics/cholesky.ts';
import { builtinRobot, builtinTip } from '../../../../planners/motion/robot/registry.ts';
import { createWorkspace, geometricJacobian, setConfiguration } from '../../../../planners/motion/robot/workspace.ts';
import { linkNumber, poseOf, randomConfiguration } from '../support/robots.ts';

const seed = 11;
// The chain folds the same products in another order: a few units in the last place of a metre.
const ROUNDING = 1e-14;

describe('compiled chain', () => {
  for (const [name, tip] of [
    ...Object.entries(builtinTip),
    // Mimicking joints, which move against the pitch.
    ['psm', 'pitch_bottom_link'],
    ['ecm', 'pitch_bar_link'],
  ]) {
    it(`${name} to ${tip}: pose and Jacobian as the general forward kinematics have them (seed ${seed})`, () => {
      const model = builtinRobot(name);
      const random = seededRandom(seed);
      const link = linkNumber(model, tip);
      const chain = createChain(model, link);
      const space = createWorkspace(model);
      const n = model.active.length;
      const wanted = new Float64Array(6 * n);
      const got = new Float64Array(6 * chain.dofs);
      for (let i = 0; i < 50; i++) {
        const q = randomConfiguration(model, random);
        chainForward(
          chain,
          Float64Array.from(chain.columns, (c) => q[c]),
        );
        const pose = poseOf(model, tip, q);
        for (let k = 0; k < 16; k++) expect(Math.abs(chain.pose[k] - pose[k])).toBeLessThan(ROUNDING);
        setConfiguration(space, q);
        geometricJacobian(space, link, [0, 0, 0], wanted);
        chainJacobian(chain, pose[12], pose[13], pose[14], got);
        for (let row = 0; row < 6; row++) {
          for (let c = 0; c < chain.dofs; c++) {
            expect(Math.abs(got[row * chain.dofs + c] - wanted[row * n + chain.columns[c]])).toBeLessThan(ROUNDING);
          }
        }
      }
    });
  }

  it('a tip frame and tilted axes are folded in', () => {
    const origin = transformFromRpy([0.1, 0.2, 0.3], [0.4, -0.5, 0.6]);
    const limits = { lower: -1, upper: 1, velocity: 1, acceleration: 1, jerk: 1, effort: 1 };
    const links = ['a', 'b', 'c'].map((name) => ({ name, visual: [], collision: [] }));
    const model: RobotModel = {
      ...builtinRobot('ur5e'),
      links,
      joints: [
        { name: 'one', type: 'revolute', parent: 0, child: 1, origin, axis: [0.36, 0.48, -0.8], limits },
        { name: 'two', type: 'prismatic', parent: 1, child: 2, origin, axis: [-0.6, 0, 0.8], limits },
      ],
      active: [0, 1],
    };
    const tip = transformFromRpy([0.05, 0, -0.1], [0, 1, 2]);
    const chain = createChain(model, 2, tip);
    chainForward(chain, Float64Array.of(0.7, -0.2));
    const space = createWorkspace(model);
    setConfiguration(space, [0.7, -0.2]);
    const t = space.linkPoses.subarray(32);
    for (let r = 0; r < 3; r++) {
      const wanted = t[r] * tip[12] + t[4 + r] * tip[13] + t[8 + r] * tip[14] + t[12 + r];
      expect(chain.pose[12 + r]).toBeCloseTo(wanted, 14);
    }
  });

  it('a link that no joint moves, or that is not there, is refused', () => {
    const model = builtinRobot('panda');
    expect(() => createChain(model, 0)).toThrow(expect.objectContaining({ code: 'kinematics/fixed-link' }));
    expect(() => createChain(model, 99)).toThrow(expect.objectContaining({ code: 'kinematics/link' }));
  });
});

it(`Cholesky: solves, and notices what is not positive definite (seed ${seed})`, () => {
  const random = seededRandom(seed);
  for (let n = 1; n <= 8; n++) {
    const b = Array.from({ length: n * n }, () => random() - 0.5);
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < n; k++) a[i * n + j] += b[i * n + k] * b[j * n + k];
        if (i === j) a[i * n + j] += 0.1;
      }
    }
    const x = Float64Array.from({ length: n }, () => random() - 0.5);
    const rhs = Float64Array.from({ length: n }, (_, i) => x.reduce((sum, v, k) => sum + a[i * n + k] * v, 0));
    expect(choleskySolve(a.slice(), n, rhs)).toBe(true);
    for (let i = 0; i < n; i++) expect(rhs[i]).toBeCloseTo(x[i], 11);
  }
  expect(choleskySolve(Float64Array.of(1, 2, 2, 1), 2, new Float64Array(2))).toBe(false);
  expect(choleskySolve(Float64Array.of(Number.NaN), 1, new Float64Array(1))).toBe(false);
});
