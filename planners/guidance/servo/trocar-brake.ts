import { differentiateArm, placeArm, type ServoArm } from './arm.ts';
import { positionAfter, velocityAfter } from './ramp.ts';
import type { StopMotion } from './stop-motion.ts';

/** Works out how to slow down while the trocar stays on the shaft. */
export interface TrocarBrake {
  readonly arm: ServoArm;
  readonly periodSec: number;
  /** Cycles of a segment: a share of the time in which accelerations build up. */
  readonly segmentCycles: number;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly need: Float64Array;
  readonly x: Float64Array;
  readonly v: Float64Array;
  readonly a: Float64Array;
}

/** Share of what jerk lets accelerations change by that braking takes; the rest keeps the trocar on the shaft. */
const BRAKE_SHARE = 0.7;

export function createTrocarBrake(arm: ServoArm, periodSec: number): TrocarBrake {
  const numbers = () => new Float64Array(arm.dofs);
  const slowest = Math.max(...Array.from(arm.jerk, (jerk, i) => arm.acceleration[i] / jerk));
  return {
    arm,
    periodSec,
    segmentCycles: Math.max(2, Math.min(16, Math.round((0.12 * slowest) / periodSec))),
    least: numbers(),
    most: numbers(),
    need: new Float64Array(2),
    x: numbers(),
    v: numbers(),
    a: numbers(),
  };
}

/**
 * The accelerations at the end of the next segment, in `wanted`: towards braking of all joints alike, as far as jerk and
 * acceleration let all of them come, such that at its end the trocar is on its way back to the shaft.
 *
 * With the trocar's place across the shaft `local` and rows R = -d local / dq at the end that the present accelerations lead
 * to, a change d of the accelerations must meet
 *
 *   R d = (gain local - R v) / (h / 2 + share of h + gain h^2 / 6)
 *
 * where the share keeps the accelerations from swinging from segment to segment (h / 2 alone would never damp them).
 */
export function slowAlongTrocar(brake: TrocarBrake, out: StopMotion, wanted: Float64Array): void {
  const { arm, periodSec, x, v, a, least, most, need } = brake;
  const { dofs: n, shaft, trocarRows, acceleration, jerk } = arm;
  const { unit, local } = shaft;
  const at = out.segments * n;
  const m = brake.segmentCycles;
  const h = m * periodSec;
  let rate = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    a[i] = out.a[at + i];
    v[i] = velocityAfter(out.v[at + i], a[i], 0, m, periodSec);
    x[i] = positionAfter(out.q[at + i], out.v[at + i], a[i], 0, m, periodSec);
    const speed = Math.abs(v[i]);
    if (speed > 0) rate = Math.min(rate, (0.7 * acceleration[i]) / speed, Math.sqrt((0.8 * jerk[i]) / speed));
  }
  placeArm(arm, x);
  differentiateArm(arm);
  const gain = 1 / (3 * h);
  for (let r = 0; r < 2; r++) {
    let fall = 0;
    for (let i = 0; i < n; i++) fall += (trocarRows[r * n + i] * v[i]) / unit[i];
    need[r] = (gain * local[r] - fall) / (0.75 * h + (gain * h * h) / 6);
  }
  let share = 1;
  for (let i = 0; i < n; i++) {
    wanted[i] = Number.isFinite(rate) ? -rate * v[i] - a[i] : -a[i];
    const change = Math.abs(wanted[i]);
    if (change * share > BRAKE_SHARE * jerk[i] * h) share = (BRAKE_SHARE * jerk[i] * h) / change;
  }
  for (let i = 0; i < n; i++) {
    least[i] = Math.max(-acceleration[i] - a[i], -jerk[i] * h);
    most[i] = Math.min(acceleration[i] - a[i], jerk[i] * h);
    wanted[i] = Math.max(least[i], Math.min(most[i], share * wanted[i]));
  }
  meetRows(brake, wanted);
  for (let i = 0; i < n; i++) wanted[i] += a[i];
}

/** Changes `wanted` least, each joint against what it can change, so that the two rows are met within the joints' bounds. */
function meetRows({ arm, least, most, need }: TrocarBrake, wanted: Float64Array): void {
  const { dofs: n, trocarRows, shaft, jerk } = arm;
  const { unit } = shaft;
  for (let round = 0; round < 4; round++) {
    let g00 = 0;
    let g01 = 0;
    let g11 = 0;
    let miss0 = need[0];
    let miss1 = need[1];
    for (let i = 0; i < n; i++) {
      const r0 = trocarRows[i] / unit[i];
      const r1 = trocarRows[n + i] / unit[i];
      miss0 -= r0 * wanted[i];
      miss1 -= r1 * wanted[i];
      // In the first round joints at their bounds may come off them.
      if (round > 0 && (wanted[i] <= least[i] || wanted[i] >= most[i])) continue;
      const weight = jerk[i] * jerk[i];
      g00 += weight * r0 * r0;
      g01 += weight * r0 * r1;
      g11 += weight * r1 * r1;
    }
    const det = g00 * g11 - g01 * g01;
    if (!(det > 1e-12 * g00 * g11) || Math.abs(miss0) + Math.abs(miss1) < 1e-9) return;
    const l0 = (g11 * miss0 - g01 * miss1) / det;
    const l1 = (g00 * miss1 - g01 * miss0) / det;
    for (let i = 0; i < n; i++) {
      if (round > 0 && (wanted[i] <= least[i] || wanted[i] >= most[i])) continue;
      const step = (jerk[i] * jerk[i] * (trocarRows[i] * l0 + trocarRows[n + i] * l1)) / unit[i];
      wanted[i] = Math.max(least[i], Math.min(most[i], wanted[i] + step));
    }
  }
}
