import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import type { JointLimits, RobotModel } from '../../../engine/core/robot.ts';
import type { FullObjective } from './config.ts';
import type { WeighedObstacle } from './problem.ts';
import { distanceTo, pointDistance, type Solid, SphereCloud, solidOf } from './spheres.ts';
import { positionsAt } from './spline.ts';

/** What a trajectory costs by the user's objective, and of what the sum is made. */
export interface TrajectoryCost {
  /** The weighted sum [s]. */
  readonly total: number;
  readonly durationSec: number;
  /** Integral of the sum over joints of (jerk / limit)^2 [s]. */
  readonly jerk: number;
  /** Weighted clearance terms [s]. */
  readonly clearance: number;
  /** Weighted lengths inside tissue [s]. */
  readonly tissue: number;
}

export interface CostSettings {
  readonly objective: FullObjective;
  readonly limits: readonly JointLimits[];
  readonly obstacles: readonly WeighedObstacle[];
  readonly cylindersAsCapsules: boolean;
  /** The tool's tip: link and point [m, link frame]. */
  readonly tipLink: number;
  readonly tipPoint: readonly [number, number, number];
}

/** Steps of the integral over clearance and of the tip's path [s]. */
const STEP_SEC = 0.01;

interface Near {
  readonly solid: Solid;
  readonly distanceM: number;
  readonly weight: number;
}

/**
 * The objective of any trajectory in float64. Between its points it is taken as the cubic with constant jerk, which
 * splines and jerk-limited profiles are; between points that are no such pieces the jerk counts by its mean.
 */
export class TrajectoryCosts {
  readonly #settings: CostSettings;
  readonly #cloud: SphereCloud;
  readonly #near: readonly Near[];
  readonly #tissues: readonly { readonly solid: Solid; readonly weight: number }[];

  constructor(model: RobotModel, settings: CostSettings) {
    this.#settings = settings;
    this.#cloud = new SphereCloud(model);
    const { obstacles, cylindersAsCapsules } = settings;
    this.#near = obstacles
      .filter(({ marginM, marginWeight }) => marginM > 0 && marginWeight > 0)
      .map(({ obstacle, marginM, marginWeight }) => ({
        solid: solidOf(obstacle, cylindersAsCapsules, 0),
        distanceM: marginM,
        weight: marginWeight,
      }));
    this.#tissues = obstacles
      .filter(({ tissueWeight }) => tissueWeight > 0)
      .map(({ obstacle, tissueWeight }) => ({
        solid: solidOf(obstacle, cylindersAsCapsules, 0),
        weight: tissueWeight,
      }));
  }

  of(t: JointTrajectory): TrajectoryCost {
    const durationSec = t.timeSec[t.timeSec.length - 1] - t.timeSec[0];
    const jerk = this.#jerk(t);
    const clearance = this.#near.length > 0 ? this.#clearance(t, durationSec) : 0;
    const tissue = this.#tissues.length > 0 ? this.#tissue(t, durationSec) : 0;
    const { objective } = this.#settings;
    const total = objective.duration * durationSec + objective.jerk * jerk + clearance + tissue;
    return { total, durationSec, jerk, clearance, tissue };
  }

  /** What the same motion costs when it takes `slower` times as long: all but the tip's path changes with time alone. */
  stretched(cost: TrajectoryCost, slower: number): TrajectoryCost {
    const { objective } = this.#settings;
    const durationSec = slower * cost.durationSec;
    const jerk = cost.jerk / slower ** 5;
    const clearance = slower * cost.clearance;
    const total = objective.duration * durationSec + objective.jerk * jerk + clearance + cost.tissue;
    return { total, durationSec, jerk, clearance, tissue: cost.tissue };
  }

  #jerk(t: JointTrajectory): number {
    const joints = t.jointNames.length;
    let jerk = 0;
    for (let i = 0; i + 1 < t.timeSec.length; i++) {
      const dt = t.timeSec[i + 1] - t.timeSec[i];
      if (!(dt > 0)) continue;
      for (let j = 0; j < joints; j++) {
        const change = t.accelerations[(i + 1) * joints + j] - t.accelerations[i * joints + j];
        jerk += (change / this.#settings.limits[j].jerk) ** 2 / dt;
      }
    }
    return jerk;
  }

  /** Configurations at the middles of equal steps are weighed by the step. */
  #clearance(t: JointTrajectory, durationSec: number): number {
    const steps = Math.max(1, Math.ceil(durationSec / STEP_SEC));
    const dt = durationSec / steps;
    const q = new Float64Array(t.jointNames.length);
    let sum = 0;
    let hint = 0;
    for (let i = 0; i < steps; i++) {
      hint = positionsAt(t, t.timeSec[0] + (i + 0.5) * dt, q, hint);
      this.#cloud.place(q);
      sum += dt * this.#nearness();
    }
    return sum;
  }

  #nearness(): number {
    const { groups, centres, bounds } = this.#cloud;
    let sum = 0;
    for (let g = 0; g < groups.length; g++) {
      if (!groups[g].moves) continue;
      for (const { solid, distanceM, weight } of this.#near) {
        if (distanceTo(solid, bounds, g) > distanceM) continue;
        for (const s of groups[g].spheres) {
          const share = 1 - distanceTo(solid, centres, s) / distanceM;
          if (share > 0) sum += weight * share * share;
        }
      }
    }
    return sum;
  }

  /** The tip's path in short chords: each counts by the share of its ends that is inside. */
  #tissue(t: JointTrajectory, durationSec: number): number {
    const steps = Math.max(1, Math.ceil(durationSec / STEP_SEC));
    const q = new Float64Array(t.jointNames.length);
    const tip = new Float64Array(3);
    const before = new Float64Array(3);
    let priceBefore = 0;
    let sum = 0;
    let hint = 0;
    for (let i = 0; i <= steps; i++) {
      hint = positionsAt(t, t.timeSec[0] + (i / steps) * durationSec, q, hint);
      this.#cloud.place(q);
      this.#cloud.point(this.#settings.tipLink, this.#settings.tipPoint, tip);
      let price = 0;
      for (const { solid, weight } of this.#tissues) {
        if (pointDistance(solid, tip[0], tip[1], tip[2]) < 0) price += weight;
      }
      const length = Math.hypot(tip[0] - before[0], tip[1] - before[1], tip[2] - before[2]);
      if (i > 0) sum += (length * (price + priceBefore)) / 2;
      before.set(tip);
      priceBefore = price;
    }
    return sum;
  }
}
