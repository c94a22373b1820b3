import type { Goal } from '../evaluation/goals.ts';
import { parseMetric } from '../evaluation/metric.ts';
import type { Objective } from '../protocol/objectives.ts';

/** Weight of an objective that a wish makes: as strong as those of targets in the built-in protocols. */
export const WISH_WEIGHT = 300;

/**
 * The objective that a point of a dose-volume curve makes where it is dragged: to less dose or less volume, at most that much
 * (max-dvh); to more, at least that much (min-dvh).
 */
export function objectiveForPoint(
  structure: string,
  from: { readonly doseGy: number; readonly volumePercent: number },
  to: { readonly doseGy: number; readonly volumePercent: number },
): Objective {
  const isLess = to.doseGy + to.volumePercent / 100 < from.doseGy + from.volumePercent / 100;
  const parameters = {
    doseGy: Math.max(0, to.doseGy),
    volumePercent: Math.min(100, Math.max(0, to.volumePercent)),
  };
  return { structure, weight: WISH_WEIGHT, function: isLess ? 'max-dvh' : 'min-dvh', parameters };
}

/** The objective that pursues a goal; undefined where none of them can. */
export function objectiveForGoal(goal: Goal, volumeCc: number): Objective | undefined {
  const { structure, comparator, limit } = goal;
  const metric = parseMetric(goal.metric);
  const isMost = comparator === '<=';
  const common = { structure, weight: WISH_WEIGHT };
  switch (metric.kind) {
    case 'mean':
      return { ...common, function: 'mean-dose', parameters: { doseGy: limit, kind: 'quadratic' } };
    case 'max':
      return { ...common, function: 'squared-overdosing', parameters: { doseGy: limit } };
    case 'min':
      return { ...common, function: 'squared-underdosing', parameters: { doseGy: limit } };
    case 'dose-at-percent':
      return {
        ...common,
        function: isMost ? 'max-dvh' : 'min-dvh',
        parameters: { doseGy: limit, volumePercent: metric.volumePercent },
      };
    case 'dose-at-cc':
      return {
        ...common,
        function: isMost ? 'max-dvh' : 'min-dvh',
        parameters: { doseGy: limit, volumePercent: Math.min(100, (100 * metric.volumeCc) / volumeCc) },
      };
    case 'volume-at-dose':
      return {
        ...common,
        function: isMost ? 'max-dvh' : 'min-dvh',
        parameters: { doseGy: metric.doseGy, volumePercent: limit },
      };
    case 'geud':
      return isMost && metric.a > 0
        ? { ...common, function: 'eud', parameters: { doseGy: limit, exponent: metric.a } }
        : undefined;
  }
}
