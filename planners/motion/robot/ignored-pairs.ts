import { inputError } from '../../../engine/core/errors.ts';
import { adjacentPairs, pairKey } from '../../../engine/core/link-pairs.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { createWorkspace, type RobotWorkspace, setConfiguration } from './workspace.ts';

/**
 * Why a pair of links need not be checked: they are one rigid body or a joint connects them, their spheres meet in (nearly)
 * every sampled configuration, or in none.
 */
export type IgnoreReason = 'adjacent' | 'always' | 'never';

export interface IgnoredPair {
  /** Link indices, lower first. */
  readonly a: number;
  readonly b: number;
  readonly reason: IgnoreReason;
}

export interface IgnoredPairsOptions {
  /** Configurations sampled within the limits; default 10,000. More keeps pairs that rarely meet. */
  readonly samples?: number;
  readonly seed?: number;
  /** A pair that meets in at least this share of the samples is taken to be one that always does; default 0.95. */
  readonly alwaysShare?: number;
}

/** What was found about every pair of links with spheres. */
export interface IgnoredPairs {
  readonly model: RobotModel;
  readonly ignored: readonly IgnoredPair[];
  /** Pairs left to check, and in how many of the samples each met. */
  readonly active: readonly { readonly a: number; readonly b: number; readonly met: number }[];
  readonly samples: number;
}

/**
 * Pairs of links that need no check, for a robot without SRDF, as MoveIt's set-up assistant finds them: adjacent and rigidly
 * joined links, and pairs that meet always or never in seeded random configurations.
 *
 * @returns the model with its `ignoredPairs`, and the reason for each
 * @throws IsocenterError `robot/no-spheres` for a model without collision spheres
 */
export function findIgnoredPairs(model: RobotModel, options: IgnoredPairsOptions = {}): IgnoredPairs {
  const { spheres, links } = model;
  if (spheres.link.length === 0) {
    throw inputError('robot/no-spheres', `${model.name} has no collision spheres`, 'fit spheres to its geometry first');
  }
  const samples = options.samples ?? 10_000;
  const ranges = sphereRanges(model);
  const adjacent = adjacentPairs(model);
  const ignored: IgnoredPair[] = [];
  const open: { a: number; b: number; met: number }[] = [];
  for (let a = 0; a < links.length; a++) {
    for (let b = a + 1; b < links.length; b++) {
      if (ranges[a].length === 0 || ranges[b].length === 0) continue;
      if (adjacent.has(pairKey(links.length, a, b))) ignored.push({ a, b, reason: 'adjacent' });
      else open.push({ a, b, met: 0 });
    }
  }
  const random = seededRandom(options.seed ?? 1);
  const space = createWorkspace(model);
  const centres = new Float64Array(spheres.sphere.length);
  const q = new Float64Array(model.active.length);
  for (let i = 0; i < samples; i++) {
    for (let c = 0; c < q.length; c++) {
      const limits = model.joints[model.active[c]].limits;
      const bounded = limits !== undefined && Number.isFinite(limits.upper - limits.lower);
      const [low, high] = bounded ? [limits.lower, limits.upper] : [-Math.PI, Math.PI];
      q[c] = low + (high - low) * random();
    }
    setConfiguration(space, q);
    placeSpheres(space, centres);
    for (const pair of open) if (meets(centres, ranges[pair.a], ranges[pair.b])) pair.met++;
  }
  const always = (options.alwaysShare ?? 0.95) * samples;
  for (const { a, b, met } of open) {
    if (met === 0) ignored.push({ a, b, reason: 'never' });
    else if (met >= always) ignored.push({ a, b, reason: 'always' });
  }
  const ignoredPairs = new Set([...adjacent, ...ignored.map(({ a, b }) => pairKey(links.length, a, b))]);
  const active = open.filter(({ a, b }) => !ignoredPairs.has(pairKey(links.length, a, b)));
  return { model: { ...model, ignoredPairs }, ignored, active, samples };
}

/** Numbers of the spheres of each link. */
function sphereRanges(model: RobotModel): number[][] {
  const ranges: number[][] = model.links.map(() => []);
  model.spheres.link.forEach((link, s) => {
    ranges[link].push(s);
  });
  return ranges;
}

/** x, y, z, radius of every sphere in the base frame. */
function placeSpheres({ model, linkPoses: t }: RobotWorkspace, out: Float64Array): void {
  const { link, sphere } = model.spheres;
  for (let s = 0; s < link.length; s++) {
    const i = 16 * link[s];
    const [x, y, z] = [sphere[4 * s], sphere[4 * s + 1], sphere[4 * s + 2]];
    for (let r = 0; r < 3; r++) out[4 * s + r] = t[i + r] * x + t[i + 4 + r] * y + t[i + 8 + r] * z + t[i + 12 + r];
    out[4 * s + 3] = sphere[4 * s + 3];
  }
}

function meets(placed: Float64Array, first: readonly number[], second: readonly number[]): boolean {
  for (const s of first) {
    const [x, y, z, r] = [placed[4 * s], placed[4 * s + 1], placed[4 * s + 2], placed[4 * s + 3]];
    for (const o of second) {
      const dx = placed[4 * o] - x;
      const dy = placed[4 * o + 1] - y;
      const dz = placed[4 * o + 2] - z;
      const reach = r + placed[4 * o + 3];
      if (dx * dx + dy * dy + dz * dz < reach * reach) return true;
    }
  }
  return false;
}
