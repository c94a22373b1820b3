import { expect, it } from 'vitest';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { Fixture } from '../../planners/guidance/fixtures/fixture.ts';
import { createGuidance } from '../../planners/guidance/servo/guidance.ts';
import { createHandSample } from '../../planners/guidance/servo/hand.ts';
import { createShaft, setShaft } from '../../planners/motion/rcm/shaft.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import { DrivenRobot } from '../../sim/robots/driven-robot.ts';
import { JointMotion } from '../../sim/robots/joint-motion.ts';
import { simulatedPlant } from '../../sim/robots/plant.ts';
import { whereItStands } from '../../sim/robots/stand.ts';

const PERIOD_SEC = 1e-3;
const model = builtinRobot('psm');
const tool = createTool(model, { link: 'tool_tip_link', lengthM: 0.4 });
const start = whereItStands('psm', new Float64Array(model.active.length));
const goal = Array.from(start, (q, i) => q + (i === 0 ? 0.4 : 0));

/** Tip [m, base frame] of joints. */
function tipOf(q: Float64Array): Vec3 {
  const shaft = createShaft(model, tool);
  setShaft(
    shaft,
    Float64Array.from(shaft.chain.columns, (c) => q[c]),
  );
  return [shaft.tipBase[0], shaft.tipBase[1], shaft.tipBase[2]];
}

function ball(centreM: Vec3, radiusM: number, name = 'Core'): Fixture {
  return { kind: 'forbidden-sphere', name, centreM, radiusM, marginM: 0 };
}

function armed(fixtures: readonly Fixture[]): DrivenRobot {
  const guidance = createGuidance({ model, tool, fixtures, periodSec: PERIOD_SEC });
  const robot = new DrivenRobot(guidance, simulatedPlant(model, start, PERIOD_SEC), model);
  expect(robot.command({ command: 'arm' })).toBeUndefined();
  return robot;
}

const middle = tipOf(start.map((q, i) => (q + goal[i]) / 2));
const joints = { command: 'joints', positions: goal } as const;

it('refuses joints whose way leads the tip into a keep-out, with its name and depth, and does not move', () => {
  const robot = armed([ball([9, 9, 9], 0.01, 'Far'), ball(middle, 0.004)]);
  const refused = robot.command(joints);
  expect(refused).toMatch(/inside Core$/);
  // The tip goes through the middle of the ball.
  expect(Number(refused?.match(/([\d.]+) mm/)?.[1])).toBeCloseTo(4, 1);
  expect(robot.motion).toBe('hold');
  for (let n = 0; n < 200; n++) robot.step(createHandSample(), n * PERIOD_SEC, PERIOD_SEC, 0, false);
  expect(robot.state).toBe('ENABLED');
  expect(Array.from(robot.setpoint)).toEqual(Array.from(start));
});

it('sees a ball of a fifth of a millimetre between its samples', () => {
  const refused = armed([ball(middle, 2e-4)]).command({ ...joints, share: 1 });
  expect(refused).toMatch(/inside Core/);
});

it('lets what passes by a keep-out go to its end', () => {
  const robot = armed([ball([middle[0], middle[1], middle[2] + 0.03], 0.02)]);
  expect(robot.command(joints)).toBeUndefined();
  for (let n = 0; n < 20000 && robot.motion === 'joints'; n++) {
    robot.step(createHandSample(), n * PERIOD_SEC, PERIOD_SEC, 0, false);
  }
  expect(robot.state).toBe('ENABLED');
  goal.forEach((q, j) => {
    expect(robot.setpoint[j]).toBeCloseTo(q, 6);
  });
});

it('holds trajectories against keep-outs too', () => {
  const motion = new JointMotion(model);
  motion.begin(start, goal, 0.2);
  const points = 800;
  const count = model.active.length;
  const step = motion.durationSec / (points - 1);
  const positions: number[] = [];
  const q = new Float64Array(count);
  const at = (timeSec: number): number[] => {
    motion.at(Math.min(motion.durationSec, Math.max(0, timeSec)), q);
    return Array.from(q);
  };
  for (let n = 0; n < points; n++) positions.push(...at(n * step));
  const rate = (list: readonly number[]): number[] =>
    list.map((_, i) => {
      const [before, after] = [i - count, i + count];
      return before < 0 || after >= list.length ? 0 : (list[after] - list[before]) / (2 * step);
    });
  const velocities = rate(positions);
  const accelerations = rate(velocities);
  const command = {
    command: 'trajectory',
    timeSec: Array.from({ length: points }, (_, n) => n * step),
    positions,
    velocities,
    accelerations,
  } as const;
  expect(armed([]).command(command)).toBeUndefined();
  expect(armed([ball(middle, 0.004)]).command(command)).toMatch(
    /^at [\d.]+ s the tip would be (3\.9|4\.0)\d mm inside Core$/,
  );
});
