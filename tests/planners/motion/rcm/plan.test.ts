import { describe, expect, it } from 'vitest';
import { activeLimits } from '../../../../engine/core/robot.ts';
import { planRcm } from '../../../../planners/motion/rcm/plan.ts';
import { createShaft, setShaft } from '../../../../planners/motion/rcm/shaft.ts';
import { planRcmMotion } from '../../../../planners/motion/rcm/timed.ts';
import { pathStateAt } from '../../../../planners/motion/timing/path-timing.ts';
import { toolMotion, trocarArm, trocarIk, worstErrorM } from '../support/trocar.ts';

// Problems 0 to 9 of the hundred that `npm run validate -- rcm` measures.
const PROBLEMS = 10;
const TOLERANCE_M = 1e-4;

describe('paths through a trocar', () => {
  for (const name of ['panda', 'kuka'] as const) {
    const arm = trocarArm(name);
    const { model, tool, trocarM } = arm;
    const n = model.active.length;

    it(`${name}: tool motions keep the trocar everywhere, and end where they should (seeds 1000 to ${1000 + PROBLEMS - 1})`, () => {
      const limits = activeLimits(model);
      for (let i = 0; i < PROBLEMS; i++) {
        const { start, tipM } = toolMotion(arm, i);
        const plan = planRcm(model, tool, { trocarM, start, goal: { tipM } });
        expect(plan.reason, `problem ${i}`).toBe('solved');
        expect(plan.errorBoundM).toBeLessThanOrEqual(TOLERANCE_M / 2);
        expect(worstErrorM(arm, plan.waypoints, 16)).toBeLessThanOrEqual(plan.errorBoundM + 1e-12);
        expect([...plan.waypoints.subarray(0, n)]).toEqual([...start]);
        const shaft = createShaft(model, tool);
        setShaft(shaft, plan.waypoints.slice(-n));
        expect(Math.hypot(...tipM.map((v, r) => v - shaft.tipBase[r]))).toBeLessThan(1.1e-7);
        plan.waypoints.forEach((q, k) => {
          expect(q >= limits[k % n].lower && q <= limits[k % n].upper).toBe(true);
        });
      }
    });
  }

  it('panda: between any two configurations, searching where the straight way is blocked by limits', () => {
    const arm = trocarArm('panda');
    const ways = new Set<string>();
    for (let i = 0; i < PROBLEMS; i++) {
      const { start, goalQ } = toolMotion(arm, i);
      const plan = planRcm(arm.model, arm.tool, { trocarM: arm.trocarM, start, goal: { q: goalQ } });
      expect(plan.reason, `problem ${i}`).toBe('solved');
      ways.add(plan.way);
      expect(worstErrorM(arm, plan.waypoints, 8)).toBeLessThan(TOLERANCE_M);
      expect([...plan.waypoints.slice(-7)]).toEqual([...goalQ]);
    }
    expect(ways).toEqual(new Set(['direct', 'search']));
  });

  it('round an obstacle, and the same path again', () => {
    const arm = trocarArm('panda');
    const { model, tool, trocarM } = arm;
    const ik = trocarIk(arm, 1, true);
    const reach = (tip: readonly number[]): Float64Array => {
      const shaft = createShaft(model, tool);
      const plan = planRcm(model, tool, {
        trocarM,
        start: toolMotion(arm, 0).start,
        goal: { tipM: [tip[0], tip[1], tip[2]] },
      });
      expect(plan.solved).toBe(true);
      setShaft(shaft, plan.waypoints.slice(-7));
      return plan.waypoints.slice(-7);
    };
    expect(ik.shaft.tool.lengthM).toBe(0.3);
    const start = reach([0.41, 0, 0.15]);
    const goal = reach([0.49, 0, 0.15]);
    const shaft = createShaft(model, tool);
    shaft.trocar.set(trocarM);
    // A ball of 15 mm in the middle of the straight way of the tip.
    const isFree = (q: Float64Array): boolean => {
      setShaft(shaft, q);
      return Math.hypot(shaft.tipBase[0] - 0.45, shaft.tipBase[1], shaft.tipBase[2] - 0.15) > 0.015;
    };
    const problem = { trocarM, start, goal: { q: goal } };
    const plan = planRcm(model, tool, problem, { isFree });
    expect(plan).toMatchObject({ solved: true, way: 'search' });
    expect(worstErrorM(arm, plan.waypoints, 8)).toBeLessThan(TOLERANCE_M);
    for (let k = 0; k < plan.count; k++) expect(isFree(plan.waypoints.slice(7 * k, 7 * k + 7))).toBe(true);
    expect(planRcm(model, tool, problem, { isFree }).waypoints).toEqual(plan.waypoints);
    // The way keeps so far from the ball that a motion flows along it without a stop.
    const motion = planRcmMotion(model, tool, problem, { isFree });
    const [q, v, a, j] = [0, 1, 2, 3].map(() => new Float64Array(7));
    for (let k = 1; k < 1000; k++) {
      if (motion.timing === undefined) throw new Error('a solved motion is timed');
      pathStateAt(motion.timing, (motion.durationSec * k) / 1000, q, v, a, j);
      expect(isFree(q)).toBe(true);
      if (k > 50 && k < 950) expect(Math.hypot(...v)).toBeGreaterThan(0.01);
    }
  });

  it('what cannot be is refused with the reason', () => {
    const arm = trocarArm('panda');
    const { model, tool, trocarM } = arm;
    const { start, goalQ } = toolMotion(arm, 1);
    const reason = (problem: object, config = {}): string => {
      const plan = planRcm(model, tool, { trocarM, start, goal: { q: goalQ }, ...problem }, config);
      expect(plan.solved).toBe(false);
      return plan.reason;
    };
    expect(reason({ trocarM: [0.45, 0.01, 0.25] })).toMatch(/start misses the trocar by .* mm/);
    const beyond = start.slice();
    beyond[3] = 0.2;
    expect(reason({ start: beyond })).toMatch(/start is outside the limits of joint panda_joint4: 0.2000/);
    expect(reason({}, { isFree: () => false })).toBe('the start is in collision');
    expect(reason({ goal: { tipM: [0.45, 0, -0.1] } })).toBe(
      'the goal cannot be reached: the tip lies 350.0 mm from the trocar, the shaft is 300.0 mm long',
    );
    expect(reason({}, { maxNodes: 3, isFree: (q: Float64Array) => q[0] === start[0] || q[0] === goalQ[0] })).toMatch(
      /no way found among .* stayed .* rad apart/,
    );
    expect(() => planRcm(model, tool, { trocarM, start: [0], goal: { q: goalQ } })).toThrow(/7 joints/);
    expect(() => planRcm(model, tool, { trocarM: [0, 0, Number.NaN], start, goal: { q: goalQ } })).toThrow(/finite/);
  });
});
