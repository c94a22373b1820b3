import type { DoseVolumeConvention, SortedDoses } from './dose-volume.ts';
import { metricUnit, metricValue, parseMetric } from './metric.ts';

/** A clinical goal: what a plan is judged by. */
export interface Goal {
  /** Structure of the patient, or `Body`. */
  readonly structure: string;
  /** As in {@link parseMetric}. */
  readonly metric: string;
  readonly comparator: '<=' | '>=';
  /** [Gy], or [percent] for a metric V..Gy */
  readonly limit: number;
  /**
   * Whether a target is judged together with all targets of higher prescription; default true, and without effect on
   * other structures. Set it to false where a higher dose inside the target is a fault (TG-119 multi-target).
   */
  readonly mergeHigherTargets?: boolean | undefined;
  /** 1 is the most important; goals without one come after all others. It orders goals for readers and judges nothing. */
  readonly priority?: number | undefined;
}

/** A goal with what the plan achieved. */
export interface GoalResult {
  readonly structure: string;
  readonly metric: string;
  readonly comparator: '<=' | '>=';
  readonly limit: number;
  /** Unit of `limit` and `value`. */
  readonly unit: 'Gy' | '%';
  /** null where the region has no voxels or is smaller than the metric's volume. */
  readonly value: number | null;
  /** null where there is no value to judge. */
  readonly pass: boolean | null;
  /** That of the goal. */
  readonly priority?: number | undefined;
}

/** Goals in the order of their priorities; those of one priority, and those without, in the order that they had. */
export function byPriority<T extends Pick<Goal, 'priority'>>(goals: readonly T[]): readonly T[] {
  const rank = ({ priority }: T): number => priority ?? Number.MAX_SAFE_INTEGER;
  return goals.toSorted((a, b) => rank(a) - rank(b));
}

/** Whether any goal has a priority: else tables need no column for it. */
export function havePriorities(goals: readonly Pick<Goal, 'priority'>[]): boolean {
  return goals.some(({ priority }) => priority !== undefined);
}

/**
 * Judges one goal on the doses of its region (merged or not: the caller's choice).
 *
 * @throws IsocenterError `goal/unknown-metric`
 */
export function evaluateGoal(
  goal: Goal,
  doses: SortedDoses,
  voxelVolumeMm3: number,
  convention: DoseVolumeConvention,
): GoalResult {
  const { structure, metric, comparator, limit, priority } = goal;
  const parsed = parseMetric(metric);
  const value = metricValue(parsed, doses, voxelVolumeMm3, convention);
  const judged = {
    ...{ structure, metric, comparator, limit, unit: metricUnit(parsed) },
    ...(priority !== undefined && { priority }),
  };
  if (Number.isNaN(value)) return { ...judged, value: null, pass: null };
  return { ...judged, value, pass: comparator === '<=' ? value <= limit : value >= limit };
}
