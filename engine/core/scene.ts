import type { Transform } from './frames.ts';
import type { Vec3 } from './grid.ts';
import type { Shape } from './robot.ts';

/**
 * Signed distance to the surface of a region, sampled on a regular grid [m]: positive outside, negative inside. Sample
 * (i, j, k) lies at `(i, j, k) * spacingM` in the field's own frame and has the flat index i + size[0] * (j + size[1] * k);
 * between samples it is trilinear.
 */
export interface DistanceField {
  readonly size: Vec3;
  /** [m] */
  readonly spacingM: Vec3;
  /** [m] */
  readonly distance: Float32Array;
}

/** Something to keep clear of, by name; `pose` carries a point of its own frame to the robot's base frame. */
export interface Obstacle {
  readonly name: string;
  readonly shape: Shape | { readonly kind: 'field'; readonly field: DistanceField };
  readonly pose: Transform;
  /** Distance to keep from its surface [m]; 0 where it is left out. */
  readonly marginM?: number;
}

/** What a robot must not touch, in its base frame [m]; immutable. */
export interface Scene {
  readonly obstacles: readonly Obstacle[];
  /** Pairs of names, of links or obstacles, that may touch, where a file of the scene says so. */
  readonly allowed?: readonly (readonly [string, string])[];
}
