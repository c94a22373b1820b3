import { describe, expect, it } from 'vitest';
import { openStepModule } from '../../engine/compute/wasm/step-module.ts';
import { identity } from '../../engine/core/frames.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { kernelModule } from '../../kernels/device.ts';
import { guidanceOf, type LoopSettings } from '../../planners/guidance/loop/loop-settings.ts';
import type { TrajectoryCommand } from '../../planners/guidance/messages.ts';
import { createHandSample } from '../../planners/guidance/servo/hand.ts';
import { openMotionSpace } from '../../planners/motion/path/space.ts';
import { planMotionThroughTrocar } from '../../planners/motion/planning/plan-rcm.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { ToolWatch } from '../../planners/motion/rcm/tool-watch.ts';
import { builtinRobot, builtinTip } from '../../planners/motion/robot/registry.ts';
import { withToolShaft } from '../../planners/motion/robot/tool-shaft.ts';
import { DrivenRobot } from '../../sim/robots/driven-robot.ts';
import { simulatedPlant } from '../../sim/robots/plant.ts';
import { checkStart, whereItBegins } from '../../sim/robots/start.ts';

const PERIOD_SEC = 1e-3;
/** What planned motions and the servo keep set-points within [m]; joints that follow them lag by some cycles. */
const SETPOINT_M = 1e-4;
const MEASURED_M = 1e-3;
const SEED = 5;

/** Trocars in front of the arms, where a tool of 0.35 m begins half in [m, base frame]. */
const trocars: Readonly<Record<string, Vec3>> = {
  ur5e: [0.49, 0.13, 0.22],
  panda: [0.3, 0, 0.35],
  kuka: [0.55, 0, 0.28],
};

function placed(robot: string) {
  const model = builtinRobot(robot);
  const spec = { link: builtinTip[robot], lengthM: 0.35, radiusM: 0.004 };
  const trocarM = trocars[robot];
  const settings: LoopSettings = {
    robot,
    tool: spec,
    trocarM,
    fixtures: [],
    scale: 0.5,
    periodSec: PERIOD_SEC,
    horizonSec: 0,
    handRateHz: 1 / PERIOD_SEC,
    start: whereItBegins(robot, spec, trocarM),
  };
  checkStart(settings);
  const plant = simulatedPlant(model, settings.start, PERIOD_SEC);
  const driven = new DrivenRobot(guidanceOf(settings), plant, model);
  const watch = new ToolWatch(model, spec, trocarM);
  const errorM = (q: Float64Array): number => {
    watch.set(q);
    return watch.inTrocar?.trocarErrorM ?? Number.NaN;
  };
  const worst = { setpointM: 0, measuredM: 0 };
  const hand = createHandSample();
  let k = 0;
  /** @param handM where the hand is [m], from the time */
  const run = (cycles: number, handM?: (timeSec: number) => Vec3): void => {
    for (let n = 0; n < cycles; n++) {
      const now = ++k * PERIOD_SEC;
      if (handM !== undefined) {
        hand.timeSec = now;
        hand.positionM.set(handM(now));
        hand.clutch = true;
        hand.operatorPresent = true;
      }
      driven.step(hand, now, PERIOD_SEC, 0, false);
      worst.setpointM = Math.max(worst.setpointM, errorM(driven.setpoint));
      worst.measuredM = Math.max(worst.measuredM, errorM(plant.measured));
    }
  };
  run(2);
  expect(driven.command({ command: 'arm' })).toBeUndefined();
  return { model, spec, trocarM, driven, watch, worst, run };
}

function commandOf({ timeSec, positions, velocities, accelerations }: JointTrajectory): TrajectoryCommand {
  const [p, v, a] = [positions, velocities, accelerations].map((list) => [...list]);
  return { command: 'trajectory', timeSec: [...timeSec], positions: p, velocities: v, accelerations: a };
}

describe.each(['ur5e', 'panda', 'kuka'])('%s with a tool through a trocar', (robot) => {
  it(`carries out planned motions to random places, with the shaft in the trocar all the way (seed ${SEED})`, async () => {
    const { model, spec, trocarM, driven, watch, worst, run } = placed(robot);
    const carried = withToolShaft(model, spec);
    const space = openMotionSpace(await openStepModule(kernelModule()), carried, { obstacles: [] });
    const random = seededRandom(SEED);
    const tool = createTool(carried, spec);
    let made = 0;
    for (let n = 0; n < 5; n++) {
      const [x, y, z] = trocarM;
      const pose = identity();
      pose.set([x + 0.08 * (random() - 0.5), y + 0.08 * (random() - 0.5), z - 0.05 - 0.08 * random()], 12);
      const plan = planMotionThroughTrocar(space, tool, trocarM, {
        start: driven.setpoint.slice(),
        goal: { kind: 'pose', link: tool.link, pose, orientation: false },
        seed: n,
        velocityScale: 0.5,
        accelerationScale: 0.5,
      });
      if (plan.trajectory === undefined) continue;
      made++;
      expect(plan.figures?.maxRcmErrorM).toBeLessThanOrEqual(1e-4);
      expect(driven.command(commandOf(plan.trajectory))).toBeUndefined();
      run(Math.ceil((plan.figures?.durationSec ?? 0) / PERIOD_SEC) + 400);
      expect(driven.state).toBe('ENABLED');
      watch.set(driven.setpoint);
      const off = Math.hypot(...watch.tip.position.map((m, r) => m - pose[12 + r]));
      expect(off).toBeLessThan(1e-4);
    }
    space.close();
    expect(made).toBeGreaterThanOrEqual(4);
    expect(worst.setpointM).toBeLessThanOrEqual(SETPOINT_M);
    expect(worst.measuredM).toBeLessThan(MEASURED_M);
    expect(driven.guidance.servo.figures.trocarErrorM).toBeLessThanOrEqual(SETPOINT_M);
  });

  it('follows a hand with the shaft in the trocar', () => {
    const { driven, worst, run, watch } = placed(robot);
    expect(driven.command({ command: 'clutch', closed: true })).toBeUndefined();
    const began = watch.tip.position;
    run(3000, (t) => [0.05 * Math.sin(2 * t), 0.05 * Math.sin(1.3 * t), 0.03 * Math.sin(0.9 * t)]);
    expect(Math.hypot(...watch.tip.position.map((m, r) => m - began[r]))).toBeGreaterThan(1e-3);
    expect(worst.setpointM).toBeLessThanOrEqual(SETPOINT_M);
    expect(worst.measuredM).toBeLessThan(MEASURED_M);
  });

  it('is pushed in no further than the shaft is long, and drawn out no further than must be through', () => {
    for (const way of [-1, 1]) {
      const { driven, run, watch, spec, worst } = placed(robot);
      expect(driven.command({ command: 'clutch', closed: true })).toBeUndefined();
      const inserted = { leastM: 1, mostM: 0 };
      for (let n = 0; n < 700; n++) {
        run(10, (t) => [0, 0, way * 0.2 * t]);
        const { insertedM } = watch.inTrocar ?? { insertedM: Number.NaN };
        inserted.leastM = Math.min(inserted.leastM, insertedM);
        inserted.mostM = Math.max(inserted.mostM, insertedM);
      }
      expect(inserted.mostM).toBeLessThanOrEqual(spec.lengthM);
      expect(inserted.leastM).toBeGreaterThanOrEqual(0.005);
      if (way > 0) expect(inserted.leastM).toBeLessThan(0.03);
      else expect(inserted.mostM).toBeGreaterThan(0.2);
      expect(worst.setpointM).toBeLessThanOrEqual(SETPOINT_M);
    }
  });

  it('refuses joints and trajectories that leave the trocar, with how far and when, and does not move', () => {
    const { driven, model, run } = placed(robot);
    const positions = [...driven.setpoint];
    positions[0] += 0.1;
    expect(driven.command({ command: 'joints', positions })).toMatch(
      /^at [\d.]+ s the shaft would miss the trocar by \d+\.\d\d mm, above 0\.10 mm$/,
    );
    // Out of the trocar and back again: both ends are where they should be.
    const joints = model.active.length;
    const away = (rad: number) => [...driven.setpoint].map((q, j) => (j === 0 ? q + rad : q));
    const [slow, still] = [2, Array.from({ length: joints }, () => 0)];
    const bend = (rad: number) => still.map((_, j) => (j === 0 ? rad : 0));
    const rad = 0.02;
    const a = (6 * rad) / slow ** 2;
    const refused = driven.command({
      command: 'trajectory',
      timeSec: [0, slow, 2 * slow],
      positions: [...away(0), ...away(rad), ...away(0)],
      velocities: [...still, ...still, ...still],
      accelerations: [...bend(a), ...bend(-a), ...bend(a)],
    });
    expect(refused).toMatch(/miss the trocar by/);
    const before = [...driven.setpoint];
    run(50);
    expect([...driven.setpoint]).toEqual(before);
    expect(driven.state).toBe('ENABLED');
  });

  it('may turn about the shaft, where the last joint does', () => {
    const { driven, worst, run, model } = placed(robot);
    const last = model.active.length - 1;
    const positions = [...driven.setpoint];
    positions[last] += 0.3;
    expect(driven.command({ command: 'joints', positions })).toBeUndefined();
    run(4000);
    expect(driven.setpoint[last]).toBeCloseTo(positions[last], 6);
    expect(worst.setpointM).toBeLessThanOrEqual(SETPOINT_M);
  });
});

it('says how far a tool does not reach', () => {
  const spec = { link: builtinTip.ur5e, lengthM: 0.35 };
  expect(() => whereItBegins('ur5e', spec, [3, 0, 0.2])).toThrow(/does not reach 80 mm through the trocar/);
});
