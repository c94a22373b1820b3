import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import { activeLimits } from '../../../../engine/core/robot.ts';
import {
  createRcmIk,
  RCM_BAD_INPUT,
  RCM_LIMITS,
  RCM_SOLVED,
  RCM_TOO_DEEP,
  RCM_TOO_SHALLOW,
  rcmReason,
  solveRcmIk,
} from '../../../../planners/motion/rcm/ik.ts';
import { createTool } from '../../../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { poseOf } from '../support/robots.ts';
import { randomTip, trocarArm } from '../support/trocar.ts';

const seed = 4711;

describe('inverse kinematics through a trocar', () => {
  for (const name of ['panda', 'kuka'] as const) {
    for (const task of ['tip', 'tip-roll'] as const) {
      it(`${name}, ${task}: tip, trocar, roll and limits hold (seed ${seed})`, () => {
        const arm = trocarArm(name);
        const { model, tool, trocarM } = arm;
        const limits = activeLimits(model);
        const link = model.links[tool.link].name;
        const ik = createRcmIk(model, tool, { task });
        const random = seededRandom(seed);
        let solved = 0;
        for (let i = 0; i < 100; i++) {
          const tip = randomTip(arm, random);
          const turn = 2 * Math.PI * random();
          const roll = [Math.cos(turn), Math.sin(turn), 0];
          const code = solveRcmIk(ik, trocarM, tip, undefined, roll);
          if (code !== RCM_SOLVED) {
            expect(code).toBe(RCM_LIMITS);
            continue;
          }
          solved++;
          // By the general forward kinematics: the tip 300 mm down the flange's z, the line through the trocar.
          const t = poseOf(model, link, ik.solution);
          const [x, y, z] = [t[8], t[9], t[10]];
          const at = [0, 1, 2].map((r) => t[12 + r] + 0.3 * t[8 + r]);
          expect(Math.hypot(at[0] - tip[0], at[1] - tip[1], at[2] - tip[2])).toBeLessThan(1.1e-7);
          const d = [0, 1, 2].map((r) => trocarM[r] - t[12 + r]);
          const along = d[0] * x + d[1] * y + d[2] * z;
          expect(Math.hypot(d[0] - along * x, d[1] - along * y, d[2] - along * z)).toBeLessThan(1.1e-9);
          expect(along).toBeGreaterThan(0);
          expect(along).toBeLessThan(0.3 - 0.005);
          if (task === 'tip-roll') {
            // The tool's x is turned as far towards the wanted direction as the shaft allows.
            const side = roll[0] * t[4] + roll[1] * t[5] + roll[2] * t[6];
            const ahead = roll[0] * t[0] + roll[1] * t[1] + roll[2] * t[2];
            expect(Math.abs(Math.atan2(side, ahead))).toBeLessThan(1.1e-7);
          }
          ik.solution.forEach((q, c) => {
            expect(q >= limits[c].lower && q <= limits[c].upper).toBe(true);
          });
        }
        expect(solved).toBeGreaterThanOrEqual(95);
      });
    }
  }

  it('a bent tip behind the shaft is led', () => {
    const model = builtinRobot('panda');
    const tool = createTool(model, { link: 'panda_link8', lengthM: 0.3, tipM: [0.01, 0, 0.315] });
    const ik = createRcmIk(model, tool);
    expect(solveRcmIk(ik, [0.45, 0, 0.25], [0.46, 0.02, 0.15])).toBe(RCM_SOLVED);
    expect(ik.result.tipErrorM).toBeLessThan(1e-7);
    expect(ik.result.rcmErrorM).toBeLessThan(1e-9);
  });

  it('says why not', () => {
    const { model, tool, trocarM } = trocarArm('panda');
    const ik = createRcmIk(model, tool);
    const [x, y, z] = trocarM;
    expect(solveRcmIk(ik, trocarM, [x, y, z - 0.31])).toBe(RCM_TOO_DEEP);
    expect(rcmReason(ik, RCM_TOO_DEEP)).toBe('the tip lies 310.0 mm from the trocar, the shaft is 300.0 mm long');
    expect(solveRcmIk(ik, trocarM, [x, y, z - 0.003])).toBe(RCM_TOO_SHALLOW);
    expect(rcmReason(ik, RCM_TOO_SHALLOW)).toContain('at least 5.0 mm');
    expect(solveRcmIk(ik, [Number.NaN, 0, 0], [x, y, z - 0.1])).toBe(RCM_BAD_INPUT);
    const far = solveRcmIk(ik, [1.5, 0, 0.3], [1.5, 0, 0.2]);
    expect(far).not.toBe(RCM_SOLVED);
    expect(rcmReason(ik, far)).toMatch(/missing|limits/);
  });
});
