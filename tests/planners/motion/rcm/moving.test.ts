import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import { activeLimits } from '../../../../engine/core/robot.ts';
import { courseAt, type TrocarCourse } from '../../../../planners/motion/rcm/moving-course.ts';
import { piecesStateAt } from '../../../../planners/motion/rcm/moving-pieces.ts';
import { type MovingRcmMotion, planMovingRcm } from '../../../../planners/motion/rcm/moving-plan.ts';
import { planRcm } from '../../../../planners/motion/rcm/plan.ts';
import { createShaft, insertionM, setShaft, shaftErrorM } from '../../../../planners/motion/rcm/shaft.ts';
import { dataFolder } from '../../../support/data.ts';
import { breathAt, breathing, recordedBreathing } from '../support/breathing.ts';
import { type TrocarArm, toolMotion, trocarArm } from '../support/trocar.ts';

/** 15 mm: the chest wall up, and along the body. */
const BREATH: Vec3 = [0.005, 0, 0.014];
const STATES = 20_000;
const PROBLEMS = 5;

interface Seen {
  readonly errorM: number;
  readonly insertionM: number;
  /** Largest distance of the tip, taken along with the trocar or not, from where it was at the goal, while the tool stays there [m]. */
  readonly tipM: number;
}

/** Looks at a motion at 20000 times: through the trocar where the breath itself, not its spline, has it. */
function look(
  arm: TrocarArm,
  found: MovingRcmMotion,
  offsetAt: (t: number) => Vec3,
  tipM: Vec3,
  target: 'trocar' | 'base',
): Seen {
  const { motion, durationSec, arrivalSec, ratios } = found;
  if (motion === undefined) throw new Error('a solved motion has its pieces');
  const shaft = createShaft(arm.model, arm.tool);
  const limits = activeLimits(arm.model);
  const [q, v, a] = [0, 1, 2].map(() => new Float64Array(7));
  let [errorM, least, tip, outside] = [0, Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY];
  const used = [0, 0];
  for (let k = 0; k <= STATES; k++) {
    const t = (durationSec * k) / STATES;
    piecesStateAt(motion, t, q, v, a);
    const offset = offsetAt(t);
    shaft.trocar.set(arm.trocarM.map((c, r) => c + offset[r]));
    setShaft(shaft, q);
    errorM = Math.max(errorM, shaftErrorM(shaft));
    least = Math.min(least, insertionM(shaft));
    const follows = target === 'trocar' ? 1 : 0;
    if (t >= arrivalSec) {
      tip = Math.max(tip, Math.hypot(...tipM.map((c, r) => c + follows * offset[r] - shaft.tipBase[r])));
    }
    limits.forEach((limit, i) => {
      outside = Math.max(outside, limit.lower - q[i], q[i] - limit.upper);
      used[0] = Math.max(used[0], Math.abs(v[i]) / limit.velocity);
      used[1] = Math.max(used[1], Math.abs(a[i]) / limit.acceleration);
    });
  }
  expect(outside).toBeLessThanOrEqual(1e-9);
  // What is sampled is no more than the closed form, which is no more than the limits.
  for (const i of [0, 1]) expect(used[i]).toBeLessThanOrEqual(ratios[i] + 1e-12);
  for (const ratio of ratios) expect(ratio).toBeLessThanOrEqual(1);
  return { errorM, insertionM: least, tipM: tip };
}

/** Jumps between pieces, where the next one begins: none in position, velocity and acceleration. */
function greatestJump({ motion }: MovingRcmMotion): number {
  if (motion === undefined) return Number.POSITIVE_INFINITY;
  const { joints, pieceCount, pieceStart, pieceStates } = motion;
  let greatest = 0;
  for (let n = 0; n + 1 < pieceCount; n++) {
    const t = pieceStart[n + 1] - pieceStart[n];
    for (let i = 0; i < joints; i++) {
      const at = (piece: number, part: number): number => pieceStates[4 * joints * piece + joints * part + i];
      const [q, v, a, j] = [0, 1, 2, 3].map((part) => at(n, part));
      greatest = Math.max(
        greatest,
        Math.abs(q + t * (v + t * (a / 2 + (t * j) / 6)) - at(n + 1, 0)),
        Math.abs(v + t * (a + (t * j) / 2) - at(n + 1, 1)),
        Math.abs(a + t * j - at(n + 1, 2)),
      );
    }
  }
  return greatest;
}

const onCourse =
  (course: TrocarCourse) =>
  (t: number): Vec3 => {
    const offset = new Float64Array(3);
    courseAt(course, t, offset);
    return [offset[0], offset[1], offset[2]];
  };

describe('timed motions through a trocar that breathes', () => {
  for (const name of ['panda', 'kuka'] as const) {
    for (const target of ['trocar', 'base'] as const) {
      it(`${name}, target ${target}: the shaft passes it at all times, inside all limits (seeds 1000 to ${999 + PROBLEMS})`, () => {
        const arm = trocarArm(name);
        const course = breathing(BREATH);
        for (let i = 0; i < PROBLEMS; i++) {
          const { start, tipM } = toolMotion(arm, i);
          const found = planMovingRcm(arm.model, arm.tool, { trocarM: arm.trocarM, start, goal: { tipM } }, course, {
            target,
            holdSec: 4,
          });
          expect(found.reason, `problem ${i}`).toBe('solved');
          expect(found.errorBoundM).toBeLessThanOrEqual(1e-4);
          expect(found.durationSec).toBeCloseTo(found.arrivalSec + 4, 12);
          const seen = look(arm, found, (t) => breathAt(t, BREATH), tipM, target);
          // The spline through the breath's samples is off by less than a micrometre.
          expect(seen.errorM).toBeLessThanOrEqual(found.errorBoundM + 1e-6);
          expect(seen.insertionM).toBeGreaterThan(found.insertionM - 1e-6);
          expect(found.insertionM).toBeGreaterThan(0.0049);
          // Between knots the joints' spline leaves the tip by less than the trocar is allowed to be missed by.
          expect(seen.tipM).toBeLessThan(2e-5);
          expect(greatestJump(found)).toBeLessThan(1e-7);
          const q = new Float64Array(7);
          piecesStateAt(found.motion ?? { ...none }, 0, q, q.slice(), q.slice());
          q.forEach((value, k) => {
            expect(value).toBeCloseTo(start[k], 9);
          });
        }
      });
    }
  }

  it('begins moving with the trocar where that moves, at rest where it rests, and returns with it', () => {
    const arm = trocarArm('kuka');
    const { start, tipM } = toolMotion(arm, 1);
    const problem = { trocarM: arm.trocarM, start, goal: { tipM } };
    const [q, v, a, later] = [0, 1, 2, 3].map(() => new Float64Array(7));
    const resting = planMovingRcm(arm.model, arm.tool, problem, breathing(BREATH), { holdSec: 8 });
    piecesStateAt(resting.motion ?? none, 0, q, v, a);
    // Slopes are differences of fourth order.
    expect(Math.max(...v.map(Math.abs))).toBeLessThan(1e-8);
    // One breath later at its goal the joints are where they were: nothing drifts.
    const late = resting.arrivalSec + 2;
    piecesStateAt(resting.motion ?? none, late, q, v, a);
    piecesStateAt(resting.motion ?? none, late + 4, later, v, a);
    q.forEach((value, i) => {
      expect(later[i]).toBeCloseTo(value, 7);
    });
    const moving = planMovingRcm(arm.model, arm.tool, problem, breathing(BREATH, 1));
    expect(moving.reason).toBe('solved');
    piecesStateAt(moving.motion ?? none, 0, q, v, a);
    // The tip moves as the trocar does.
    const shaft = createShaft(arm.model, arm.tool);
    const step = 1e-6;
    setShaft(shaft, q);
    const before = shaft.tipBase.slice();
    setShaft(
      shaft,
      q.map((value, i) => value + step * v[i]),
    );
    const speed = new Float64Array(3);
    courseAt(breathing(BREATH, 1), 0, new Float64Array(3), speed);
    for (let r = 0; r < 3; r++) expect((shaft.tipBase[r] - before[r]) / step).toBeCloseTo(speed[r], 6);
    expect(Math.hypot(...speed)).toBeGreaterThan(0.005);
  });

  it('the same motion again, and slower where shares of the limits are asked for', () => {
    const arm = trocarArm('panda');
    const { start, tipM } = toolMotion(arm, 0);
    const problem = { trocarM: arm.trocarM, start, goal: { tipM } };
    const [one, two] = [0, 1].map(() => planMovingRcm(arm.model, arm.tool, problem, breathing(BREATH)));
    expect(two.motion).toEqual(one.motion);
    const slow = planMovingRcm(arm.model, arm.tool, problem, breathing(BREATH), {
      velocityScale: 0.2,
      accelerationScale: 0.2,
    });
    expect(slow.durationSec).toBeGreaterThan(1.5 * one.durationSec);
    for (const ratio of slow.ratios) expect(ratio).toBeLessThanOrEqual(1);
  });

  it('round what only the breath lifts the tool into', () => {
    const arm = trocarArm('panda');
    const { model, tool, trocarM } = arm;
    const shaft = createShaft(model, tool);
    const first = planRcm(model, tool, { trocarM, start: toolMotion(arm, 0).start, goal: { tipM: [0.41, 0, 0.15] } });
    const start = first.waypoints.slice(-7);
    // A ball of 15 mm whose lowest point is 4 mm above the straight way of the tip.
    const isFree = (q: Float64Array): boolean => {
      setShaft(shaft, q);
      return Math.hypot(shaft.tipBase[0] - 0.45, shaft.tipBase[1], shaft.tipBase[2] - 0.169) > 0.015;
    };
    const problem = { trocarM, start, goal: { tipM: [0.49, 0, 0.15] as Vec3 } };
    const still = planRcm(model, tool, problem, { isFree });
    expect(still).toMatchObject({ solved: true, way: 'direct' });
    const course = breathing([0, 0, 0.014], 1);
    const found = planMovingRcm(model, tool, problem, course, { isFree, holdSec: 4 });
    expect(found.reason).toBe('solved');
    expect(found.plan.way).toBe('search');
    const [q, v, a] = [0, 1, 2].map(() => new Float64Array(7));
    for (let k = 0; k <= STATES; k++) {
      piecesStateAt(found.motion ?? none, (found.durationSec * k) / STATES, q, v, a);
      if (!isFree(q)) expect.fail(`in collision at ${(found.durationSec * k) / STATES} s`);
    }
    look(arm, found, onCourse(course), [0.49, 0, 0.15], 'trocar');
  });

  it('clear of limits where the first way cannot be followed along them', () => {
    for (const [name, target, i] of [
      ['panda', 'base', 7],
      ['kuka', 'trocar', 10],
    ] as const) {
      const arm = trocarArm(name);
      const { start, tipM } = toolMotion(arm, i);
      const limits = activeLimits(arm.model);
      const problem = { trocarM: arm.trocarM, start, goal: { tipM } };
      const least = (waypoints: Float64Array): number =>
        Math.min(...waypoints.map((value, k) => Math.min(value - limits[k % 7].lower, limits[k % 7].upper - value)));
      const still = planRcm(arm.model, arm.tool, problem);
      expect(least(still.waypoints)).toBeLessThan(0.01);
      const found = planMovingRcm(arm.model, arm.tool, problem, breathing(BREATH), { target, holdSec: 4 });
      expect(found.reason, `${name} ${i}`).toBe('solved');
      expect(least(found.plan.waypoints)).toBeGreaterThan(0.04);
      const seen = look(arm, found, (t) => breathAt(t, BREATH), tipM, target);
      expect(seen.errorM).toBeLessThanOrEqual(found.errorBoundM + 1e-6);
    }
  });

  it('keeps the roll that a goal asks for, as it is turned along the way', () => {
    const arm = trocarArm('panda');
    const { start, tipM } = toolMotion(arm, 3);
    const goal = { tipM, roll: [0, 1, 0] as Vec3 };
    const problem = { trocarM: arm.trocarM, start, goal };
    const found = planMovingRcm(arm.model, arm.tool, problem, breathing(BREATH), { holdSec: 4 });
    expect(found.reason).toBe('solved');
    const shaft = createShaft(arm.model, arm.tool);
    const [q, v, a] = [0, 1, 2].map(() => new Float64Array(7));
    for (let k = 0; k <= 200; k++) {
      piecesStateAt(found.motion ?? none, found.arrivalSec + (4 * k) / 200, q, v, a);
      setShaft(shaft, q);
      const p = shaft.chain.pose;
      // Across the shaft the tool's x points along the base's y; seen from its own y there is nothing of that left.
      expect(Math.abs(p[5])).toBeLessThan(1e-6);
      expect(p[1]).toBeGreaterThan(0);
    }
  });

  it('refused where the breath lifts the goal itself into something, which a goal that stays avoids', () => {
    const arm = trocarArm('panda');
    const { start, tipM } = toolMotion(arm, 0);
    const problem = { trocarM: arm.trocarM, start, goal: { tipM } };
    const shaft = createShaft(arm.model, arm.tool);
    const tipAt = (q: Float64Array): Float64Array => {
      setShaft(shaft, q);
      return shaft.tipBase;
    };
    // A lid 10 mm above the higher of both ends: only the breath lifts the tip to it.
    const first = tipAt(start).slice();
    const lid = Math.max(first[2], tipM[2]) + 0.01;
    const isFree = (q: Float64Array): boolean => tipAt(q)[2] < lid;
    const refused = planMovingRcm(arm.model, arm.tool, problem, breathing(BREATH), { isFree, holdSec: 4 });
    expect(refused).toMatchObject({ solved: false, reason: 'in collision while it follows the trocar' });
    const still = planMovingRcm(arm.model, arm.tool, problem, breathing(BREATH), {
      isFree,
      holdSec: 4,
      target: 'base',
    });
    expect(still.reason).toBe('solved');
  });

  it('what cannot be is refused with the reason', () => {
    const arm = trocarArm('panda');
    const { start, tipM } = toolMotion(arm, 0);
    const reason = (course: TrocarCourse, config = {}, problem = {}): string => {
      const all = { trocarM: arm.trocarM, start, goal: { tipM }, ...problem };
      const found = planMovingRcm(arm.model, arm.tool, all, course, config);
      expect(found.solved).toBe(false);
      expect(found.motion).toBeUndefined();
      return found.reason;
    };
    // A breath of 15 mm in 0.3 s.
    expect(reason(breathing([0, 0, 0.015], 0, 0.3))).toMatch(
      /the trocar moves too fast: to follow it joint panda_joint\d needs \d+ % of its (acceleration|jerk)/,
    );
    expect(reason(breathing(BREATH), {}, { trocarM: [0.45, 0.01, 0.25] })).toMatch(/start misses the trocar/);
    const endless = { trocarM: arm.trocarM, start, goal: { tipM } };
    for (const holdSec of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => planMovingRcm(arm.model, arm.tool, endless, breathing(BREATH), { holdSec })).toThrow(/stay .* s/);
    }
    expect(reason(breathing([0, 0, 0.3]), { target: 'base', holdSec: 4 })).toMatch(/^at \d+\.\d\d s /);
  });
});

const data = dataFolder();
describe.skipIf(data === undefined)('recorded breathing', () => {
  it('is followed by both arms', () => {
    for (const { name, course } of recordedBreathing(data ?? '', 20)) {
      for (const robot of ['panda', 'kuka'] as const) {
        const arm = trocarArm(robot);
        const { start, tipM } = toolMotion(arm, 2);
        const found = planMovingRcm(arm.model, arm.tool, { trocarM: arm.trocarM, start, goal: { tipM } }, course, {
          holdSec: 5,
        });
        expect(found.reason, `${robot}, ${name}`).toBe('solved');
        const seen = look(arm, found, onCourse(course), tipM, 'trocar');
        expect(seen.errorM).toBeLessThanOrEqual(found.errorBoundM);
        expect(found.errorBoundM).toBeLessThanOrEqual(1e-4);
      }
    }
  });

  it('ends sometime', () => {
    const arm = trocarArm('panda');
    const { start, tipM } = toolMotion(arm, 0);
    const [{ course }] = recordedBreathing(data ?? '', 2);
    const found = planMovingRcm(arm.model, arm.tool, { trocarM: arm.trocarM, start, goal: { tipM } }, course, {
      holdSec: 5,
    });
    expect(found.reason).toMatch(/^the trocar's course ends after 2\.\d\d s, the motion takes \d+\.\d\d s$/);
  });
});

const none = { joints: 7, pieceCount: 0, pieceStart: new Float64Array(1), pieceStates: new Float64Array(28) };
