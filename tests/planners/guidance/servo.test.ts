import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { ServoGoal } from '../../../planners/guidance/servo/config.ts';
import { SERVO_BAD_INPUT, SERVO_OK } from '../../../planners/guidance/servo/config.ts';
import {
  createServo,
  haltServo,
  isAtRest,
  type Servo,
  startServo,
  stepServo,
} from '../../../planners/guidance/servo/servo.ts';
import { createTool } from '../../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../../planners/motion/robot/registry.ts';
import { type Guided, guidedArm } from './support/random-guidance.ts';

const T = 1e-3;

function goalAt([x, y, z]: readonly number[]): ServoGoal {
  return {
    positionM: Float64Array.of(x, y, z),
    velocityMps: new Float64Array(3),
    rotation: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    turnRadPerSec: new Float64Array(3),
    turns: false,
  };
}

function started(name: Guided, seed: number): { servo: Servo; goal: ServoGoal; tipM: Vec3 } {
  const arm = guidedArm(name, seed);
  const servo = createServo(arm);
  expect(startServo(servo, arm.start)).toBeUndefined();
  return { servo, goal: goalAt(arm.tipM), tipM: arm.tipM };
}

const missM = ({ arm }: Servo, { positionM: p }: ServoGoal): number =>
  Math.hypot(p[0] - arm.shaft.tipBase[0], p[1] - arm.shaft.tipBase[1], p[2] - arm.shaft.tipBase[2]);

describe('following', () => {
  it('a goal that moves at up to 10 mm/s is followed within 0.05 mm, the trocar kept within 0.01 mm', () => {
    const { servo, goal, tipM } = started('panda', 3);
    let worst = 0;
    let trocar = 0;
    for (let k = 1; k < 6000; k++) {
      const t = k * T;
      // 10 mm/s at most, from rest: 1.5 s to get going.
      const grown = Math.min(1, t / 1.5);
      for (let r = 0; r < 3; r++) {
        const w = 1 + 0.3 * r;
        goal.positionM[r] = tipM[r] + grown ** 3 * 0.005 * Math.sin(w * t);
        const growing = grown < 1 ? (3 * grown ** 2) / 1.5 : 0;
        goal.velocityMps[r] = 0.005 * (growing * Math.sin(w * t) + grown ** 3 * w * Math.cos(w * t));
      }
      expect(stepServo(servo, goal)).toBe(SERVO_OK);
      if (t > 2) worst = Math.max(worst, missM(servo, goal));
      trocar = Math.max(trocar, servo.figures.trocarErrorM);
    }
    expect(worst).toBeLessThan(5e-5);
    expect(trocar).toBeLessThan(1e-5);
  });

  it.each(['panda', 'kuka', 'ur5e', 'psm'] as const)('%s comes to a goal that jumps, and stays there', (name) => {
    const { servo, goal } = started(name, 5);
    // Towards the base or up: within reach.
    goal.positionM[2] += name === 'panda' || name === 'kuka' ? -0.01 : 0.01;
    for (let k = 0; k < 6000; k++) stepServo(servo, goal);
    expect(missM(servo, goal)).toBeLessThan(5e-5);
    expect(servo.figures.speedMps).toBeLessThan(1e-4);
  });
});

describe('coming to rest', () => {
  it.each(['panda', 'kuka'] as const)('%s: from any moment of a motion the stop is as long as it says', (name) => {
    for (const moment of [40, 120, 300, 700, 1500]) {
      const { servo, goal } = started(name, 7);
      for (let k = 0; k < moment; k++) {
        goal.positionM[0] += 5e-5;
        goal.velocityMps[0] = 0.05;
        stepServo(servo, goal);
      }
      const cycles = servo.stop.length;
      for (let k = 0; k < cycles; k++) {
        haltServo(servo);
        expect(servo.figures.trocarErrorM).toBeLessThanOrEqual(servo.trocarToleranceM + 1e-6);
      }
      expect(isAtRest(servo)).toBe(true);
      expect([...servo.q]).toEqual([...servo.stop.restQ]);
    }
  });

  it('a goal that is not finite gives the motion to rest', () => {
    const { servo, goal } = started('panda', 7);
    for (let k = 0; k < 300; k++) {
      goal.positionM[0] += 2e-5;
      stepServo(servo, goal);
    }
    goal.positionM[1] = Number.NaN;
    for (let k = 0; k < 600; k++) expect(stepServo(servo, goal)).toBe(SERVO_BAD_INPUT);
    expect(isAtRest(servo)).toBe(true);
  });
});

describe('singular configurations', () => {
  const model = builtinRobot('ur5e');
  const tool = createTool(model, { link: 'tool0', lengthM: 0.1 });

  it('a stretched arm moves out of the singularity that it starts in', () => {
    const servo = createServo({ model, tool });
    const straight = Float64Array.of(0, -0.6, 0, -1, 1.2, 0);
    expect(startServo(servo, straight)).toBeUndefined();
    const goal = goalAt([...servo.arm.shaft.tipBase]);
    const towards = [servo.arm.shaft.tipBase[0], servo.arm.shaft.tipBase[1], servo.arm.shaft.tipBase[2] - 0.16];
    const far = Math.hypot(...towards);
    // Along the arm, where its elbow must bend first.
    goal.positionM.set([0, 1, 2].map((r) => servo.arm.shaft.tipBase[r] - (0.08 * towards[r]) / far));
    let stopped = 0;
    for (let k = 0; k < 15_000; k++) if (stepServo(servo, goal) !== SERVO_OK) stopped++;
    expect(missM(servo, goal)).toBeLessThan(1e-3);
    expect(stopped).toBe(0);
  });

  it('a goal out of reach stretches the arm, and one within brings it back', () => {
    const servo = createServo({ model, tool });
    expect(startServo(servo, Float64Array.of(0, -1, 1.5, -1, 1.2, 0))).toBeUndefined();
    const home = [...servo.arm.shaft.tipBase];
    const goal = goalAt([3 * home[0], 3 * home[1], home[2]]);
    let stopped = 0;
    for (let k = 0; k < 10_000; k++) if (stepServo(servo, goal) !== SERVO_OK) stopped++;
    // It slides along the end of its reach to what is nearest the goal, slowly.
    expect(servo.figures.speedMps).toBeLessThan(0.02);
    goal.positionM.set(home);
    for (let k = 0; k < 15_000; k++) if (stepServo(servo, goal) !== SERVO_OK) stopped++;
    expect(missM(servo, goal)).toBeLessThan(1e-3);
    // One in a thousand cycles.
    expect(stopped).toBeLessThan(25);
  });
});

describe('where it cannot begin', () => {
  it('is told', () => {
    const arm = guidedArm('panda', 3);
    const servo = createServo(arm);
    expect(
      startServo(
        servo,
        arm.start.map(() => Number.NaN),
      ),
    ).toBe('not-finite');
    expect(
      startServo(
        servo,
        arm.start.map((x, i) => (i === 3 ? 1 : x)),
      ),
    ).toBe('limits');
    expect(
      startServo(
        servo,
        arm.start.map((x) => x + 0.01),
      ),
    ).toBe('trocar');
    const [x, y, z] = arm.tipM;
    const around = createServo({
      ...arm,
      fixtures: [{ kind: 'forbidden-sphere', name: 'around', centreM: [x, y, z], radiusM: 0.01, marginM: 0 }],
    });
    expect(startServo(around, arm.start)).toBe('fixture');
    expect(startServo(createServo({ ...arm, insertionM: 0.29 }), arm.start)).toBe('insertion');
  });
});
