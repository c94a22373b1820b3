import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import type { Provenance } from '../../engine/core/provenance.ts';
import type { MotionFigures } from '../../planners/motion/planning/plan-motion.ts';
import type { GoalDeviation } from '../../planners/motion/planning/tolerance.ts';

/** The object of `isocenter motion plan --json`. */
export interface MotionReport {
  readonly robot: string;
  readonly joints: readonly string[];
  readonly solved: boolean;
  /** A stable code; `message` says the same with names and numbers. */
  readonly reason: string;
  readonly message: string;
  readonly validity: { readonly start: boolean; readonly goal: boolean };
  readonly timesMs: {
    readonly path: number;
    readonly simplify: number;
    readonly trajectory: number;
    readonly timing: number;
    readonly total: number;
  };
  readonly path: {
    /** Configurations [rad or m], joints in the order of `joints`. */
    readonly waypoints: readonly (readonly number[])[];
    readonly lengthRad: number;
    readonly rawLengthRad: number;
  } | null;
  readonly trajectory: {
    readonly durationSec: number;
    readonly points: readonly TrajectoryPoint[];
    readonly maxVelocityRatio: number;
    readonly maxAccelerationRatio: number;
    readonly maxJerkRatio: number;
    /** null where there is nothing to meet. */
    readonly minClearanceMm: number | null;
    /** null without a remote centre of motion. */
    readonly maxRcmErrorMm: number | null;
  } | null;
  /** What the goal is off the pose that was asked for, where another within its tolerances was taken; else null. */
  readonly goalDeviation: { readonly positionMm: number; readonly angleDeg: number } | null;
  readonly notes: readonly string[];
  readonly provenance: Provenance;
}

export interface TrajectoryPoint {
  readonly timeSec: number;
  readonly positions: readonly number[];
  readonly velocities: readonly number[];
  readonly accelerations: readonly number[];
}

/** The trajectory's part of the report. */
export function trajectoryReport(
  trajectory: JointTrajectory,
  figures: MotionFigures,
): NonNullable<MotionReport['trajectory']> {
  const { durationSec, maxVelocityRatio, maxAccelerationRatio, maxJerkRatio, minClearanceM, maxRcmErrorM } = figures;
  return {
    durationSec,
    points: trajectoryPoints(trajectory),
    maxVelocityRatio,
    maxAccelerationRatio,
    maxJerkRatio,
    minClearanceMm: Number.isFinite(minClearanceM) ? 1000 * minClearanceM : null,
    maxRcmErrorMm: maxRcmErrorM === undefined ? null : 1000 * maxRcmErrorM,
  };
}

export function deviationReport(deviation: GoalDeviation | undefined): MotionReport['goalDeviation'] {
  if (deviation === undefined) return null;
  return { positionMm: 1000 * deviation.positionM, angleDeg: (180 / Math.PI) * deviation.angleRad };
}

export function trajectoryPoints(t: JointTrajectory): TrajectoryPoint[] {
  return Array.from(t.timeSec, (timeSec, n) => {
    const row = (data: Float64Array): number[] =>
      Array.from(data.subarray(n * t.jointNames.length, (n + 1) * t.jointNames.length));
    return {
      timeSec,
      positions: row(t.positions),
      velocities: row(t.velocities),
      accelerations: row(t.accelerations),
    };
  });
}

/** A path [waypoints][joints] as rows. */
export function rowsOf(waypoints: Float64Array, joints: number): number[][] {
  return Array.from({ length: waypoints.length / joints }, (_, i) =>
    Array.from(waypoints.subarray(i * joints, (i + 1) * joints)),
  );
}
