import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import { activeLimits } from '../../../../engine/core/robot.ts';
import { createShaft, insertionM, setShaft, shaftErrorM } from '../../../../planners/motion/rcm/shaft.ts';
import { planRcmMotion } from '../../../../planners/motion/rcm/timed.ts';
import { createTool } from '../../../../planners/motion/rcm/tool.ts';
import { greatestRatios, pathStateAt } from '../../../../planners/motion/timing/path-timing.ts';
import { type TrocarArm, toolMotion, trocarArm } from '../support/trocar.ts';

const seed = 77;
const PROBLEMS = 24;
const STATES = 1000;
const REASONS =
  /^(solved|no way leads to the goal: .* would have to pass|no way found among|the (start|goal) is in collision)/;

describe('motions through other trocars, with other tools, round a ball', () => {
  for (const name of ['panda', 'kuka'] as const) {
    it(`${name}: what is solved keeps trocar, depth, limits and distance; what is not has a reason (seed ${seed})`, () => {
      const random = seededRandom(seed);
      let solved = 0;
      for (let i = 0; i < PROBLEMS; i++) {
        const arm = randomArm(name, random);
        const { start, goalQ, tipM } = toolMotion(arm, i);
        const shaft = createShaft(arm.model, arm.tool);
        shaft.trocar.set(arm.trocarM);
        const tips = [start, goalQ].map((q) => {
          setShaft(shaft, q);
          return [...shaft.tipBase];
        });
        const centre = tips[0].map((c, r) => (c + tips[1][r]) / 2);
        const radius = i % 2 === 0 ? 0.25 * Math.hypot(...tips[0].map((c, r) => c - tips[1][r])) : 0;
        const distance = (q: Float64Array): number => {
          setShaft(shaft, q);
          return Math.hypot(...centre.map((c, r) => c - shaft.tipBase[r]));
        };
        const motion = planRcmMotion(
          arm.model,
          arm.tool,
          { trocarM: arm.trocarM, start, goal: i % 3 === 0 ? { tipM } : { q: goalQ } },
          // Fewer configurations than by default, so that searches in vain end soon.
          { maxNodes: 1500, ...(radius > 0 ? { isFree: (q: Float64Array) => distance(q) > radius } : {}) },
        );
        expect(motion.reason, `problem ${i}`).toMatch(REASONS);
        const { timing, durationSec, errorBoundM } = motion;
        if (timing === undefined) continue;
        solved++;
        expect(errorBoundM).toBeLessThanOrEqual(1e-4);
        const limits = activeLimits(arm.model);
        const [q, v, a, j] = [0, 1, 2, 3].map(() => new Float64Array(7));
        for (let k = 0; k <= STATES; k++) {
          pathStateAt(timing, (durationSec * k) / STATES, q, v, a, j);
          // Collisions are looked at every sixty-fourth of a radian: between them a tip half a metre off may cut in by 0.5 / (8 * 64^2).
          if (radius > 0) expect(distance(q)).toBeGreaterThan(radius - 1e-4);
          setShaft(shaft, q);
          expect(shaftErrorM(shaft)).toBeLessThanOrEqual(errorBoundM);
          expect(insertionM(shaft)).toBeGreaterThan(0.0049 - 1e-6);
          // Rounding of the pieces.
          for (let c = 0; c < 7; c++) {
            expect(q[c]).toBeGreaterThan(limits[c].lower - 1e-12);
            expect(q[c]).toBeLessThan(limits[c].upper + 1e-12);
          }
        }
        const ratios = new Float64Array(3);
        greatestRatios(timing, ratios);
        expect(Math.max(...ratios)).toBeLessThan(1 + 1e-9);
      }
      expect(solved).toBeGreaterThan(PROBLEMS / 3);
    });
  }
});

function randomArm(name: 'panda' | 'kuka', random: () => number): TrocarArm {
  const arm = trocarArm(name);
  const tool = createTool(arm.model, {
    link: name === 'kuka' ? 'lbr_flange' : 'panda_link8',
    lengthM: 0.2 + 0.25 * random(),
    originM: random() < 0.5 ? [0, 0, 0] : [0.02, 0, 0.01],
    axis: random() < 0.5 ? [0, 0, 1] : [0.3, 0, 1],
  });
  const [x, y, z] = arm.trocarM;
  const trocarM = [x + 0.1 * (random() - 0.5), y + 0.3 * (random() - 0.5), z + 0.1 * (random() - 0.5)] as const;
  return { ...arm, tool, trocarM };
}
