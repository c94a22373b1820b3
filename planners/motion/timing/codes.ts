/**
 * Result codes of the timing functions. Zero is success, negative is refusal; nothing in this folder throws, so that a
 * control loop can call it.
 */
export const OK = 0;
/** A position, velocity or acceleration is NaN or infinite. */
export const NOT_FINITE = -1;
/** A limit is NaN, infinite, or on the wrong side of zero. */
export const BAD_LIMIT = -2;
/** The target's velocity or acceleration is outside its limit. */
export const TARGET_OUTSIDE_LIMITS = -3;
/** The target's acceleration points outward so near the velocity limit that the motion would leave it afterwards. */
export const TARGET_NOT_HOLDABLE = -4;
/** The target's acceleration points inward so near the velocity limit that the motion was outside it before. */
export const TARGET_NOT_REACHABLE = -5;
/** No duration suits all joints: a fault of ours, or numbers beyond float64. */
export const NO_SOLUTION = -6;
/** Fewer than two waypoints, or more than the workspace was made for. */
export const BAD_PATH = -7;

export type TimingCode =
  | typeof OK
  | typeof NOT_FINITE
  | typeof BAD_LIMIT
  | typeof TARGET_OUTSIDE_LIMITS
  | typeof TARGET_NOT_HOLDABLE
  | typeof TARGET_NOT_REACHABLE
  | typeof NO_SOLUTION
  | typeof BAD_PATH;

/** A code in words, for messages outside the control loop. */
export function describeTimingCode(code: TimingCode): string {
  switch (code) {
    case OK:
      return 'solved';
    case NOT_FINITE:
      return 'a position, velocity or acceleration is not a finite number';
    case BAD_LIMIT:
      return 'a limit is not finite or not positive (minimum limits: not negative)';
    case TARGET_OUTSIDE_LIMITS:
      return "the target's velocity or acceleration is outside its limit";
    case TARGET_NOT_HOLDABLE:
      return 'the target cannot be held: its acceleration would carry the velocity out of its limit (v + a^2/2j)';
    case TARGET_NOT_REACHABLE:
      return 'the target cannot be reached: its acceleration means that the velocity was outside its limit before';
    case NO_SOLUTION:
      return 'no duration suits all joints';
    case BAD_PATH:
      return 'the path needs at least two waypoints and at most as many as the workspace holds';
  }
}
