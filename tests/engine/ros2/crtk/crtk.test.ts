import { describe, expect, it } from 'vitest';
import { createCrtkArm } from '../../../../engine/ros2/crtk/arm.ts';
import type { JointReading, PoseReading, ScrewReading } from '../../../../engine/ros2/crtk/motion.ts';
import { CRTK_TOPICS, crtkTopic } from '../../../../engine/ros2/crtk/names.ts';
import { createCrtkRobot } from '../../../../engine/ros2/crtk/robot.ts';
import {
  CRTK_COMMANDS,
  CRTK_STATES,
  commandTransition,
  isReady,
  operatingStateMessage,
  operatingStateOf,
} from '../../../../engine/ros2/crtk/state.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import { createRandom } from '../messages/random-message.ts';
import { createWire } from './wire.ts';

const registry = createInterfaceRegistry();

describe('names of CRTK', () => {
  it('have types that are known, by the letters of the name', () => {
    for (const [name, { type }] of Object.entries(CRTK_TOPICS)) {
      expect(registry.has('msg', type), name).toBe(true);
      const kind = /_([jc])([sprvf])$/.exec(name);
      if (kind === null) continue;
      const wanted = kind[1] === 'j' ? 'JointState' : { p: 'Pose', r: 'Pose', v: 'Twist', f: 'Wrench' }[kind[2]];
      expect(type).toContain(`/msg/${wanted}`);
      expect(kind[1] === 'j' && kind[2] === 's').toBe(/^(measured|setpoint|goal)_js$/.test(name));
    }
    expect(crtkTopic('/PSM1/jaw/', 'measured_js')).toBe('/PSM1/jaw/measured_js');
  });
});

describe('operating state', () => {
  it('changes as the table of CRTK says', () => {
    const table = CRTK_STATES.map((state) =>
      CRTK_COMMANDS.slice(0, 4).map((command) => {
        const next = commandTransition({ state, isHomed: false, isBusy: false }, command);
        return next.ok ? next.state : undefined;
      }),
    );
    //        enable     disable     pause      resume
    expect(table).toEqual([
      ['ENABLED', 'DISABLED', undefined, undefined],
      ['ENABLED', 'DISABLED', 'PAUSED', undefined],
      [undefined, 'DISABLED', 'PAUSED', 'ENABLED'],
      ['ENABLED', 'DISABLED', undefined, undefined],
    ]);
  });

  it('never leads to FAULT by a command, nor out of it by itself (seed 41)', () => {
    const random = createRandom(41);
    let now = { state: 'DISABLED' as (typeof CRTK_STATES)[number], isHomed: false, isBusy: false };
    for (let i = 0; i < 5000; i++) {
      const command = CRTK_COMMANDS[Math.floor(random() * CRTK_COMMANDS.length)];
      const next = commandTransition({ ...now, isBusy: random() < 0.2 }, command);
      if (!next.ok) {
        expect(next.why).toContain(command);
        continue;
      }
      expect(next.state).not.toBe('FAULT');
      if (command !== 'home' && command !== 'unhome') expect(next.isHomed).toBe(now.isHomed);
      now = { ...now, state: next.state, isHomed: next.isHomed };
    }
  });

  it('takes home only in ENABLED and at rest', () => {
    const at = { isHomed: false, isBusy: false };
    expect(commandTransition({ ...at, state: 'ENABLED' }, 'home')).toEqual({
      ok: true,
      state: 'ENABLED',
      isHomed: true,
    });
    expect(commandTransition({ ...at, state: 'PAUSED' }, 'home').ok).toBe(false);
    expect(commandTransition({ state: 'ENABLED', isHomed: false, isBusy: true }, 'home').ok).toBe(false);
    expect(isReady({ state: 'ENABLED', isHomed: false })).toBe(false);
    expect(isReady({ state: 'ENABLED', isHomed: true })).toBe(true);
  });

  it('goes to the wire and back, with states of a robot of its own', () => {
    const type = registry.message('crtk_msgs/OperatingState');
    const state = { state: 'ENABLED', isHomed: true, isBusy: false, timeSec: 12.5 };
    expect(operatingStateOf(type.decode(type.encode(operatingStateMessage(state))))).toEqual(state);
    expect(operatingStateOf(type.decode(type.encode({ state: 'DVRK_SPECIAL' }))).state).toBe('DVRK_SPECIAL');
  });
});

describe('an arm and its robot', () => {
  const jointNames = ['yaw', 'pitch', 'insertion'];

  it('enable, home, move, pause and disable', async () => {
    const wire = createWire();
    const refused: string[] = [];
    const moves: Float64Array[] = [];
    const robot = createCrtkRobot(wire, '/PSM1', {
      jointNames,
      initial: { state: 'DISABLED', isHomed: false, isBusy: false },
      onCommand(command, next) {
        if (command !== 'home') return next;
        setTimeout(() => robot.setState({ ...robot.state, isHomed: true, isBusy: false }), 5);
        return { ...next, isHomed: false, isBusy: true };
      },
      onRefused: (what, why) => refused.push(`${what}: ${why}`),
    });
    robot.onJoints('servo_jp', (values) => moves.push(values));
    const arm = createCrtkArm(wire, '/PSM1', { jointNames, latchedState: true });
    expect((await arm.waitFor(({ state }) => state === 'DISABLED', 'disabled', 1000)).isHomed).toBe(false);

    arm.sendJoints('servo_jp', Float64Array.of(0, 0, 0.1));
    expect((await arm.bring('enable', 1000)).state).toBe('ENABLED');
    arm.sendJoints('servo_jp', Float64Array.of(0, 0, 0.1));
    expect((await arm.bring('home', 1000)).isHomed).toBe(true);
    arm.sendJoints('servo_jp', Float64Array.of(0, 0.5, 0.1));
    arm.sendJoints('servo_jp', Float64Array.of(0, 0.5));
    arm.sendJoints('servo_jp', Float64Array.of(0, Number.NaN, 0.1));
    expect((await arm.bring('pause', 1000)).state).toBe('PAUSED');
    arm.sendJoints('servo_jp', Float64Array.of(0, 0.5, 0.1));
    expect((await arm.bring('resume', 1000)).state).toBe('ENABLED');
    expect((await arm.bring('disable', 1000)).state).toBe('DISABLED');
    arm.command('resume');

    expect(moves).toEqual([Float64Array.of(0, 0.5, 0.1)]);
    expect(refused).toEqual([
      'servo_jp: the robot is DISABLED and not homed',
      'servo_jp: the robot is ENABLED and not homed',
      'servo_jp: 2 numbers for 3 joints',
      'servo_jp: not all numbers are finite',
      'servo_jp: the robot is PAUSED',
      'resume: resume is not taken in DISABLED',
    ]);
    arm.close();
    robot.close();
  });

  it('tell of a fault and of silence', async () => {
    const wire = createWire();
    const robot = createCrtkRobot(wire, '/ECM', {
      jointNames,
      onCommand: (_, next) => ({ ...next, state: 'FAULT' }),
    });
    const arm = createCrtkArm(wire, '/ECM');
    await expect(arm.bring('enable', 1000)).rejects.toMatchObject({ code: 'ros2/crtk-fault' });
    robot.close();
    await expect(arm.bring('enable', 20)).rejects.toMatchObject({
      code: 'ros2/timeout',
      message: expect.stringMatching(/^\/ECM is not done with enable after 20 ms: its state is FAULT/),
    });
    await expect(createCrtkArm(wire, '/MTML').bring('enable', 20)).rejects.toThrow('it has told no state');
  });

  it('carry joints, poses, twists and wrenches, each in the field that its name means', () => {
    const wire = createWire();
    const robot = createCrtkRobot(wire, '/PSM1', {
      jointNames,
      initial: { state: 'ENABLED', isHomed: true, isBusy: false },
    });
    const arm = createCrtkArm(wire, '/PSM1', { jointNames, frameId: 'rcm' });
    const joints: JointReading[] = [];
    const poses: PoseReading[] = [];
    const screws: ScrewReading[] = [];
    const stop = arm.onJoints('measured_js', (reading) => joints.push(reading));
    arm.onPose('measured_cp', (reading) => poses.push(reading));
    arm.onTwist('measured_cv', (reading) => screws.push(reading));
    arm.onWrench('measured_cf', (reading) => screws.push(reading));
    const none = new Float64Array(0);
    const reading = {
      timeSec: 5,
      frameId: 'rcm',
      names: jointNames,
      positions: Float64Array.of(1, 2, 3),
      velocities: none,
      efforts: none,
    };
    robot.publishJoints('measured_js', reading);
    stop();
    robot.publishJoints('measured_js', reading);
    expect(joints).toEqual([reading]);
    expect(() => robot.publishJoints('goal_js', { ...reading, efforts: Float64Array.of(1) })).toThrow(
      expect.objectContaining({ code: 'ros2/crtk-joints' }),
    );
    const pose = { position: [1, 2, 3], rotation: [0, 0, 0.6, 0.8] } as const;
    robot.publishPose('measured_cp', pose, 'world');
    expect(poses).toMatchObject([{ ...pose, frameId: 'world' }]);
    const twist = { header: {}, twist: { linear: { x: 1, y: 2, z: 3 }, angular: { x: 4, y: 5, z: 6 } } };
    wire.createPublisher(CRTK_TOPICS.measured_cv.type, '/PSM1/measured_cv').publish(twist);
    const wrench = { wrench: { force: { x: 1, y: 2, z: 3 }, torque: { x: 4, y: 5, z: 6 } } };
    wire.createPublisher(CRTK_TOPICS.measured_cf.type, '/PSM1/measured_cf').publish(wrench);
    expect(screws).toMatchObject([0, 1].map(() => ({ linear: [1, 2, 3], angular: [4, 5, 6] })));

    const moved: unknown[] = [];
    robot.onPose('move_cp', (to) => moved.push(to));
    arm.sendPose('move_cp', pose);
    arm.sendPose('move_cp', { ...pose, position: [Number.NaN, 0, 0] });
    expect(moved).toEqual([pose]);
    arm.sendJoints('servo_jv', Float64Array.of(1, 1, 1));
    arm.sendJoints('servo_jf', Float64Array.of(2, 2, 2));
    arm.sendTwist('servo_cv', [1, 2, 3], [4, 5, 6]);
    arm.sendWrench('servo_cf', [1, 2, 3], [4, 5, 6]);
    arm.send('hold');
    const last = (name: string): unknown => wire.sent.findLast(({ topic }) => topic === `/PSM1/${name}`)?.message;
    expect(last('servo_jv')).toMatchObject({
      name: jointNames,
      position: none,
      velocity: Float64Array.of(1, 1, 1),
      effort: none,
    });
    expect(last('servo_jf')).toMatchObject({ position: none, velocity: none, effort: Float64Array.of(2, 2, 2) });
    expect(last('servo_cv')).toMatchObject({ header: { frame_id: 'rcm' }, twist: twist.twist });
    expect(last('servo_cf')).toMatchObject(wrench);
    expect(last('hold')).toEqual({});
  });
});
