import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import { activeNames } from '../../../../engine/core/robot.ts';
import { sphereCentres } from '../../../../kernels/trajectory-cost/reference-configuration.ts';
import { robotTables } from '../../../../kernels/trajectory-cost/tables.ts';
import { leverBounds } from '../../../../planners/motion/trajectory/levers.ts';
import { createTrajectoryProof } from '../../../../planners/motion/trajectory/proof.ts';
import { splineTrajectory } from '../../../../planners/motion/trajectory/spline.ts';
import { dense, fourJointArm, plainClearance, post, stopAndGo } from './support/arm.ts';

const seed = 51;
const model = fourJointArm();
const robot = robotTables(model);
describe(`the float64 proof (seed ${seed})`, () => {
  it('no sphere moves farther than its lever bounds say', () => {
    const random = seededRandom(seed);
    const levers = leverBounds(model);
    for (let trial = 0; trial < 200; trial++) {
      const q = Float64Array.from({ length: 4 }, () => 4 * random() - 2);
      const moved = q.map((v) => v + 0.3 * (random() - 0.5));
      const [a, b] = [sphereCentres(robot, q), sphereCentres(robot, moved)];
      for (let s = 0; s < robot.spheres; s++) {
        const way = Math.hypot(a[4 * s] - b[4 * s], a[4 * s + 1] - b[4 * s + 1], a[4 * s + 2] - b[4 * s + 2]);
        const bound = q.reduce((sum, v, j) => sum + levers[4 * s + j] * Math.abs(moved[j] - v), 0);
        expect(way).toBeLessThanOrEqual(bound + 1e-6);
      }
    }
  });

  it('agrees with dense samples of the plain distances: free ones are free, refused ones touch or all but touch', () => {
    const random = seededRandom(seed + 1);
    const prove = createTrajectoryProof(model, post);
    const verdicts = { free: 0, refused: 0 };
    for (let trial = 0; trial < 60; trial++) {
      const end = (side: number): number[] => [side * (0.5 + random()), random() - 0.5, random() - 0.5, random() - 0.5];
      const control = new Float64Array(15 * 4);
      const [start, goal] = [end(-1), end(1)];
      const lift = 1.6 * random();
      for (let i = 0; i < 15; i++) {
        const u = i < 3 ? 0 : i >= 12 ? 1 : (i - 2) / 10;
        for (let j = 0; j < 4; j++) {
          control[4 * i + j] = start[j] + u * (goal[j] - start[j]) - (j === 1 ? lift * Math.sin(Math.PI * u) : 0);
        }
      }
      const t = splineTrajectory({ joints: 4, control, segmentSec: 0.1 }, activeNames(model));
      let least = Number.POSITIVE_INFINITY;
      for (const { q } of dense(t, 60)) least = Math.min(least, plainClearance(model, post, q));
      const free = prove(t);
      verdicts[free ? 'free' : 'refused']++;
      // Dense samples lie 1.7 ms apart, in which nothing moves farther than 10 mm.
      if (free) expect(least).toBeGreaterThan(0);
      else expect(least).toBeLessThan(0.01);
    }
    expect(verdicts.free).toBeGreaterThan(5);
    expect(verdicts.refused).toBeGreaterThan(5);
  });

  it('refuses a plate thinner than the steps between the points', () => {
    const thin = {
      obstacles: [{ ...post.obstacles[0], shape: { kind: 'box' as const, sizeM: [0.4, 0.001, 1] as const } }],
    };
    const t = stopAndGo(model, [
      [-0.6, 0, 0, 0],
      [0.6, 0, 0, 0],
    ]);
    expect(createTrajectoryProof(model, thin)(t)).toBe(false);
    expect(createTrajectoryProof(model, { obstacles: [] })(t)).toBe(true);
  });

  it('refuses NaN', () => {
    const t = stopAndGo(model, [
      [0.4, 0, 0, 0],
      [0.6, 0, 0, 0],
    ]);
    const broken = { ...t, positions: t.positions.map((q, i) => (i === 1 ? Number.NaN : q)) };
    expect(createTrajectoryProof(model, post)(broken)).toBe(false);
  });
});
