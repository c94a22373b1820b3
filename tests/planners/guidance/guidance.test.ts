import { beforeEach, describe, expect, it } from 'vitest';
import type { Fixture } from '../../../planners/guidance/fixtures/fixture.ts';
import { createGuidance, type Guidance, type GuidanceConfig } from '../../../planners/guidance/servo/guidance.ts';
import * as codes from '../../../planners/guidance/servo/guidance-codes.ts';
import { createHandSample, type HandSample } from '../../../planners/guidance/servo/hand.ts';
import { isAtRest } from '../../../planners/guidance/servo/servo.ts';
import { PoseSteadier } from '../../../planners/guidance/tremor/pose.ts';
import { type GuidedArm, guidedArm } from './support/random-guidance.ts';

const T = 1e-3;
let arm: GuidedArm;
let guidance: Guidance;
let hand: HandSample;
let cycle: number;

function begin(config: Partial<GuidanceConfig> = {}, name: 'panda' | 'ur5e' = 'panda'): void {
  arm = guidedArm(name, 3);
  guidance = createGuidance({ ...arm, scale: 0.5, ...config });
  expect(guidance.start(arm.start)).toBeUndefined();
  hand = createHandSample();
  hand.clutch = true;
  hand.operatorPresent = true;
  cycle = 0;
}

/** Cycles with a fresh sample each; the last code. */
function run(cycles: number, move: (sec: number) => void = () => {}): number {
  let code = Number.NaN;
  for (let k = 0; k < cycles; k++) {
    hand.timeSec = cycle * T;
    move(k * T);
    code = guidance.step(hand, cycle * T);
    cycle++;
  }
  return code;
}

/** Cycles in which nothing new comes. */
function silence(cycles: number): number {
  let code = Number.NaN;
  for (let k = 0; k < cycles; k++) code = guidance.step(hand, cycle++ * T);
  return code;
}

const tip = (): number[] => [...guidance.servo.arm.shaft.tipBase];
const apart = (a: readonly number[], b: readonly number[]): number => Math.hypot(...a.map((x, i) => x - b[i]));

beforeEach(() => begin());

describe('states', () => {
  it('nothing moves before start, enable, clutch and operator', () => {
    const fresh = createGuidance(arm);
    expect(fresh.step(hand, 0)).toBe(codes.GUIDE_NOT_STARTED);
    expect(run(5)).toBe(codes.GUIDE_DISABLED);
    expect(guidance.command('enable')).toBeUndefined();
    hand.clutch = false;
    expect(run(5)).toBe(codes.GUIDE_NO_CLUTCH);
    hand.clutch = true;
    hand.operatorPresent = false;
    expect(run(5)).toBe(codes.GUIDE_NO_OPERATOR);
    expect([...guidance.servo.q]).toEqual([...arm.start]);
    hand.operatorPresent = true;
    expect(run(5)).toBe(codes.GUIDE_FOLLOWING);
  });

  it('pause holds, resume leads on from where the tool is', () => {
    guidance.command('enable');
    run(300, () => {
      hand.positionM[0] += 2e-5;
    });
    expect(guidance.command('pause')).toBeUndefined();
    expect(run(400)).toBe(codes.GUIDE_PAUSED);
    const held = tip();
    expect(isAtRest(guidance.servo)).toBe(true);
    // The hand goes elsewhere meanwhile.
    run(100, () => {
      hand.positionM[1] += 1e-4;
    });
    expect(guidance.command('resume')).toBeUndefined();
    expect(run(300)).toBe(codes.GUIDE_FOLLOWING);
    // The servo draws joints to the middle of their ranges while the tip stays: 1e-5 m of it.
    expect(apart(tip(), held)).toBeLessThan(1e-5);
    expect(guidance.command('resume')).toMatch(/not taken/);
  });

  it('a stop is latched until enable', () => {
    guidance.command('enable');
    run(300, () => {
      hand.positionM[0] += 1e-4;
    });
    guidance.stop();
    expect(run(600)).toBe(codes.GUIDE_FAULT);
    expect(isAtRest(guidance.servo)).toBe(true);
    expect(guidance.state).toBe('FAULT');
    expect(guidance.command('pause')).toMatch(/not taken/);
    expect(guidance.command('enable')).toBeUndefined();
    expect(run(5)).toBe(codes.GUIDE_FOLLOWING);
  });
});

describe('leading', () => {
  it('translation is scaled and smooth motion followed within 0.1 mm', () => {
    guidance.command('enable');
    run(10);
    const from = tip();
    // 10 mm of the hand and back, twice differentiable at the ends.
    let worst = 0;
    run(4000, (sec) => {
      hand.positionM[2] = 0.005 * (1 - Math.cos((Math.PI * sec) / 2));
      const goal = [from[0], from[1], from[2] + 0.5 * hand.positionM[2]];
      worst = Math.max(worst, apart(tip(), goal));
    });
    // 8 mm/s of the hand, 4 mm/s of the tool: one cycle and the hand's averaged velocity are 0.06 mm late at most.
    expect(worst).toBeLessThan(1e-4);
    expect(apart(tip(), from)).toBeLessThan(5e-5);
  });

  it('with the clutch open the hand moves alone; closing it leads on without a jump', () => {
    guidance.command('enable');
    run(10);
    hand.clutch = false;
    run(200, () => {
      hand.positionM[0] += 1e-4;
    });
    const held = tip();
    hand.clutch = true;
    expect(run(400)).toBe(codes.GUIDE_FOLLOWING);
    expect(apart(tip(), held)).toBeLessThan(1e-5);
  });

  it('the tool turns as the hand, once they are aligned', () => {
    begin({ turns: true }, 'ur5e');
    guidance.command('enable');
    expect(run(5)).toBe(codes.GUIDE_NOT_ALIGNED);
    const pose = guidance.servo.arm.shaft.chain.pose;
    const w = Math.sqrt(Math.max(0, 1 + pose[0] + pose[5] + pose[10])) / 2;
    const aligned = [(pose[6] - pose[9]) / (4 * w), (pose[8] - pose[2]) / (4 * w), (pose[1] - pose[4]) / (4 * w), w];
    hand.orientation.set(aligned);
    // A hand that turns at once from one orientation to another has jumped: the clutch is asked for.
    expect(run(1)).toBe(codes.GUIDE_JUMP);
    hand.clutch = false;
    run(1);
    hand.clutch = true;
    expect(run(1)).toBe(codes.GUIDE_FOLLOWING);
    const before = [...pose];
    run(1500, (sec) => {
      const half = Math.min(0.1, 0.1 * sec);
      const [s, c] = [Math.sin(half), Math.cos(half)];
      const [x, y, z, v] = aligned;
      // About z of the base frame.
      hand.orientation.set([c * x - s * y, c * y + s * x, c * z + s * v, c * v - s * z]);
    });
    // x of the tool has turned by 0.2 rad about z.
    const [cx, sx] = [Math.cos(0.2), Math.sin(0.2)];
    expect(pose[0]).toBeCloseTo(cx * before[0] - sx * before[1], 3);
    expect(pose[1]).toBeCloseTo(sx * before[0] + cx * before[1], 3);
  });

  it('a hand that is held back slips instead of winding up', () => {
    const [x, y, z] = arm.tipM;
    const wall: Fixture = {
      kind: 'forbidden-plane',
      name: 'wall',
      pointM: [x, y, z - 0.003],
      normal: [0, 0, 1],
      marginM: 0.001,
    };
    begin({ fixtures: [wall], scale: 1, leashM: 0.005 });
    guidance.command('enable');
    run(3000, () => {
      hand.positionM[2] -= 3e-5;
    });
    expect(guidance.servo.figures.fixtureM).toBeGreaterThan(-2e-5);
    // Stands off by 0.05 mm, give or take how slowly the last of it is approached.
    expect(guidance.servo.figures.fixtureM).toBeLessThan(3e-4);
    const deep = tip()[2];
    run(1000, () => {
      hand.positionM[2] += 3e-5;
    });
    expect(tip()[2] - deep).toBeGreaterThan(0.02);
  });

  it('tremor is taken out by a filter', () => {
    const spread = (filtered: boolean): number => {
      begin({ scale: 1, ...(filtered ? { filter: new PoseSteadier({ rateHz: 1000 }) } : {}) });
      guidance.command('enable');
      let sum = 0;
      let last = 0;
      run(6000, (sec) => {
        hand.positionM[1] = 1e-4 * Math.sin(2 * Math.PI * 9 * sec);
        if (sec > 3) {
          const off = tip()[1] - arm.tipM[1];
          sum += (off - last) ** 2;
          last = off;
        }
      });
      return Math.sqrt(sum);
    };
    expect(spread(true)).toBeLessThan(0.4 * spread(false));
  });
});

describe('what is wrong with a hand', () => {
  beforeEach(() => {
    guidance.command('enable');
    run(300, () => {
      hand.positionM[0] += 2e-5;
    });
  });

  it.each([
    ['not finite', (s: HandSample) => s.positionM.fill(Number.NaN), codes.GUIDE_BAD_SAMPLE],
    ['no quaternion', (s: HandSample) => s.orientation.fill(3), codes.GUIDE_BAD_SAMPLE],
    ['backwards in time', (s: HandSample) => (s.timeSec -= 0.1), codes.GUIDE_TIME_BACKWARDS],
    ['from the future', (s: HandSample) => (s.timeSec += 10), codes.GUIDE_FUTURE],
    ['a time that is none', (s: HandSample) => (s.timeSec = Number.NaN), codes.GUIDE_BAD_SAMPLE],
  ])('%s: bridged for a moment, then lost; the clutch leads on', (_, spoil, code) => {
    const good = { p: hand.positionM.slice(), o: hand.orientation.slice() };
    hand.timeSec = cycle * T;
    spoil(hand);
    expect(silence(1)).toBe(code);
    const seen = new Set<number>();
    for (let k = 0; k < 500; k++) {
      hand.timeSec = cycle * T;
      spoil(hand);
      seen.add(silence(1));
    }
    expect(seen.has(codes.GUIDE_LOST)).toBe(true);
    expect(isAtRest(guidance.servo)).toBe(true);
    hand.positionM.set(good.p);
    hand.orientation.set(good.o);
    expect(run(5)).toBe(codes.GUIDE_NEEDS_CLUTCH);
    hand.clutch = false;
    run(1);
    hand.clutch = true;
    expect(run(5)).toBe(codes.GUIDE_FOLLOWING);
  });

  it('silence: holds, the speed decaying, then is lost', () => {
    silence(31);
    expect(silence(1)).toBe(codes.GUIDE_HOLDING);
    silence(150);
    expect(guidance.servo.figures.speedMps).toBeLessThan(1e-3);
    expect(silence(400)).toBe(codes.GUIDE_LOST);
    expect(isAtRest(guidance.servo)).toBe(true);
  });

  it('a teleport is not followed', () => {
    const before = tip();
    hand.positionM[1] += 0.3;
    expect(run(1)).toBe(codes.GUIDE_JUMP);
    expect(run(500)).toBe(codes.GUIDE_NEEDS_CLUTCH);
    expect(isAtRest(guidance.servo)).toBe(true);
    expect(Math.abs(tip()[1] - before[1])).toBeLessThan(1e-3);
  });

  it('an operator who lets go stops the tool and has to clutch again', () => {
    hand.operatorPresent = false;
    expect(run(1)).toBe(codes.GUIDE_NO_OPERATOR);
    hand.operatorPresent = true;
    expect(run(400)).toBe(codes.GUIDE_NEEDS_CLUTCH);
  });
});

it('settings that make no sense are refused', () => {
  expect(() => createGuidance({ ...arm, scale: 0 })).toThrow(/scale/);
  expect(() => createGuidance({ ...arm, R_base_hand: [1, 0, 0, 0, 2, 0, 0, 0, 1] })).toThrow(/rotation/);
  expect(() => createGuidance({ ...arm, periodSec: 1 })).toThrow(/cycle/);
  expect(codes.describeGuidanceCode(codes.GUIDE_LOST)).toMatch(/no usable sample/);
});
