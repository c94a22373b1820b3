import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import {
  BAD_LIMIT,
  describeTimingCode,
  NO_SOLUTION,
  NOT_FINITE,
  OK,
  TARGET_NOT_HOLDABLE,
  TARGET_NOT_REACHABLE,
  TARGET_OUTSIDE_LIMITS,
} from '../../../../planners/motion/timing/codes.ts';
import {
  calculate,
  createOtg,
  durationSec,
  positionExtrema,
  setLimits,
  setState,
  setTarget,
  stateAt,
} from '../../../../planners/motion/timing/otg.ts';
import { createProblem, faultsOf, load, problemSource } from './support.ts';

const one = createOtg(1);

/** Solves for one joint; limits are [velocity, acceleration, jerk]. */
function solve(start: number[], target: number[], limits: number[]): number {
  setState(one, [start[0]], [start[1]], [start[2]]);
  setTarget(one, [target[0]], [target[1]], [target[2]]);
  setLimits(one, { velocity: [limits[0]], acceleration: [limits[1]], jerk: [limits[2]] });
  return calculate(one);
}

const state = (t: number): number[] => {
  const [p, v, a] = [new Float64Array(1), new Float64Array(1), new Float64Array(1)];
  stateAt(one, t, p, v, a);
  return [p[0], v[0], a[0]];
};

describe('one joint', () => {
  it('has the closed-form durations from rest to rest', () => {
    // Jerk only: T = (32 d / j)^(1/3).
    expect(solve([0, 0, 0], [1, 0, 0], [10, 10, 2])).toBe(OK);
    expect(durationSec(one)).toBeCloseTo(16 ** (1 / 3), 14);
    // All limits reached: T = d / v + v / a + a / j.
    expect(solve([1, 0, 0], [-9, 0, 0], [2, 1, 4])).toBe(OK);
    expect(durationSec(one)).toBeCloseTo(10 / 2 + 2 / 1 + 1 / 4, 14);
    // Velocity without acceleration limit: T = d / v + 2 sqrt(v / j).
    expect(solve([0, 0, 0], [10, 0, 0], [1, 9, 4])).toBe(OK);
    expect(durationSec(one)).toBeCloseTo(10 + 1, 14);
  });

  it('stays where it is in no time', () => {
    expect(solve([3, 0, 0], [3, 0, 0], [1, 1, 1])).toBe(OK);
    expect(durationSec(one)).toBe(0);
    expect(state(0)).toEqual([3, 0, 0]);
    expect(state(5)).toEqual([3, 0, 0]);
  });

  it.each([1e-3, 1e-6, 1e-9, 1e-11])('moves by %s', (d) => {
    expect(solve([5, 0, 0], [5 + d, 0, 0], [1, 10, 100])).toBe(OK);
    expect(durationSec(one) / ((32 * d) / 100) ** (1 / 3)).toBeCloseTo(1, 4);
    expect(solve([5, 0, 0], [5 - d, 0, 0], [1, 1, 1e6])).toBe(OK);
    expect(state(durationSec(one))).toEqual([5 - d, 0, 0]);
  });

  it('goes on with the acceleration of the target after its end', () => {
    expect(solve([0, 0, 0], [1, 0.5, 0.25], [2, 2, 2])).toBe(OK);
    const [p, v, a] = state(durationSec(one) + 2);
    expect([p, v, a]).toEqual([1 + 2 * 0.5 + 2 * 0.25, 1, 0.25]);
  });

  it('keeps separate limits for the other direction', () => {
    setState(one, [0], [0], [0]);
    setTarget(one, [-4], [0], [0]);
    setLimits(one, { velocity: [2], acceleration: [1], jerk: [4], minVelocity: [-1], minAcceleration: [-0.5] });
    expect(calculate(one)).toBe(OK);
    // Cruising at -1: up to it at -0.5, back at 1; half the ramps' time is spent at the mean velocity.
    const there = 1 / 0.5 + 0.5 / 4;
    const back = 1 / 1 + 1 / 4;
    expect(durationSec(one)).toBeCloseTo(4 + (there + back) / 2, 13);
  });

  it('knows how far it strays', () => {
    expect(solve([0, 1, 0], [0, 0, 0], [2, 1, 1])).toBe(OK);
    const [least, greatest] = [new Float64Array(1), new Float64Array(1)];
    positionExtrema(one, least, greatest);
    let [lo, hi] = [0, 0];
    for (let i = 0; i <= 20000; i++) {
      const [p] = state((durationSec(one) * i) / 20000);
      lo = Math.min(lo, p);
      hi = Math.max(hi, p);
    }
    // Samples at 1/20000 of the duration miss the top by a v'^2 / 8 < 1e-7.
    expect(greatest[0]).toBeCloseTo(hi, 6);
    expect(least[0]).toBeCloseTo(lo, 6);
    expect(greatest[0]).toBeGreaterThanOrEqual(hi);
    expect(greatest[0]).toBeGreaterThan(0.5);
  });
});

describe('refusals', () => {
  it('gives codes and never throws', () => {
    expect(solve([Number.NaN, 0, 0], [1, 0, 0], [1, 1, 1])).toBe(NOT_FINITE);
    expect(solve([0, 0, 0], [1, Number.POSITIVE_INFINITY, 0], [1, 1, 1])).toBe(NOT_FINITE);
    expect(solve([0, 0, 0], [1, 0, 0], [0, 1, 1])).toBe(BAD_LIMIT);
    expect(solve([0, 0, 0], [1, 0, 0], [1, -1, 1])).toBe(BAD_LIMIT);
    expect(solve([0, 0, 0], [1, 0, 0], [1, 1, Number.NaN])).toBe(BAD_LIMIT);
    expect(solve([0, 0, 0], [1, 0, 0], [1, 1, Number.POSITIVE_INFINITY])).toBe(BAD_LIMIT);
    expect(solve([0, 0, 0], [1, 2, 0], [1, 1, 1])).toBe(TARGET_OUTSIDE_LIMITS);
    expect(solve([0, 0, 0], [1, 0, -2], [1, 1, 1])).toBe(TARGET_OUTSIDE_LIMITS);
    expect(solve([0, 0, 0], [1, 0.9, 0.8], [1, 1, 1])).toBe(TARGET_NOT_HOLDABLE);
    expect(solve([0, 0, 0], [1, -0.9, -0.8], [1, 1, 1])).toBe(TARGET_NOT_HOLDABLE);
    expect(solve([0, 0, 0], [1, 0.9, -0.8], [1, 1, 1])).toBe(TARGET_NOT_REACHABLE);
    expect(describeTimingCode(TARGET_NOT_HOLDABLE)).toContain('held');
  });

  it('names the joint', () => {
    const otg = createOtg(3);
    setState(otg, [0, 0, 0], [0, 0, 0], [0, 0, 0]);
    setTarget(otg, [1, 1, 1], [0, 0, 5], [0, 0, 0]);
    setLimits(otg, { velocity: [1, 1, 1], acceleration: [1, 1, 1], jerk: [1, 1, 1] });
    expect(calculate(otg)).toBe(TARGET_OUTSIDE_LIMITS);
    expect(otg.decidingJoint).toBe(2);
  });

  it('takes a target at its limits', () => {
    expect(solve([0, 0, 0], [1, 1, 0], [1, 1, 1])).toBe(OK);
    expect(solve([0, 1, 0], [-1, -1, 0], [1, 1, 1])).toBe(OK);
    expect(solve([0, 0, 1], [1, 0, -1], [1, 1, 1])).toBe(OK);
    // v + a^2 / 2j is the limit exactly.
    expect(solve([0, 0, 0], [1, 0.5, 1], [1, 1, 1])).toBe(OK);
    expect(faultsOf(one, 0).excess.every((x) => x < 1e-10)).toBe(true);
  });
});

describe('brakes', () => {
  it.each([
    ['too fast', [0, 3, 0]],
    ['too fast backward', [0, -3, 0.2]],
    ['acceleration beyond its limit', [0, 0, 4]],
    ['about to leave the limit', [0, 0.9, 0.9]],
    ['too fast and slowing hard', [0, 1.2, -3]],
    ['below and rising through', [0, -2, 2.9]],
  ])('from a start that is %s', (_, start) => {
    expect(solve(start, [1, 0.2, 0.1], [1, 1, 1])).toBe(OK);
    const { gap, excess } = faultsOf(one, 0);
    expect(Math.max(...gap)).toBeLessThan(1e-12);
    expect(Math.max(...excess)).toBeLessThan(1e-12);
  });

  it('within what an acceleration limit that is low for the jerk allows', () => {
    // A deep dip would pass the other velocity limit: the brake stays above -sqrt(2 j (vMax - vMin)).
    expect(solve([0, 40, 0], [1, 0, 0], [1, 100, 1])).toBe(OK);
    expect(Math.max(...faultsOf(one, 0).excess)).toBeLessThan(1e-12);
  });
});

describe('awkward numbers', () => {
  it('a start from which a single ramp makes the change of velocity', () => {
    // The joint could arrive at 1.99 s, but not at 3.69 s: by then it has to have gone farther.
    const otg = createOtg(2);
    setState(otg, [1, 0], [0, 0], [1, 0]);
    setTarget(otg, [2, 3.691342808351074 - 2], [0.5, 0], [0, 0]);
    setLimits(otg, { velocity: [1, 1], acceleration: [1, 1], jerk: [1, 1] });
    expect(calculate(otg)).toBe(OK);
    for (let i = 0; i < 2; i++) expect(Math.max(...faultsOf(otg, i).gap)).toBeLessThan(1e-12);
  });

  it('a duration at which the reach grows with the root of the jerk', () => {
    const otg = createOtg(2);
    setState(otg, [-1, 0], [-2, 0], [0, 0]);
    setTarget(otg, [-1, 27], [2, 0], [2e-9, 0]);
    setLimits(otg, { velocity: [2, 2], acceleration: [2, 2], jerk: [2.43, 2] });
    expect(calculate(otg)).toBe(OK);
    expect(Math.max(...faultsOf(otg, 0).gap)).toBeLessThan(1e-11);
  });

  const AWKWARD_SEED = 5;
  it(`limits, zeros, specks and equal states mixed, seed ${AWKWARD_SEED}`, () => {
    const random = seededRandom(AWKWARD_SEED);
    const pick = (from: number[]): number => from[Math.floor(random() * from.length)];
    const scale = (lo: number, hi: number): number => 10 ** (lo + (hi - lo) * random());
    const otg = createOtg(3);
    const draw = (make: (i: number) => number): number[] => [0, 1, 2].map(make);
    let solved = 0;
    for (let n = 0; n < 6000; n++) {
      const v = draw(() => pick([1, 2, scale(-1, 2)]));
      const a = draw(() => pick([1, 2, scale(-1, 2)]));
      const j = draw(() => pick([1, 2, 4, scale(-1, 3)]));
      const down = draw((i) => -v[i] * pick([1, 1, scale(-1, 1)]));
      const back = draw((i) => -a[i] * pick([1, 1, scale(-1, 1)]));
      const p = draw(() => pick([0, 1, random()]));
      const speed = (i: number): number =>
        pick([0, 0, v[i], down[i], v[i] / 2, v[i] * (2 * random() - 1), 1e-9 * v[i]]);
      const push = (i: number): number => pick([0, 0, 0, a[i], back[i], a[i] * (2 * random() - 1), 1e-9 * a[i]]);
      setState(otg, p, draw(speed), draw(push));
      const way = (i: number): number => p[i] + pick([0, 0, 1, -1, scale(-9, 2), -scale(-9, 2), 1e-12]);
      setTarget(otg, draw(way), draw(speed), draw(push));
      setLimits(otg, { velocity: v, acceleration: a, jerk: j, minVelocity: down, minAcceleration: back });
      const code = calculate(otg);
      expect(code).not.toBe(NO_SOLUTION);
      if (code !== OK) continue;
      solved++;
      const time = durationSec(otg);
      for (let i = 0; i < 3; i++) {
        const { gap, excess } = faultsOf(otg, i);
        const fast = Math.max(v[i], -down[i]);
        const hard = Math.max(a[i], -back[i]);
        // Times are rounded to 1e-16 of the duration, and durations of joints without a choice agree to 1e-11.
        const late = 1e-11 * (1 + time);
        expect(gap[0]).toBeLessThan(late * (1 + fast + hard * time + 1e-5 * j[i] * time * time));
        expect(Math.max(gap[1], excess[0])).toBeLessThan(late * (1 + hard + 1e-4 * j[i] * time));
        expect(Math.max(gap[2], excess[1])).toBeLessThan(late * (1 + hard + j[i]));
        expect(excess[2]).toBeLessThanOrEqual(1e-12 * j[i]);
      }
    }
    expect(solved).toBeGreaterThan(2000);
  });
});

describe('synchronisation', () => {
  const otg = createOtg(3);
  const limits = { velocity: [1, 2, 3], acceleration: [3, 2, 1], jerk: [10, 4, 20] };
  const zero = [0, 0, 0];
  const [p, v, a] = [new Float64Array(3), new Float64Array(3), new Float64Array(3)];
  const farthestOff = (): number => {
    let off = 0;
    for (let n = 0; n <= 200; n++) {
      stateAt(otg, (durationSec(otg) * n) / 200, p, v, a);
      off = Math.max(off, Math.abs(p[1] + 0.5 * p[0]), Math.abs(p[2] - 2 * p[0]));
    }
    return off;
  };

  it('by phase keeps to the straight line and to the limits', () => {
    setLimits(otg, limits);
    setState(otg, zero, [0.1, -0.05, 0.2], [0.2, -0.1, 0.4]);
    setTarget(otg, [1, -0.5, 2], zero, zero);
    otg.synchronization = 'time';
    expect(calculate(otg)).toBe(OK);
    const time = durationSec(otg);
    expect(farthestOff()).toBeGreaterThan(0.01);
    otg.synchronization = 'phase';
    expect(calculate(otg)).toBe(OK);
    expect(farthestOff()).toBeLessThan(1e-14);
    expect(durationSec(otg)).toBeGreaterThanOrEqual(time);
    for (let i = 0; i < 3; i++) {
      const { gap, excess } = faultsOf(otg, i);
      expect(Math.max(...gap, ...excess)).toBeLessThan(1e-13);
    }
  });

  it('by phase is by time where the states are not collinear', () => {
    setLimits(otg, limits);
    setState(otg, zero, [0.1, 0, 0], zero);
    setTarget(otg, [1, -0.5, 2], zero, zero);
    otg.synchronization = 'time';
    calculate(otg);
    const time = durationSec(otg);
    otg.synchronization = 'phase';
    expect(calculate(otg)).toBe(OK);
    expect(durationSec(otg)).toBe(time);
  });

  it('none lets each joint arrive when it can', () => {
    setLimits(otg, limits);
    setState(otg, zero, zero, zero);
    setTarget(otg, [1, -0.5, 2], zero, zero);
    otg.synchronization = 'none';
    expect(calculate(otg)).toBe(OK);
    expect([...otg.durations]).toEqual([...otg.shortest]);
    expect(new Set(otg.durations).size).toBe(3);
    stateAt(otg, durationSec(otg), p, v, a);
    expect([...p]).toEqual([1, -0.5, 2]);
  });
});

const SEED = 42;

describe(`random motions of seven joints, seed ${SEED}`, () => {
  it('end exactly and inside the limits, all solved', () => {
    const otg = createOtg(7);
    const problem = createProblem(7);
    const next = problemSource(SEED);
    const gap = [0, 0, 0];
    const excess = [0, 0, 0];
    const codes = new Map<number, number>();
    for (let n = 0; n < 4000; n++) {
      next(problem);
      load(otg, problem);
      const code = calculate(otg);
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (code !== OK) continue;
      for (let i = 0; i < 7; i++) {
        const faults = faultsOf(otg, i);
        for (let c = 0; c < 3; c++) {
          gap[c] = Math.max(gap[c], faults.gap[c]);
          excess[c] = Math.max(excess[c], faults.excess[c]);
        }
      }
    }
    expect([...codes.keys()].sort()).toEqual([TARGET_NOT_HOLDABLE, TARGET_NOT_REACHABLE, OK].sort());
    expect(codes.get(OK)).toBeGreaterThan(3800);
    // Rounding of states some thousand large after some thousand seconds; the requirement is 1e-8 and 1e-10.
    expect(Math.max(...gap)).toBeLessThan(1e-9);
    expect(Math.max(...excess)).toBeLessThan(1e-11);
  });

  it('do not depend on the state of the workspace', () => {
    const used = createOtg(7);
    const problem = createProblem(7);
    const next = problemSource(SEED + 1);
    for (let n = 0; n < 200; n++) {
      next(problem);
      load(used, problem);
      const code = calculate(used);
      const fresh = createOtg(7);
      load(fresh, problem);
      expect(calculate(fresh)).toBe(code);
      if (code !== OK) continue;
      expect(durationSec(fresh)).toBe(durationSec(used));
      expect(fresh.axes[3].pieces.slice(0, 5 * fresh.axes[3].pieceCount)).toEqual(
        used.axes[3].pieces.slice(0, 5 * used.axes[3].pieceCount),
      );
    }
  });

  it('replan from any point on the way to the same end in the time that is left', () => {
    const otg = createOtg(7);
    const problem = createProblem(7);
    const next = problemSource(SEED + 2);
    const [p, v, a] = [new Float64Array(7), new Float64Array(7), new Float64Array(7)];
    let worst = 0;
    for (let n = 0; n < 300; n++) {
      next(problem);
      load(otg, problem);
      if (calculate(otg) !== OK) continue;
      const whole = durationSec(otg);
      for (const share of [0.1, 0.37, 0.5, 0.72, 0.93, 0.999]) {
        load(otg, problem);
        calculate(otg);
        stateAt(otg, share * whole, p, v, a);
        setState(otg, p, v, a);
        expect(calculate(otg)).toBe(OK);
        worst = Math.max(worst, durationSec(otg) - (1 - share) * whole);
      }
    }
    // The state is rounded; near a cubic start that costs the cube root of the rounding.
    expect(worst).toBeLessThan(1e-5);
  });

  it('planned anew in every cycle of a control loop end when they would have ended', () => {
    const otg = createOtg(7);
    const problem = createProblem(7);
    const next = problemSource(SEED + 3);
    const [p, v, a] = [new Float64Array(7), new Float64Array(7), new Float64Array(7)];
    let late = 0;
    for (let n = 0; n < 60; n++) {
      next(problem);
      load(otg, problem);
      if (calculate(otg) !== OK) continue;
      const whole = durationSec(otg);
      const cycle = Math.max(0.008, whole / 1000);
      let elapsed = 0;
      while (durationSec(otg) > cycle) {
        stateAt(otg, cycle, p, v, a);
        setState(otg, p, v, a);
        expect(calculate(otg)).toBe(OK);
        elapsed += cycle;
        late = Math.max(late, elapsed + durationSec(otg) - whole);
      }
    }
    // Each cycle rounds its state; a thousand times that is still far below a microsecond.
    expect(late).toBeLessThan(1e-9);
  });
});
