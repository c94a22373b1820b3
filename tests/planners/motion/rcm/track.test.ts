import { describe, expect, it } from 'vitest';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import { RCM_SOLVED, solveRcmIk } from '../../../../planners/motion/rcm/ik.ts';
import { createShaft, setShaft, shaftErrorM } from '../../../../planners/motion/rcm/shaft.ts';
import { trackRcm } from '../../../../planners/motion/rcm/track.ts';
import { trocarArm, trocarIk } from '../support/trocar.ts';

const arm = trocarArm('kuka');
const [cx, cy, cz] = arm.trocarM;
/** Chest wall: 12 mm up and down in 4 s, 5 mm along the body. */
const breath = (t: number): number => (1 - Math.cos((2 * Math.PI * t) / 4)) / 2;
const trocarAt = (t: number): Vec3 => [cx + 0.005 * breath(t), cy, cz + 0.012 * breath(t)];
const tipAt = (t: number): Vec3 => [
  cx + 0.02 * Math.cos(t),
  cy + 0.02 * Math.sin(t),
  cz - 0.1 + 0.01 * Math.sin(2 * t),
];

function startAt(tip: Vec3): Float64Array {
  const ik = trocarIk(arm, 1, true);
  expect(solveRcmIk(ik, arm.trocarM, tip)).toBe(RCM_SOLVED);
  return ik.solution.slice();
}

describe('a tool that follows its course through a breathing trocar', () => {
  it('keeps tip and trocar at every state, and the trocar between them', () => {
    const { model, tool } = arm;
    const task = { durationSec: 8, trocarAt, tipAt, start: startAt(tipAt(0)) };
    const track = trackRcm(model, tool, task);
    expect(track.reason).toBe('solved');
    const { trajectory } = track;
    expect(trajectory.timeSec.length).toBe(801);
    const shaft = createShaft(model, tool);
    trajectory.timeSec.forEach((t, k) => {
      shaft.trocar.set(trocarAt(t));
      setShaft(shaft, trajectory.positions.slice(7 * k, 7 * k + 7));
      expect(shaftErrorM(shaft)).toBeLessThan(1.1e-9);
      expect(Math.hypot(...tipAt(t).map((v, r) => v - shaft.tipBase[r]))).toBeLessThan(1.1e-7);
    });
    // Halfway through 10 ms at these speeds: a / 8 dt^2, well below a micrometre.
    expect(track.maxErrorM).toBeLessThan(1e-6);
    expect(track.maxVelocityRatio).toBeLessThan(1);
    expect(track.maxAccelerationRatio).toBeLessThan(1);
  });

  it('the velocities are the slopes of the positions', () => {
    const track = trackRcm(arm.model, arm.tool, { durationSec: 0.5, trocarAt, tipAt, start: startAt(tipAt(0)) });
    const { positions, velocities } = track.trajectory;
    for (let k = 1; k < 50; k++) {
      for (let i = 0; i < 7; i++) {
        const slope = (positions[7 * (k + 1) + i] - positions[7 * (k - 1) + i]) / 0.02;
        expect(velocities[7 * k + i]).toBeCloseTo(slope, 12);
      }
    }
  });

  it('says when and why it cannot go on', () => {
    const down = (t: number): Vec3 => [cx, cy, cz - 0.1 - 0.1 * t];
    const start = startAt(down(0));
    const track = trackRcm(arm.model, arm.tool, { durationSec: 4, trocarAt: () => arm.trocarM, tipAt: down, start });
    expect(track.solved).toBe(false);
    expect(track.reason).toMatch(/^at \d\.\d{3} s /);
    const last = track.trajectory.timeSec[track.trajectory.timeSec.length - 1];
    // The shaft of 300 mm is through at 2 s.
    expect(last).toBeGreaterThan(0.5);
    expect(last).toBeLessThanOrEqual(2);
    expect(() => trackRcm(arm.model, arm.tool, { durationSec: 0, trocarAt, tipAt, start })).toThrow(/0 s/);
  });
});
