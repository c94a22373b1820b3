import { mat4 } from 'gl-matrix';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import { activeLimits, activeNames } from '../../../../engine/core/robot.ts';
import { builtinRobot, builtinRobotNames, builtinTip } from '../../../../planners/motion/robot/registry.ts';
import { poseOf, randomConfiguration } from '../support/robots.ts';

// Forward kinematics of the robots that ship against their Denavit-Hartenberg chains, written here a second time.

const seed = 31;
const HALF = Math.PI / 2;

function chain(rows: readonly Float64Array[]): Float64Array {
  const t = mat4.create() as unknown as Float64Array;
  const out = Float64Array.from(t);
  for (const row of rows) mat4.multiply(out, out, row);
  return out;
}

/** Craig's (modified) row: Rx(alpha) Tx(a) Rz(theta) Tz(d). */
function modified(alpha: number, a: number, theta: number, d: number): Float64Array {
  const [ca, sa, ct, st] = [Math.cos(alpha), Math.sin(alpha), Math.cos(theta), Math.sin(theta)];
  return Float64Array.of(ct, st * ca, st * sa, 0, -st, ct * ca, ct * sa, 0, 0, -sa, ca, 0, a, -sa * d, ca * d, 1);
}

/** The classic row: Rz(theta) Tz(d) Tx(a) Rx(alpha). */
function classic(theta: number, d: number, a: number, alpha: number): Float64Array {
  const [ca, sa, ct, st] = [Math.cos(alpha), Math.sin(alpha), Math.cos(theta), Math.sin(theta)];
  return Float64Array.of(ct, st, 0, 0, -st * ca, ct * ca, sa, 0, st * sa, -ct * sa, ca, 0, a * ct, a * st, d, 1);
}

const daVinci = (offset: number, shaft: number) => (q: ArrayLike<number>) => [
  modified(HALF, 0, q[0] + HALF, 0),
  modified(-HALF, 0, q[1] - HALF, 0),
  modified(HALF, 0, 0, q[2] - offset),
  modified(0, 0, q[3], shaft),
];
// dVRK's tool tip frame: rows of the rotation as its tool files give them.
const toolTip = Float64Array.of(0, 0, -1, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1);
const needleDriver = (offset: number, shaft: number) => (q: ArrayLike<number>) => [
  ...daVinci(offset, shaft)(q),
  modified(-HALF, 0, q[4] - HALF, 0),
  modified(-HALF, 0.0091, q[5] - HALF, 0),
  toolTip,
];
const turned = (angle: number, x = 0, y = 0, z = 0): Float64Array =>
  Float64Array.of(
    Math.cos(angle),
    Math.sin(angle),
    0,
    0,
    -Math.sin(angle),
    Math.cos(angle),
    0,
    0,
    0,
    0,
    1,
    0,
    x,
    y,
    z,
    1,
  );

const published: Record<string, (q: ArrayLike<number>) => Float64Array[]> = {
  psm: needleDriver(0.4318, 0.4162),
  'psm-si': needleDriver(0.4826, 0.467),
  ecm: daVinci(0.3822, 0.3829),
  panda: (q) => [
    modified(0, 0, q[0], 0.333),
    modified(-HALF, 0, q[1], 0),
    modified(HALF, 0, q[2], 0.316),
    modified(HALF, 0.0825, q[3], 0),
    modified(-HALF, -0.0825, q[4], 0.384),
    modified(HALF, 0, q[5], 0),
    modified(HALF, 0.088, q[6], 0.107),
    turned(-Math.PI / 4, 0, 0, 0.1034),
  ],
  ur5e: (q) => [
    turned(Math.PI),
    classic(q[0], 0.1625, 0, HALF),
    classic(q[1], 0, -0.425, 0),
    classic(q[2], 0, -0.3922, 0),
    classic(q[3], 0.1333, 0, HALF),
    classic(q[4], 0.0997, 0, -HALF),
    classic(q[5], 0.0996, 0, 0),
  ],
  // The KUKA's published chain: alternating twists, all lengths along the axes.
  kuka: (q) => [
    classic(q[0], 0.36, 0, -HALF),
    classic(q[1], 0, 0, HALF),
    classic(q[2], 0.42, 0, HALF),
    classic(q[3], 0, 0, -HALF),
    classic(q[4], 0.4, 0, -HALF),
    classic(q[5], 0, 0, HALF),
    classic(q[6], 0.126, 0, 0),
  ],
};

describe('robots that ship', () => {
  it('have their published chains', () => expect([...builtinRobotNames].sort()).toEqual(Object.keys(published).sort()));

  for (const [name, rows] of Object.entries(published)) {
    it(`${name}: tip = its published chain (seed ${seed})`, () => {
      const model = builtinRobot(name);
      const random = seededRandom(seed);
      for (let i = 0; i < 200; i++) {
        const q = randomConfiguration(model, random);
        const wanted = chain(rows(q));
        const got = poseOf(model, builtinTip[name], q);
        // Angles in the URDF are given to the last bit of a double.
        for (let k = 0; k < 16; k++) expect(Math.abs(got[k] - wanted[k])).toBeLessThan(1e-14);
      }
    });
  }

  for (const name of ['psm', 'psm-si', 'ecm']) {
    it(`${name}: the shaft passes through the base origin (seed ${seed})`, () => {
      const model = builtinRobot(name);
      const random = seededRandom(seed);
      for (let i = 0; i < 500; i++) {
        const t = poseOf(model, 'roll_link', randomConfiguration(model, random));
        const along = t[12] * t[8] + t[13] * t[9] + t[14] * t[10];
        const off = Math.hypot(t[12] - along * t[8], t[13] - along * t[9], t[14] - along * t[10]);
        expect(off).toBeLessThan(1e-12);
      }
    });
  }

  it('psm: the wrist lies where yaw, pitch and insertion put it', () => {
    const model = builtinRobot('psm');
    const [yaw, pitch, insertion] = [0.4, -0.3, 0.15];
    const t = poseOf(model, 'wrist_pitch_link', [yaw, pitch, insertion, 1, 0.5, -0.5]);
    const depth = insertion + 0.4162 - 0.4318;
    expect(t[12]).toBeCloseTo(depth * Math.sin(yaw) * Math.cos(pitch), 14);
    expect(t[13]).toBeCloseTo(-depth * Math.sin(pitch), 14);
    expect(t[14]).toBeCloseTo(-depth * Math.cos(yaw) * Math.cos(pitch), 14);
  });

  it('have the published limits', () => {
    const panda = activeLimits(builtinRobot('panda'));
    expect(panda.map(({ lower }) => lower)).toEqual([-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973]);
    expect(panda.map(({ upper }) => upper)).toEqual([2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973]);
    expect(panda.map(({ velocity }) => velocity)).toEqual([2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61]);
    expect(panda.every(({ acceleration, jerk }) => acceleration === 15 && jerk === 500)).toBe(true);
    const degrees = activeLimits(builtinRobot('kuka')).map(({ upper }) => Math.round((180 * upper) / Math.PI));
    expect(degrees).toEqual([170, 120, 170, 120, 170, 120, 175]);
    const psm = builtinRobot('psm');
    expect(activeNames(psm)).toEqual(['yaw', 'pitch', 'insertion', 'roll', 'wrist_pitch', 'wrist_yaw']);
    expect(activeLimits(psm)[2]).toMatchObject({ lower: 0, upper: 0.24, velocity: 0.2, acceleration: 0.2 });
    expect(activeLimits(psm)[3].acceleration).toBeCloseTo((720 * Math.PI) / 180, 12);
  });

  it('an unknown one is refused with the names there are', () => {
    expect(() => builtinRobot('pr2')).toThrow(expect.objectContaining({ code: 'robot/unknown' }));
  });
});
