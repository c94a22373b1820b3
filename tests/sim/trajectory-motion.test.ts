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
    // A share of 1e-3 of each limit is forgiven, and as much of it goes into where cubics meet.
    for (let j = 0; j < before.length; j++) {
      expect(Math.abs(motion.position[j] - before[j])).toBeLessThan(1.003e-3 * limits[j].velocity);
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

/** A command of the given states of joint 0; the other joints stay. */
function ofOneJoint(
  points: readonly (readonly [timeSec: number, q: number, v: number, a: number])[],
): TrajectoryCommand {
  const joints = start.length;
  const fill = (values: readonly number[], rest: ArrayLike<number>) =>
    values.flatMap((value) => Array.from({ length: joints }, (_, j) => (j === 0 ? value : rest[j])));
  const zero = new Float64Array(joints);
  return {
    command: 'trajectory',
    timeSec: points.map(([t]) => t),
    positions: fill(
      points.map(([, q]) => start[0] + q),
      start,
    ),
    velocities: fill(
      points.map(([, , v]) => v),
      zero,
    ),
    accelerations: fill(
      points.map(([, , , a]) => a),
      zero,
    ),
  };
}

const begun = (command: TrajectoryCommand) => new TrajectoryMotion(model).begin(start, command);

it('refuses steps between points that are small each and far above the limit of velocity together', () => {
  // 0.18 rad in 2 ms, by 9e-5 rad a microsecond; every point says that it is at rest.
  const steps = Array.from({ length: 2000 }, (_, n) => [n * 1e-6, n * 9e-5, 0, 0] as const);
  expect(begun(ofOneJoint(steps))).toMatch(/jumps/);
});

it('refuses velocities that change at once, accelerations of the first point, and extremes between points', () => {
  const { velocity, acceleration } = activeLimits(model)[0];
  const v = velocity / 2;
  // At rest, then at once at half the limit, and at rest again: without any acceleration said.
  const sudden = [
    [0, 0, 0, 0],
    [0.1, 0, v, 0],
    [0.2, v * 0.1, 0, 0],
    [0.3, v * 0.1, 0, 0],
  ] as const;
  expect(begun(ofOneJoint(sudden))).toMatch(/changes its velocity/);
  // Only the first point accelerates, for a short time.
  const pull = 40 * acceleration;
  const dt = 1e-4;
  const first = [
    [0, 0, 0, pull],
    [dt, (pull * dt ** 2) / 3, (pull * dt) / 2, 0],
    [1, 0, 0, 0],
  ] as const;
  expect(begun(ofOneJoint(first))).toMatch(/accelerates/);
  // From +a to -a in 2 T: the velocity is greatest at T, a share of 3 % above its limit; at the ends it is zero.
  const half = (2 * 1.03 * velocity) / acceleration;
  const humps = [
    [0, 0, 0, acceleration],
    [2 * half, (2 / 3) * acceleration * half ** 2, 0, -acceleration],
    [2 * half + 1e-3, (2 / 3) * acceleration * half ** 2, 0, 0],
  ] as const;
  expect(begun(ofOneJoint(humps))).toMatch(/moves at/);
});

it('refuses what is no number, wherever it stands', async () => {
  const command = await planned();
  for (const name of ['timeSec', 'positions', 'velocities', 'accelerations'] as const) {
    for (const at of [1, command[name].length - 1]) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const copy = structuredClone(command);
        copy[name][at] = value;
        expect(begun(copy), `${value} in ${name}[${at}]`).toBeDefined();
      }
    }
  }
});

it('takes up what it begins apart from the robot along the way, not with its first set-point', async () => {
  const command = await planned();
  const motion = new TrajectoryMotion(model);
  const from = start.map((q) => q + 9e-4);
  expect(motion.begin(from, command)).toBeUndefined();
  motion.step(1e-3);
  for (let j = 0; j < from.length; j++) expect(Math.abs(motion.position[j] - from[j])).toBeLessThan(1e-4);
});

it.each(['ur5e', 'kuka', 'psm'])('follows whatever motion is planned for %s', async (robot) => {
  const other = builtinRobot(robot);
  const space = openMotionSpace(await openStepModule(kernelModule()), other, { obstacles: [] });
  const from = whereItStands(robot, new Float64Array(other.active.length));
  let followed = 0;
  for (const far of [0.001, -0.02, 0.05, 0.1, -0.3]) {
    const goal = from.map((q, i) => q + (i % 3 === 2 ? far / 5 : far));
    const { trajectory } = planMotion(space, { start: from, goal: { kind: 'joints', q: goal } });
    if (trajectory === undefined) continue;
    const list = (values: Float64Array) => Array.from(values);
    const { timeSec, positions, velocities, accelerations } = trajectory;
    const refused = new TrajectoryMotion(other).begin(from, {
      command: 'trajectory',
      timeSec: list(timeSec),
      positions: list(positions),
      velocities: list(velocities),
      accelerations: list(accelerations),
    });
    expect(refused, `to ${far}`).toBeUndefined();
    followed++;
  }
  space.close();
  expect(followed).toBeGreaterThan(2);
});
