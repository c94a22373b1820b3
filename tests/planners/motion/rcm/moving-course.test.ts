import { describe, expect, it } from 'vitest';
import { courseAt, createTrocarCourse } from '../../../../planners/motion/rcm/moving-course.ts';
import { fitSpline } from '../../../../planners/motion/rcm/moving-spline.ts';
import { breathAt, breathing } from '../support/breathing.ts';

describe('splines', () => {
  const time = Float64Array.of(0, 0.3, 0.5, 1.2, 1.5, 2);
  const cubic = (t: number): number => 1 - 2 * t + 3 * t * t - 0.7 * t ** 3;
  const slope = (t: number): number => -2 + 6 * t - 2.1 * t * t;

  it('through a cubic are that cubic, not-a-knot and clamped alike', () => {
    const values = time.map(cubic);
    for (const ends of [
      { kind: 'not-a-knot' as const },
      { kind: 'clamped' as const, first: [slope(0)], last: [slope(2)] },
    ]) {
      const { pieces } = fitSpline(time, values, 1, ends);
      for (let k = 0; k < 5; k++) {
        // Rounding of the sums.
        expect(pieces[4 * k]).toBeCloseTo(cubic(time[k]), 12);
        expect(pieces[4 * k + 1]).toBeCloseTo(slope(time[k]), 11);
        expect(pieces[4 * k + 2]).toBeCloseTo(6 - 4.2 * time[k], 10);
        expect(pieces[4 * k + 3]).toBeCloseTo(-4.2, 9);
      }
    }
  });

  it('are smooth to the second derivative, over the seam of a period too', () => {
    const values = Float64Array.of(0, 1, -0.5, 2, 0.3, 0);
    const { pieces } = fitSpline(time, values, 1, { kind: 'periodic' });
    for (let k = 0; k < 5; k++) {
      const h = time[k + 1] - time[k];
      const [y, v, a, j] = pieces.subarray(4 * k, 4 * k + 4);
      const next = 4 * ((k + 1) % 5);
      expect(y + h * (v + h * (a / 2 + (h * j) / 6))).toBeCloseTo(pieces[next], 11);
      expect(v + h * (a + (h * j) / 2)).toBeCloseTo(pieces[next + 1], 11);
      expect(a + h * j).toBeCloseTo(pieces[next + 2], 11);
    }
  });
});

describe('courses of a trocar', () => {
  it('follow the breath between their samples, and go on after a period', () => {
    const course = breathing([0.005, -0.002, 0.014]);
    const offset = new Float64Array(3);
    const velocity = new Float64Array(3);
    for (let t = 0; t < 12; t += 0.0371) {
      courseAt(course, t, offset, velocity);
      const wanted = breathAt(t, [0.005, -0.002, 0.014]);
      // h^4 f'''' / 76 of the spline: 0.05^4 * 15 mm * 61 / s^4 / 76.
      for (let r = 0; r < 3; r++) expect(Math.abs(offset[r] - wanted[r])).toBeLessThan(1e-7);
      expect(Math.hypot(...velocity)).toBeLessThanOrEqual(course.maxSpeedMps);
    }
    expect(course.endSec).toBe(Number.POSITIVE_INFINITY);
    // Of sin^4: pi / 4 s * 15 mm * 3 sqrt(3) / 4 at most.
    const most = ((Math.PI / 4) * Math.hypot(0.005, 0.002, 0.014) * 3 * Math.sqrt(3)) / 4;
    expect(course.maxSpeedMps).toBeGreaterThan(0.999 * most);
    expect(course.maxSpeedMps).toBeLessThan(1.01 * most);
  });

  it('begin where the trocar is, wherever the samples are counted from', () => {
    const timeSec = [10, 10.1, 10.2, 10.3];
    const course = createTrocarCourse({ timeSec, positionsM: timeSec.flatMap((t) => [t, 1 - t, 7]) });
    const offset = new Float64Array(3);
    courseAt(course, 0.25, offset);
    expect(offset[0]).toBeCloseTo(0.25, 12);
    expect(offset[1]).toBeCloseTo(-0.25, 12);
    expect(offset[2]).toBe(0);
    expect(course.endSec).toBeCloseTo(0.3, 12);
  });

  it('are refused where they are none', () => {
    const still = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    expect(() => createTrocarCourse({ timeSec: [0, 1, 2], positionsM: still.slice(3) })).toThrow(
      /3 times and 3 places/,
    );
    expect(() => createTrocarCourse({ timeSec: [0, 1, 1, 2], positionsM: still })).toThrow(/sample 3 .* is at 1 s/);
    const nan = { timeSec: [0, 1, 2, 3], positionsM: [...still.slice(1), Number.NaN] };
    expect(() => createTrocarCourse(nan)).toThrow(/sample 4 .* not finite/);
    const open = { timeSec: [0, 1, 2, 3], positionsM: [...still.slice(3), 0, 0, 0.001], periodic: true };
    expect(() => createTrocarCourse(open)).toThrow(/ends 1\.00 mm from where it begins/);
  });
});
