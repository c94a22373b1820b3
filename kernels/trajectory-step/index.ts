import type { Device, DeviceBuffer, Launch } from '../../engine/compute/device.ts';
import { workgroupsFor } from '../support/workgroups.ts';

/** Floats of a seed's state: see {@link STATE}; then the curvature of each pair and two numbers of scratch a pair. */
export const STATE_STRIDE = 64;
/** Most pairs that a state has room for. */
export const MAX_PAIRS = 16;
/** Where a state holds what. `status` is 0 before the first evaluation, 1 while it descends, 2 when no step descends. */
export const STATE = {
  value: 0,
  step: 1,
  slope: 2,
  pairs: 3,
  newest: 4,
  tries: 5,
  status: 6,
  accepted: 7,
  gamma: 8,
} as const;
/** First of the pairs' curvatures. */
export const CURVATURES = 16;

export interface StepShape {
  readonly seeds: number;
  /** Free control points of a joint. */
  readonly free: number;
  readonly joints: number;
  /** Floats from one seed's variables to the next. */
  readonly stride: number;
  /** Pairs of past steps, at most {@link MAX_PAIRS}. */
  readonly history: number;
  /** Largest move of a control point in one step [rad or m], and of the logarithm of the time. */
  readonly maxMove: number;
  readonly maxLogMove: number;
}

/** Floats of the metric: [free][free], one scale a joint, one of the logarithm of the time. */
export function metricFloats(s: Pick<StepShape, 'free' | 'joints'>): number {
  return s.free * s.free + s.joints + 1;
}

export interface StepBuffers {
  readonly trial: DeviceBuffer;
  readonly value: DeviceBuffer;
  readonly gradient: DeviceBuffer;
  readonly point: DeviceBuffer;
  readonly history: DeviceBuffer;
  readonly metric: DeviceBuffer;
  readonly state: DeviceBuffer;
}

/**
 * One step of limited-memory BFGS (Nocedal 1980) for each seed, with nothing read back: takes the value and the gradient at
 * the trial point; where the value fell enough (Armijo), the trial becomes the point, the move a new pair of the history
 * and the next trial lies one full step along the new direction; else the next trial lies closer. The metric stands for the
 * inverse of the Hessian before any pair is known. A state of zeros starts anew at the trial point.
 *
 * @param b.trial f32[seeds][stride], replaced by the next trial
 * @param b.value f32[seeds][4] (the first of each), b.gradient f32[seeds][stride]: at the trial
 * @param b.point f32[seeds][3][stride]: point, its gradient, direction
 * @param b.history f32[seeds][2 history][stride]: moves, then changes of the gradient
 * @param b.metric f32[metricFloats]
 * @param b.state f32[seeds][64]
 */
export function prepareTrajectoryStep(device: Device, s: StepShape, b: StepBuffers): Launch {
  return device.prepare({
    kernel: 'trajectory-step',
    entry: 'trajectoryStep',
    params: [
      ['u32', s.seeds],
      ['u32', s.free],
      ['u32', s.joints],
      ['u32', s.stride],
      ['u32', s.history],
      ['f32', s.maxMove],
      ['f32', s.maxLogMove],
    ],
    buffers: [b.trial, b.value, b.gradient, b.point, b.history, b.metric, b.state],
    tasks: s.seeds,
    workgroups: workgroupsFor(s.seeds),
  });
}
