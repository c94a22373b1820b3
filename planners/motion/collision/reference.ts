import { allowedContacts } from '../../../engine/core/allowed-contacts.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import type { Scene } from '../../../engine/core/scene.ts';
import { createWorkspace, pointOf, type RobotWorkspace, setConfiguration } from '../robot/workspace.ts';
import { obstacleDistance, obstacleInside, type SignedDistance } from './shapes.ts';

export interface CollisionOptions {
  /** Cylinders count as capsules of their radius, rounded beyond their flat ends; false: exactly. Default false. */
  readonly cylindersAsCapsules?: boolean;
}

/** Where the robot comes closest to something, or is deepest in it. */
export interface Contact {
  /** Link of the robot, by its index in the model, and its name. */
  readonly link: number;
  readonly linkName: string;
  /** Index of the link's sphere in the model's spheres. */
  readonly sphere: number;
  /** What it meets: an obstacle of the scene by its index, or another link and its sphere. */
  readonly with:
    | { readonly kind: 'obstacle'; readonly obstacle: number; readonly name: string }
    | { readonly kind: 'link'; readonly link: number; readonly name: string; readonly sphere: number };
  /** Distance between the surfaces less the obstacle's margin [m]; zero or below: a collision. */
  readonly clearanceM: number;
}

/** The float64 collision checker: slow and obvious, the oracle of every faster one. */
export interface CollisionReference {
  readonly model: RobotModel;
  readonly scene: Scene;
  readonly workspace: RobotWorkspace;
  /** For each obstacle the signed distance of a point of its own frame [m], margin not counted. */
  readonly distances: readonly SignedDistance[];
  /** For each obstacle that is a mesh whether a point of its own frame is inside it. */
  readonly insides: readonly (((x: number, y: number, z: number) => boolean) | undefined)[];
  /** Sphere pairs that must not meet, two sphere indices each. */
  readonly selfPairs: Uint32Array;
  /** [links][obstacles] 1 where the scene lets them touch. */
  readonly allowed: Uint8Array;
  /** Centres of the spheres at the configuration last asked for [m, base frame]. */
  readonly centres: Float64Array;
}

/**
 * Prepares the checker for a robot in a scene.
 *
 * @throws IsocenterError where the triangles of a mesh are not loaded
 */
export function createCollisionReference(
  model: RobotModel,
  scene: Scene,
  options: CollisionOptions = {},
): CollisionReference {
  const capsules = options.cylindersAsCapsules === true;
  return {
    model,
    scene,
    workspace: createWorkspace(model),
    distances: scene.obstacles.map((obstacle) => obstacleDistance(obstacle, capsules)),
    insides: scene.obstacles.map(obstacleInside),
    selfPairs: selfPairsOf(model),
    allowed: allowedContacts(model, scene).flags,
    centres: new Float64Array(3 * model.spheres.link.length),
  };
}

/** Every two spheres of different links that may not touch. */
function selfPairsOf(model: RobotModel): Uint32Array {
  const { link } = model.spheres;
  const pairs: number[] = [];
  for (let a = 0; a < link.length; a++) {
    for (let b = a + 1; b < link.length; b++) {
      const [low, high] = link[a] < link[b] ? [link[a], link[b]] : [link[b], link[a]];
      if (low !== high && !model.ignoredPairs.has(low * model.links.length + high)) pairs.push(a, b);
    }
  }
  return Uint32Array.from(pairs);
}

/**
 * The least clearance of the robot at configuration `q` and where it is; undefined where there is nothing to meet.
 */
export function closestContact(check: CollisionReference, q: ArrayLike<number>): Contact | undefined {
  placeSpheres(check, q);
  return closestOf(check, () => true, check.selfPairs);
}

/**
 * The least clearance among those that no motion changes: of links that are fixed to the base against the scene, and of
 * links that are fixed to each other.
 */
export function fixedContact(check: CollisionReference): Contact | undefined {
  const { joints, links, spheres, active } = check.model;
  placeSpheres(check, new Float64Array(active.length));
  const body = links.map((_, l) => l);
  for (const { type, parent, child } of joints) if (type === 'fixed') body[child] = body[parent];
  const bodyOf = (s: number): number => body[spheres.link[s]];
  const pairs = check.selfPairs.filter((_, i, all) => bodyOf(all[i & ~1]) === bodyOf(all[i | 1]));
  return closestOf(check, (s) => bodyOf(s) === body[0], pairs);
}

/** The closest contact of the spheres that `counts` names with obstacles, and of the given pairs of spheres. */
function closestOf(
  check: CollisionReference,
  counts: (sphere: number) => boolean,
  pairs: Uint32Array,
): Contact | undefined {
  const { model, scene, centres } = check;
  const { link, sphere } = model.spheres;
  let least = Number.POSITIVE_INFINITY;
  let first = -1;
  let obstacle = -1;
  let second = -1;
  for (let s = 0; s < link.length; s++) {
    for (let o = 0; o < scene.obstacles.length && counts(s); o++) {
      if (isAllowed(check, s, o)) continue;
      const clearance = obstacleClearance(check, s, o);
      // Written so that NaN, too, is reported.
      if (clearance >= least || Number.isNaN(least)) continue;
      [least, first, obstacle] = [clearance, s, o];
    }
  }
  for (let i = 0; i < pairs.length; i += 2) {
    const [a, b] = [pairs[i], pairs[i + 1]];
    const clearance = distance(centres, a, b) - sphere[4 * a + 3] - sphere[4 * b + 3];
    if (clearance >= least || Number.isNaN(least)) continue;
    [least, first, obstacle, second] = [clearance, a, -1, b];
  }
  if (first < 0) return undefined;
  const name = (s: number): string => model.links[link[s]].name;
  return {
    link: link[first],
    linkName: name(first),
    sphere: first,
    with:
      obstacle >= 0
        ? { kind: 'obstacle', obstacle, name: scene.obstacles[obstacle].name }
        : { kind: 'link', link: link[second], name: name(second), sphere: second },
    clearanceM: least,
  };
}

/** Whether the robot is free of all obstacles and of itself at `q`: every clearance above `marginM` (default 0). */
export function isFree(check: CollisionReference, q: ArrayLike<number>, marginM = 0): boolean {
  placeSpheres(check, q);
  const { sphere, link } = check.model.spheres;
  for (let s = 0; s < link.length; s++) {
    for (let o = 0; o < check.distances.length; o++) {
      if (!isAllowed(check, s, o) && !(obstacleClearance(check, s, o) > marginM)) return false;
    }
  }
  for (let i = 0; i < check.selfPairs.length; i += 2) {
    const a = check.selfPairs[i];
    const b = check.selfPairs[i + 1];
    if (!(distance(check.centres, a, b) - sphere[4 * a + 3] - sphere[4 * b + 3] > marginM)) return false;
  }
  return true;
}

const local = new Float64Array(3);
const placed = new Float64Array(3);

function placeSpheres({ model, workspace, centres }: CollisionReference, q: ArrayLike<number>): void {
  setConfiguration(workspace, q);
  const { link, sphere } = model.spheres;
  for (let s = 0; s < link.length; s++) {
    for (let r = 0; r < 3; r++) local[r] = sphere[4 * s + r];
    pointOf(workspace, link[s], local, placed);
    for (let r = 0; r < 3; r++) centres[3 * s + r] = placed[r];
  }
}

/** Whether the centre of a sphere is inside a mesh at `q`; far cheaper than the clearance. */
export function insideMesh(check: CollisionReference, q: ArrayLike<number>): boolean {
  placeSpheres(check, q);
  for (const [o, inside] of check.insides.entries()) {
    for (let s = 0; inside !== undefined && s < check.model.spheres.link.length; s++) {
      if (isAllowed(check, s, o)) continue;
      toObstacle(check, s, o);
      if (inside(local[0], local[1], local[2])) return true;
    }
  }
  return false;
}

/** Whether the scene lets the link of sphere `s` touch obstacle `o`. */
function isAllowed({ allowed, model, distances }: CollisionReference, s: number, o: number): boolean {
  return allowed[model.spheres.link[s] * distances.length + o] === 1;
}

/** Writes the centre of sphere `s` in the frame of obstacle `o` to `local`. */
function toObstacle(check: CollisionReference, s: number, o: number): void {
  const t = check.scene.obstacles[o].pose;
  const x = check.centres[3 * s] - t[12];
  const y = check.centres[3 * s + 1] - t[13];
  const z = check.centres[3 * s + 2] - t[14];
  for (let r = 0; r < 3; r++) local[r] = t[4 * r] * x + t[4 * r + 1] * y + t[4 * r + 2] * z;
}

function obstacleClearance(check: CollisionReference, s: number, o: number): number {
  toObstacle(check, s, o);
  const d = check.distances[o](local[0], local[1], local[2]);
  return d - check.model.spheres.sphere[4 * s + 3] - (check.scene.obstacles[o].marginM ?? 0);
}

function distance(centres: Float64Array, a: number, b: number): number {
  const x = centres[3 * a] - centres[3 * b];
  const y = centres[3 * a + 1] - centres[3 * b + 1];
  const z = centres[3 * a + 2] - centres[3 * b + 2];
  return Math.sqrt(x * x + y * y + z * z);
}
