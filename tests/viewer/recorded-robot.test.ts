import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../engine/core/errors.ts';
import { identity } from '../../engine/core/frames.ts';
import { type Random, seededRandom } from '../../engine/core/random.ts';
import { activeNames } from '../../engine/core/robot.ts';
import { decodeFrame, encodeFrame, FRAME_KIND } from '../../engine/link/frame.ts';
import type { RecordedMessage } from '../../engine/ros2/mcap/recording.ts';
import { FigureWindow } from '../../planners/guidance/loop/figures.ts';
import type { RobotAbout, RobotSample } from '../../planners/guidance/messages.ts';
import { robotAboutRecord, robotAboutSchema } from '../../planners/guidance/robot-records.ts';
import { addRobot, removeRobot } from '../../planners/motion/robot/own-robots.ts';
import { builtinRobot, builtinTip } from '../../planners/motion/robot/registry.ts';
import { RecordedRobot } from '../../viewer/guide/recorded-robot.ts';
import { RECORDED } from '../../viewer/guide/recorded-topics.ts';
import type { RobotListener } from '../../viewer/guide/session.ts';
import { failsWith } from '../support/errors.ts';

const joints = activeNames(builtinRobot('psm'));
const pose = identity();
pose.set([0.1, 0.2, 0.3], 12);
const about: RobotAbout = {
  robot: 'psm',
  isSimulated: true,
  joints,
  tip: builtinTip.psm,
  rateHz: 1000,
  keepOuts: ['box', 'ball', 'Core'],
  shapes: [
    { kind: 'forbidden-box', name: 'box', T_base_box: pose, sizeM: [0.1, 0.2, 0.3], marginM: 0.002 },
    { kind: 'forbidden-sphere', name: 'ball', centreM: [0, 0, -0.1], radiusM: 0.01, marginM: 0 },
  ],
};
const said = { state: 'ENABLED', motion: 'hand', says: 'following', keepOutsM: { box: 0.01, Core: null } };
const figures = new FigureWindow(['Core'], 1e-3).take();

const text = (topic: string, value: unknown): RecordedMessage => ({
  topic,
  type: 'std_msgs/msg/String',
  timeSec: 1,
  message: { data: JSON.stringify(value) },
});
const jointState = (message: unknown): RecordedMessage => ({
  topic: RECORDED.measured,
  type: 'sensor_msgs/msg/JointState',
  timeSec: 1,
  message,
});

function robot(topics: readonly string[] = Object.values(RECORDED)) {
  const seen: { about: unknown[]; states: RobotSample[]; figures: unknown[]; hands: number } = {
    about: [],
    states: [],
    figures: [],
    hands: 0,
  };
  const listener: RobotListener = {
    about: (value) => seen.about.push(value),
    connection: () => {},
    state: (sample) => seen.states.push(sample),
    hand: () => seen.hands++,
    figures: (value) => seen.figures.push(value),
    keepOuts: () => {},
    fields: () => {},
  };
  return { seen, recorded: new RecordedRobot(listener, { name: 'run.mcap', topics }) };
}

describe('what a robot tells of itself', () => {
  it('comes back from a recording and over the link as it was, poses of boxes too', () => {
    const record = robotAboutRecord(about);
    expect(robotAboutSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(about);
    const frame = decodeFrame(encodeFrame(FRAME_KIND.record, 1, record));
    expect(robotAboutSchema.parse('value' in frame ? frame.value : undefined)).toEqual(about);
    const { seen, recorded } = robot();
    recorded.take(text(RECORDED.about, record));
    recorded.take(text(RECORDED.state, said));
    recorded.take(text(RECORDED.figures, figures));
    const q = joints.map((_, n) => 0.01 * n);
    expect(recorded.take(jointState({ name: joints, position: q }))).toBe(true);
    expect(seen.about).toEqual([about]);
    expect(seen.states[0]).toMatchObject({ state: 'ENABLED', measured: q, keepOutsM: { box: 0.01, Core: Infinity } });
    expect(seen.figures).toHaveLength(1);
  });

  it('is refused in words where it is something else, with file, topic and field', () => {
    const take = (topic: string, value: unknown) => () => robot().recorded.take(text(topic, value));
    failsWith(take(RECORDED.about, { ...about, shapes: {} }), 'guide/recording', 'run.mcap: /isocenter/about');
    failsWith(
      take(RECORDED.about, robotAboutRecord({ ...about, joints: ['a'] })),
      'guide/recording',
      'joints: those of',
    );
    failsWith(take(RECORDED.state, { ...said, state: 'DANCING' }), 'guide/recording', 'state: ');
    failsWith(take(RECORDED.figures, { ...figures, lateCounts: [1] }), 'guide/recording', 'lateCounts');
    const broken = { ...text(RECORDED.state, said), message: { data: '{"state":' } };
    failsWith(() => robot().recorded.take(broken), 'guide/recording', '/isocenter/state at 1.000 s');
    for (const message of [null, [], { name: 'yaw', position: [1] }, { name: ['yaw'] }]) {
      failsWith(() => robot().recorded.take(jointState(message)), 'guide/recording', 'run.mcap');
    }
    const hand = { ...jointState({ pose: 7 }), topic: RECORDED.hand, type: 'geometry_msgs/msg/PoseStamped' };
    failsWith(() => robot().recorded.take(hand), 'guide/recording', 'run.mcap');
  });

  it('of joints that nobody knew is told once a robot with them is known', () => {
    const model = builtinRobot('psm');
    const own = joints.map((name) => `own_${name}`);
    const { seen, recorded } = robot([RECORDED.measured]);
    const state = jointState({ name: own, position: own.map(() => 0.1) });
    expect([recorded.take(state), recorded.take(state), seen.about.length]).toEqual([false, false, 0]);
    const renamed = model.joints.map((joint) => ({ ...joint, name: `own_${joint.name}` }));
    addRobot({ name: 'own', model: { ...model, joints: renamed }, tip: builtinTip.psm });
    try {
      expect(recorded.take(state)).toBe(true);
      expect(seen.about).toMatchObject([{ robot: 'own', joints: own }]);
    } finally {
      removeRobot('own');
    }
  });

  it.each([11, 12])('changed at random (seed %i), is taken as something sound or refused in words', (seed) => {
    const random = seededRandom(seed);
    let refused = 0;
    for (let n = 0; n < 1500; n++) {
      const { seen, recorded } = robot();
      const messages = [
        text(RECORDED.about, changed(robotAboutRecord(about), random)),
        text(RECORDED.state, changed(said, random)),
        text(RECORDED.figures, changed(figures, random)),
        jointState(changed({ name: joints, position: joints.map(() => 0.1) }, random)),
      ];
      for (const message of messages) {
        try {
          recorded.take(message);
        } catch (error) {
          if (!(error instanceof IsocenterError)) throw new Error(`seed ${seed}, change ${n}`, { cause: error });
          expect(error.code, `seed ${seed}, change ${n}`).toBe('guide/recording');
          refused++;
        }
      }
      for (const sample of seen.states) {
        expect(sample.measured, `seed ${seed}, change ${n}`).toHaveLength(joints.length);
        expect(sample.measured.every(Number.isFinite)).toBe(true);
        expect(Object.values(sample.keepOutsM).every((m) => typeof m === 'number')).toBe(true);
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });
});

const junk = [null, true, -1, 1e300, 'x', '', [], {}, [[]], { length: 3 }, '__proto__'];

/** A copy with one thing in it exchanged, removed, added or doubled. */
function changed(value: unknown, random: Random): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const copy = JSON.parse(JSON.stringify({ value })) as Record<string, unknown>;
  let at: Record<string, unknown> = copy;
  let key = 'value';
  for (let next = at[key]; isFull(next) && random() < 0.75; next = at[key]) {
    at = next;
    key = pick(Object.keys(at));
  }
  const deed = random();
  if (deed < 0.5) at[key] = pick(junk);
  else if (deed < 0.7) delete at[key];
  else if (deed < 0.85) at[pick(['robot', 'more', '0', 'kind'])] = pick(junk);
  else if (Array.isArray(at[key])) at[key] = [...(at[key] as unknown[]), ...(at[key] as unknown[])];
  return copy.value;
}

function isFull(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
