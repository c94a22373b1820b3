/**
 * Times of a smooth row of configurations: what {@link pace} works with, preallocated. Differences over the durations stand for the
 * derivatives of the motion through them; before the first and after the last configuration the motion is at rest.
 */
export interface Pacing {
  readonly joints: number;
  readonly count: number;
  /** [count][joints] over each joint's greatest velocity; acceleration and jerk limits over it too. */
  readonly rows: Float64Array;
  readonly perAcceleration: Float64Array;
  readonly perJerk: Float64Array;
  /** [count - 1] durations of the steps [s]. */
  readonly seconds: Float64Array;
  readonly trial: Float64Array;
  /** [count - 1] by what the durations around a step must be longer than the differences say. */
  readonly margins: ArrayLike<number>;
}

/**
 * Shortens the durations of the steps between `rows` [count][joints] of a motion from rest to rest until nowhere room is left under the
 * limits of velocity, acceleration and jerk. The rows must be spaced as a motion would be that speeds up and slows down
 * smoothly over equal times. Steps are made quicker by bumps, wide to narrow, as long as all limits hold. Differences stand
 * for derivatives; where the motion that is laid through the rows needs more time than they say, call again with margins above one there.
 *
 * @param margins [count - 1]
 * @returns durations of the steps [s]
 */
export function pace(
  rows: Float64Array,
  joints: number,
  limits: {
    readonly velocity: ArrayLike<number>;
    readonly acceleration: ArrayLike<number>;
    readonly jerk: ArrayLike<number>;
  },
  margins: ArrayLike<number> = new Float64Array(rows.length / joints - 1).fill(1),
): Float64Array {
  const count = rows.length / joints;
  const steps = count - 1;
  const scaled = rows.map((q, at) => q / limits.velocity[at % joints]);
  const pacing: Pacing = {
    joints,
    count,
    rows: scaled,
    perAcceleration: Float64Array.from({ length: joints }, (_, i) => limits.velocity[i] / limits.acceleration[i]),
    perJerk: Float64Array.from({ length: joints }, (_, i) => limits.velocity[i] / limits.jerk[i]),
    seconds: new Float64Array(steps).fill(1),
    trial: new Float64Array(steps),
    margins,
  };
  pacing.trial.fill(1);
  pacing.seconds.fill(stretchOf(pacing, 0, steps - 1, 0));
  for (let width = steps / 2; width >= 1; width /= 2) for (const by of SHRINKS) while (quicken(pacing, width, by));
  return pacing.seconds;
}

/** Shares of a step's duration that a bump takes off at its middle. */
const SHRINKS = [0.3, 0.1, 0.03, 0.01];

/** One sweep of bumps of half that width; whether it has gained more than it is worth. */
function quicken(pacing: Pacing, width: number, by: number): boolean {
  const { seconds, trial } = pacing;
  const steps = seconds.length;
  const stride = Math.max(1, Math.floor(width / 2));
  let before = 0;
  let after = 0;
  for (let k = 0; k < steps; k++) before += seconds[k];
  for (let centre = 0; centre < steps; centre += stride) {
    const first = Math.max(0, Math.ceil(centre - width));
    const last = Math.min(steps - 1, Math.floor(centre + width));
    trial.set(seconds.subarray(Math.max(0, first - 3), Math.min(steps, last + 4)), Math.max(0, first - 3));
    for (let k = first; k <= last; k++) {
      const share = (k - centre) / (width + 1);
      trial[k] = seconds[k] * (1 - by * (1 - share * share) ** 2);
    }
    if (stretchOf(pacing, first, last, 1) <= 1) seconds.set(trial.subarray(first, last + 1), first);
  }
  for (let k = 0; k < steps; k++) after += seconds[k];
  return after < before * (1 - 1e-3);
}

/**
 * By what the durations in `trial` would have to be stretched for the limits to hold around the steps `first` to `last`; where it is more than
 * `enough` (0 for none) some of it.
 */
function stretchOf(pacing: Pacing, first: number, last: number, enough: number): number {
  const { joints, rows, perAcceleration, perJerk, trial, margins } = pacing;
  const steps = trial.length;
  let most = 0;
  for (let i = 0; i < joints; i++) {
    // Before the start and after the end steps of no length, as long as the first and the last.
    let v = 0;
    let a = 0;
    for (let k = first - 3; k <= last + 3; k++) {
      const h = k < 0 ? trial[0] : k < steps ? trial[k] : trial[steps - 1];
      const previous = k < 1 ? trial[0] : k <= steps ? trial[k - 1] : trial[steps - 1];
      const speed = k < 0 || k >= steps ? 0 : (rows[(k + 1) * joints + i] - rows[k * joints + i]) / h;
      const gain = k > first - 3 ? (2 * (speed - v)) / (h + previous) : 0;
      if (k > first - 2) {
        const before = k < 2 ? trial[0] : k <= steps + 1 ? trial[Math.min(steps - 1, k - 2)] : trial[steps - 1];
        const jerk = (3 * Math.abs(gain - a)) / (h + previous + before);
        const need =
          margins[Math.max(0, Math.min(steps - 1, k - 1))] *
          Math.max(Math.abs(speed), Math.sqrt(Math.abs(gain) * perAcceleration[i]), Math.cbrt(jerk * perJerk[i]));
        if (need > most) {
          most = need;
          if (enough > 0 && most > enough) return most;
        }
      }
      v = speed;
      a = gain;
    }
  }
  return most;
}
