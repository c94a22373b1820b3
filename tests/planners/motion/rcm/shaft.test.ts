import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import { createRcmConstraint } from '../../../../planners/motion/rcm/constraint.ts';
import { RCM_TOLERANCE } from '../../../../planners/motion/rcm/ik.ts';
import {
  createShaft,
  insertionM,
  setShaft,
  shaftErrorM,
  shaftJacobian,
} from '../../../../planners/motion/rcm/shaft.ts';
import { straightErrorBoundM } from '../../../../planners/motion/rcm/straight.ts';
import { createTool } from '../../../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { linkNumber, poseOf, randomConfiguration } from '../support/robots.ts';
import { randomThroughTrocar, trocarArm, trocarIk } from '../support/trocar.ts';

const seed = 99;

describe('a shaft through a trocar', () => {
  it(`error: distance from the trocar to the segment, by its projection (seed ${seed})`, () => {
    const model = builtinRobot('panda');
    const tool = createTool(model, {
      link: 'panda_link8',
      originM: [0.02, -0.01, 0.03],
      axis: [1, 2, 2],
      lengthM: 0.25,
    });
    const shaft = createShaft(model, tool);
    shaft.trocar.set([0.4, 0.1, 0.3]);
    const random = seededRandom(seed);
    for (let i = 0; i < 100; i++) {
      const q = randomConfiguration(model, random);
      setShaft(shaft, q);
      const t = poseOf(model, 'panda_link8', q);
      const place = (p: readonly number[]): number[] =>
        [0, 1, 2].map((r) => t[r] * p[0] + t[4 + r] * p[1] + t[8 + r] * p[2] + t[12 + r]);
      const a = place([0.02, -0.01, 0.03]);
      const b = place([0.02 + 0.25 / 3, -0.01 + 0.5 / 3, 0.03 + 0.5 / 3]);
      const along = a.reduce((sum, v, r) => sum + ((b[r] - v) * (shaft.trocar[r] - v)) / 0.25 ** 2, 0);
      const s = Math.min(1, Math.max(0, along));
      const distance = Math.hypot(...a.map((v, r) => v + s * (b[r] - v) - shaft.trocar[r]));
      expect(shaftErrorM(shaft)).toBeCloseTo(distance, 13);
      expect(insertionM(shaft)).toBeCloseTo(0.25 * (1 - along), 13);
      b.forEach((v, r) => {
        expect(shaft.tipBase[r]).toBeCloseTo(v, 13);
      });
    }
  });

  it(`how the trocar moves along and across the shaft, by finite differences, with a joint that slides (seed ${seed})`, () => {
    const model = builtinRobot('psm');
    const shaft = createShaft(model, createTool(model, { link: 'roll_link', axis: [0.6, 0, 0.8], lengthM: 0.2 }));
    shaft.trocar.set([0.1, 0.05, 0.1]);
    const random = seededRandom(seed);
    const n = shaft.chain.dofs;
    const slopes = new Float64Array(3 * n);
    for (let i = 0; i < 30; i++) {
      const x = randomConfiguration(model, random).slice(0, n);
      setShaft(shaft, x);
      shaftJacobian(shaft, slopes, 3);
      for (let c = 0; c < n; c++) {
        // Central differences of a smooth function: an error of h^2, and rounding over h.
        const step = 1e-6 * shaft.unit[c];
        const [above, below] = [step, -step].map((d) => {
          const moved = x.slice();
          moved[c] += d;
          setShaft(shaft, moved);
          return shaft.local.slice();
        });
        for (let r = 0; r < 3; r++) expect(slopes[r * n + c]).toBeCloseTo((below[r] - above[r]) / 2e-6, 8);
      }
    }
  });

  for (const [name, link, axis] of [
    ['panda', 'panda_link8', [0.6, 0, 0.8]],
    ['psm', 'roll_link', [0, 0, 1]],
  ] as const) {
    it(`${name}: the derivatives are those of finite differences, trocar, tip and roll (seed ${seed})`, () => {
      const model = builtinRobot(name);
      const shaft = createShaft(model, createTool(model, { link, axis, lengthM: 0.2, tipM: [0.01, 0.02, 0.25] }));
      const constraint = createRcmConstraint(shaft, 'tip-roll', RCM_TOLERANCE);
      shaft.trocar.set([0.1, 0.05, 0.1]);
      constraint.tip.set([0.2, 0.1, 0.05]);
      constraint.roll.set([0.3, -0.8, 0.5]);
      const random = seededRandom(seed);
      const n = constraint.dofs;
      const h = 1e-6;
      for (let i = 0; i < 30; i++) {
        const x = randomConfiguration(model, random).slice(0, n);
        constraint.evaluate(x);
        constraint.differentiate();
        const jacobian = constraint.jacobian.slice();
        const roll = Math.abs(constraint.error[5]);
        for (let c = 0; c < n; c++) {
          const at = (step: number): Float64Array => {
            const moved = x.slice();
            moved[c] += step * constraint.unit[c];
            constraint.evaluate(moved);
            return constraint.error.slice();
          };
          const [above, below] = [at(h), at(-h)];
          for (let row = 0; row < 6; row++) {
            if (row === 5 && roll > 3) continue;
            // Central differences: h^2 of the third derivatives, and rounding over h.
            const slope = -(above[row] - below[row]) / (2 * h);
            expect(Math.abs(jacobian[row * n + c] - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)) ** 2);
          }
        }
      }
    });
  }

  it(`kuka: the derivatives of the trocar's place on the shaft are those of finite differences (seed ${seed})`, () => {
    const arm = trocarArm('kuka');
    const shaft = createShaft(arm.model, arm.tool);
    shaft.trocar.set(arm.trocarM);
    const constraint = createRcmConstraint(shaft, 'depth', RCM_TOLERANCE);
    constraint.placeM = 0.2;
    const random = seededRandom(seed);
    const n = constraint.dofs;
    const h = 1e-6;
    for (let i = 0; i < 30; i++) {
      const x = randomConfiguration(arm.model, random);
      expect(constraint.evaluate(x)).toBeCloseTo(
        constraint.error.slice(0, 3).reduce((sum, e) => sum + e * e, 0) / 2,
        14,
      );
      expect(constraint.error[2] * shaft.lengthM).toBeCloseTo(shaft.local[2] - 0.2, 14);
      constraint.differentiate();
      const jacobian = constraint.jacobian.slice();
      for (let c = 0; c < n; c++) {
        const at = (step: number): Float64Array => {
          constraint.evaluate(x.map((q, k) => (k === c ? q + step * constraint.unit[c] : q)));
          return constraint.error.slice();
        };
        const [above, below] = [at(h), at(-h)];
        for (let row = 0; row < 3; row++) {
          // Central differences: h^2 of the third derivatives, and rounding over h.
          expect(jacobian[row * n + c]).toBeCloseTo(-(above[row] - below[row]) / (2 * h), 8);
        }
      }
    }
  });

  it(`between two configurations the error stays below its bound (seed ${seed})`, () => {
    for (const name of ['panda', 'kuka'] as const) {
      const arm = trocarArm(name);
      const random = seededRandom(seed);
      const ik = trocarIk(arm, seed);
      const shaft = createShaft(arm.model, arm.tool);
      shaft.trocar.set(arm.trocarM);
      let tightest = 0;
      for (let i = 0; i < 40; i++) {
        const a = randomThroughTrocar(arm, ik, random);
        const b = a.map((q) => q + 0.1 * (random() - 0.5));
        const bound = straightErrorBoundM(shaft, a, b, 0.05);
        setShaft(shaft, b);
        const ends = shaftErrorM(shaft);
        let worst = 0;
        for (let s = 0; s <= 50; s++) {
          setShaft(
            shaft,
            a.map((q, c) => q + ((b[c] - q) * s) / 50),
          );
          worst = Math.max(worst, shaftErrorM(shaft));
        }
        expect(worst).toBeLessThanOrEqual(bound);
        tightest = Math.max(tightest, worst - ends);
        // With a tolerance just above the truth the halving finds a bound just above it; below it, none.
        expect(straightErrorBoundM(shaft, a, b, worst + 1e-5)).toBeLessThanOrEqual(worst + 1e-5);
        expect(straightErrorBoundM(shaft, a, b, 0.99 * worst)).toBe(Number.POSITIVE_INFINITY);
      }
      expect(tightest).toBeGreaterThan(-1e-12);
    }
  });

  it(`PSM, Si PSM and ECM: the mechanism keeps the remote centre, error at most 1e-9 mm in any configuration (seed ${seed})`, () => {
    for (const [name, shaftM] of [
      ['psm', 0.4162],
      ['psm-si', 0.467],
      ['ecm', 0.3829],
    ] as const) {
      const model = builtinRobot(name);
      const tool = createTool(model, { link: 'roll_link', originM: [0, 0, -shaftM], lengthM: shaftM });
      const shaft = createShaft(model, tool);
      const random = seededRandom(seed);
      const insertion = 2;
      for (let i = 0; i < 1000; i++) {
        const q = randomConfiguration(model, random);
        // Retracted farther, the tip has not come to the remote centre yet.
        q[insertion] = Math.max(q[insertion], 0.02);
        setShaft(shaft, q.subarray(0, shaft.chain.dofs));
        expect(1000 * shaftErrorM(shaft)).toBeLessThan(1e-9);
      }
    }
  });

  it('bad tools are refused', () => {
    const model = builtinRobot('panda');
    expect(linkNumber(model, 'panda_link8')).toBeGreaterThan(0);
    expect(() => createTool(model, { link: 'flange', lengthM: 0.3 })).toThrow(/no link flange/);
    expect(() => createTool(model, { link: 'panda_link8', lengthM: 0 })).toThrow(/0 m long/);
    expect(() => createTool(model, { link: 'panda_link8', lengthM: 0.3, axis: [0, 0, 0] })).toThrow(/no direction/);
    expect(() => createTool(model, { link: 'panda_link8', lengthM: 0.3, tipM: [0, Number.NaN, 0] })).toThrow(/finite/);
  });
});
