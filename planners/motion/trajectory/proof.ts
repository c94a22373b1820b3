import { allowedContacts } from '../../../engine/core/allowed-contacts.ts';
import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import { pairKey } from '../../../engine/core/link-pairs.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import type { Scene } from '../../../engine/core/scene.ts';
import { leverBounds } from './levers.ts';
import { apart, distanceTo, type Solid, SphereCloud, solidOf } from './spheres.ts';

/** Shortest stretch that is still halved [s]: below it a stretch that is not proven free counts as a collision. */
const LEAST_SEC = 1e-6;

/** Whether a trajectory is free along its whole length, between its points too. */
export type TrajectoryProof = (trajectory: JointTrajectory) => boolean | Promise<boolean>;

export interface ProofOptions {
  /** Cylinders count as capsules of their radius; default false. */
  readonly cylindersAsCapsules?: boolean;
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
  options: ProofOptions = {},
): (trajectory: JointTrajectory) => boolean {
  const find = createFaultFinder(model, scene, options);
  return (t) => find(t) === undefined;
}

/** The same proof, telling where it ends: a time within the first stretch that is not free [s]; undefined where all is. */
export function createFaultFinder(
  model: RobotModel,
  scene: Scene,
  options: ProofOptions = {},
): (trajectory: JointTrajectory) => number | undefined {
  const proof = new Proof(model, scene, options.cylindersAsCapsules === true);
  return (t) => proof.faultSec(t);
}

class Proof {
  readonly #cloud: SphereCloud;
  readonly #joints: number;
  readonly #solids: readonly Solid[];
  /** [links][obstacles] 1 where they may touch. */
  readonly #allowed: Uint8Array;
  readonly #pairs: readonly (readonly [number, number])[];
  /** [spheres][joints] */
  readonly #levers: Float64Array;
  readonly #q: Float64Array;
  /** How far each sphere can move within the stretch [m], and the farthest of each group. */
  readonly #moved: Float64Array;
  readonly #range: Float64Array;

  constructor(model: RobotModel, scene: Scene, capsules: boolean) {
    this.#cloud = new SphereCloud(model);
    this.#joints = model.active.length;
    this.#solids = scene.obstacles.map((obstacle) => solidOf(obstacle, capsules, obstacle.marginM ?? 0));
    this.#allowed = allowedContacts(model, scene).flags;
    const { groups } = this.#cloud;
    this.#levers = leverBounds(model);
    const pairs: [number, number][] = [];
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const key = pairKey(model.links.length, groups[a].link, groups[b].link);
        if (!model.ignoredPairs.has(key)) pairs.push([a, b]);
      }
    }
    this.#pairs = pairs;
    this.#q = new Float64Array(this.#joints);
    this.#moved = new Float64Array(model.spheres.link.length);
    this.#range = new Float64Array(groups.length);
  }

  faultSec(t: JointTrajectory): number | undefined {
    for (let i = 0; i + 1 < t.timeSec.length; i++) {
      const dt = t.timeSec[i + 1] - t.timeSec[i];
      // Also where NaN makes the duration nothing at all.
      if (dt <= 0) continue;
      const fault = this.#stretch(t, i, 0, dt);
      if (fault !== undefined) return t.timeSec[i] + fault;
    }
    return undefined;
  }

  /** A time after point i within a stretch that is not free; undefined where the whole stretch is. */
  #stretch(t: JointTrajectory, i: number, from: number, to: number): number | undefined {
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
    if (verdict === 'free') return undefined;
    if (verdict === 'met' || !(half >= LEAST_SEC)) return middle;
    return this.#stretch(t, i, from, middle) ?? this.#stretch(t, i, middle, to);
  }

  /** What is known of the configuration: nothing comes nearer than it moves; something is met; or neither. */
  #judge(): 'free' | 'met' | 'open' {
    const { groups, centres, bounds } = this.#cloud;
    this.#cloud.place(this.#q);
    this.#measureRanges();
    let open = false;
    for (let g = 0; g < groups.length; g++) {
      if (!groups[g].moves) continue;
      for (const [o, solid] of this.#solids.entries()) {
        if (this.#allowed[groups[g].link * this.#solids.length + o] === 1) continue;
        if (distanceTo(solid, bounds, g) > this.#range[g]) continue;
        for (const s of groups[g].spheres) {
          const clearance = distanceTo(solid, centres, s);
          // Written so that a NaN proves nothing.
          if (!(clearance > 0)) return 'met';
          if (!(clearance > this.#moved[s])) open = true;
        }
      }
    }
    for (const [g, h] of this.#pairs) {
      if (apart(bounds, g, h) > this.#range[g] + this.#range[h]) continue;
      for (const a of groups[g].spheres) {
        for (const b of groups[h].spheres) {
          const clearance = apart(centres, a, b);
          if (!(clearance > 0)) return 'met';
          if (!(clearance > this.#moved[a] + this.#moved[b])) open = true;
        }
      }
    }
    return open ? 'open' : 'free';
  }

  /** How far the farthest moving sphere of each group can move; a NaN stays. */
  #measureRanges(): void {
    this.#cloud.groups.forEach(({ spheres }, g) => {
      let range = 0;
      for (const s of spheres) if (!(this.#moved[s] <= range)) range = this.#moved[s];
      this.#range[g] = range;
    });
  }
}
