/**
 * Set-points of a servo come once a cycle of T seconds: acceleration, velocity and position follow each other as
 *
 *   a' = a + jerk T,   v' = v + T a',   q' = q + T v'
 *
 * so that differences of successive set-points are exactly these velocities and accelerations. Over i cycles in which the
 * acceleration changes by `delta` each cycle:
 */
export function velocityAfter(v: number, a: number, delta: number, i: number, period: number): number {
  return v + period * (i * a + (delta * i * (i + 1)) / 2);
}

export function positionAfter(q: number, v: number, a: number, delta: number, i: number, period: number): number {
  return q + period * (i * v + period * ((a * i * (i + 1)) / 2 + (delta * i * (i + 1) * (i + 2)) / 6));
}

/** Largest acceleration change a cycle [.. /s^2] is jerk * period; rounding may take this share of it. */
const ROUNDING = 1e-12;

/**
 * The least half length m <= most [cycles] of a ramp that brings every joint to rest: acceleration straight to `peak` in m
 * cycles and straight to zero in m more, velocity zero at the end. 0 where there is none.
 *
 * @param peak [dofs] is filled
 */
export function rampToRest(
  v: Float64Array,
  a: Float64Array,
  acceleration: Float64Array,
  jerk: Float64Array,
  period: number,
  most: number,
  peak: Float64Array,
): number {
  let m = 1;
  for (let i = 0; i < v.length; i++) {
    while (!fits(v[i], a[i], acceleration[i], jerk[i], period, m)) {
      // Longer by a fifth at least: a longer ramp is gentler.
      m += Math.max(1, m >> 3);
      if (m > most) return 0;
    }
  }
  for (let i = 0; i < v.length; i++) peak[i] = peakOf(v[i], a[i], period, m);
  // A joint that fitted a shorter ramp must fit this one too.
  for (let i = 0; i < v.length; i++) {
    if (!fits(v[i], a[i], acceleration[i], jerk[i], period, m)) return 0;
  }
  return m;
}

function peakOf(v: number, a: number, period: number, m: number): number {
  return -(v / period + (a * (m - 1)) / 2) / m;
}

function fits(v: number, a: number, acceleration: number, jerk: number, period: number, m: number): boolean {
  const peak = peakOf(v, a, period, m);
  const most = jerk * period * m * (1 + ROUNDING);
  return Math.abs(peak) <= acceleration && Math.abs(peak) <= most && Math.abs(peak - a) <= most;
}
