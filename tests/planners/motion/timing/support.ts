import { createProblem, problemSource, type TimingProblem } from '../../../../bench/motion/timing-problems.ts';
import { B_COUNT, B_TIME } from '../../../../planners/motion/timing/brake.ts';
import { type Otg, setLimits, setState, setTarget } from '../../../../planners/motion/timing/otg.ts';

export { createProblem, problemSource, type TimingProblem };

export function load(otg: Otg, p: TimingProblem): void {
  setState(otg, p.position, p.velocity, p.acceleration);
  setTarget(otg, p.targetPosition, p.targetVelocity, p.targetAcceleration);
  setLimits(otg, { velocity: p.maxVelocity, acceleration: p.maxAcceleration, jerk: p.maxJerk });
}

/** What one joint's motion breaks, from the closed-form extrema of each piece. */
export interface Faults {
  /** Largest jump between pieces and to the target: position, velocity, acceleration. */
  readonly gap: readonly [number, number, number];
  /** Largest excess over a limit after the brake: velocity, acceleration, jerk. */
  readonly excess: readonly [number, number, number];
}

export function faultsOf(otg: Otg, joint: number): Faults {
  const { pieces, pieceCount, task, brake } = otg.axes[joint];
  let braked = 0;
  for (let i = 0; i < brake[B_COUNT]; i++) braked += brake[B_TIME + i];
  const gap: [number, number, number] = [0, 0, 0];
  const excess: [number, number, number] = [0, 0, 0];
  const [, , , , , , vMax, vMin, aMax, aMin, jMax] = task;
  for (let k = 0; k + 1 < pieceCount; k++) {
    const [start, p, v, a, j] = pieces.subarray(5 * k, 5 * k + 5);
    const t = pieces[5 * k + 5] - start;
    const end = [p + t * (v + t * (a / 2 + (t * j) / 6)), v + t * (a + (t * j) / 2), a + t * j];
    for (let c = 0; c < 3; c++) gap[c] = Math.max(gap[c], Math.abs(end[c] - pieces[5 * k + 6 + c]));
    if (start < braked - 1e-12) continue;
    const still = -a / j;
    const speeds = still > 0 && still < t ? [v, end[1], v + 0.5 * a * still] : [v, end[1]];
    for (const s of speeds) excess[0] = Math.max(excess[0], s - vMax, vMin - s);
    for (const s of [a, end[2]]) excess[1] = Math.max(excess[1], s - aMax, aMin - s);
    excess[2] = Math.max(excess[2], Math.abs(j) - jMax);
  }
  return { gap, excess };
}
