import { inverse, type Transform } from '../../../engine/core/frames.ts';
import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import { pairKey } from '../../../engine/core/link-pairs.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import type { Scene } from '../../../engine/core/scene.ts';
import { obstacleDistance, type SignedDistance } from '../collision/shapes.ts';
import { createWorkspace, setConfiguration } from '../robot/workspace.ts';
import { type LinkSpheres, leverBounds, linkSpheres } from './levers.ts';

/** Shortest stretch that is still halved [s]: below it a stretch that is not proven free counts as a collision. */
const LEAST_SEC = 1e-6;

/** Whether a trajectory is free along its whole length, between its points too. */
export type TrajectoryProof = (trajectory: JointTrajectory) => boolean | Promise<boolean>;

interface Solid {
  readonly distance: SignedDistance;
  /** From the base frame to the obstacle's. */
  readonly local: Transform;
  readonly marginM: number;
}

/**
 * A proof in float64: the cubic between two points of the trajectory is halved until, at the middle of each stretch, every
 * sphere is farther from all obstacles and from the spheres it must not meet than it can move within the stretch. Spheres
 * that no joint moves are not checked against obstacles. A field counts as what it says between its samples; its distance
 * must not change by more than a metre a metre.
 */
export function createTrajectoryProof(
  model: RobotModel,
  scene: Scene,
  options: { readonly cylindersAsCapsules?: boolean } = {},
): (trajectory: JointTrajectory) => boolean {
  const proof = new Proof(model, scene, options.cylindersAsCapsules === true);
  return (t) => proof.holds(t);
}

class Proof {
  readonly #space;
  readonly #joints: number;
  readonly #solids: readonly Solid[];
  readonly #groups: readonly LinkSpheres[];
  readonly #pairs: readonly (readonly [number, number])[];
  /** [spheres][joints] */
  readonly #levers: Float64Array;
  readonly #q: Float64Array;
  /** How far each sphere can move within the stretch [m], and the farthest of each group. */
  readonly #moved: Float64Array;
  readonly #range: Float64Array;
  /** x, y, z, radius [m, base frame]: all spheres, and one around each group. */
  readonly #centres: Float64Array;
  readonly #bounds: Float64Array;

  constructor(model: RobotModel, scene: Scene, capsules: boolean) {
    this.#space = createWorkspace(model);
    this.#joints = model.active.length;
    this.#solids = scene.obstacles.map((obstacle) => ({
      distance: obstacleDistance(obstacle, capsules),
      local: inverse(obstacle.pose),
      marginM: obstacle.marginM ?? 0,
    }));
    this.#groups = linkSpheres(model);
    this.#levers = leverBounds(model);
    const pairs: [number, number][] = [];
    for (let a = 0; a < this.#groups.length; a++) {
      for (let b = a + 1; b < this.#groups.length; b++) {
        const key = pairKey(model.links.length, this.#groups[a].link, this.#groups[b].link);
        if (!model.ignoredPairs.has(key)) pairs.push([a, b]);
      }
    }
    this.#pairs = pairs;
    const spheres = model.spheres.link.length;
    this.#q = new Float64Array(this.#joints);
    this.#moved = new Float64Array(spheres);
    this.#range = new Float64Array(this.#groups.length);
    this.#centres = new Float64Array(4 * spheres);
    this.#bounds = new Float64Array(4 * this.#groups.length);
  }

  holds(t: JointTrajectory): boolean {
    for (let i = 0; i + 1 < t.timeSec.length; i++) {
      const dt = t.timeSec[i + 1] - t.timeSec[i];
      // Also where NaN makes the duration nothing at all.
      if (!(dt <= 0) && !this.#stretch(t, i, 0, dt)) return false;
    }
    return true;
  }

  #stretch(t: JointTrajectory, i: number, from: number, to: number): boolean {
    const middle = (from + to) / 2;
    const half = (to - from) / 2;
    const dt = t.timeSec[i + 1] - t.timeSec[i];
    const joints = this.#joints;
    const moved = this.#moved;
    moved.fill(0);
    for (let j = 0; j < joints; j++) {
      const at = i * joints + j;
      const a0 = t.accelerations[at];
      const jerk = (t.accelerations[at + joints] - a0) / dt;
      const v = t.velocities[at] + middle * (a0 + (middle * jerk) / 2);
      const a = a0 + middle * jerk;
      this.#q[j] = t.positions[at] + middle * (t.velocities[at] + middle * (a0 / 2 + (middle * jerk) / 6));
      const away = half * (Math.abs(v) + half * (Math.abs(a) / 2 + (half * Math.abs(jerk)) / 6));
      for (let s = 0; s < moved.length; s++) moved[s] += this.#levers[s * joints + j] * away;
    }
    const verdict = this.#judge();
    if (verdict === 'free') return true;
    if (verdict === 'met' || !(half >= LEAST_SEC)) return false;
    return this.#stretch(t, i, from, middle) && this.#stretch(t, i, middle, to);
  }

  /** What is known of the configuration: nothing comes nearer than it moves; something is met; or neither. */
  #judge(): 'free' | 'met' | 'open' {
    this.#place();
    let open = false;
    for (let g = 0; g < this.#groups.length; g++) {
      if (!this.#groups[g].moves) continue;
      for (const solid of this.#solids) {
        if (distanceTo(solid, this.#bounds, g) > this.#range[g]) continue;
        for (const s of this.#groups[g].spheres) {
          const clearance = distanceTo(solid, this.#centres, s);
          // Written so that a NaN proves nothing.
          if (!(clearance > 0)) return 'met';
          if (!(clearance > this.#moved[s])) open = true;
        }
      }
    }
    for (const [g, h] of this.#pairs) {
      if (apart(this.#bounds, g, h) > this.#range[g] + this.#range[h]) continue;
      for (const a of this.#groups[g].spheres) {
        for (const b of this.#groups[h].spheres) {
          const clearance = apart(this.#centres, a, b);
          if (!(clearance > 0)) return 'met';
          if (!(clearance > this.#moved[a] + this.#moved[b])) open = true;
        }
      }
    }
    return open ? 'open' : 'free';
  }

  /** Spheres and bounding spheres at the configuration. */
  #place(): void {
    setConfiguration(this.#space, this.#q);
    const { linkPoses, model } = this.#space;
    for (let g = 0; g < this.#groups.length; g++) {
      const { link, spheres, ball } = this.#groups[g];
      carry(linkPoses, 16 * link, ball, 0, this.#bounds, 4 * g);
      let range = 0;
      for (const s of spheres) {
        carry(linkPoses, 16 * link, model.spheres.sphere, 4 * s, this.#centres, 4 * s);
        if (!(this.#moved[s] <= range)) range = this.#moved[s];
      }
      this.#range[g] = range;
    }
  }
}

/** A sphere of a link's frame in the base frame. */
function carry(t: Float64Array, i: number, from: Float64Array, at: number, to: Float64Array, out: number): void {
  const [x, y, z] = [from[at], from[at + 1], from[at + 2]];
  for (let r = 0; r < 3; r++) to[out + r] = t[i + r] * x + t[i + 4 + r] * y + t[i + 8 + r] * z + t[i + 12 + r];
  to[out + 3] = from[at + 3];
}

/** Distance between a sphere of a list and what must be kept of an obstacle. */
function distanceTo(solid: Solid, spheres: Float64Array, s: number): number {
  const m = solid.local;
  const x = spheres[4 * s];
  const y = spheres[4 * s + 1];
  const z = spheres[4 * s + 2];
  const d = solid.distance(
    m[0] * x + m[4] * y + m[8] * z + m[12],
    m[1] * x + m[5] * y + m[9] * z + m[13],
    m[2] * x + m[6] * y + m[10] * z + m[14],
  );
  return d - spheres[4 * s + 3] - solid.marginM;
}

/** Distance between two spheres of a list. */
function apart(spheres: Float64Array, a: number, b: number): number {
  const dx = spheres[4 * a] - spheres[4 * b];
  const dy = spheres[4 * a + 1] - spheres[4 * b + 1];
  const dz = spheres[4 * a + 2] - spheres[4 * b + 2];
  return Math.sqrt(dx * dx + dy * dy + dz * dz) - spheres[4 * a + 3] - spheres[4 * b + 3];
}
