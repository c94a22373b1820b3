import type { DeviceBuffer, Launch } from '../../engine/compute/device.ts';

/** A smooth function of n variables w >= 0 whose evaluation is a list of launches. */
export interface BoundedProblem {
  readonly size: number;
  /** f32[4]: the first is the value after the launches of `evaluate`. */
  readonly value: DeviceBuffer;
  /** Launches that compute value and gradient at `w`; f32[size] -> f32[size]. */
  evaluate(w: DeviceBuffer, gradient: DeviceBuffer): readonly Launch[];
}
