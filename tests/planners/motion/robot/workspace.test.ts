import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import type { JointLimits, RobotJoint, RobotModel } from '../../../../engine/core/robot.ts';
import {
  createWorkspace,
  geometricJacobian,
  pointOf,
  setConfiguration,
} from '../../../../planners/motion/robot/workspace.ts';

const limits: JointLimits = { lower: -3, upper: 3, velocity: 1, acceleration: 1, jerk: 1, effort: 1 };
const at = (x: number, y: number, z: number): Float64Array =>
  Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1);

function robot(joints: readonly Omit<RobotJoint, 'name'>[], active: readonly number[]): RobotModel {
  return {
    name: 'test',
    links: Array.from({ length: joints.length + 1 }, (_, i) => ({ name: `link${i}`, visual: [], collision: [] })),
    joints: joints.map((joint, i) => ({ ...joint, name: `joint${i}` })),
    active,
    spheres: { link: new Uint16Array(0), sphere: new Float64Array(0) },
    ignoredPairs: new Set(),
  };
}

const planar = robot(
  [
    { type: 'revolute', parent: 0, child: 1, origin: at(0, 0, 0), axis: [0, 0, 1], limits },
    { type: 'revolute', parent: 1, child: 2, origin: at(0.5, 0, 0), axis: [0, 0, 1], limits },
  ],
  [0, 1],
);

/** Turning, sliding and mimicking joints, tilted frames and a branch. */
const mixed = robot(
  [
    { type: 'revolute', parent: 0, child: 1, origin: at(0.1, 0, 0.3), axis: [0.6, 0, 0.8], limits },
    { type: 'prismatic', parent: 1, child: 2, origin: at(0, 0.2, 0), axis: [0, 0.8, -0.6], limits },
    { type: 'fixed', parent: 2, child: 3, origin: at(0.05, 0, 0.1), axis: [0, 0, 1] },
    {
      type: 'revolute',
      parent: 3,
      child: 4,
      origin: at(0, 0, 0.4),
      axis: [1, 0, 0],
      mimic: { joint: 0, multiplier: -0.5, offset: 0.2 },
    },
    { type: 'continuous', parent: 4, child: 5, origin: at(0.2, 0.1, 0), axis: [0, 1, 0], limits },
    { type: 'revolute', parent: 1, child: 6, origin: at(0, 0, -0.2), axis: [0, 0, 1], limits },
  ],
  [0, 1, 4, 5],
);

describe('forward kinematics', () => {
  it('is the closed form of a planar arm', () => {
    const space = createWorkspace(planar);
    const tip = new Float64Array(3);
    setConfiguration(space, [0.3, 0.9]);
    pointOf(space, 2, [0.4, 0, 0], tip);
    expect(tip[0]).toBeCloseTo(0.5 * Math.cos(0.3) + 0.4 * Math.cos(1.2), 14);
    expect(tip[1]).toBeCloseTo(0.5 * Math.sin(0.3) + 0.4 * Math.sin(1.2), 14);
    expect(tip[2]).toBe(0);
  });

  it('a mimicking joint follows', () => {
    const space = createWorkspace(mixed);
    setConfiguration(space, [0.8, 0.1, 0.2, 0.3]);
    expect(space.jointPositions[3]).toBeCloseTo(-0.2, 15);
  });
});

describe('geometric Jacobian', () => {
  const seed = 20;
  it(`is the derivative of the pose (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const space = createWorkspace(mixed);
    const n = 4;
    const h = 1e-6;
    const jacobian = new Float64Array(6 * n);
    const point = [0.1, -0.2, 0.05];
    for (let trial = 0; trial < 50; trial++) {
      const q = Float64Array.from({ length: n }, () => 4 * random() - 2);
      const link = [2, 4, 5, 6][trial % 4];
      setConfiguration(space, q);
      geometricJacobian(space, link, point, jacobian);
      for (let c = 0; c < n; c++) {
        const p = new Float64Array(3);
        const sample = (step: number): { point: Float64Array; pose: Float64Array } => {
          const moved = q.slice();
          moved[c] += step;
          setConfiguration(space, moved);
          pointOf(space, link, point, p);
          return { point: p.slice(), pose: space.linkPoses.slice(16 * link, 16 * link + 16) };
        };
        const [above, below, here] = [sample(h), sample(-h), sample(0)];
        for (let r = 0; r < 3; r++) {
          expect(jacobian[r * n + c]).toBeCloseTo((above.point[r] - below.point[r]) / (2 * h), 8);
        }
        // dR R' is the cross-product matrix of the angular velocity.
        const spin = (a: number, b: number): number => {
          let sum = 0;
          for (let k = 0; k < 3; k++)
            sum += ((above.pose[4 * k + a] - below.pose[4 * k + a]) / (2 * h)) * here.pose[4 * k + b];
          return sum;
        };
        expect(jacobian[3 * n + c]).toBeCloseTo(spin(2, 1), 8);
        expect(jacobian[4 * n + c]).toBeCloseTo(spin(0, 2), 8);
        expect(jacobian[5 * n + c]).toBeCloseTo(spin(1, 0), 8);
      }
    }
  });
});
