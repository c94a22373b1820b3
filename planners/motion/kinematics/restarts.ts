import type { Random } from '../../../engine/core/random.ts';
import { type Centring, createCentring, resolveRedundancy } from './centring.ts';
import type { Constraint } from './constraint.ts';
import { createDescent, type Descent, descend } from './descent.ts';

/** Descents from many starts: what {@link search} works with, preallocated. */
export interface Search {
  readonly constraint: Constraint;
  readonly descent: Descent;
  readonly centring: Centring;
  /** [dofs] the solution, or the best configuration within the limits that was found. */
  readonly best: Float64Array;
  readonly unboundedLower: Float64Array;
  readonly unboundedUpper: Float64Array;
  /** Starts and steps used. */
  attempts: number;
  iterations: number;
  /** After {@link metWithoutLimits}: the unknown farthest outside its limits, and where it would stand. */
  outside: number;
  outsidePosition: number;
}

export function createSearch(constraint: Constraint, iterations: number): Search {
  const n = constraint.dofs;
  return {
    constraint,
    descent: createDescent(constraint, iterations),
    centring: createCentring(constraint),
    best: new Float64Array(n),
    unboundedLower: new Float64Array(n).fill(Number.NEGATIVE_INFINITY),
    unboundedUpper: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
    attempts: 0,
    iterations: 0,
    outside: -1,
    outsidePosition: 0,
  };
}

/**
 * Descends from what stands in `descent.x`, then from random configurations within the limits, until the equations are met;
 * `best` is then, where `centre` asks for it, moved towards the middle of the ranges.
 */
export function search(s: Search, attempts: number, random: Random, centre: boolean): boolean {
  const { constraint, descent, best } = s;
  let lowest = Number.POSITIVE_INFINITY;
  s.attempts = 0;
  s.iterations = 0;
  while (s.attempts < attempts) {
    if (s.attempts > 0) randomStart(s, random);
    s.attempts++;
    const cost = descend(descent, constraint.lower, constraint.upper);
    s.iterations += descent.taken;
    const met = constraint.isMet();
    if (!(cost < lowest) && !met) continue;
    lowest = cost;
    best.set(descent.x);
    if (!met) continue;
    if (centre) resolveRedundancy(s.centring, best);
    return true;
  }
  return false;
}

/** Whether a few starts, the first of them `best`, meet the equations when limits do not count. */
export function metWithoutLimits(s: Search, random: Random): boolean {
  const { constraint, descent, best } = s;
  const { x } = descent;
  s.outside = -1;
  x.set(best);
  for (let attempt = 0; attempt < 10; attempt++) {
    if (attempt > 0) randomStart(s, random);
    descend(descent, s.unboundedLower, s.unboundedUpper);
    s.iterations += descent.taken;
    if (!constraint.isMet()) continue;
    let farthest = 0;
    for (let i = 0; i < x.length; i++) {
      const beyond = Math.max(constraint.lower[i] - x[i], x[i] - constraint.upper[i]);
      if (beyond > farthest) {
        farthest = beyond;
        s.outside = i;
        s.outsidePosition = x[i];
      }
    }
    // A solution inside the limits that all attempts have missed is no matter of limits.
    if (farthest > 0) return true;
  }
  return false;
}

/** A uniform configuration within the limits; a joint without limits anywhere in one turn. */
export function randomStart({ descent: { x }, constraint, centring }: Search, random: Random): void {
  for (let i = 0; i < x.length; i++) {
    const low = Number.isFinite(constraint.lower[i]) ? constraint.lower[i] : -Math.PI;
    x[i] = low + random() * centring.range[i];
  }
}
