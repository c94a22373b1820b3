import { seededRandom } from '../../../engine/core/random.ts';
import { activeLimits, activeNames, type RobotModel } from '../../../engine/core/robot.ts';
import type { Srdf } from '../../../engine/formats/srdf.ts';
import { createCollisionReference, isFree } from '../collision/reference.ts';

/** Names that designers give to where an arm waits for work, the likeliest first. */
const WAITING = ['ready', 'home'];
/** Places that are tried where nobody has named one. */
const TRIES = 500;

/**
 * Where a robot of the user's stands at first: in a state that its SRDF names, else at zero, amid its limits or anywhere in them, but
 * not in itself.
 *
 * @returns [joints] within the limits [rad or m]; that nearest to zero where every place that was tried lies in itself
 */
export function standOf(model: RobotModel, srdf: Srdf | undefined): Float64Array {
  const limits = activeLimits(model);
  const within = (q: (i: number) => number): Float64Array =>
    Float64Array.from(limits, ({ lower, upper }, i) => Math.min(upper, Math.max(lower, q(i))));
  const rest = within(() => 0);
  const amid = (share: () => number): Float64Array =>
    within((i) => {
      const { lower, upper } = limits[i];
      return Number.isFinite(upper - lower) ? lower + share() * (upper - lower) : 0;
    });
  const rank = (name: string): number => (WAITING.includes(name) ? WAITING.indexOf(name) : WAITING.length);
  const names = activeNames(model);
  const named = [...(srdf?.states ?? [])]
    .sort((a, b) => rank(a.name) - rank(b.name))
    .map(({ positions }) => within((i) => positions[names[i]] ?? rest[i]));
  const random = seededRandom(1);
  const tried = Array.from({ length: TRIES }, () => amid(random));
  const check = createCollisionReference(model, { obstacles: [] });
  return [...named, rest, amid(() => 0.5), ...tried].find((q) => isFree(check, q)) ?? rest;
}
