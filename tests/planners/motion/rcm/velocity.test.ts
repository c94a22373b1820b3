import { describe, expect, it } from 'vitest';
import { solveRcmIk } from '../../../../planners/motion/rcm/ik.ts';
import { createShaft, setShaft, shaftErrorM } from '../../../../planners/motion/rcm/shaft.ts';
import {
  createRcmServo,
  RCM_VELOCITY_BAD_INPUT,
  RCM_VELOCITY_MET,
  RCM_VELOCITY_SLOWED,
  rcmVelocity,
} from '../../../../planners/motion/rcm/velocity.ts';
import { type TrocarArm, trocarArm, trocarIk } from '../support/trocar.ts';

/** The tip 100 mm below the trocar, the joints left over in the middle of their ranges. */
function comfortable(arm: TrocarArm): Float64Array {
  const ik = trocarIk(arm, 1, true);
  const [px, py, pz] = arm.trocarM;
  expect(solveRcmIk(ik, arm.trocarM, [px, py, pz - 0.1])).toBe(0);
  return ik.solution.slice();
}

describe('joint velocities through a trocar that moves', () => {
  it('the shaft follows 10 mm of breathing while the tip draws a circle', () => {
    const arm = trocarArm('panda');
    const x = comfortable(arm);
    const shaft = createShaft(arm.model, arm.tool);
    shaft.trocar.set(arm.trocarM);
    setShaft(shaft, x);
    const first = shaft.tipBase.slice();
    const servo = createRcmServo(createShaft(arm.model, arm.tool));
    const dt = 1e-3;
    const breath = (2 * Math.PI) / 4;
    const circle = (2 * Math.PI) / 3;
    let worst = 0;
    let tipError = 0;
    for (let step = 0; step < 8000; step++) {
      const t = step * dt;
      const trocar = {
        positionM: arm.trocarM.map((v, r) => v + (r === 2 ? 0.005 * (1 - Math.cos(breath * t)) : 0)),
        velocityMps: [0, 0, 0.005 * breath * Math.sin(breath * t)],
      };
      const tip = {
        positionM: [first[0] + 0.01 * Math.sin(circle * t), first[1] + 0.01 * (1 - Math.cos(circle * t)), first[2]],
        velocityMps: [0.01 * circle * Math.cos(circle * t), 0.01 * circle * Math.sin(circle * t), 0],
      };
      expect(rcmVelocity(servo, x, trocar, tip)).toBe(RCM_VELOCITY_MET);
      shaft.trocar.set(trocar.positionM);
      setShaft(shaft, x);
      worst = Math.max(worst, shaftErrorM(shaft));
      tipError = Math.max(tipError, Math.hypot(...tip.positionM.map((v, r) => v - shaft.tipBase[r])));
      for (let c = 0; c < 7; c++) x[c] += servo.velocity[c] * dt;
    }
    // Euler steps of 1 ms leave a / 2 dt^2 of drift, held down by the gain: micrometres.
    expect(worst).toBeLessThan(1e-5);
    expect(tipError).toBeLessThan(1e-5);
  });

  it('slows down at a velocity limit and reports it; NaN gives no motion', () => {
    const arm = trocarArm('panda');
    const x = comfortable(arm);
    const servo = createRcmServo(createShaft(arm.model, arm.tool));
    const trocar = { positionM: arm.trocarM, velocityMps: [0, 0, 0] };
    servo.shaft.trocar.set(arm.trocarM);
    setShaft(servo.shaft, x);
    const positionM = servo.shaft.tipBase.slice();
    expect(rcmVelocity(servo, x, trocar, { positionM, velocityMps: [0, 20, 0] })).toBe(RCM_VELOCITY_SLOWED);
    servo.velocity.forEach((v, c) => {
      expect(Math.abs(v)).toBeLessThanOrEqual(servo.limits[c] * (1 + 1e-12));
    });
    expect(rcmVelocity(servo, x, trocar, { positionM, velocityMps: [Number.NaN, 0, 0] })).toBe(RCM_VELOCITY_BAD_INPUT);
    expect([...servo.velocity]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});
