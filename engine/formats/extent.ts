/**
 * No length or coordinate of a robot or a scene may be above this [m]: it is a slip of units or of typing, and its square
 * would leave float32.
 */
export const FARTHEST_M = 1e6;

export function withinReach(lengthsM: ArrayLike<number>): boolean {
  for (let i = 0; i < lengthsM.length; i++) if (!(Math.abs(lengthsM[i]) <= FARTHEST_M)) return false;
  return true;
}
