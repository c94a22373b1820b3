import { mat4 } from 'gl-matrix';
import type { Transform } from '../../../../engine/core/frames.ts';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import { normal, type Random, seededRandom } from '../../../../engine/core/random.ts';
import type { RobotModel } from '../../../../engine/core/robot.ts';
import type { DistanceField } from '../../../../engine/core/scene.ts';
import type { Fixture } from '../../../../planners/guidance/fixtures/fixture.ts';
import { createGuidance, type Guidance } from '../../../../planners/guidance/servo/guidance.ts';
import { createHandSample, type HandSample } from '../../../../planners/guidance/servo/hand.ts';
import { createServo, startServo } from '../../../../planners/guidance/servo/servo.ts';
import { createTool, type ToolModel } from '../../../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../../../planners/motion/robot/registry.ts';
import { randomConfiguration } from '../../motion/support/robots.ts';
import { randomThroughTrocar, trocarArm, trocarIk } from '../../motion/support/trocar.ts';

export const GUIDED = ['panda', 'kuka', 'ur5e', 'psm'] as const;
export type Guided = (typeof GUIDED)[number];

/** An arm with its tool where it starts: Panda and LBR Med through a trocar, the UR5e free, the PSM by its mechanism. */
export interface GuidedArm {
  readonly model: RobotModel;
  readonly tool: ToolModel;
  readonly trocarM?: Vec3;
  /** [dofs of the chain] */
  readonly start: Float64Array;
  readonly tipM: Vec3;
}

export function guidedArm(name: Guided, seed: number): GuidedArm {
  const random = seededRandom(seed);
  let arm: { model: RobotModel; tool: ToolModel; trocarM?: Vec3 };
  let start: Float64Array;
  if (name === 'panda' || name === 'kuka') {
    const through = trocarArm(name);
    arm = { model: through.model, tool: through.tool, trocarM: through.trocarM };
    start = randomThroughTrocar(through, trocarIk(through, 1 + seed), random);
  } else {
    const model = builtinRobot(name);
    const link = name === 'psm' ? 'tool_tip_link' : 'tool0';
    arm = { model, tool: createTool(model, { link, lengthM: name === 'psm' ? 0.01 : 0.1 }) };
    start = randomConfiguration(model, random);
    if (name === 'psm') start = start.map((value, i) => (i === 2 ? 0.05 + 0.15 * random() : 0.6 * value));
  }
  const servo = createServo(arm);
  const q = Float64Array.from(servo.arm.shaft.chain.columns, (c) => start[c]);
  startServo(servo, q);
  const [x, y, z] = servo.arm.shaft.tipBase;
  return { ...arm, start: q, tipM: [x, y, z] };
}

function direction(random: Random): Vec3 {
  const v = [normal(random), normal(random), normal(random)];
  const length = Math.hypot(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
}

function near(at: Vec3, farM: number, random: Random): Vec3 {
  const u = direction(random);
  return [at[0] + farM * u[0], at[1] + farM * u[1], at[2] + farM * u[2]];
}

/** Five fixtures of random kinds around the tip, all of which it is inside of. */
export function randomFixtures({ tipM }: GuidedArm, random: Random): Fixture[] {
  const fixtures: Fixture[] = [];
  while (fixtures.length < 5) fixtures.push(randomFixture(`fixture ${fixtures.length}`, tipM, random));
  return fixtures;
}

function randomFixture(name: string, tip: Vec3, random: Random): Fixture {
  const marginM = 0.005 * random();
  switch (Math.floor(7 * random())) {
    case 0: {
      const normalTo = direction(random);
      const far = marginM + 0.005 + 0.05 * random();
      return { kind: 'forbidden-plane', name, pointM: along(tip, normalTo, -far), normal: normalTo, marginM };
    }
    case 1: {
      const radiusM = 0.005 + 0.03 * random();
      const centreM = near(tip, radiusM + marginM + 0.005 + 0.05 * random(), random);
      return { kind: 'forbidden-sphere', name, centreM, radiusM, marginM };
    }
    case 2: {
      const radiusM = 0.002 + 0.01 * random();
      const centre = near(tip, 0.045 + radiusM + marginM + 0.03 * random(), random);
      const u = direction(random);
      return {
        kind: 'forbidden-cylinder',
        name,
        fromM: along(centre, u, -0.03),
        toM: along(centre, u, 0.03),
        radiusM,
        marginM,
      };
    }
    case 3:
      return randomField(name, tip, marginM, random);
    case 4: {
      const pointM = near(tip, 0.01 * random(), random);
      return { kind: 'guide-axis', name, pointM, direction: direction(random), radiusM: 0.02 + 0.05 * random() };
    }
    case 5: {
      const corners = [0.01, 0.03, 0.06].flatMap((far) => near(tip, far, random));
      return { kind: 'guide-path', name, pointsM: Float64Array.from(corners), radiusM: 0.02 + 0.04 * random() };
    }
    default: {
      const pointM = near(tip, 0.005 * random(), random);
      return { kind: 'guide-plane', name, pointM, normal: direction(random), halfWidthM: 0.01 + 0.05 * random() };
    }
  }
}

function along(at: Vec3, u: Vec3, far: number): Vec3 {
  return [at[0] + far * u[0], at[1] + far * u[1], at[2] + far * u[2]];
}

/** A potato, two balls grown together, as distances on a grid of 2 mm in a frame that is turned at random. */
function randomField(name: string, tip: Vec3, marginM: number, random: Random): Fixture {
  const n = 40;
  const spacing = 0.002;
  const distance = new Float32Array(n * n * n);
  const balls = [0, 1].map(() => ({
    at: [0, 1, 2].map(() => spacing * (n / 2 + 8 * (random() - 0.5))),
    r: 0.008 + 0.008 * random(),
  }));
  for (let k = 0; k < distance.length; k++) {
    const p = [k % n, Math.floor(k / n) % n, Math.floor(k / (n * n))].map((i) => spacing * i);
    distance[k] = Math.min(...balls.map(({ at, r }) => Math.hypot(p[0] - at[0], p[1] - at[1], p[2] - at[2]) - r));
  }
  const field: DistanceField = { size: [n, n, n], spacingM: [spacing, spacing, spacing], distance };
  const pose: Transform = new Float64Array(16);
  mat4.fromRotation(pose, 6 * random(), direction(random));
  const c = (spacing * n) / 2;
  const centre = near(tip, 0.045 + marginM + 0.03 * random(), random);
  for (let r = 0; r < 3; r++) pose[12 + r] = centre[r] - c * (pose[r] + pose[4 + r] + pose[8 + r]);
  return { kind: 'forbidden-field', name, field, T_base_field: pose, marginM };
}

/** Largest shares of the limits that set-points used, by differences, and how near they came to what must not be crossed. */
export interface Worst {
  velocity: number;
  acceleration: number;
  jerk: number;
  /** Beyond a joint's limit [rad or m]. */
  beyond: number;
  /** Least distance to a fixture [m]. */
  fixtureM: number;
  trocarM: number;
  notFinite: number;
}

export function noneYet(): Worst {
  return { velocity: 0, acceleration: 0, jerk: 0, beyond: 0, fixtureM: 1, trocarM: 0, notFinite: 0 };
}

export interface RandomRun {
  readonly guidance: Guidance;
  readonly worst: Worst;
  /** How often each code came. */
  readonly codes: Map<number, number>;
}

/**
 * Lets a random hand lead an arm among random fixtures: reaches, noise, teleports, values that are not finite or huge, stale
 * samples, clocks that jump, the clutch, the operator gone, pauses and stops.
 *
 * @param each is told the time of every cycle [ms]
 */
export function randomRun(
  name: Guided,
  seed: number,
  cycles: number,
  faults: boolean,
  each: (cycle: number, ms: number) => void = () => {},
): RandomRun | undefined {
  const arm = guidedArm(name, seed);
  const random = seededRandom(7000 + seed);
  const fixtures = randomFixtures(arm, random);
  const scale = faults && random() < 0.5 ? 0.2 : 1;
  const guidance = createGuidance({
    ...arm,
    fixtures,
    scale,
    turns: random() < 0.5,
    alignDeg: { first: 180, clutched: 180 },
  });
  if (guidance.start(arm.start) !== undefined) return undefined;
  guidance.command('enable');
  const hand = randomHand(scale, faults, random);
  const worst = noneYet();
  const codes = new Map<number, number>();
  const watch = watcher(guidance, worst);
  for (let k = 0; k < cycles; k++) {
    hand.move(k, guidance);
    const begin = performance.now();
    const code = guidance.step(hand.sample, hand.nowSec());
    each(k, performance.now() - begin);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    watch();
  }
  return { guidance, worst, codes };
}

const T = 1e-3;

function randomHand(scale: number, faults: boolean, random: Random) {
  const sample: HandSample = createHandSample();
  sample.clutch = true;
  sample.operatorPresent = true;
  const place = [0, 0, 0];
  let velocity = [0, 0, 0];
  let now = 0;
  let next = 0;
  let silent = 0;
  let reclose = -1;
  const roughly = (share: number): boolean => faults && random() < share;
  const move = (k: number, guidance: Guidance): void => {
    now = k * T;
    if (k >= next) {
      next = k + 50 + 1500 * random();
      const speed = (0.1 * random()) / scale;
      const far = Math.hypot(...place) * scale;
      velocity = far > 0.08 ? place.map((x) => (-x / far) * scale * speed) : direction(random).map((x) => x * speed);
      if (roughly(0.2)) for (let r = 0; r < 3; r++) place[r] = (0.2 * (random() - 0.5)) / scale;
      if (roughly(0.1)) silent = 20 + 400 * random();
      if (roughly(0.1)) sample.operatorPresent = false;
      if (roughly(0.1)) guidance.command('pause');
      if (roughly(0.1)) guidance.stop();
    }
    for (let r = 0; r < 3; r++) place[r] += velocity[r] * T;
    if (k === reclose) sample.clutch = true;
    if (random() < 0.004) {
      // What the operator does to go on.
      if (faults) {
        sample.clutch = false;
        reclose = k + 20;
      }
      sample.operatorPresent = true;
      guidance.command('resume');
      guidance.command('enable');
    }
    if (silent-- > 0) return;
    sample.timeSec = now;
    for (let r = 0; r < 3; r++) sample.positionM[r] = place[r] + (faults ? 2e-5 * normal(random) : 0);
    const turned = 0.3 * Math.sin(2 * now);
    sample.orientation.set([Math.sin(turned / 2), 0, 0, Math.cos(turned / 2)]);
    if (roughly(0.002))
      sample.positionM[0] = [Number.NaN, 1e300, -1e9, Number.POSITIVE_INFINITY][Math.floor(4 * random())];
    if (roughly(0.001)) sample.orientation[1] = random() < 0.5 ? Number.NaN : 50;
    if (roughly(0.001)) sample.timeSec = [now - 1, now + 1, Number.NaN][Math.floor(3 * random())];
  };
  return { sample, move, nowSec: () => now };
}

/** Looks at each set-point as a controller would see it. */
function watcher({ servo }: Guidance, worst: Worst): () => void {
  const { arm } = servo;
  const n = arm.dofs;
  const q = servo.q.slice();
  const v = new Float64Array(n);
  const a = new Float64Array(n);
  return () => {
    for (let i = 0; i < n; i++) {
      const rate = (servo.q[i] - q[i]) / T;
      const change = (rate - v[i]) / T;
      const jerk = (change - a[i]) / T;
      if (!Number.isFinite(servo.q[i] + servo.v[i] + servo.a[i])) worst.notFinite++;
      worst.velocity = Math.max(worst.velocity, Math.abs(rate) / arm.velocity[i]);
      worst.acceleration = Math.max(worst.acceleration, Math.abs(change) / arm.acceleration[i]);
      worst.jerk = Math.max(worst.jerk, Math.abs(jerk) / arm.jerk[i]);
      worst.beyond = Math.max(worst.beyond, servo.q[i] - arm.upper[i], arm.lower[i] - servo.q[i]);
      q[i] = servo.q[i];
      v[i] = rate;
      a[i] = change;
    }
    worst.fixtureM = Math.min(worst.fixtureM, servo.figures.fixtureM);
    worst.trocarM = Math.max(worst.trocarM, servo.figures.trocarErrorM);
  };
}
