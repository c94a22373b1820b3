import type { Contact } from '../collision/reference.ts';

export type PathReason =
  | 'solved'
  | 'start-outside-limits'
  | 'goal-outside-limits'
  | 'start-in-collision'
  | 'goal-in-collision'
  /** Free, but by less than the clearance asked for and the fast checker's room for rounding (hundredths of a millimetre). */
  | 'start-too-close'
  | 'goal-too-close'
  | 'out-of-iterations';

export interface LimitViolation {
  readonly joint: string;
  /** [rad or m] */
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** How far a search came. */
export interface SearchProgress {
  readonly iterations: number;
  /** Searches begun; each but the first with other samples than the one before. */
  readonly attempts: number;
  /** Nodes of the trees grown from start and goal in the last attempt. */
  readonly treeSizes: readonly [number, number];
  /** Least distance between the two trees in any attempt, Euclidean [rad or m]. */
  readonly closest: number;
  /** Edges checked, those of the simplification included. */
  readonly edges: number;
}

export interface PathTimes {
  /** Checks of start and goal, and the search [us]. */
  readonly plan: number;
  readonly simplify: number;
  /** The whole call. */
  readonly total: number;
}

export interface PathResult {
  readonly solved: boolean;
  readonly reason: PathReason;
  /** The reason in words, with names, values and units. */
  readonly message: string;
  /** Whether start and goal are within limits and free by the float64 checker. */
  readonly valid: { readonly start: boolean; readonly goal: boolean };
  /** The joint that the reason speaks of. */
  readonly violation?: LimitViolation;
  /** What meets what at the start or goal, and how deep. */
  readonly contact?: Contact;
  readonly progress: SearchProgress;
  /** [vertices][joints] from start to goal [rad or m]; every edge is proven free. Empty where there is none. */
  readonly waypoints: Float64Array;
  /** The path before it was simplified. */
  readonly rawWaypoints: Float64Array;
  /** Euclidean lengths [rad or m]. */
  readonly length: number;
  readonly rawLength: number;
  readonly timesUs: PathTimes;
}

/** Euclidean length of a path [vertices][dim]. */
export function pathLength(waypoints: Float64Array, dim: number): number {
  let sum = 0;
  for (let i = dim; i < waypoints.length; i += dim) {
    let squared = 0;
    for (let k = 0; k < dim; k++) squared += (waypoints[i + k] - waypoints[i - dim + k]) ** 2;
    sum += Math.sqrt(squared);
  }
  return sum;
}

/** A contact in words. */
export function describeContact(contact: Contact): string {
  const depthMm = (Math.abs(contact.clearanceM) * 1000).toFixed(2);
  const other = contact.with.kind === 'link' ? `link ${contact.with.name}` : contact.with.name;
  const how = contact.clearanceM > 0 ? `is ${depthMm} mm from` : `is ${depthMm} mm deep in`;
  return `link ${contact.linkName} (sphere ${contact.sphere}) ${how} ${other}`;
}
