import { inputError } from '../../../engine/core/errors.ts';
import { type Contact, closestContact, insideMesh } from '../collision/reference.ts';
import {
  describeContact,
  type LimitViolation,
  type PathReason,
  type PathResult,
  pathLength,
  type SearchProgress,
} from './result.ts';
import type { MotionSpace } from './space.ts';

export interface PathRequest {
  /** Positions of the space's joints, in their order [rad or m]. */
  readonly start: ArrayLike<number>;
  readonly goal: ArrayLike<number>;
  /** Chooses the samples; the same seed gives the same path, bit by bit. Default 0. */
  readonly seed?: number;
  /** Samples drawn before the search gives up, over all attempts; default 200000 (about a second). */
  readonly maxIterations?: number;
  /** Rounds of shortening; 0 leaves the path as found. Default 5. */
  readonly simplifyRounds?: number;
}

/** Samples of the first attempt; each further one, with other samples, has twice as many as the one before. */
const FIRST_ATTEMPT = 10000;
/** The Halton sequence counts in 32 bits. */
const LONGEST_ATTEMPT = 2 ** 20;
/** Slack of the limits, for positions that files give with rounded digits [rad or m]. */
const LIMIT_SLACK = 1e-9;
/** A turn beyond this is no longer exact in float32 [rad]. */
const LARGEST = 1000;

const NO_PATH = new Float64Array(0);

/**
 * Plans a collision-free path between two configurations and shortens it. Synchronous, on the calling thread; every edge
 * of the result is proven free, not sampled. Where there is no path the result says why.
 *
 * @throws IsocenterError for a configuration of the wrong length or with NaN, and for settings that make no sense
 */
export function planPath(space: MotionSpace, request: PathRequest): PathResult {
  const began = performance.now();
  checkRequest(space, request);
  const { search } = space;
  const refused = refuse(space, request);
  if (refused !== undefined) {
    const spent = 1000 * (performance.now() - began);
    return { ...refused, timesUs: { plan: spent, simplify: 0, total: spent } };
  }
  const progress = searchPath(space, request);
  const planned = performance.now();
  const valid = { start: true, goal: true };
  if (progress.code !== 'solved') {
    const spent = 1000 * (planned - began);
    return {
      ...unsolved('out-of-iterations', explainSearch(progress), valid, progress),
      timesUs: { plan: spent, simplify: 0, total: spent },
    };
  }
  const rawWaypoints = pathOf(space, request);
  const searched = search.count('edges');
  const shortening = performance.now();
  const rounds = request.simplifyRounds ?? 5;
  if (rounds > 0) search.simplify(rounds);
  const shortened = performance.now();
  const waypoints = rounds > 0 ? pathOf(space, request) : rawWaypoints;
  const { code: _, ...counts } = progress;
  return {
    solved: true,
    reason: 'solved',
    message: `solved after ${progress.iterations} samples`,
    valid,
    progress: { ...counts, edges: progress.edges + search.count('edges') - searched },
    waypoints,
    rawWaypoints,
    length: pathLength(waypoints, search.dim),
    rawLength: pathLength(rawWaypoints, search.dim),
    timesUs: {
      plan: 1000 * (planned - began),
      simplify: 1000 * (shortened - shortening),
      total: 1000 * (performance.now() - began),
    },
  };
}

type Attempts = SearchProgress & { readonly code: string };

function searchPath(space: MotionSpace, request: PathRequest): Attempts {
  const { search } = space;
  const most = request.maxIterations ?? 200000;
  const seed = request.seed ?? 0;
  let [iterations, attempts, edges] = [0, 0, 0];
  let closest = Number.POSITIVE_INFINITY;
  let code = 'out-of-iterations';
  while (code !== 'solved' && iterations < most) {
    // A seed of its own for every attempt, far from those of neighbouring seeds.
    search.begin((seed + Math.imul(attempts, 0x9e3779b1)) >>> 0);
    code = search.search(
      request.start,
      request.goal,
      Math.min(FIRST_ATTEMPT * 2 ** attempts, LONGEST_ATTEMPT, most - iterations),
    );
    attempts++;
    iterations += search.count('iterations');
    edges += search.count('edges');
    closest = Math.min(closest, search.closest);
    if (search.count('iterations') === 0) break;
  }
  return {
    code,
    iterations,
    attempts,
    treeSizes: [search.count('sizeA'), search.count('sizeB')],
    closest,
    edges,
  };
}

/** The path in the kernel's memory, with the exact ends that were asked for and within the exact limits. */
function pathOf(space: MotionSpace, request: PathRequest): Float64Array {
  const { search, limits } = space;
  const path = search.path();
  const { dim } = search;
  for (let i = 0; i < path.length; i++) {
    const { lower, upper } = limits[i % dim];
    path[i] = Math.min(upper, Math.max(lower, path[i]));
  }
  for (let k = 0; k < dim; k++) {
    path[k] = request.start[k];
    path[path.length - dim + k] = request.goal[k];
  }
  return path;
}

function checkRequest(space: MotionSpace, request: PathRequest): void {
  const { names } = space;
  for (const end of ['start', 'goal'] as const) {
    const q = request[end];
    if (q.length !== names.length) {
      throw inputError(
        'path/configuration-length',
        `the ${end} has ${q.length} numbers; robot ${space.model.name} has ${names.length} joints that move`,
        `give one position each for ${names.join(', ')}`,
      );
    }
    for (let i = 0; i < q.length; i++) {
      if (Math.abs(q[i]) <= LARGEST) continue;
      throw inputError(
        'path/configuration',
        `joint ${names[i]} is at ${q[i]} in the ${end}`,
        `positions are numbers from -${LARGEST} to ${LARGEST} rad (or m)`,
      );
    }
  }
  checkWhole('seed', request.seed ?? 0, 0);
  checkWhole('maxIterations', request.maxIterations ?? 1, 1);
  checkWhole('simplifyRounds', request.simplifyRounds ?? 0, 0);
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value < 2 ** 31) return;
  throw inputError('path/settings', `${name} is ${value}`, `it must be a whole number from ${least} to ${2 ** 31 - 1}`);
}

type Refusal = Omit<PathResult, 'timesUs'>;

/** Why start or goal cannot be planned for; undefined where they can. */
function refuse(space: MotionSpace, request: PathRequest): Refusal | undefined {
  const ends = [judgeConfiguration(space, request.start), judgeConfiguration(space, request.goal)];
  const valid = { start: ends[0].valid, goal: ends[1].valid };
  for (const [i, end] of (['start', 'goal'] as const).entries()) {
    const { fault, message, violation, contact } = ends[i];
    if (fault === undefined) continue;
    return {
      ...unsolved(`${end}-${fault}`, `${end}: ${message}`, valid, NOTHING_TRIED),
      ...(violation === undefined ? {} : { violation }),
      ...(contact === undefined ? {} : { contact }),
    };
  }
  return undefined;
}

/** Whether a configuration can be a start or goal, and why not. */
export interface Judgement {
  readonly valid: boolean;
  readonly fault?: 'outside-limits' | 'in-collision' | 'too-close';
  readonly message?: string;
  readonly violation?: LimitViolation;
  readonly contact?: Contact;
}

/** Limits first, then collisions: by the fast checker, and by the float64 one where it has to be told what meets what. */
export function judgeConfiguration(space: MotionSpace, q: ArrayLike<number>): Judgement {
  const { limits, names, check, search } = space;
  for (let i = 0; i < names.length; i++) {
    const { lower, upper } = limits[i];
    if (q[i] >= lower - LIMIT_SLACK && q[i] <= upper + LIMIT_SLACK) continue;
    const violation = { joint: names[i], value: q[i], lower, upper };
    const message = `joint ${names[i]} is at ${q[i]}, its limits are ${lower} to ${upper}`;
    return { valid: false, fault: 'outside-limits', message, violation };
  }
  // What the fast checker calls free is free in float64, too, but for the inside of meshes.
  const free = search.stateFree(q) && !(space.hasMeshes && insideMesh(check, q));
  if (space.fixed === undefined && free) return { valid: true };
  const contact = space.fixed ?? closestContact(check, q);
  if (contact === undefined) return { valid: true };
  if (!(contact.clearanceM > 0)) {
    return { valid: false, fault: 'in-collision', message: describeContact(contact), contact };
  }
  return { valid: true, fault: 'too-close', message: describeContact(contact), contact };
}

const NOTHING_TRIED: SearchProgress = {
  iterations: 0,
  attempts: 0,
  treeSizes: [0, 0],
  closest: Number.POSITIVE_INFINITY,
  edges: 0,
};

function unsolved(reason: PathReason, message: string, valid: Refusal['valid'], progress: SearchProgress): Refusal {
  const { iterations, attempts, treeSizes, closest, edges } = progress;
  return {
    solved: false,
    reason,
    message,
    valid,
    progress: { iterations, attempts, treeSizes, closest, edges },
    waypoints: NO_PATH,
    rawWaypoints: NO_PATH,
    length: 0,
    rawLength: 0,
  };
}

function explainSearch(p: SearchProgress): string {
  return `no path after ${p.iterations} samples in ${p.attempts} attempts: the trees from start and goal have ${p.treeSizes[0]} and ${p.treeSizes[1]} nodes and come within ${p.closest.toFixed(3)} of each other`;
}
