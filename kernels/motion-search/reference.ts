import type { Body, RobotTable } from './robot-table.ts';
import type { SolidObstacle } from './scene-table.ts';

/** Where the bodies of a table are: rotation by columns and origin, twelve numbers each, in the base frame; float64. */
export function bodyPoses(bodies: readonly Body[], q: ArrayLike<number>): Float64Array {
  const poses = new Float64Array(12 * bodies.length);
  poses.set([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
  for (let b = 1; b < bodies.length; b++) {
    const body = bodies[b];
    const position = body.factor * q[body.index] + body.offset;
    const parent = poses.subarray(12 * body.parent, 12 * body.parent + 12);
    const slide = body.prismatic ? position : 0;
    const own = times(times(about(2, body.turn), about(0, body.tilt)), about(2, body.prismatic ? 0 : position));
    // The slide is along z after turn and tilt, which a turn about z does not move.
    const origin = body.translation.map((t, r) => t + slide * own[6 + r]);
    poses.set(times(parent, own), 12 * b);
    for (let r = 0; r < 3; r++) {
      poses[12 * b + 9 + r] =
        parent[9 + r] + parent[r] * origin[0] + parent[3 + r] * origin[1] + parent[6 + r] * origin[2];
    }
  }
  return poses;
}

/** Rotation about axis 0 (x) or 2 (z), by columns. */
function about(axis: 0 | 2, angle: number): number[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return axis === 0 ? [1, 0, 0, 0, c, s, 0, -s, c] : [c, s, 0, -s, c, 0, 0, 0, 1];
}

function times(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const [r, c] = [i % 3, 3 * Math.floor(i / 3)];
    return a[r] * b[c] + a[3 + r] * b[c + 1] + a[6 + r] * b[c + 2];
  });
}

/** Centres of all spheres of a table at a configuration [m, base frame]. */
export function sphereCentres(table: RobotTable, q: ArrayLike<number>): Float64Array {
  const poses = bodyPoses(table.bodies, q);
  const centres = new Float64Array((3 * table.spheres.length) / 4);
  for (const { body, first, count } of table.groups) {
    const p = poses.subarray(12 * body, 12 * body + 12);
    for (let s = first; s < first + count; s++) {
      const [x, y, z] = table.spheres.subarray(4 * s, 4 * s + 3);
      for (let r = 0; r < 3; r++) centres[3 * s + r] = p[9 + r] + p[r] * x + p[3 + r] * y + p[6 + r] * z;
    }
  }
  return centres;
}

/**
 * Distance from a point [m, base frame] to a rounded box or a cylinder, its rounding and margin counted. Meshes and fields
 * are compared with the checker of planners/motion/collision, as all shapes are.
 */
export function solidClearance(solid: SolidObstacle, point: ArrayLike<number>): number {
  const t = solid.obstacle.pose;
  const [x, y, z] = [0, 4, 8].map(
    (c) => t[c] * (point[0] - t[12]) + t[c + 1] * (point[1] - t[13]) + t[c + 2] * (point[2] - t[14]),
  );
  const [hx, hy, hz] = solid.half;
  const beyond = (v: number, h: number): number => Math.max(Math.abs(v) - h, 0);
  const core =
    solid.kind === 'cylinder'
      ? Math.hypot(beyond(Math.hypot(x, y), hx), beyond(z, hz))
      : Math.hypot(beyond(x, hx), beyond(y, hy), beyond(z, hz));
  return core - solid.radius;
}

/** Least clearance of the moving spheres from solids, and of the given pairs of groups from each other [m]. */
export function leastClearance(
  table: RobotTable,
  solids: readonly SolidObstacle[],
  pairs: readonly (readonly [number, number])[],
  q: ArrayLike<number>,
): number {
  const centres = sphereCentres(table, q);
  const radius = (s: number): number => table.spheres[4 * s + 3];
  let least = Number.POSITIVE_INFINITY;
  for (const { body, first, count } of table.groups) {
    if (body === 0) continue;
    for (let s = first; s < first + count; s++) {
      const centre = centres.subarray(3 * s, 3 * s + 3);
      for (const solid of solids) least = Math.min(least, solidClearance(solid, centre) - radius(s));
    }
  }
  for (const [g, k] of pairs) {
    const [a, b] = [table.groups[g], table.groups[k]];
    for (let s = a.first; s < a.first + a.count; s++) {
      for (let t = b.first; t < b.first + b.count; t++) {
        const d = [0, 1, 2].map((r) => centres[3 * s + r] - centres[3 * t + r]);
        least = Math.min(least, Math.hypot(...d) - radius(s) - radius(t));
      }
    }
  }
  return least;
}
