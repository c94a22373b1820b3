import { expect, it } from 'vitest';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import { activeLimits } from '../../engine/core/robot.ts';
import { kernelModule } from '../../kernels/device.ts';
import { robotCommandSchema, type TrajectoryCommand } from '../../planners/guidance/messages.ts';
import { openMotionSpace } from '../../planners/motion/path/space.ts';
import { planMotion } from '../../planners/motion/planning/plan-motion.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import { whereItStands } from '../../sim/robots/stand.ts';
import { TrajectoryMotion } from '../../sim/robots/trajectory-motion.ts';

const model = builtinRobot('psm');
const start = whereItStands('psm', new Float64Array(model.active.length));

async function planned(): Promise<TrajectoryCommand> {
  const space = openMotionSpace(await openStepModule(kernelModule()), model, { obstacles: [] });
  const goal = start.map((q, i) => q + (i === 2 ? 0.03 : 0.2));
  const { trajectory } = planMotion(space, { start, goal: { kind: 'joints', q: goal } });
  space.close();
  if (trajectory === undefined) throw new Error('no motion was found');
  const list = (values: Float64Array) => Array.from(values);
  const { timeSec, positions, velocities, accelerations } = trajectory;
  return robotCommandSchema.parse({
    command: 'trajectory',
    timeSec: list(timeSec),
    positions: list(positions),
    velocities: list(velocities),
    accelerations: list(accelerations),
  }) as TrajectoryCommand;
}

it('follows a planned motion to its end, within the limits of velocity at each set-point', async () => {
  const command = await planned();
  const motion = new TrajectoryMotion(model);
  expect(motion.begin(start, command)).toBeUndefined();
  const limits = activeLimits(model);
  const before = start.slice();
  let steps = 0;
  for (; !motion.isOver; steps++) {
    motion.step(1e-3);
    // The cubics between two points meet to 1e-4, and a share of 1e-3 of each limit is forgiven.
    for (let j = 0; j < before.length; j++) {
      expect(Math.abs(motion.position[j] - before[j])).toBeLessThan(1.01e-3 * limits[j].velocity + 1e-4);
    }
    before.set(motion.position);
  }
  expect(steps).toBeGreaterThan(50);
  const end = command.positions.slice(-start.length);
  for (let j = 0; j < end.length; j++) expect(motion.position[j]).toBeCloseTo(end[j], 9);
});

it('refuses as a whole what begins elsewhere, leaves the limits, is too fast, jumps or has holes', async () => {
  const command = await planned();
  const joints = start.length;
  const refusal = (change: (copy: TrajectoryCommand) => void, from = start): string | undefined => {
    const copy = structuredClone(command);
    change(copy);
    return new TrajectoryMotion(model).begin(from, copy);
  };
  expect(
    refusal(
      () => {},
      start.map((q) => q + 0.01),
    ),
  ).toMatch(/begins with joint/);
  expect(refusal((c) => c.positions.splice(-1))).toMatch(/positions for/);
  expect(refusal((c) => c.timeSec.splice(1, 1, 0))).toMatch(/not after/);
  expect(refusal((c) => c.timeSec.splice(0, 1, 0.001))).toMatch(/not at 0 s/);
  expect(refusal((c) => c.positions.splice(joints * 5, 1, 0.5))).toMatch(/jumps|outside/);
  expect(refusal((c) => c.velocities.splice(joints * 5, 1, 500))).toMatch(/moves at|outside|accelerates/);
  expect(refusal((c) => c.velocities.splice(0, 1, 0.2))).toMatch(/not at rest/);
  const fast = structuredClone(command);
  const tenth = {
    ...fast,
    timeSec: fast.timeSec.map((t) => t / 10),
    velocities: fast.velocities.map((v) => 10 * v),
    accelerations: fast.accelerations.map((a) => 100 * a),
  };
  expect(new TrajectoryMotion(model).begin(start, tenth)).toMatch(/above its limit/);
});
