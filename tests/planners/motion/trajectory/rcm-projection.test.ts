import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import { activeLimits, activeNames } from '../../../../engine/core/robot.ts';
import { createShaft, setShaft, shaftErrorM } from '../../../../planners/motion/rcm/shaft.ts';
import { createTool } from '../../../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { addBanded, createBanded, solveBanded } from '../../../../planners/motion/trajectory/banded.ts';
import { projectSpline, subdivided } from '../../../../planners/motion/trajectory/rcm-projection.ts';
import { trajectoryErrorBoundM } from '../../../../planners/motion/trajectory/rcm-proof.ts';
import { type JointSpline, positionsAt, splineTrajectory } from '../../../../planners/motion/trajectory/spline.ts';
import { toolMotion, trocarArm } from '../support/trocar.ts';

const arm = trocarArm('panda');
const limits = activeLimits(arm.model);
const names = activeNames(arm.model);
const shaft = createShaft(arm.model, arm.tool);
shaft.trocar.set(arm.trocarM);

/** From a configuration on the trocar and back to it, by a bump of so many radians on some joints. */
function bump(size: number, segments = 40): JointSpline {
  const { start } = toolMotion(arm, 2);
  const control = new Float64Array((segments + 3) * 7);
  for (let i = 0; i < segments + 3; i++) {
    const u = i < 3 ? 0 : i >= segments ? 1 : (i - 2) / (segments - 2);
    for (let j = 0; j < 7; j++) control[i * 7 + j] = start[j] + size * Math.sin(Math.PI * u) ** 2 * ((j % 3) - 1);
  }
  return { joints: 7, control, segmentSec: 0.03 };
}

function worstErrorM(spline: JointSpline): number {
  const t = splineTrajectory(spline, names);
  const q = new Float64Array(7);
  let worst = 0;
  const duration = t.timeSec[t.timeSec.length - 1];
  for (let k = 0; k <= 5000; k++) {
    positionsAt(t, (duration * k) / 5000, q);
    setShaft(shaft, q);
    worst = Math.max(worst, shaftErrorM(shaft));
  }
  return worst;
}

describe('splines brought onto a trocar', () => {
  it('from a centimetre off to some micrometres everywhere, its ends as they were', () => {
    const spline = bump(0.03);
    expect(worstErrorM(spline)).toBeGreaterThan(0.005);
    const onto = projectSpline(shaft, spline, limits);
    expect(worstErrorM(onto)).toBeLessThan(1e-5);
    for (const i of [0, 1, 2, 40, 41, 42]) {
      expect([...onto.control.subarray(7 * i, 7 * i + 7)]).toEqual([...spline.control.subarray(7 * i, 7 * i + 7)]);
    }
    // What is on it stays.
    const again = projectSpline(shaft, onto, limits);
    for (let i = 0; i < onto.control.length; i++) expect(again.control[i]).toBeCloseTo(onto.control[i], 6);
  });

  it('joints stay within narrow ranges, the others make up for them', () => {
    const spline = bump(0.03);
    const free = projectSpline(shaft, spline, limits);
    // The joint that the projection moves farthest may not move up any more.
    const moved = limits.map((_, j) => {
      let most = 0;
      for (let i = j; i < spline.control.length; i += 7) most = Math.max(most, free.control[i] - spline.control[i]);
      return most;
    });
    const joint = moved.indexOf(Math.max(...moved));
    let upper = Number.NEGATIVE_INFINITY;
    for (let i = joint; i < spline.control.length; i += 7) upper = Math.max(upper, spline.control[i]);
    const narrow = limits.map((limit, j) => (j === joint ? { ...limit, upper } : limit));
    const onto = projectSpline(shaft, spline, narrow);
    for (let i = joint; i < onto.control.length; i += 7) expect(onto.control[i]).toBeLessThanOrEqual(upper);
    expect(worstErrorM(onto)).toBeLessThan(1e-5);
  });

  it('with a joint that slides and joints that follow others: only the insertion of a da Vinci arm keeps its shaft through a second point', () => {
    const psm = builtinRobot('psm');
    const instrument = createShaft(psm, createTool(psm, { link: 'insertion_link', originM: [0, 0, 0], lengthM: 0.5 }));
    const { chain } = instrument;
    const ranges = activeLimits(psm);
    const [joints, segments] = [ranges.length, 30];
    const start = Float64Array.of(0.2, -0.1, 0.1, 0, 0, 0);
    const x = Float64Array.from(chain.columns, (c) => start[c]);
    setShaft(instrument, x);
    const p = chain.pose;
    // A point on the shaft's line a hand's breadth from the mechanical centre, the origin of the base.
    for (let r = 0; r < 3; r++) instrument.trocar[r] = p[12 + r] + 0.25 * p[8 + r];
    const control = new Float64Array((segments + 3) * joints);
    for (let i = 0; i < segments + 3; i++) {
      const u = i < 3 ? 0 : i >= segments ? 1 : (i - 2) / (segments - 2);
      const wave = Math.sin(Math.PI * u) ** 2;
      control.set(start, i * joints);
      control[i * joints] += 0.02 * wave;
      control[i * joints + 1] -= 0.03 * wave;
      control[i * joints + 2] += 0.02 * wave;
    }
    const onto = projectSpline(instrument, { joints, control, segmentSec: 0.05 }, ranges);
    for (let i = 0; i < segments + 3; i++) {
      for (let j = 0; j < 2; j++) expect(onto.control[i * joints + j]).toBeCloseTo(start[j], 5);
      expect(onto.control[i * joints + 2]).toBeCloseTo(control[i * joints + 2], 3);
    }
    const bound = trajectoryErrorBoundM(instrument, splineTrajectory(onto, activeNames(psm)), 1e-4);
    expect(bound).toBeLessThan(1e-5);
  });

  it('the trocar stays on a shaft that the spline would draw out of it', () => {
    const spline = bump(-0.03);
    const places = (of: JointSpline): number[] => {
      const q = new Float64Array(7);
      const trajectory = splineTrajectory(of, names);
      const duration = trajectory.timeSec[trajectory.timeSec.length - 1];
      return Array.from({ length: 2001 }, (_, k) => {
        positionsAt(trajectory, (duration * k) / 2000, q);
        setShaft(shaft, q);
        return shaft.local[2];
      });
    };
    const free = places(projectSpline(shaft, spline, limits));
    const farthest = Math.max(...free);
    // Half of the way along the shaft that it takes when it may.
    const lengthM = (farthest + free[0]) / 2;
    expect(farthest - lengthM).toBeGreaterThan(1e-3);
    const short = createShaft(arm.model, { ...arm.tool, lengthM });
    short.trocar.set(arm.trocarM);
    const kept = projectSpline(short, spline, limits);
    expect(Math.max(...places(kept))).toBeLessThan(lengthM);
    expect(worstErrorM(kept)).toBeLessThan(1e-4);
    expect(trajectoryErrorBoundM(short, splineTrajectory(kept, names), 1e-4)).toBeLessThan(1e-4);
  });

  it('subdivision leaves the curve as it is', () => {
    const spline = bump(0.4, 9);
    const a = splineTrajectory(spline, names);
    const b = splineTrajectory(subdivided(spline), names);
    expect(b.timeSec.length).toBe(2 * a.timeSec.length - 1);
    const [p, q] = [new Float64Array(7), new Float64Array(7)];
    for (let k = 0; k <= 200; k++) {
      const time = (a.timeSec[a.timeSec.length - 1] * k) / 200;
      positionsAt(a, time, p);
      positionsAt(b, time, q);
      for (let j = 0; j < 7; j++) expect(q[j]).toBeCloseTo(p[j], 13);
    }
  });

  it('the proven bound holds everywhere and is near what is found, and nothing is proven of what leaves the tolerance', () => {
    for (const size of [0.001, 0.01, 0.05]) {
      const spline = bump(size);
      const t = splineTrajectory(spline, names);
      const worst = worstErrorM(spline);
      const bound = trajectoryErrorBoundM(shaft, t, 2 * worst);
      expect(bound).toBeGreaterThanOrEqual(worst);
      expect(bound).toBeLessThanOrEqual(2 * worst);
      expect(trajectoryErrorBoundM(shaft, t, 0.9 * worst)).toBe(Number.POSITIVE_INFINITY);
    }
    const bad = bump(0.001);
    bad.control[70] = Number.NaN;
    expect(trajectoryErrorBoundM(shaft, splineTrajectory(bad, names), 1)).toBe(Number.POSITIVE_INFINITY);
  });

  const seed = 531;
  it(`banded systems are solved, and refused where they are not definite (seed ${seed})`, () => {
    const random = seededRandom(seed);
    for (const [size, band] of [
      [1, 0],
      [5, 4],
      [40, 7],
      [9, 20],
    ]) {
      const matrix = createBanded(size, band);
      const full = new Float64Array(size * size);
      for (let r = 0; r < size; r++) {
        for (let c = Math.max(0, r - band); c <= r; c++) {
          const value = c === r ? 2 * band + 1 : 2 * random() - 1;
          addBanded(matrix, r, c, value);
          full[r * size + c] = value;
          full[c * size + r] = value;
        }
      }
      const x = Float64Array.from({ length: size }, () => random() - 0.5);
      const b = Float64Array.from({ length: size }, (_, r) => x.reduce((sum, v, c) => sum + full[r * size + c] * v, 0));
      expect(solveBanded(matrix, b)).toBe(true);
      // Dominant diagonal: the condition is below 10, rounding stays near 1e-16 times that.
      for (let r = 0; r < size; r++) expect(Math.abs(b[r] - x[r])).toBeLessThan(1e-14);
    }
    const indefinite = createBanded(2, 1);
    addBanded(indefinite, 0, 0, 1);
    addBanded(indefinite, 1, 0, 2);
    addBanded(indefinite, 1, 1, 1);
    expect(solveBanded(indefinite, Float64Array.of(1, 1))).toBe(false);
  });
});
