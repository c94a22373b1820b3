import { errorBetweenM, type Shaft, setShaft, shaftErrorM, trocarReachM } from './shaft.ts';

/** A straight joint motion whose remote-centre error is to be bounded. */
interface Straight {
  readonly shaft: Shaft;
  readonly from: Float64Array;
  readonly to: Float64Array;
  readonly x: Float64Array;
  /** Sums of |change| over turning joints [rad] and sliding ones [m]. */
  readonly turned: number;
  readonly slid: number;
  readonly toleranceM: number;
}

/** At a place of the motion: remote-centre error, and reach of the trocar from the turning joints [m]. */
interface Place {
  readonly errorM: number;
  readonly reachM: number;
}

/** Halvings before the bound gives up. */
const DEPTH = 12;

/**
 * What no point of the straight joint motion from `from` to `to` [dofs of the chain] exceeds in remote-centre error [m]; infinite
 * where it cannot be shown to stay within `toleranceM`. The motion is halved, with the error measured at each middle, until
 * {@link errorBetweenM} is within it.
 */
export function straightErrorBoundM(shaft: Shaft, from: Float64Array, to: Float64Array, toleranceM: number): number {
  const { chain } = shaft;
  let turned = 0;
  let slid = 0;
  for (let k = 0; k < chain.length; k++) {
    const change = Math.abs(chain.scale[k] * (to[chain.dof[k]] - from[chain.dof[k]]));
    if (chain.slides[k]) slid += change;
    else turned += change;
  }
  const motion: Straight = { shaft, from, to, x: from.slice(), turned, slid, toleranceM };
  return bound(motion, 0, placeAt(motion, 0), 1, placeAt(motion, 1), DEPTH);
}

function placeAt({ shaft, from, to, x }: Straight, share: number): Place {
  for (let i = 0; i < x.length; i++) x[i] = share === 1 ? to[i] : from[i] + share * (to[i] - from[i]);
  setShaft(shaft, x);
  return { errorM: shaftErrorM(shaft), reachM: trocarReachM(shaft) };
}

function bound(motion: Straight, begin: number, first: Place, end: number, last: Place, depth: number): number {
  const share = end - begin;
  const turned = share * motion.turned;
  const slid = share * motion.slid;
  // Between the ends a joint's origin moves by no more than half the way from the nearer one.
  const rho = Math.max(first.reachM, last.reachM) + (motion.shaft.chain.reachM * turned + slid) / 2;
  const error = errorBetweenM(Math.max(first.errorM, last.errorM), turned, slid, rho);
  if (error <= motion.toleranceM) return error;
  if (depth === 0 || !(Math.max(first.errorM, last.errorM) <= motion.toleranceM)) return Number.POSITIVE_INFINITY;
  const half = (begin + end) / 2;
  const middle = placeAt(motion, half);
  const left = bound(motion, begin, first, half, middle, depth - 1);
  return left === Number.POSITIVE_INFINITY ? left : Math.max(left, bound(motion, half, middle, end, last, depth - 1));
}
