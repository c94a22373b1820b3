import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/core/random.ts';
import { armWithBranch, caseObstacles, randomPose } from '../../kernels/trajectory-cost/case-scene.ts';
import { trajectoryCost } from '../../kernels/trajectory-cost/contract.ts';
import { variableStride } from '../../kernels/trajectory-cost/index.ts';
import { trajectoryCostReference } from '../../kernels/trajectory-cost/reference.ts';
import { sphereCentres } from '../../kernels/trajectory-cost/reference-configuration.ts';
import { obstacleDistance } from '../../kernels/trajectory-cost/reference-distance.ts';
import { splineWeights } from '../../kernels/trajectory-cost/spline.ts';
import { obstacleTables, robotTables } from '../../kernels/trajectory-cost/tables.ts';
import { createWorkspace, pointOf, setConfiguration } from '../../planners/motion/robot/workspace.ts';

type Case = (typeof trajectoryCost.cases)[number];

function seedOf(
  c: Case,
  seed: number,
): { value: (x: Float64Array) => number; x: Float64Array; gradient: Float64Array } {
  const { joints } = c.params.robot;
  const stride = variableStride(c.params.free, joints);
  const x = Float64Array.from(c.inputs.x.subarray(seed * stride, seed * stride + c.params.free * joints + 1));
  const ends = Float64Array.from(c.inputs.ends.subarray(seed * 2 * joints, (seed + 1) * 2 * joints));
  const problem = { ...c.params, limits: c.inputs.limits as Float32Array };
  return {
    x,
    value: (at) => trajectoryCostReference(problem, at, ends).value,
    gradient: trajectoryCostReference(problem, x, ends).gradient,
  };
}

describe('trajectory-cost reference', () => {
  for (const c of trajectoryCost.cases.filter(({ nan }) => !nan)) {
    it(`the gradient agrees with finite differences: ${c.name}`, () => {
      const { x, value, gradient } = seedOf(c, 0);
      const scale = Math.max(...Array.from(gradient, Math.abs));
      for (let i = 0; i < x.length; i++) {
        // Central differences of a function of squared hinges: the kink of a second derivative costs its jump times the step.
        const h = 1e-6;
        const [above, below] = [h, -h].map((d) => {
          const moved = x.slice();
          moved[i] += d;
          return value(moved);
        });
        expect(Math.abs(gradient[i] - (above - below) / (2 * h)), `variable ${i}`).toBeLessThan(2e-5 * scale + 1e-6);
      }
    });
  }

  it('the cases touch obstacles, themselves, limits and tissue', () => {
    for (const c of trajectoryCost.cases.filter(({ params }) => params.obstacles.obstacles > 0)) {
      if (c.params.robot.spheres > 0 && c.nan !== true) {
        expect(trajectoryCost.reference(c).sampled[0], c.name).toBeGreaterThan(0);
      }
    }
  });

  const seed = 520;
  it(`the tables' kinematics are those of the robot (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const model = armWithBranch(random, 20);
    const robot = robotTables(model);
    const space = createWorkspace(model);
    const point = new Float64Array(3);
    for (let trial = 0; trial < 20; trial++) {
      const q = Float64Array.from({ length: 4 }, () => 4 * random() - 2);
      setConfiguration(space, q);
      const wanted: number[][] = [];
      for (let s = 0; s < 20; s++) {
        const { link, sphere } = model.spheres;
        pointOf(space, link[s], sphere.subarray(4 * s, 4 * s + 3), point);
        wanted.push([...point, sphere[4 * s + 3]]);
      }
      const centres = sphereCentres(robot, q);
      for (let s = 0; s < 20; s++) {
        const row = centres.subarray(4 * s, 4 * s + 4);
        const nearest = Math.min(...wanted.map((w) => Math.hypot(...w.map((v, a) => v - row[a]))));
        // The tables are float32.
        expect(nearest).toBeLessThan(1e-6);
      }
    }
  });

  it(`distances are those of a brute force over points of the surface, their gradients of unit length (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const kinds = ['box', 'sphere', 'cylinder', 'capsule'] as const;
    const tasks = caseObstacles(random, kinds, { marginWeight: 0, tissueWeight: 0 });
    const tables = obstacleTables(tasks, 'exact');
    for (let trial = 0; trial < 400; trial++) {
      const o = trial % 4;
      const p = [0, 1, 2].map(() => 1.2 * random() - 0.6);
      const d = obstacleDistance(tables, o, p[0], p[1], p[2] + 0.3);
      expect(Math.hypot(...d.gradient)).toBeCloseTo(1, 5);
      // Following the gradient to the surface ends on it: exact distances, inside and outside.
      const on = d.gradient.map((g, a) => p[a] + (a === 2 ? 0.3 : 0) - d.distanceM * g);
      expect(Math.abs(obstacleDistance(tables, o, on[0], on[1], on[2]).distanceM)).toBeLessThan(1e-6);
    }
  });

  it('the spline weights are those of the uniform cubic B-spline', () => {
    const weights = splineWeights(4);
    for (let i = 0; i < 4; i++) {
      const row = weights.subarray(4 * i, 4 * i + 4);
      expect(row.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 14);
      // Control points on a line give that line: the segment runs from the second point to the third.
      expect(row.reduce((sum, w, k) => sum + w * k, 0)).toBeCloseTo(1 + (i + 0.5) / 4, 14);
    }
  });

  it('a pose of the cases is rigid', () => {
    const t = randomPose(seededRandom(1), 1, 2, 3);
    const dot = (a: number, b: number): number =>
      t[4 * a] * t[4 * b] + t[4 * a + 1] * t[4 * b + 1] + t[4 * a + 2] * t[4 * b + 2];
    expect([dot(0, 0), dot(1, 1), dot(0, 1), dot(0, 2)].map((v) => Math.round(v * 1e12))).toEqual([1e12, 1e12, 0, 0]);
  });
});
