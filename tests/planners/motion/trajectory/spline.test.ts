import { describe, expect, it } from 'vitest';
import { normal, seededRandom } from '../../../../engine/core/random.ts';
import type { JointLimits } from '../../../../engine/core/robot.ts';
import {
  type JointSpline,
  leastSegmentSec,
  positionsAt,
  segmentsOf,
  splineExtremes,
  splineTrajectory,
} from '../../../../planners/motion/trajectory/spline.ts';
import { dense } from './support/arm.ts';

const seed = 41;
const limits: JointLimits = { lower: -9, upper: 9, velocity: 2, acceleration: 15, jerk: 500, effort: 1 };

function randomSpline(random: () => number, joints: number, segments: number): JointSpline {
  const control = new Float64Array((segments + 3) * joints);
  for (let j = 0; j < joints; j++) {
    const ends = [normal(random), normal(random)];
    for (let i = 0; i < segments + 3; i++) {
      control[i * joints + j] = i < 3 ? ends[0] : i >= segments ? ends[1] : normal(random);
    }
  }
  return { joints, control, segmentSec: 0.02 + 0.1 * random() };
}

describe(`joint splines (seed ${seed})`, () => {
  it('begin and end at rest where they should', () => {
    const spline = randomSpline(seededRandom(seed), 3, 12);
    const t = splineTrajectory(spline, ['a', 'b', 'c']);
    expect(segmentsOf(spline)).toBe(12);
    expect(t.timeSec.length).toBe(13);
    for (let j = 0; j < 3; j++) {
      for (const [point, control] of [
        [0, 0],
        [12, 14],
      ]) {
        expect(t.positions[3 * point + j]).toBeCloseTo(spline.control[3 * control + j], 14);
        expect(t.velocities[3 * point + j]).toBeCloseTo(0, 12);
        expect(t.accelerations[3 * point + j]).toBeCloseTo(0, 10);
      }
    }
  });

  it('the pieces meet: position, velocity and acceleration at the end of one are those at the start of the next', () => {
    const random = seededRandom(seed + 1);
    for (let trial = 0; trial < 20; trial++) {
      const t = splineTrajectory(randomSpline(random, 2, 9), ['a', 'b']);
      const states = [...dense(t, 1)];
      for (let i = 1; i + 1 < states.length; i += 2) {
        for (let j = 0; j < 2; j++) {
          expect(states[i].q[j]).toBeCloseTo(states[i + 1].q[j], 10);
          expect(states[i].v[j]).toBeCloseTo(states[i + 1].v[j], 9);
          expect(states[i].a[j]).toBeCloseTo(states[i + 1].a[j], 7);
        }
      }
    }
  });

  it('extremes are never passed and nearly reached by dense samples', () => {
    const random = seededRandom(seed + 2);
    for (let trial = 0; trial < 40; trial++) {
      const spline = randomSpline(random, 1, 8 + (trial % 5));
      const e = splineExtremes(spline, 0);
      const states = [...dense(splineTrajectory(spline, ['a']), 400)];
      const most = (of: (s: (typeof states)[number]) => number): number => Math.max(...states.map(of));
      for (const [exact, sampled] of [
        [e.velocity, most((s) => Math.abs(s.v[0]))],
        [e.acceleration, most((s) => Math.abs(s.a[0]))],
        [e.jerk, most((s) => Math.abs(s.j[0]))],
        [e.upper, most((s) => s.q[0])],
        [-e.lower, most((s) => -s.q[0])],
      ]) {
        expect(sampled).toBeLessThanOrEqual(exact + 1e-9 * Math.abs(exact));
        // Samples 1/400 of a segment apart miss a parabola's top by at most some 1e-5 of its height.
        expect(sampled).toBeGreaterThan(exact - 1e-4 * (Math.abs(exact) + 1));
      }
    }
  });

  it('the least time meets every limit and reaches one', () => {
    const random = seededRandom(seed + 3);
    for (let trial = 0; trial < 100; trial++) {
      const spline = randomSpline(random, 3, 10);
      const all = [limits, { ...limits, velocity: 0.5 }, { ...limits, acceleration: 3, jerk: 90 }];
      const segmentSec = leastSegmentSec(3, spline.control, all);
      const ratios = all.flatMap((limit, j) => {
        const e = splineExtremes({ ...spline, segmentSec }, j);
        return [e.velocity / limit.velocity, e.acceleration / limit.acceleration, e.jerk / limit.jerk];
      });
      expect(Math.max(...ratios)).toBeLessThanOrEqual(1);
      expect(Math.max(...ratios)).toBeGreaterThan(1 - 1e-9);
    }
    expect(leastSegmentSec(1, new Float64Array(12).fill(0.3), [limits])).toBe(0);
  });

  it('positions at a time are the cubic between the points', () => {
    const spline = randomSpline(seededRandom(seed + 4), 2, 8);
    const t = splineTrajectory(spline, ['a', 'b']);
    const q = new Float64Array(2);
    let hint = 0;
    let k = 0;
    for (const state of dense(t, 10)) {
      const time = (Math.floor(k / 11) + (k % 11) / 10) * spline.segmentSec;
      hint = positionsAt(t, time, q, hint);
      for (let j = 0; j < 2; j++) expect(q[j]).toBeCloseTo(state.q[j], 9);
      k++;
    }
    positionsAt(t, 1e9, q);
    expect(q[1]).toBe(t.positions[t.positions.length - 1]);
  });
});
