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
    // That some voxel gets more, or less, is nothing to be pushed to.
    case 'max':
      return isMost ? { ...common, function: 'squared-overdosing', parameters: { doseGy: limit } } : undefined;
    case 'min':
      return isMost ? undefined : { ...common, function: 'squared-underdosing', parameters: { doseGy: limit } };
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

/** The parameter that holds a goal's limit in the objective that pursues it. */
const limitParameter = (goal: Goal): 'doseGy' | 'volumePercent' =>
  parseMetric(goal.metric).kind === 'volume-at-dose' ? 'volumePercent' : 'doseGy';

/**
 * What an objective makes of a goal: the limit in its place, in Gy or percent as the goal has it; undefined where it pursues
 * something else.
 */
export function aimOf(objective: Objective, goal: Goal, volumeCc: number): number | undefined {
  const wish = objectiveForGoal(goal, volumeCc);
  if (wish?.structure !== objective.structure || wish.function !== objective.function) return undefined;
  const key = limitParameter(goal);
  const has: Readonly<Record<string, unknown>> = objective.parameters;
  const isSame = Object.entries(wish.parameters).every(
    ([name, value]) =>
      name === key ||
      has[name] === value ||
      (typeof value === 'number' && Math.abs(Number(has[name]) - value) < SAME * Math.abs(value)),
  );
  return isSame ? (has[key] as number) : undefined;
}

/** Parameters that differ by less than this, relatively, are one: volumes in percent come from cc. */
const SAME = 1e-6;

/**
 * Which objective pursues which goal: each one of them one goal only, first those at the goal's own limit, then in the order of the goals.
 *
 * @param volumesCc of the goals' structures
 * @returns by goal the number of the objective; undefined where none pursues it
 */
export function pursuers(
  objectives: readonly Objective[],
  goals: readonly Goal[],
  volumesCc: readonly number[],
): readonly (number | undefined)[] {
  const claimed = new Set<number>();
  const found: (number | undefined)[] = goals.map(() => undefined);
  for (const isWanted of [(aim: number, goal: Goal) => aim === goal.limit, () => true]) {
    goals.forEach((goal, g) => {
      if (found[g] !== undefined) return;
      const at = objectives.findIndex((one, n) => {
        const aim = claimed.has(n) ? undefined : aimOf(one, goal, volumesCc[g]);
        return aim !== undefined && isWanted(aim, goal);
      });
      if (at < 0) return;
      claimed.add(at);
      found[g] = at;
    });
  }
  return found;
}

/**
 * Objectives that pursue a goal with this limit: the one that does already has its limit moved and is at least as strong as a wish; else
 * there is one more. The same ones where no objective can.
 *
 * @param at number of the objective that pursues it, see {@link pursuers}
 */
export function pursueGoal(
  objectives: readonly Objective[],
  goal: Goal,
  volumeCc: number,
  at: number | undefined,
): readonly Objective[] {
  const wish = objectiveForGoal(goal, volumeCc);
  if (wish === undefined) return objectives;
  const own = at === undefined ? undefined : objectives[at];
  if (own === undefined || aimOf(own, goal, volumeCc) === undefined) return [...objectives, wish];
  const moved = { ...wish, weight: Math.max(wish.weight, own.weight) };
  return objectives.map((one) => (one === own ? moved : one));
}

/**
 * Where a goal stands on a cumulative dose-volume curve, and which way it is met; undefined for means and gEUD, which no point
 * of the curve tells.
 */
export function placeOfGoal({ metric, comparator, limit }: Goal, volumeCc: number): GoalPlace | undefined {
  const isMost = comparator === '<=';
  const parsed = parseMetric(metric);
  const dose = (volumePercent: number): GoalPlace => ({ along: 'dose', doseGy: limit, volumePercent, isMost });
  switch (parsed.kind) {
    case 'max':
      return dose(0);
    case 'min':
      return dose(100);
    case 'dose-at-percent':
      return dose(parsed.volumePercent);
    case 'dose-at-cc':
      return dose(Math.min(100, (100 * parsed.volumeCc) / volumeCc));
    case 'volume-at-dose':
      return { along: 'volume', doseGy: parsed.doseGy, volumePercent: limit, isMost };
    default:
      return undefined;
  }
}

export interface GoalPlace {
  /** What its limit is. */
  readonly along: 'dose' | 'volume';
  readonly doseGy: number;
  readonly volumePercent: number;
  /** Met at the limit or below. */
  readonly isMost: boolean;
}
