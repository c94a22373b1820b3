import type { FilterCode } from '../codes.ts';
import { createTremorFilter, type TremorFilterOptions } from './create.ts';
import type { TremorFilter } from './tremor-filter.ts';

/** Of a pose sample: time [s], position [m], orientation as quaternion x, y, z, w. */
export const POSE_SAMPLE = 8;
/** Of a steadied pose: tremor at the horizon as translation [m] and rotation vector [rad], steady position, steady quaternion. */
export const POSE_OUT = 13;

/** Beyond this turn from its anchor the logarithm is taken about a new one [rad]. */
const ANCHOR_RANGE = 0.3;
const UNIT_SLACK = 1e-3;

/**
 * A tremor filter for poses: three translations and the logarithm of the rotation, both in the base frame. The logarithm is
 * taken about an anchor that follows large turns; its steps being those of the base frame, the signal goes on without a
 * jump and its axes stay what they are.
 */
export class PoseSteadier {
  readonly filter: TremorFilter;
  readonly #sample = new Float64Array(7);
  readonly #out = new Float64Array(12);
  readonly #anchor = new Float64Array(4);
  readonly #offset = new Float64Array(3);
  readonly #last = new Float64Array([0, 0, 0, 1]);
  readonly #turned = new Float64Array(4);
  readonly #log = new Float64Array(3);
  readonly #back = new Float64Array(3);
  #anchored = false;

  /** @throws IsocenterError see {@link createTremorFilter} */
  constructor(options: Omit<TremorFilterOptions, 'axes' | 'input'>) {
    this.filter = createTremorFilter({ ...options, axes: 6 });
  }

  reset(): void {
    this.filter.reset();
    this.#anchored = false;
    this.#offset.fill(0);
  }

  /**
   * @param sample f64[POSE_SAMPLE]; a quaternion that is not of unit length counts as no sample
   * @param out f64[POSE_OUT]
   */
  step(sample: Float64Array, out: Float64Array): FilterCode {
    for (let i = 0; i < 4; i++) this.#sample[i] = sample[i];
    const norm = Math.hypot(sample[4], sample[5], sample[6], sample[7]);
    const usable = Math.abs(norm - 1) <= UNIT_SLACK && Number.isFinite(sample[0] + sample[1] + sample[2] + sample[3]);
    if (usable) {
      for (let i = 0; i < 4; i++) this.#last[i] = sample[4 + i] / norm;
      this.#rotation();
      for (let i = 0; i < 3; i++) this.#sample[4 + i] = this.#offset[i] + this.#log[i];
    } else this.#sample.fill(Number.NaN, 4);
    const code = this.filter.step(this.#sample, this.#out);
    for (let i = 0; i < 6; i++) out[i] = this.#out[i];
    for (let i = 0; i < 3; i++) out[6 + i] = this.#out[6 + i];
    // Turned back by what of the rotation is tremor now.
    for (let i = 0; i < 3; i++) this.#back[i] = this.#out[9 + i] - this.#offset[i] - this.#log[i];
    exponential(this.#back, this.#turned);
    multiply(this.#turned, this.#last, this.#turned);
    for (let i = 0; i < 4; i++) out[9 + i] = this.#turned[i];
    return code;
  }

  /** Rotation vector of the last quaternion from the anchor, into `#log`. */
  #rotation(): void {
    if (!this.#anchored) {
      this.#anchor.set(this.#last);
      this.#anchored = true;
    }
    difference(this.#last, this.#anchor, this.#turned);
    logarithm(this.#turned, this.#log);
    if (Math.hypot(this.#log[0], this.#log[1], this.#log[2]) <= ANCHOR_RANGE) return;
    for (let i = 0; i < 3; i++) this.#offset[i] += this.#log[i];
    this.#anchor.set(this.#last);
    this.#log.fill(0);
  }
}

/** a * conj(b): the turn, in the base frame, that takes b to a. */
function difference(a: Float64Array, b: Float64Array, out: Float64Array): void {
  const bx = -b[0];
  const by = -b[1];
  const bz = -b[2];
  const bw = b[3];
  const x = a[3] * bx + a[0] * bw + a[1] * bz - a[2] * by;
  const y = a[3] * by - a[0] * bz + a[1] * bw + a[2] * bx;
  const z = a[3] * bz + a[0] * by - a[1] * bx + a[2] * bw;
  const w = a[3] * bw - a[0] * bx - a[1] * by - a[2] * bz;
  out[0] = x;
  out[1] = y;
  out[2] = z;
  out[3] = w;
}

function multiply(a: Float64Array, b: Float64Array, out: Float64Array): void {
  const x = a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1];
  const y = a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0];
  const z = a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3];
  const w = a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2];
  out[0] = x;
  out[1] = y;
  out[2] = z;
  out[3] = w;
}

/** Rotation vector of a unit quaternion, the shorter way round. */
function logarithm(q: Float64Array, out: Float64Array): void {
  const sign = q[3] < 0 ? -1 : 1;
  const sine = Math.hypot(q[0], q[1], q[2]);
  const angle = 2 * Math.atan2(sine, sign * q[3]);
  const scale = sine < 1e-12 ? 2 : angle / sine;
  for (let i = 0; i < 3; i++) out[i] = sign * scale * q[i];
}

function exponential(vector: Float64Array, out: Float64Array): void {
  const angle = Math.hypot(vector[0], vector[1], vector[2]);
  const scale = angle < 1e-12 ? 0.5 : Math.sin(0.5 * angle) / angle;
  for (let i = 0; i < 3; i++) out[i] = scale * vector[i];
  out[3] = Math.cos(0.5 * angle);
}
