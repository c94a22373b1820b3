import { describe, expect, it } from 'vitest';
import { identity } from '../../../../engine/core/frames.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import { activeLimits } from '../../../../engine/core/robot.ts';
import { centringCost } from '../../../../planners/motion/kinematics/centring.ts';
import {
  createIk,
  IK_BAD_INPUT,
  IK_LIMITS,
  IK_NOT_CONVERGED,
  IK_OUT_OF_REACH,
  IK_SOLVED,
  ikReason,
  solveIk,
} from '../../../../planners/motion/kinematics/ik.ts';
import { builtinRobot, builtinRobotNames, builtinTip } from '../../../../planners/motion/robot/registry.ts';
import { angleBetween, distanceBetween, linkNumber, poseOf, randomConfiguration } from '../support/robots.ts';

const seed = 1234;
const POSES = 200;
// What the target asks for: 0.01 mm and 0.01 degree.
const METRES = 1e-5;
const RADIANS = (0.01 * Math.PI) / 180;

describe('inverse kinematics', () => {
  for (const name of builtinRobotNames) {
    const model = builtinRobot(name);
    const tip = builtinTip[name];
    const limits = activeLimits(model);

    for (const task of ['pose', 'axis', 'position'] as const) {
      it(`${name}, ${task}: reachable targets are reached within the limits (seed ${seed})`, () => {
        const random = seededRandom(seed);
        const ik = createIk(model, linkNumber(model, tip), undefined, { task });
        let solved = 0;
        for (let i = 0; i < POSES; i++) {
          const target = poseOf(model, tip, randomConfiguration(model, random));
          const code = solveIk(ik, target);
          const { solution } = ik.result;
          solution.forEach((q, c) => {
            expect(q >= limits[c].lower && q <= limits[c].upper, `joint ${c} at ${q}`).toBe(true);
          });
          if (code !== IK_SOLVED) continue;
          solved++;
          const pose = poseOf(model, tip, solution);
          expect(distanceBetween(pose, target)).toBeLessThan(METRES);
          if (task === 'pose') expect(angleBetween(pose, target)).toBeLessThan(RADIANS);
          if (task === 'axis') {
            const cos = pose[8] * target[8] + pose[9] * target[9] + pose[10] * target[10];
            expect(Math.acos(Math.min(1, cos))).toBeLessThan(RADIANS);
          }
        }
        expect(solved / POSES).toBeGreaterThanOrEqual(0.995);
      });
    }
  }

  it('the same call gives the same bits', () => {
    const model = builtinRobot('panda');
    const target = poseOf(model, 'panda_hand_tcp', randomConfiguration(model, seededRandom(seed)));
    const run = (): number[] => {
      const ik = createIk(model, linkNumber(model, 'panda_hand_tcp'));
      solveIk(ik, target);
      return [...ik.result.solution];
    };
    expect(run()).toEqual(run());
  });

  it('a start near a solution leads to that solution, and joints that do not move the tip stay', () => {
    const model = builtinRobot('psm');
    const q = [0.3, 0.2, 0.12, 0.5, -0.4, 0.6];
    const ik = createIk(model, linkNumber(model, 'roll_link'), undefined, { centre: false });
    expect(ik.chain.dofs).toBe(4);
    expect(solveIk(ik, poseOf(model, 'roll_link', q), [0.28, 0.22, 0.11, 0.45, 1.1, -1.2])).toBe(IK_SOLVED);
    [...q.slice(0, 4), 1.1, -1.2].forEach((value, i) => {
      expect(ik.result.solution[i]).toBeCloseTo(value, 6);
    });
  });

  it(`psm: yaw, pitch and insertion of the wrist are the closed form (seed ${seed})`, () => {
    // The shaft points along (sin yaw cos pitch, -sin pitch, -cos yaw cos pitch) from the remote centre at the origin.
    const model = builtinRobot('psm');
    const random = seededRandom(seed);
    const ik = createIk(model, linkNumber(model, 'wrist_pitch_link'), undefined, { task: 'position' });
    for (let i = 0; i < 200; i++) {
      const q = randomConfiguration(model, random);
      // Near the remote centre the direction is lost; the other side of it is a second solution.
      q[2] = 0.02 + 0.22 * random();
      const target = poseOf(model, 'wrist_pitch_link', q);
      const [x, y, z] = target.subarray(12, 15);
      const depth = Math.hypot(x, y, z);
      expect(solveIk(ik, target, [0, 0, 0.1, 0, 0, 0])).toBe(IK_SOLVED);
      const { solution } = ik.result;
      // 1e-7 m at the tip, over a lever of 4 mm at least.
      expect(solution[0]).toBeCloseTo(Math.atan2(x, -z), 4);
      expect(solution[1]).toBeCloseTo(Math.asin(-y / depth), 4);
      expect(solution[2]).toBeCloseTo(depth - 0.4162 + 0.4318, 6);
    }
  });

  it(`redundant arms end where nothing more can be gained towards the middle of the ranges (seed ${seed})`, () => {
    for (const name of ['panda', 'kuka']) {
      const model = builtinRobot(name);
      const random = seededRandom(seed);
      const link = linkNumber(model, builtinTip[name]);
      const ik = createIk(model, link);
      const plain = createIk(model, link, undefined, { centre: false });
      for (let i = 0; i < 30; i++) {
        const target = poseOf(model, builtinTip[name], randomConfiguration(model, random));
        expect(solveIk(plain, target)).toBe(IK_SOLVED);
        expect(solveIk(ik, target)).toBe(IK_SOLVED);
        const centring = ik.search.centring;
        const least = centringCost(centring, ik.result.solution);
        expect(least).toBeLessThanOrEqual(centringCost(centring, plain.result.solution) + 1e-12);
        // Small moves of the elbow either way, brought back onto the pose, cost more, but for what its last steps leave.
        for (const nudge of [-0.02, 0.02]) {
          const start = Float64Array.from(ik.result.solution);
          start[2] += nudge;
          if (solveIk(plain, target, start) !== IK_SOLVED || plain.result.attempts > 1) continue;
          expect(centringCost(centring, plain.result.solution)).toBeGreaterThan(least - 1e-4);
        }
      }
    }
  });
});

describe('targets that cannot be reached', () => {
  const model = builtinRobot('panda');
  const link = linkNumber(model, 'panda_hand_tcp');
  const at = (x: number, y: number, z: number): Float64Array => {
    const t = identity();
    t.set([x, y, z], 12);
    return t;
  };

  it('too far', () => {
    const ik = createIk(model, link);
    expect(solveIk(ik, at(2, 0, 0.5))).toBe(IK_OUT_OF_REACH);
    expect(ik.result.positionErrorM).toBeGreaterThan(0.5);
    expect(ikReason(ik, IK_OUT_OF_REACH)).toMatch(/out of reach.*mm/);
  });

  it('only beyond a limit: which joint, and where it would have to go', () => {
    const psm = builtinRobot('psm');
    const ik = createIk(psm, linkNumber(psm, 'tool_tip_link'));
    const target = poseOf(psm, 'tool_tip_link', [0.1, 1.1, 0.15, 0.2, 0.3, 0.1]);
    expect(solveIk(ik, target)).toBe(IK_LIMITS);
    expect(ik.result.joint).toBe(1);
    expect(ik.result.jointPosition).toBeCloseTo(1.1, 5);
    expect(ikReason(ik, IK_LIMITS)).toContain('limits of joint pitch');
  });

  it('not at all: a planar arm turned out of its plane', () => {
    const arm = { ...model, active: model.active.slice(0, 1) };
    const one = createIk(arm, linkNumber(model, 'panda_link1'));
    const t = poseOf(model, 'panda_link1', [0.5, 0, 0, -1, 0, 1, 0]);
    expect(solveIk(one, t)).toBe(IK_SOLVED);
    t[14] += 0.001;
    expect(solveIk(one, t)).not.toBe(IK_SOLVED);
    const tilted = Float64Array.of(1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0.333, 1);
    expect(solveIk(one, tilted)).toBe(IK_NOT_CONVERGED);
    expect(ikReason(one, IK_NOT_CONVERGED)).toContain('starts');
  });

  it('NaN, and what is no rotation', () => {
    const ik = createIk(model, link);
    expect(solveIk(ik, at(Number.NaN, 0, 0.5))).toBe(IK_BAD_INPUT);
    expect(solveIk(ik, at(0.4, 0, 0.5), [0, 0, 0, Number.NaN, 0, 0, 0])).toBe(IK_BAD_INPUT);
    const mirrored = at(0.4, 0, 0.5);
    mirrored[0] = -1;
    expect(solveIk(ik, mirrored)).toBe(IK_BAD_INPUT);
    const stretched = at(0.4, 0, 0.5);
    stretched[5] = 1.1;
    expect(solveIk(ik, stretched)).toBe(IK_BAD_INPUT);
  });
});
