import { inverse, type Transform } from '../../../engine/core/frames.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import type { Obstacle } from '../../../engine/core/scene.ts';
import { obstacleDistance, type SignedDistance } from '../collision/shapes.ts';
import { createWorkspace, pointOf, type RobotWorkspace, setConfiguration } from '../robot/workspace.ts';
import { type LinkSpheres, linkSpheres } from './levers.ts';

/** An obstacle whose distance is asked for in the base frame. */
export interface Solid {
  readonly distance: SignedDistance;
  /** From the base frame to the obstacle's. */
  readonly local: Transform;
  /** What counts as its surface lies this far outside [m]. */
  readonly marginM: number;
}

export function solidOf(obstacle: Obstacle, cylindersAsCapsules: boolean, marginM: number): Solid {
  return { distance: obstacleDistance(obstacle, cylindersAsCapsules), local: inverse(obstacle.pose), marginM };
}

/** The robot's spheres at one configuration after the other, in float64 and without allocation. */
export class SphereCloud {
  readonly groups: readonly LinkSpheres[];
  /** x, y, z, radius [m, base frame]: all spheres, and one around each group. */
  readonly centres: Float64Array;
  readonly bounds: Float64Array;
  readonly #space: RobotWorkspace;

  constructor(model: RobotModel) {
    this.#space = createWorkspace(model);
    this.groups = linkSpheres(model);
    this.centres = new Float64Array(4 * model.spheres.link.length);
    this.bounds = new Float64Array(4 * this.groups.length);
  }

  place(q: ArrayLike<number>): void {
    setConfiguration(this.#space, q);
    const { linkPoses, model } = this.#space;
    for (let g = 0; g < this.groups.length; g++) {
      const { link, spheres, ball } = this.groups[g];
      carry(linkPoses, 16 * link, ball, 0, this.bounds, 4 * g);
      for (const s of spheres) carry(linkPoses, 16 * link, model.spheres.sphere, 4 * s, this.centres, 4 * s);
    }
  }

  /** A point of a link [m, link frame] at the configuration placed last. */
  point(link: number, at: ArrayLike<number>, out: Float64Array): void {
    pointOf(this.#space, link, at, out);
  }
}

/** A sphere of a link's frame in the base frame. */
function carry(t: Float64Array, i: number, from: Float64Array, at: number, to: Float64Array, out: number): void {
  const [x, y, z] = [from[at], from[at + 1], from[at + 2]];
  for (let r = 0; r < 3; r++) to[out + r] = t[i + r] * x + t[i + 4 + r] * y + t[i + 8 + r] * z + t[i + 12 + r];
  to[out + 3] = from[at + 3];
}

/** Distance between a point of the base frame and an obstacle. */
export function pointDistance(solid: Solid, x: number, y: number, z: number): number {
  const m = solid.local;
  const d = solid.distance(
    m[0] * x + m[4] * y + m[8] * z + m[12],
    m[1] * x + m[5] * y + m[9] * z + m[13],
    m[2] * x + m[6] * y + m[10] * z + m[14],
  );
  return d - solid.marginM;
}

/** Distance between a sphere of a list and an obstacle. */
export function distanceTo(solid: Solid, spheres: Float64Array, s: number): number {
  return pointDistance(solid, spheres[4 * s], spheres[4 * s + 1], spheres[4 * s + 2]) - spheres[4 * s + 3];
}

/** Distance between two spheres of a list. */
export function apart(spheres: Float64Array, a: number, b: number): number {
  const dx = spheres[4 * a] - spheres[4 * b];
  const dy = spheres[4 * a + 1] - spheres[4 * b + 1];
  const dz = spheres[4 * a + 2] - spheres[4 * b + 2];
  return Math.sqrt(dx * dx + dy * dy + dz * dz) - spheres[4 * a + 3] - spheres[4 * b + 3];
}
