import type { JointTrajectory } from '../../../../../engine/core/joint-trajectory.ts';
import { activeLimits, activeNames, type JointLimits, type RobotModel } from '../../../../../engine/core/robot.ts';
import type { Obstacle, Scene } from '../../../../../engine/core/scene.ts';
import { createWorkspace, pointOf, setConfiguration } from '../../../../../planners/motion/robot/workspace.ts';

const limits: JointLimits = { lower: -2.9, upper: 2.9, velocity: 2, acceleration: 12, jerk: 400, effort: 1 };

export const at = (x: number, y: number, z: number): Float64Array =>
  Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1);

const LINKS = 4;
const PER_LINK = 5;
const LENGTH = 0.3;
const RADIUS = 0.04;

/** An arm of four joints, the first about z and the others about y, each link 0.3 m long and covered by five spheres. */
export function fourJointArm(): RobotModel {
  const link: number[] = [];
  const sphere: number[] = [];
  for (let l = 1; l <= LINKS; l++) {
    for (let s = 0; s < PER_LINK; s++) {
      link.push(l);
      sphere.push((LENGTH * (s + 0.5)) / PER_LINK, 0, 0, RADIUS);
    }
  }
  return {
    name: 'four-joint arm',
    links: Array.from({ length: LINKS + 1 }, (_, i) => ({ name: `link${i}`, visual: [], collision: [] })),
    joints: Array.from({ length: LINKS }, (_, j) => ({
      name: `joint${j + 1}`,
      type: 'revolute',
      parent: j,
      child: j + 1,
      origin: at(j === 0 ? 0 : LENGTH, 0, j === 0 ? 0.4 : 0),
      axis: j === 0 ? [0, 0, 1] : [0, 1, 0],
      limits,
    })),
    active: [0, 1, 2, 3],
    spheres: { link: Uint16Array.from(link), sphere: Float64Array.from(sphere) },
    ignoredPairs: new Set(Array.from({ length: LINKS }, (_, j) => j * (LINKS + 1) + j + 1)),
  };
}

export const box = (name: string, x: number, y: number, z: number, sizeM: [number, number, number]): Obstacle => ({
  name,
  shape: { kind: 'box', sizeM },
  pose: at(x, y, z),
});

/** A post in the way of a swing about z. */
export const post: Scene = { obstacles: [box('post', 0.8, 0, 0.25, [0.1, 0.1, 1])] };

/**
 * A motion that stops at every waypoint: along each straight piece the quickest with limited velocity, acceleration and
 * jerk, of seven phases at most.
 */
export function stopAndGo(model: RobotModel, waypoints: readonly (readonly number[])[]): JointTrajectory {
  const bound = activeLimits(model);
  const n = bound.length;
  const timeSec = [0];
  const positions = [...waypoints[0]];
  const velocities = new Array<number>(n).fill(0);
  const accelerations = new Array<number>(n).fill(0);
  for (let w = 1; w < waypoints.length; w++) {
    const way = waypoints[w].map((q, j) => q - waypoints[w - 1][j]);
    const least = (of: (l: JointLimits) => number): number =>
      Math.min(...way.map((d, j) => (d === 0 ? Number.POSITIVE_INFINITY : of(bound[j]) / Math.abs(d))));
    let [s, v, a] = [0, 0, 0];
    for (const [jerk, dt] of phases(
      least((l) => l.velocity),
      least((l) => l.acceleration),
      least((l) => l.jerk),
    )) {
      if (dt <= 0) continue;
      s += dt * (v + dt * (a / 2 + (dt * jerk) / 6));
      v += dt * (a + (dt * jerk) / 2);
      a += dt * jerk;
      timeSec.push(timeSec[timeSec.length - 1] + dt);
      for (let j = 0; j < n; j++) {
        positions.push(waypoints[w - 1][j] + way[j] * s);
        velocities.push(way[j] * v);
        accelerations.push(way[j] * a);
      }
    }
  }
  return {
    jointNames: activeNames(model),
    timeSec: Float64Array.from(timeSec),
    positions: Float64Array.from(positions),
    velocities: Float64Array.from(velocities),
    accelerations: Float64Array.from(accelerations),
  };
}

/** Jerk and duration of the phases of the quickest motion over the unit length from rest to rest. */
function phases(velocity: number, acceleration: number, jerk: number): (readonly [number, number])[] {
  let ramp = Math.min(acceleration / jerk, Math.sqrt(velocity / jerk), Math.cbrt(1 / (2 * jerk)));
  const peak = jerk * ramp;
  // Way of speeding up and slowing down with a stretch of constant acceleration of length `hold`.
  const distance = (hold: number): number => peak * (ramp + hold) * (2 * ramp + hold);
  const fastest = Math.max(0, velocity / peak - ramp);
  let hold = fastest;
  if (distance(fastest) > 1) {
    let low = 0;
    for (let i = 0; i < 100; i++) {
      const middle = (low + hold) / 2;
      if (distance(middle) > 1) hold = middle;
      else low = middle;
    }
  }
  const cruise = Math.max(0, (1 - distance(hold)) / (peak * (ramp + hold)));
  ramp = Math.max(ramp, 0);
  const [j, r, h] = [jerk, ramp, hold];
  return [
    [j, r],
    [0, h],
    [-j, r],
    [0, cruise],
    [-j, r],
    [0, h],
    [j, r],
  ];
}

/**
 * Least distance of the arm's spheres to boxes that stand along the axes and between links that are not neighbours, by the
 * plain forward kinematics [m].
 */
export function plainClearance(model: RobotModel, scene: Scene, q: ArrayLike<number>): number {
  const space = createWorkspace(model);
  setConfiguration(space, q);
  const { link, sphere } = model.spheres;
  const centres = Array.from(link, (l, s) => {
    const p = new Float64Array(3);
    pointOf(space, l, sphere.subarray(4 * s, 4 * s + 3), p);
    return p;
  });
  let least = Number.POSITIVE_INFINITY;
  centres.forEach((p, s) => {
    for (const { shape, pose } of scene.obstacles) {
      if (shape.kind !== 'box') throw new Error(`no plain distance to a ${shape.kind}`);
      const out = shape.sizeM.map((size, a) => Math.abs(p[a] - pose[12 + a]) - size / 2);
      const outside = Math.hypot(...out.map((v) => Math.max(0, v)));
      least = Math.min(least, (outside > 0 ? outside : Math.max(...out)) - sphere[4 * s + 3]);
    }
    for (let t = 0; t < s; t++) {
      if (link[s] - link[t] < 2) continue;
      const other = centres[t];
      const d = Math.hypot(p[0] - other[0], p[1] - other[1], p[2] - other[2]);
      least = Math.min(least, d - sphere[4 * s + 3] - sphere[4 * t + 3]);
    }
  });
  return least;
}

/** Positions, velocities, accelerations and jerks of a trajectory at `steps` times between each two of its points. */
export function* dense(
  t: JointTrajectory,
  steps: number,
): Generator<{ q: number[]; v: number[]; a: number[]; j: number[] }> {
  const n = t.jointNames.length;
  for (let i = 0; i + 1 < t.timeSec.length; i++) {
    const dt = t.timeSec[i + 1] - t.timeSec[i];
    for (let k = 0; k <= steps; k++) {
      const u = (k / steps) * dt;
      const state = { q: [] as number[], v: [] as number[], a: [] as number[], j: [] as number[] };
      for (let c = 0; c < n; c++) {
        const p = i * n + c;
        const jerk = (t.accelerations[p + n] - t.accelerations[p]) / dt;
        state.q.push(t.positions[p] + u * (t.velocities[p] + u * (t.accelerations[p] / 2 + (u * jerk) / 6)));
        state.v.push(t.velocities[p] + u * (t.accelerations[p] + (u * jerk) / 2));
        state.a.push(t.accelerations[p] + u * jerk);
        state.j.push(jerk);
      }
      yield state;
    }
  }
}
