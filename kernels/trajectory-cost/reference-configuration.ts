import { type Distance, obstacleDistance } from './reference-distance.ts';
import { FRAME_STRIDE, GROUP_STRIDE, OBSTACLE_STRIDE, type ObstacleTables, type RobotTables } from './tables.ts';

/** What is weighed against what; units in index.ts. */
export interface CostWeights {
  readonly duration: number;
  readonly jerk: number;
  readonly limits: number;
  readonly positions: number;
  readonly collision: number;
  readonly bufferM: number;
  readonly selfBufferM: number;
  readonly tissueBandM: number;
  /** Of the squared distance between trocar and shaft, over all samples [1/m^2]; without a shaft it does not count. */
  readonly rcm?: number;
}

/** A straight shaft that has to pass through a trocar. */
export interface ShaftTask {
  readonly frame: number;
  /** Where it begins [m], and the unit vector along it; of the frame. */
  readonly origin: readonly [number, number, number];
  readonly axis: readonly [number, number, number];
  /** [m, base frame] */
  readonly trocar: readonly [number, number, number];
  /** The stretch on which the trocar may sit, from the beginning [m]. */
  readonly fromM: number;
  readonly toM: number;
}

export interface Tip {
  readonly frame: number;
  readonly point: readonly [number, number, number];
}

export interface CostProblem {
  readonly robot: RobotTables;
  readonly obstacles: ObstacleTables;
  /** Free control points of a joint. */
  readonly free: number;
  /** Samples of a segment. */
  readonly perSegment: number;
  readonly tip: Tip;
  readonly shaft?: ShaftTask | undefined;
  readonly weights: CostWeights;
  /** [joints][8]: lower, upper, velocity, acceleration, jerk, unused. */
  readonly limits: Float32Array;
}

export interface Pose {
  /** Columns of the rotation, then the origin. */
  readonly m: number[];
}

/** Poses of all frames at a configuration. */
export function forward(robot: RobotTables, q: ArrayLike<number>): Pose[] {
  const poses: Pose[] = [{ m: [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0] }];
  for (let f = 1; f < robot.frames; f++) {
    const row = robot.data.subarray(FRAME_STRIDE * f, FRAME_STRIDE * (f + 1));
    const parent = poses[row[15]].m;
    const position = row[12] * q[row[14]] + row[13];
    const turn = (v: ArrayLike<number>): number[] =>
      [0, 1, 2].map((r) => parent[r] * v[0] + parent[3 + r] * v[1] + parent[6 + r] * v[2]);
    const [a, b, z] = [turn(row.subarray(0, 3)), turn(row.subarray(3, 6)), turn(row.subarray(6, 9))];
    const origin = turn(row.subarray(9, 12)).map((v, r) => v + parent[9 + r]);
    if (row[16] === 1) {
      poses.push({ m: [...a, ...b, ...z, ...origin.map((v, r) => v + z[r] * position)] });
      continue;
    }
    const [c, s] = [Math.cos(position), Math.sin(position)];
    const x = a.map((v, r) => c * v + s * b[r]);
    const y = b.map((v, r) => c * v - s * a[r]);
    poses.push({ m: [...x, ...y, ...z, ...origin] });
  }
  return poses;
}

export const apply = (pose: Pose, p: ArrayLike<number>): number[] =>
  [0, 1, 2].map((r) => pose.m[r] * p[0] + pose.m[3 + r] * p[1] + pose.m[6 + r] * p[2] + pose.m[9 + r]);

/** Centres of all spheres at a configuration [m, base frame]: [spheres][4] with their radii. */
export function sphereCentres(robot: RobotTables, q: ArrayLike<number>): Float64Array {
  return centresOf(robot, forward(robot, q));
}

function centresOf(robot: RobotTables, poses: readonly Pose[]): Float64Array {
  const out = new Float64Array(4 * robot.spheres);
  const groups = FRAME_STRIDE * robot.frames;
  const spheres = groups + GROUP_STRIDE * robot.groups;
  for (let g = 0; g < robot.groups; g++) {
    const [frame, first, end] = robot.data.subarray(groups + GROUP_STRIDE * g);
    for (let s = first; s < end; s++) {
      const row = robot.data.subarray(spheres + 4 * s, spheres + 4 * s + 4);
      out.set([...apply(poses[frame], row), row[3]], 4 * s);
    }
  }
  return out;
}

/** Adds to `out` the derivative by q of a cost whose derivative by a point of `frame` at `p` is `force`. */
export function pull(
  robot: RobotTables,
  poses: readonly Pose[],
  frame: number,
  p: ArrayLike<number>,
  force: ArrayLike<number>,
  out: Float64Array,
): void {
  for (let f = frame; f > 0; f = robot.data[FRAME_STRIDE * f + 15]) {
    const row = robot.data.subarray(FRAME_STRIDE * f, FRAME_STRIDE * (f + 1));
    const m = poses[f].m;
    const [zx, zy, zz] = [m[6], m[7], m[8]];
    const [dx, dy, dz] = [p[0] - m[9], p[1] - m[10], p[2] - m[11]];
    const along =
      row[16] === 1
        ? zx * force[0] + zy * force[1] + zz * force[2]
        : (zy * dz - zz * dy) * force[0] + (zz * dx - zx * dz) * force[1] + (zx * dy - zy * dx) * force[2];
    out[row[14]] += row[12] * along;
  }
}

const scaled = (d: Distance, by: number): number[] => d.gradient.map((g) => by * g);

/**
 * Cost of one configuration and its derivative by q ([joints], then value, then the value's part that grows with the
 * duration): spheres against obstacles and against each other.
 */
export function configurationCost(p: CostProblem, q: ArrayLike<number>, stepSec: number, out: Float64Array): void {
  const { robot, obstacles, weights } = p;
  const poses = forward(robot, q);
  const centres = centresOf(robot, poses);
  const groupRow = FRAME_STRIDE * robot.frames;
  const groupOf = (g: number): Float32Array => robot.data.subarray(groupRow + GROUP_STRIDE * g);
  const D = robot.joints;
  for (let g = 0; g < robot.groups; g++) {
    const [frame, first, end] = groupOf(g);
    if (frame === 0) continue;
    for (let s = first; s < end; s++) {
      const [x, y, z, r] = centres.subarray(4 * s, 4 * s + 4);
      for (let o = 0; o < obstacles.obstacles; o++) {
        const [margin, weight, solid] = obstacles.rows.subarray(OBSTACLE_STRIDE * o + 5, OBSTACLE_STRIDE * o + 8);
        if (solid === 0 && weight === 0) continue;
        const d = obstacleDistance(obstacles, o, x, y, z);
        const keep = obstacles.rows[OBSTACLE_STRIDE * o + 22] + weights.bufferM;
        const inside = solid * Math.max(0, keep - (d.distanceM - r));
        const near = margin > 0 ? Math.max(0, (margin - (d.distanceM - r)) / margin) : 0;
        const forbidden = weights.collision * inside * inside;
        const costly = stepSec * weight * near * near;
        const slope = -2 * weights.collision * inside - (margin > 0 ? (2 * stepSec * weight * near) / margin : 0);
        if (slope === 0) continue;
        pull(robot, poses, frame, [x, y, z], scaled(d, slope), out);
        out[D] += forbidden + costly;
        out[D + 1] += costly;
      }
    }
  }
  const pairs = groupRow + GROUP_STRIDE * robot.groups + 4 * robot.spheres;
  for (let k = 0; k < robot.pairs; k++) {
    const [frameA, firstA, endA] = groupOf(robot.data[pairs + 2 * k]);
    const [frameB, firstB, endB] = groupOf(robot.data[pairs + 2 * k + 1]);
    for (let a = firstA; a < endA; a++) {
      for (let b = firstB; b < endB; b++) {
        const [ax, ay, az, ar] = centres.subarray(4 * a, 4 * a + 4);
        const [bx, by, bz, br] = centres.subarray(4 * b, 4 * b + 4);
        const length = Math.hypot(ax - bx, ay - by, az - bz);
        const inside = Math.max(0, weights.selfBufferM - (length - ar - br));
        if (inside === 0) continue;
        const slope = (-2 * weights.collision * inside) / Math.max(length, 1e-9);
        const force = [slope * (ax - bx), slope * (ay - by), slope * (az - bz)];
        pull(robot, poses, frameA, [ax, ay, az], force, out);
        pull(
          robot,
          poses,
          frameB,
          [bx, by, bz],
          force.map((v) => -v),
          out,
        );
        out[D] += weights.collision * inside * inside;
      }
    }
  }
}

/** 1 deep inside, 0 well outside, a cubic step of half width `band` between; and its slope. */
function insideness(distance: number, band: number): [number, number] {
  const t = Math.min(1, Math.max(0, (band - distance) / (2 * band)));
  return [t * t * (3 - 2 * t), (-6 * t * (1 - t)) / (2 * band)];
}

/**
 * Tissue between two successive tips: length of the step times the mean insideness of its ends. Returns the cost and adds
 * half of the derivative, that by the second tip or, with `first`, by the first.
 */
export function tissueStep(
  p: CostProblem,
  a: readonly number[],
  b: readonly number[],
  atA: boolean,
): [number, number[]] {
  let cost = 0;
  const force = [0, 0, 0];
  const step = a.map((v, r) => b[r] - v);
  const length = Math.sqrt(step[0] ** 2 + step[1] ** 2 + step[2] ** 2 + 1e-12);
  for (let o = 0; o < p.obstacles.obstacles; o++) {
    const weight = p.obstacles.rows[OBSTACLE_STRIDE * o + 21];
    if (weight === 0) continue;
    const da = obstacleDistance(p.obstacles, o, a[0], a[1], a[2]);
    const db = obstacleDistance(p.obstacles, o, b[0], b[1], b[2]);
    const [sa, slopeA] = insideness(da.distanceM, p.weights.tissueBandM);
    const [sb, slopeB] = insideness(db.distanceM, p.weights.tissueBandM);
    const mean = (sa + sb) / 2;
    cost += weight * length * mean;
    for (let r = 0; r < 3; r++) {
      const along = ((atA ? -1 : 1) * step[r]) / length;
      force[r] += weight * (mean * along + 0.5 * length * (atA ? slopeA * da.gradient[r] : slopeB * db.gradient[r]));
    }
  }
  return [cost, force];
}
