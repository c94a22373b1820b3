import { describe, expect, it } from 'vitest';
import { activeLimits } from '../../../../engine/core/robot.ts';
import { createShaft, insertionM, setShaft, shaftErrorM } from '../../../../planners/motion/rcm/shaft.ts';
import { planRcmMotion } from '../../../../planners/motion/rcm/timed.ts';
import { greatestRatios, pathStateAt } from '../../../../planners/motion/timing/path-timing.ts';
import { toolMotion, trocarArm } from '../support/trocar.ts';

const PROBLEMS = 8;

describe('timed motions through a trocar', () => {
  for (const name of ['panda', 'kuka'] as const) {
    it(`${name}: at most 0.1 mm off everywhere along the motion, inside all limits (seeds 1000 to ${1000 + PROBLEMS - 1})`, () => {
      const arm = trocarArm(name);
      const shaft = createShaft(arm.model, arm.tool);
      shaft.trocar.set(arm.trocarM);
      const n = arm.model.active.length;
      const [q, v, a, j] = [0, 1, 2, 3].map(() => new Float64Array(n));
      const ratios = new Float64Array(3);
      for (let i = 0; i < PROBLEMS; i++) {
        const { start, tipM } = toolMotion(arm, i);
        const motion = planRcmMotion(arm.model, arm.tool, { trocarM: arm.trocarM, start, goal: { tipM } });
        expect(motion.reason, `problem ${i}`).toBe('solved');
        const { timing, durationSec, errorBoundM } = motion;
        if (timing === undefined) throw new Error('a solved motion is timed');
        expect(errorBoundM).toBeLessThanOrEqual(1e-4);
        for (let k = 0; k <= 3000; k++) {
          pathStateAt(timing, (durationSec * k) / 3000, q, v, a, j);
          setShaft(shaft, q);
          expect(shaftErrorM(shaft)).toBeLessThanOrEqual(errorBoundM);
        }
        expect(Math.hypot(...tipM.map((c, r) => c - shaft.tipBase[r]))).toBeLessThan(1.1e-7);
        greatestRatios(timing, ratios);
        // Rounding of sums over the pieces.
        for (const ratio of ratios) expect(ratio).toBeLessThan(1 + 1e-9);
      }
    });
  }

  it('kuka: between configurations, searched, smoothed and without a stop on the way', () => {
    const arm = trocarArm('kuka');
    const { model, tool, trocarM } = arm;
    const shaft = createShaft(model, tool);
    shaft.trocar.set(trocarM);
    const limits = activeLimits(model);
    const [q, v, a, j] = [0, 1, 2, 3].map(() => new Float64Array(7));
    const ratios = new Float64Array(3);
    // The first pairs of the table that lie in one component and cannot be led straight.
    for (const i of [2, 6, 8, 15]) {
      const { start, goalQ } = toolMotion(arm, i);
      const { timing, plan, durationSec, errorBoundM } = planRcmMotion(model, tool, {
        trocarM,
        start,
        goal: { q: goalQ },
      });
      if (timing === undefined) throw new Error(`problem ${i} is solved`);
      expect(plan.way).toBe('search');
      expect(errorBoundM).toBeLessThanOrEqual(1e-4);
      for (let k = 0; k <= 5000; k++) {
        pathStateAt(timing, (durationSec * k) / 5000, q, v, a, j);
        setShaft(shaft, q);
        expect(shaftErrorM(shaft)).toBeLessThanOrEqual(errorBoundM);
        // Of the 5 mm that must stay through the trocar the motion may take what the trocar may be missed by.
        expect(insertionM(shaft)).toBeGreaterThan(0.0049 - 1e-6);
        for (let c = 0; c < 7; c++) expect(q[c] >= limits[c].lower && q[c] <= limits[c].upper).toBe(true);
        if (k > 250 && k < 4750) expect(Math.hypot(...v)).toBeGreaterThan(0.02);
      }
      // At the end to rounding of the time.
      for (let c = 0; c < 7; c++) expect(q[c]).toBeCloseTo(goalQ[c], 9);
      greatestRatios(timing, ratios);
      expect(Math.max(...ratios)).toBeLessThan(1 + 1e-9);
      // No joint can be there sooner.
      const least = Math.max(...start.map((from, c) => Math.abs(goalQ[c] - from) / limits[c].velocity));
      expect(durationSec).toBeGreaterThan(least);
    }
  });

  it('slower where shares of the limits are asked for, and the reason of a path that is not there', () => {
    const arm = trocarArm('panda');
    const { start, tipM } = toolMotion(arm, 0);
    const problem = { trocarM: arm.trocarM, start, goal: { tipM } };
    const full = planRcmMotion(arm.model, arm.tool, problem);
    const slow = planRcmMotion(arm.model, arm.tool, problem, { velocityScale: 0.1, accelerationScale: 0.1 });
    expect(slow.durationSec).toBeGreaterThan(2 * full.durationSec);
    const none = planRcmMotion(arm.model, arm.tool, problem, { isFree: () => false });
    expect(none).toMatchObject({ solved: false, reason: 'the start is in collision', durationSec: 0 });
  });
});
