import type { JointTrajectory } from '../../../engine/core/joint-trajectory.ts';
import type { PathTiming } from './path.ts';

/** Writes the state at a time [s] into three vectors [joints]. */
export type StateAt = (
  timeSec: number,
  position: Float64Array,
  velocity: Float64Array,
  acceleration: Float64Array,
) => void;

/**
 * Samples a motion every `periodSec` from 0 on, and at its end. Allocates: for the outside of control loops.
 *
 * @example sampleMotion(names, durationSec(otg), 0.01, (t, p, v, a) => stateAt(otg, t, p, v, a))
 */
export function sampleMotion(
  jointNames: readonly string[],
  durationSec: number,
  periodSec: number,
  stateAt: StateAt,
): JointTrajectory {
  const joints = jointNames.length;
  // A last period that is only rounding is not worth a point of its own.
  const steps = Math.max(0, Math.ceil(durationSec / periodSec - 1e-9));
  const timeSec = new Float64Array(steps + 1);
  const positions = new Float64Array((steps + 1) * joints);
  const velocities = new Float64Array((steps + 1) * joints);
  const accelerations = new Float64Array((steps + 1) * joints);
  for (let n = 0; n <= steps; n++) {
    const row = (data: Float64Array): Float64Array => data.subarray(n * joints, (n + 1) * joints);
    timeSec[n] = n === steps ? durationSec : n * periodSec;
    stateAt(timeSec[n], row(positions), row(velocities), row(accelerations));
  }
  return { jointNames, timeSec, positions, velocities, accelerations };
}

/** A timed path with a point at the end of every piece: exact, since a piece has constant jerk. */
export function pathTrajectory(jointNames: readonly string[], timing: PathTiming): JointTrajectory {
  const { joints, pieceCount, pieceStart, pieceStates, points, count } = timing;
  const rows = (part: number): Float64Array => {
    const out = new Float64Array((pieceCount + 1) * joints);
    for (let n = 0; n < pieceCount; n++) {
      const at = (4 * n + part) * joints;
      out.set(pieceStates.subarray(at, at + joints), n * joints);
    }
    return out;
  };
  const positions = rows(0);
  positions.set(points.subarray((count - 1) * joints, count * joints), pieceCount * joints);
  return {
    jointNames,
    timeSec: pieceStart.slice(0, pieceCount + 1),
    positions,
    velocities: rows(1),
    accelerations: rows(2),
  };
}
