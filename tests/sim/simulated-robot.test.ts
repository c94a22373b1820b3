import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../engine/core/random.ts';
import { activeLimits } from '../../engine/core/robot.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import type { Fault } from '../../sim/robots/faults.ts';
import { SimulatedRobot } from '../../sim/robots/simulated-robot.ts';

const SEED = 20261127;

function run(
  robot: SimulatedRobot,
  seconds: number,
  command?: (timeSec: number) => ArrayLike<number> | undefined,
): void {
  const end = robot.timeSec + seconds;
  while (robot.timeSec < end - 1e-9) {
    const wanted = command?.(robot.timeSec);
    if (wanted !== undefined) robot.command(wanted);
    robot.step();
  }
}

describe('a simulated robot', () => {
  it.each(['panda', 'ur5e', 'kuka', 'psm'])('%s follows set-points with the lag of its position loop', (name) => {
    const robot = new SimulatedRobot(builtinRobot(name), { delaySec: 0, bandwidth: 200 });
    const start = robot.q.slice();
    // 0.2 Hz with an amplitude well within all limits.
    const amplitude = activeLimits(robot.model).map(({ velocity, acceleration }) =>
      Math.min(0.01, velocity / 20, acceleration / 20),
    );
    const wave = (t: number) =>
      Float64Array.from(start, (q, i) => q + amplitude[i] * (1 - Math.cos(2 * Math.PI * 0.2 * t)) * 0.5);
    let worst = 0;
    run(robot, 5, (t) => {
      // Critically damped with both poles at w: late by 2 / w.
      const lagged = wave(Math.max(0, t - 2 / 200));
      const off = lagged.map((q, i) => Math.abs(robot.q[i] - q) / amplitude[i]);
      if (t > 0.1) worst = Math.max(worst, ...off);
      return wave(t);
    });
    expect(worst).toBeLessThan(0.02);
    expect(robot.isHolding).toBe(false);
  });

  it('brakes and holds when commands stop, no later than its watchdog says', () => {
    const robot = new SimulatedRobot(builtinRobot('panda'), { watchdogSec: 0.03, delaySec: 0 });
    const start = robot.q.slice();
    run(robot, 0.5, (t) => start.map((q) => q + 0.2 * t));
    expect(robot.isHolding).toBe(false);
    const silentSince = robot.timeSec;
    run(robot, 1);
    expect(robot.holdingSinceSec - silentSince).toBeLessThanOrEqual(0.031);
    expect([...robot.v]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    const rest = robot.q.slice();
    run(robot, 1);
    expect(robot.q).toEqual(rest);
    run(robot, 0.1, () => rest);
    expect(robot.isHolding).toBe(false);
  });

  it(`never leaves limits, whatever it is told (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    for (const name of ['panda', 'psm', 'kuka', 'ur5e']) {
      const model = builtinRobot(name);
      const limits = activeLimits(model);
      const robot = new SimulatedRobot(model, { seed: 3, jitterSec: 0.002, noise: 1e-4 });
      const before = robot.v.slice();
      let refused = 0;
      for (let k = 0; k < 20_000; k++) {
        if (random() < 0.7) {
          const wanted = limits.map(({ lower, upper }) => {
            const inside = Math.max(-7, lower) + (Math.min(7, upper) - Math.max(-7, lower)) * random();
            return random() < 0.01 ? [Number.NaN, Number.POSITIVE_INFINITY, 1e9][k % 3] : inside;
          });
          if (!robot.command(wanted)) refused++;
        }
        robot.step();
        limits.forEach(({ lower, upper, velocity, acceleration }, i) => {
          const isInside = robot.q[i] >= lower && robot.q[i] <= upper && Math.abs(robot.v[i]) <= velocity * (1 + 1e-12);
          // At the end of its range a joint is stopped by it.
          const stopped = robot.v[i] === 0;
          const change = Math.abs(robot.v[i] - before[i]) / robot.stepSec;
          if (!isInside || !(stopped || change <= acceleration * (1 + 1e-9)))
            throw new Error(`${name}, cycle ${k}, joint ${i}`);
          before[i] = robot.v[i];
        });
      }
      expect(refused).toBeGreaterThan(100);
    }
  });

  it('delays commands, and is the same for the same seed', () => {
    const make = () =>
      new SimulatedRobot(builtinRobot('panda'), {
        delaySec: 0.05,
        jitterSec: 0.01,
        noise: 1e-3,
        seed: 7,
        resolution: 1e-5,
      });
    const [a, b] = [make(), make()];
    const start = a.q.slice();
    const goal = start.map((q) => q + 0.05);
    run(a, 0.045, () => goal);
    expect(a.q).toEqual(start);
    run(a, 0.5, () => goal);
    expect(Math.abs(a.q[0] - goal[0])).toBeLessThan(1e-3);
    run(b, 0.045, () => goal);
    run(b, 0.5, () => goal);
    expect(b.measured).toEqual(a.measured);
    expect(Math.round(a.measured[0] / 1e-5) * 1e-5).toBeCloseTo(a.measured[0], 12);
  });

  it('has its faults when they are due', () => {
    const faults: Fault[] = [
      { kind: 'drop-out', timeSec: 0.1, durationSec: 0.1 },
      { kind: 'stuck-joint', timeSec: 0.3, durationSec: 0.1, joint: 2 },
      { kind: 'brake', timeSec: 0.5, durationSec: 0.05 },
    ];
    const robot = new SimulatedRobot(builtinRobot('panda'), { faults, delaySec: 0 });
    const start = robot.q.slice();
    const moving = (t: number) => start.map((q) => q + 0.1 * t);
    run(robot, 0.15, moving);
    const seen = robot.measured.slice();
    run(robot, 0.04, moving);
    expect(robot.measured).toEqual(seen);
    expect(robot.q).not.toEqual(seen);
    run(robot, 0.14, moving);
    const stuck = robot.q[2];
    run(robot, 0.05, moving);
    expect(robot.q[2]).toBe(stuck);
    run(robot, 0.3, moving);
    expect(robot.isHolding).toBe(true);
    expect(robot.command(moving(robot.timeSec))).toBe(false);
    robot.release();
    expect(robot.command(Float64Array.from(robot.q))).toBe(true);
    expect(
      () =>
        new SimulatedRobot(builtinRobot('panda'), {
          faults: [{ kind: 'stuck-joint', timeSec: 0, durationSec: 1, joint: 7 }],
        }),
    ).toThrow(/joint 7 of 7/);
    expect(
      () =>
        new SimulatedRobot(builtinRobot('panda'), {
          faults: [{ kind: 'delay', timeSec: 0, durationSec: 1, value: 5 }],
        }),
    ).toThrow(/value/);
    expect(() => new SimulatedRobot(builtinRobot('panda'), { start: [9, 0, 0, 0, 0, 0, 0] })).toThrow(/panda_joint1/);
  });
});
