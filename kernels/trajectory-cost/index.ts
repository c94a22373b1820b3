import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { workgroupsFor } from '../support/workgroups.ts';
import type { CostWeights, ShaftTask, Tip } from './reference-configuration.ts';

import type { ObstacleTables, RobotTables } from './tables.ts';

/** Samples that one task of the wasm version works on at once. */
const LANES = 4;

export interface CostShape {
  readonly robot: RobotTables;
  readonly obstacles: ObstacleTables;
  /** Free control points of a joint. */
  readonly free: number;
  /** Samples of a segment. */
  readonly perSegment: number;
  readonly tip: Tip;
  /** A shaft that has to pass through a trocar, on a frame that some joint moves. */
  readonly shaft?: ShaftTask | undefined;
  readonly seeds: number;
}

/** Samples of a trajectory: `perSegment` in each of its free + 3 segments. */
export function sampleCount(s: Pick<CostShape, 'free' | 'perSegment'>): number {
  return (s.free + 3) * s.perSegment;
}

/** Floats from one seed's variables to the next: control points, the logarithm of a segment's duration, and padding. */
export function variableStride(free: number, joints: number): number {
  return Math.ceil((free * joints + 1) / 4) * 4;
}

/** Floats of one sample's scratch: poses and wrenches of its frames, positions of its
 * spheres and the forces on them. */
function scratchFloats(robot: RobotTables): number {
  return 18 * robot.frames + 6 * robot.spheres + 3 * robot.groups + 2 * robot.joints + 16;
}

/** Bytes of the scratch of {@link prepareTrajectoryCost}. */
export function costScratchBytes(s: CostShape): number {
  const groups = Math.ceil(sampleCount(s) / LANES);
  return 4 * s.seeds * groups * LANES * scratchFloats(s.robot);
}

/** Floats of all samples' results. */
export function costSampleFloats(s: CostShape): number {
  return s.seeds * sampleCount(s) * (s.robot.joints + 2);
}

export interface CostBuffers {
  readonly x: DeviceBuffer;
  readonly ends: DeviceBuffer;
  readonly robot: DeviceBuffer;
  readonly obstacles: DeviceBuffer;
  readonly fields: DeviceBuffer;
  readonly basis: DeviceBuffer;
  readonly limits: DeviceBuffer;
  readonly scratch: DeviceBuffer;
  readonly samples: DeviceBuffer;
  readonly value: DeviceBuffer;
  readonly gradient: DeviceBuffer;
}

export interface CostLaunches {
  readonly launches: readonly Launch[];
  /** Changes the weights for runs that follow. */
  setWeights(weights: CostWeights): void;
}

function shaftFloats(shaft: ShaftTask | undefined): number[] {
  if (shaft === undefined) return new Array<number>(11).fill(0);
  return [...shaft.trocar, ...shaft.origin, ...shaft.axis, shaft.fromM, shaft.toM];
}

/**
 * Cost of many trajectories and its derivative, in two launches: cost of each sample (task: four samples), then of each
 * seed. A trajectory is a uniform cubic B-spline of free + 3 segments of h seconds each, whose first and last three control
 * points are the start and the goal: it begins and ends at rest with no acceleration. With the differences
 * V = (c[i+1] - c[i]) / h, A = (c[i+2] - 2 c[i+1] + c[i]) / h^2 and J = (c[i+3] - 3 c[i+2] + 3 c[i+1] - c[i]) / h^3 of its
 * control points (A is the acceleration at the knots, J the jerk of the segments, V bounds the velocity):
 *
 * ```text
 * f =  duration * segments h
 *   +  jerk * sum h (J / jerk limit)^2
 *   +  limits / segments * sum of max(0, |V|, |A|, |J| over their limits - 1)^2
 *   +  positions / segments * sum of (control point beyond its joint's range)^2
 *   +  collision * sum over samples of max(0, bufferM + kept distance - distance)^2, spheres against obstacles
 *   +  collision * sum over samples of max(0, selfBufferM - distance)^2, spheres against spheres
 *   +  for each obstacle with a margin: weight * sum over samples of h / perSegment * max(0, 1 - distance / margin)^2
 *   +  for each tissue: weight * length of the tip's path inside, a smooth step of half width tissueBandM at its surface
 *   +  rcm * sum over samples of (distance of the trocar from the stretch of shaft that it may sit on)^2
 * ```
 *
 * @param b.x f32[seeds][variableStride]: free control points [free][joints] [rad or m], then ln(h / s)
 * @param b.ends f32[seeds][2][joints]: start and goal
 * @param b.robot, b.obstacles, b.fields: tables.ts
 * @param b.basis f32[perSegment][4]: spline.ts
 * @param b.limits f32[joints][8]: lower, upper, velocity, acceleration, jerk, unused
 * @param b.scratch costScratchBytes
 * @param b.samples f32[seeds][samples][joints + 2]: derivative by the sample's q, its value, the part of it that grows with h
 * @param b.value f32[seeds][4]: the cost, duration [s], jerk term, part of the samples
 * @param b.gradient f32[seeds][variableStride]; the padding is not written
 */
export function prepareTrajectoryCost(
  device: Device,
  s: CostShape,
  weights: CostWeights,
  b: CostBuffers,
): CostLaunches {
  const { robot, obstacles } = s;
  const joints = robot.joints;
  const samples = sampleCount(s);
  const stride = variableStride(s.free, joints);
  const sampleTasks = s.seeds * Math.ceil(samples / LANES);
  const sampling = device.prepare({
    kernel: 'trajectory-cost',
    entry: 'trajectorySamples',
    params: [
      ['u32', s.seeds],
      ['u32', joints],
      ['u32', s.free],
      ['u32', s.perSegment],
      ['u32', robot.frames],
      ['u32', robot.groups],
      ['u32', robot.spheres],
      ['u32', robot.pairs],
      ['u32', obstacles.obstacles],
      ['u32', s.tip.frame],
      ['u32', stride],
      ['u32', obstacles.tissue ? 1 : 0],
      ['u32', scratchFloats(robot)],
      ['f32', weights.bufferM],
      ['f32', weights.collision],
      ['f32', weights.selfBufferM],
      ['f32', s.tip.point[0]],
      ['f32', s.tip.point[1]],
      ['f32', s.tip.point[2]],
      ['f32', weights.tissueBandM],
      ['u32', s.shaft?.frame ?? 0],
      ['f32', weights.rcm ?? 0],
      ...shaftFloats(s.shaft).map((value): ['f32', number] => ['f32', value]),
    ],
    buffers: [b.x, b.ends, b.robot, b.obstacles, b.fields, b.basis, b.scratch, b.samples],
    tasks: sampleTasks,
    workgroups: workgroupsFor(s.seeds * samples),
  });
  const gathering = device.prepare({
    kernel: 'trajectory-cost',
    entry: 'trajectoryTerms',
    params: [
      ['u32', s.seeds],
      ['u32', joints],
      ['u32', s.free],
      ['u32', s.perSegment],
      ['u32', stride],
      ['f32', weights.duration],
      ['f32', weights.jerk],
      ['f32', weights.limits],
      ['f32', weights.positions],
    ],
    buffers: [b.x, b.ends, b.limits, b.basis, b.samples, b.value, b.gradient],
    tasks: s.seeds,
    workgroups: workgroupsFor(s.seeds),
  });
  return {
    launches: [sampling, gathering],
    setWeights(w): void {
      const bySample = [w.bufferM, w.collision, w.selfBufferM];
      for (const [i, value] of bySample.entries()) sampling.setParam(13 + i, value);
      sampling.setParam(19, w.tissueBandM);
      sampling.setParam(21, w.rcm ?? 0);
      const bySeed = [w.duration, w.jerk, w.limits, w.positions];
      for (const [i, value] of bySeed.entries()) gathering.setParam(5 + i, value);
    },
  };
}
