import { describe, expect, it } from 'vitest';
import { lbrComponents } from '../../../../bench/validation/lbr-components.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import { planRcm } from '../../../../planners/motion/rcm/plan.ts';
import { createSeparator, describePlane, separatingPlane, sideOf } from '../../../../planners/motion/rcm/separation.ts';
import { createShaft, type Shaft, setShaft } from '../../../../planners/motion/rcm/shaft.ts';
import { createTool } from '../../../../planners/motion/rcm/tool.ts';
import { wristMissM, wristOf } from '../../../../planners/motion/rcm/wrist.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { randomConfiguration } from '../support/robots.ts';
import { randomThroughTrocar, type TrocarArm, toolMotion, trocarArm, trocarIk } from '../support/trocar.ts';

const seed = 7;
const INSERTION_M = 0.005;

function shaftOf({ model, tool, trocarM }: TrocarArm): Shaft {
  const shaft = createShaft(model, tool);
  shaft.trocar.set(trocarM);
  return shaft;
}

describe('a wrist whose axes meet', () => {
  it('is that of the LBR Med, with the figures of its data sheet; other arms are built otherwise', () => {
    const wrist = wristOf(shaftOf(trocarArm('kuka')), INSERTION_M);
    expect(wrist?.arm).toBe(4);
    expect(wrist?.nearM).toBeCloseTo(0.126, 12);
    expect(wrist?.farM).toBeCloseTo(0.126 + 0.295, 12);
    expect(((wrist?.bendRad ?? 0) * 180) / Math.PI).toBeCloseTo(120, 4);
    for (const [name, link] of [
      ['panda', 'panda_link8'],
      ['ur5e', 'tool0'],
      ['psm', 'roll_link'],
    ] as const) {
      const model = builtinRobot(name);
      expect(wristOf(createShaft(model, createTool(model, { link, lengthM: 0.3 })), INSERTION_M)).toBeUndefined();
    }
  });

  it('reaches a shaft beside its last axis under the angle that the nearest end is seen', () => {
    const model = builtinRobot('kuka');
    const tool = createTool(model, { link: 'lbr_flange', lengthM: 0.3, originM: [0, 0.01, 0] });
    const wrist = wristOf(createShaft(model, tool), INSERTION_M);
    expect(wrist?.nearM).toBeCloseTo(Math.hypot(0.126, 0.01), 12);
    expect(wrist?.farM).toBeCloseTo(Math.hypot(0.126 + 0.295, 0.01), 12);
    expect(wrist?.bendRad).toBeCloseTo((120 * Math.PI) / 180 + Math.atan(0.01 / 0.126), 5);
  });

  it(`misses nothing where the trocar is kept, and at least so much where it says so (seed ${seed})`, () => {
    const random = seededRandom(seed);
    for (const spec of [{}, { originM: [0.02, -0.01, 0.03] as const, axis: [0.3, 0, 1] as const }]) {
      const kuka = trocarArm('kuka');
      const arm = { ...kuka, tool: createTool(kuka.model, { link: 'lbr_flange', lengthM: 0.3, ...spec }) };
      const shaft = shaftOf(arm);
      const wrist = wristOf(shaft, INSERTION_M);
      if (wrist === undefined) throw new Error('the LBR Med has such a wrist');
      const ik = trocarIk(arm, seed);
      for (let i = 0; i < 200; i++) {
        setShaft(shaft, randomThroughTrocar(arm, ik, random));
        expect(wristMissM(wrist, shaft)).toBe(0);
      }
      let misses = 0;
      for (let i = 0; i < 2000; i++) {
        shaft.trocar.set(arm.trocarM);
        setShaft(shaft, randomConfiguration(arm.model, random));
        const miss = wristMissM(wrist, shaft);
        if (miss === 0) continue;
        misses++;
        const step = [random() - 0.5, random() - 0.5, random() - 0.5];
        const size = (0.999 * miss) / Math.hypot(...step);
        for (let r = 0; r < 3; r++) shaft.trocar[r] += size * step[r];
        expect(wristMissM(wrist, shaft)).toBeGreaterThan(0);
      }
      expect(misses).toBeGreaterThan(1000);
    }
  });
});

describe('planes that no way through the trocar crosses', () => {
  it('the straight arm divides the LBR Med where the law of cosines says so', () => {
    const arm = trocarArm('kuka');
    const shaft = shaftOf(arm);
    const a = Float64Array.of(0, 0.5, 0, 1, 0, 0.5, 0);
    const b = Float64Array.of(0, 0.5, 0, -1, 0, 0.5, 0);
    // Arm of 0.82 m straight, wrist bent by at most 120 degrees, trocar r from it: at least sqrt(L^2 + r^2 - L r) from the shoulder.
    const nearest = Math.sqrt(0.75) * 0.82;
    // Nearer to it more boxes are needed than are looked at, and nothing is claimed.
    const random = seededRandom(seed);
    for (let i = 0; i < 12; i++) {
      const angle = 2 * Math.PI * random();
      const up = 0.8 * (random() - 0.5);
      const direction = [Math.cos(angle) * Math.cos(up), Math.sin(angle) * Math.cos(up), Math.sin(up)];
      for (const [distance, divides] of [
        [nearest - 0.08, true],
        [nearest + 0.02, false],
      ] as const) {
        shaft.trocar.set(direction.map((d, r) => distance * d + (r === 2 ? 0.36 : 0)));
        const plane = separatingPlane(createSeparator(shaft, INSERTION_M), a, b);
        expect(plane?.first === 3 && plane.sign === 0, `direction ${i}, ${distance} m`).toBe(divides);
      }
    }
  });

  it('part the pairs of the table that lie in different components, and no others, as a grid in closed form has it', () => {
    const arm = trocarArm('kuka');
    const shaft = shaftOf(arm);
    const separator = createSeparator(shaft, INSERTION_M);
    const components = lbrComponents(arm.trocarM, 0.3, INSERTION_M, 10);
    expect(components.sizes.slice(0, 3).every((size) => size > 10_000)).toBe(true);
    const names = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const { start, goalQ } = toolMotion(arm, i);
      const plane = separatingPlane(separator, start, goalQ);
      expect(plane === undefined, `problem ${i}`).toBe(components.componentOf(start) === components.componentOf(goalQ));
      if (plane !== undefined) names.add(describePlane(separator, plane));
    }
    expect([...names].sort()).toEqual([
      'joint lbr_a4 would have to pass 0.0000, where no configuration lets the shaft through the trocar',
      'the sum of joints lbr_a1 and lbr_a3 would have to pass 0.0000, where no configuration lets the shaft through the trocar',
    ]);
  });

  it('refuse a goal without a search, and lead to a tip on the start’s side', () => {
    const arm = trocarArm('kuka');
    const { model, tool, trocarM } = arm;
    const { start, goalQ } = toolMotion(arm, 5);
    const plan = planRcm(model, tool, { trocarM, start, goal: { q: goalQ } });
    expect(plan).toMatchObject({ solved: false, nodes: 0 });
    expect(plan.reason).toMatch(/^no way leads to the goal: joint lbr_a4 would have to pass 0.0000/);
    // Most configurations of this tip lie on other sides than its start.
    const tip = toolMotion(arm, 64);
    const led = planRcm(model, tool, { trocarM, start: tip.start, goal: { tipM: tip.tipM } });
    expect(led.reason).toBe('solved');
    for (let k = 0; k < led.count; k++) {
      const q = led.waypoints.subarray(7 * k, 7 * k + 7);
      expect(sideOf({ first: 3, second: 3, sign: 0, value: 0 }, q)).toBeGreaterThan(0);
      expect(sideOf({ first: 0, second: 2, sign: 1, value: 0 }, q)).toBeLessThan(0);
    }
  });
});
