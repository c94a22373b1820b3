import { expect, it } from 'vitest';
import { clockSec } from '../../engine/compute/platform.ts';
import type { Fixture } from '../../planners/guidance/fixtures/fixture.ts';
import { HEAD, RING_RECORDS } from '../../planners/guidance/loop/layout.ts';
import { bareTip } from '../../planners/motion/rcm/tool.ts';
import { builtinRobot, builtinTip } from '../../planners/motion/robot/registry.ts';
import type { LoopCommand } from '../../sim/robots/driven-robot.ts';
import { RobotCycle } from '../../sim/robots/robot-cycle.ts';
import { aboutRobot, RobotObserver, type RobotView } from '../../sim/robots/robot-observer.ts';
import { BEAT, createSharedRobot } from '../../sim/robots/shared.ts';
import { whereItBegins } from '../../sim/robots/start.ts';

const model = builtinRobot('psm');
const PERIOD_SEC = 1e-3;

/** A simulated robot beside a ball, its loop turned by hand; the one who arms it beats on. */
function driven() {
  const tool = bareTip(builtinTip.psm);
  const ball: Fixture = { kind: 'forbidden-sphere', name: 'ball', centreM: [0.3, 0.3, 0.3], radiusM: 0.01, marginM: 0 };
  const settings = {
    robot: 'psm',
    tool,
    fixtures: [ball],
    scale: 0.2,
    periodSec: PERIOD_SEC,
    horizonSec: 0,
    handRateHz: 1 / PERIOD_SEC,
    start: whereItBegins('psm', tool),
  };
  expect(aboutRobot(settings, model, true).keepOuts).toEqual(['ball']);
  const shared = createSharedRobot(1, model.active.length);
  const cycle = new RobotCycle({ settings, shared, handSeed: 1, isSimulated: true });
  let view: RobotView | undefined;
  const observe = () => new RobotObserver({ settings, model, onState: (v) => (view = v), onHand: () => {} });
  const run = (cycles: number): RobotView => {
    for (let k = 0; k < cycles; k++) {
      shared.beat[BEAT.timeSec] = clockSec();
      cycle.step(clockSec());
    }
    const { control, ring, stride } = shared.loop;
    observe().take(ring, ((Atomics.load(control, HEAD) - 1) % RING_RECORDS) * stride);
    return view as RobotView;
  };
  const farM = ({ tip }: RobotView) => Math.hypot(...tip.position.map((x) => x - 0.3)) - 0.01;
  return { shared, run, farM, command: (command: LoopCommand) => cycle.command(command) };
}

it('measures distances where it is while joints move, after a hold, and when it is stopped on its way', () => {
  for (const end of ['hold', 'stop'] as const) {
    const { run, farM, command } = driven();
    run(2);
    expect(command({ command: 'arm' })).toBeUndefined();
    const before = run(1);
    const positions = before.measured.map((q, i) => (i === 0 ? q + 0.5 : q));
    expect(command({ command: 'joints', positions })).toBeUndefined();
    const during = run(400);
    expect(during.motion).toBe('joints');
    expect(Math.abs(farM(during) - farM(before))).toBeGreaterThan(1e-3);
    // Of the set-point, which the robot follows a few cycles later.
    expect(Math.abs(during.keepOutsM.ball - farM(during))).toBeLessThan(2e-3);
    expect(command({ command: end })).toBeUndefined();
    const after = run(1500);
    expect(after.keepOutsM.ball).toBeCloseTo(farM(after), 4);
    // Whoever plans from the set-point plans from where it rests.
    for (let j = 0; j < positions.length; j++) expect(after.setpoint[j]).toBeCloseTo(after.measured[j], 4);
    expect(Math.abs(after.setpoint[0] - positions[0])).toBeGreaterThan(0.1);
  }
});

it('is not armed by a page that is hidden, and has to be armed again by the next one', () => {
  const { shared, run, command } = driven();
  run(2);
  shared.beat[BEAT.hidden] = 1;
  expect(command({ command: 'arm' })).toMatch(/hidden/);
  shared.beat[BEAT.hidden] = 0;
  expect(command({ command: 'arm' })).toBeUndefined();
  const { measured } = run(1);
  command({ command: 'joints', positions: measured.map((q, i) => (i === 0 ? q + 0.5 : q)) });
  run(300);
  expect(command({ command: 'pause' })).toBeUndefined();
  expect(command({ command: 'arm' })).toMatch(/comes to rest/);
  expect(run(1000).state).toBe('PAUSED');
  expect(command({ command: 'arm' })).toBeUndefined();
});
