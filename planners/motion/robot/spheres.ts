import { inputError } from '../../../engine/core/errors.ts';
import { inverse, transformPoint } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import type { PlacedShape, RobotModel, Shape } from '../../../engine/core/robot.ts';
import { boxCover, boxCuts, capsuleCover, cylinderCover, cylinderCuts } from './cover.ts';
import { greedyCover } from './greedy-cover.ts';
import { meshSize } from './mesh-distance.ts';
import { distanceTo, surfaceSample } from './solids.ts';
import { depths, voxelise } from './voxels.ts';

export interface SphereFitOptions {
  /** Largest mean overestimate of a link [mm]; smaller takes more spheres. Default 10. */
  readonly meanOverestimateMm?: number;
  /** Most spheres of one link; default 96. */
  readonly spheresPerLink?: number;
  /** Seed of the samples that prove the cover; default 1. */
  readonly seed?: number;
  /** Points tried on the surface of each shape; default 2000. */
  readonly samples?: number;
}

/** How well the spheres of one link fit its collision geometry. */
export interface LinkFit {
  readonly link: string;
  readonly spheres: number;
  /** Distance from the surface of the union of spheres to the geometry [mm]: mean over that surface, and largest. */
  readonly meanOverestimateMm: number;
  readonly maxOverestimateMm: number;
  /** Points tried on the surfaces of the shapes, and how many of them a sphere holds. */
  readonly samples: number;
  readonly covered: number;
  /** Whether the wanted mean overestimate is met within the allowed number of spheres. */
  readonly met: boolean;
}

/** Spheres, x, y, z, radius each, in some frame. */
type Spheres = readonly number[];

/**
 * Spheres for every link that cover its collision geometry, few enough for fast checks: boxes, cylinders, capsules and
 * spheres by construction (see cover.ts), meshes as cubes (see greedy-cover.ts). The coarsest cover is taken that meets the mean
 * overestimate.
 *
 * @returns the model with `spheres`, and one row for each link with geometry
 * @throws IsocenterError `robot/mesh-not-loaded` where a mesh's triangles are missing
 */
export function fitSpheres(
  model: RobotModel,
  options: SphereFitOptions = {},
): { readonly model: RobotModel; readonly report: readonly LinkFit[] } {
  const links: number[] = [];
  const all: number[] = [];
  const report: LinkFit[] = [];
  model.links.forEach((link, index) => {
    if (link.collision.length === 0) return;
    const { spheres, fit } = fitLink(link.name, link.collision, options);
    for (const value of spheres) all.push(value);
    for (let s = 0; s < fit.spheres; s++) links.push(index);
    report.push(fit);
  });
  return {
    model: { ...model, spheres: { link: Uint16Array.from(links), sphere: Float64Array.from(all) } },
    report,
  };
}

function fitLink(
  name: string,
  shapes: readonly PlacedShape[],
  options: SphereFitOptions,
): { spheres: Spheres; fit: LinkFit } {
  const wanted = options.meanOverestimateMm ?? 10;
  const cap = options.spheresPerLink ?? 96;
  const placed = shapes.map(({ shape, pose }) => {
    if (shape.kind === 'mesh' && shape.mesh === undefined) {
      throw inputError(
        'robot/mesh-not-loaded',
        `the mesh ${shape.uri} of link ${name} is not loaded`,
        'load the mesh files with the robot, or give it collision shapes of boxes, cylinders, spheres or capsules',
      );
    }
    return { shape, pose, back: inverse(pose) };
  });
  const distance = (x: number, y: number, z: number): number => {
    let nearest = Number.POSITIVE_INFINITY;
    for (const { shape, back } of placed) {
      const p = transformPoint(back, [x, y, z]);
      nearest = Math.min(nearest, distanceTo(shape, p[0], p[1], p[2]));
    }
    return nearest;
  };
  // Each shape is fitted alone, by fewer samples; where all together miss the mean, the single ones must do better.
  let best: { spheres: Spheres; error: Overestimate } | undefined;
  for (let share = 0.97; share > 0.3; share *= 0.8) {
    const aim = (share * wanted) / 1000;
    const needs = placed.map(({ shape }) => coverShape(shape, aim, cap));
    const total = needs.reduce((sum, spheres) => sum + spheres.length / 4, 0);
    const spheres = withoutSwallowed(
      placed.flatMap(({ shape, pose }, i) => {
        const allowed = Math.max(1, Math.floor((cap * needs[i].length) / 4 / total));
        const local = total <= cap ? needs[i] : coverShape(shape, aim, allowed);
        return moved(local, (p) => transformPoint(pose, p));
      }),
    );
    const error = overestimate(spheres, distance, 400);
    if (best === undefined || error.mean < best.error.mean) best = { spheres, error };
    if (1000 * error.mean <= wanted) break;
  }
  const { spheres, error } = best as { spheres: Spheres; error: Overestimate };
  const random = seededRandom(options.seed ?? 1);
  let covered = 0;
  const each = options.samples ?? 2000;
  for (const { shape, pose } of placed) {
    for (let i = 0; i < each; i++) if (holds(spheres, transformPoint(pose, surfaceSample(shape, random, i)))) covered++;
  }
  const fit: LinkFit = {
    link: name,
    spheres: spheres.length / 4,
    meanOverestimateMm: 1000 * error.mean,
    maxOverestimateMm: 1000 * error.max,
    samples: each * placed.length,
    covered,
    met: 1000 * error.mean <= wanted,
  };
  return { spheres, fit };
}

/** The coarsest cover of a shape whose mean overestimate [m] is at most `wanted`; the finest allowed where none is. */
function coverShape(shape: Shape, wanted: number, cap: number): Spheres {
  let best: { spheres: Spheres; mean: number } | undefined;
  for (const spheres of covers(shape, wanted, cap)) {
    if (spheres.length / 4 > cap) continue;
    const { mean } = overestimate(spheres, (x, y, z) => distanceTo(shape, x, y, z), 96);
    if (best === undefined || mean < best.mean) best = { spheres, mean };
    if (mean <= wanted) break;
  }
  return best === undefined ? [] : best.spheres;
}

/** Covers of a shape by at most `cap` spheres, coarsest first. */
function* covers(shape: Shape, wanted: number, cap: number): Generator<Spheres> {
  switch (shape.kind) {
    case 'sphere':
      yield capsuleCover(shape.radiusM, 0, 1);
      return;
    case 'capsule':
      for (let count = 1; count <= cap; count++) yield capsuleCover(shape.radiusM, shape.lengthM, count);
      return;
    case 'cylinder':
      for (const cut of cylinderCuts(shape.radiusM, shape.lengthM, cap))
        yield cylinderCover(shape.radiusM, shape.lengthM, cut);
      return;
    case 'box':
      for (const cut of boxCuts(shape.sizeM, cap)) yield boxCover(shape.sizeM, cut);
      return;
    case 'mesh': {
      const { mesh } = shape;
      if (mesh === undefined) return;
      // Cubes small against what the spheres may stick out, since whole cubes are held, but not more than 150,000.
      const [x, y, z] = meshSize(mesh);
      const edge = Math.max(Math.cbrt((x * y * z) / 150_000), Math.min(Math.max(x, y, z) / 24, 0.3 * wanted));
      const voxels = voxelise(mesh, edge);
      const depth = depths(voxels);
      let more = 2.2 * wanted;
      let spheres = greedyCover(voxels, depth, more, cap);
      while (spheres === undefined) {
        more = 1.3 * Math.max(more, voxels.edge);
        spheres = greedyCover(voxels, depth, more, cap);
      }
      while (spheres !== undefined) {
        yield withoutSwallowed(spheres);
        more *= 0.75;
        spheres = more > 0.9 * voxels.edge ? greedyCover(voxels, depth, more, cap) : undefined;
      }
    }
  }
}

interface Overestimate {
  /** [m] */
  readonly mean: number;
  readonly max: number;
}

/** Distance to the geometry over the surface of the union of spheres, by `points` equal-area points on each sphere. */
function overestimate(
  spheres: Spheres,
  distance: (x: number, y: number, z: number) => number,
  points: number,
): Overestimate {
  let area = 0;
  let sum = 0;
  let max = 0;
  for (let s = 0; s < spheres.length; s += 4) {
    const [x, y, z, r] = [spheres[s], spheres[s + 1], spheres[s + 2], spheres[s + 3]];
    for (let i = 0; i < points; i++) {
      // Fibonacci lattice on the unit sphere.
      const height = 1 - (2 * i + 1) / points;
      const turn = Math.PI * (3 - Math.sqrt(5)) * i;
      const ring = Math.sqrt(1 - height * height);
      const p: Vec3 = [x + r * ring * Math.cos(turn), y + r * ring * Math.sin(turn), z + r * height];
      if (holds(spheres, p, s)) continue;
      const d = distance(p[0], p[1], p[2]);
      area += r * r;
      sum += r * r * d;
      max = Math.max(max, d);
    }
  }
  return { mean: area > 0 ? sum / area : 0, max };
}

/** Whether a point lies in one of the spheres, `except` the one that starts there. */
function holds(spheres: Spheres, [x, y, z]: Vec3, except = -1): boolean {
  for (let s = 0; s < spheres.length; s += 4) {
    if (s === except) continue;
    const [dx, dy, dz, r] = [x - spheres[s], y - spheres[s + 1], z - spheres[s + 2], spheres[s + 3]];
    // On the sphere counts as held when its cover is proved, not when the union's surface is measured.
    if (dx * dx + dy * dy + dz * dz <= r * r * (except < 0 ? 1 + 1e-9 : 1 - 1e-9)) return true;
  }
  return false;
}

/** Spheres that lie within another one are left out. */
function withoutSwallowed(spheres: Spheres): number[] {
  const order = Array.from({ length: spheres.length / 4 }, (_, i) => 4 * i).sort(
    (a, b) => spheres[b + 3] - spheres[a + 3] || a - b,
  );
  const out: number[] = [];
  for (const s of order) {
    let swallowed = false;
    for (let k = 0; k < out.length && !swallowed; k += 4) {
      const apart = Math.hypot(spheres[s] - out[k], spheres[s + 1] - out[k + 1], spheres[s + 2] - out[k + 2]);
      swallowed = apart + spheres[s + 3] <= out[k + 3];
    }
    if (!swallowed) out.push(spheres[s], spheres[s + 1], spheres[s + 2], spheres[s + 3]);
  }
  return out;
}

function moved(spheres: Spheres, move: (p: Vec3) => Vec3): number[] {
  const out: number[] = [];
  for (let s = 0; s < spheres.length; s += 4) {
    out.push(...move([spheres[s], spheres[s + 1], spheres[s + 2]]), spheres[s + 3]);
  }
  return out;
}
