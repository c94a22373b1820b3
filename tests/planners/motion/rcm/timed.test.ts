import { describe, expect, it } from 'vitest';
import { createShaft, setShaft, shaftErrorM } from '../../../../planners/motion/rcm/shaft.ts';
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
