import { computed } from '@preact/signals';
import { byPriority, type Goal, type GoalResult } from '../../planners/radiation/evaluation/goals.ts';
import { metricUnit, parseMetric } from '../../planners/radiation/evaluation/metric.ts';
import {
  aimOf,
  type GoalPlace,
  objectiveForGoal,
  placeOfGoal,
  pursueGoal,
  pursuers,
} from '../../planners/radiation/planning/steer.ts';
import { changeObjectives, goals, objectives, patient } from './workspace.ts';

/** A goal of the protocol, what the plan achieves of it, and what its objectives aim at. */
export interface Aim {
  readonly goal: Goal;
  /** Gy or percent, as the goal's limit, which it is where no objective pursues the goal. */
  readonly value: number;
  readonly unit: 'Gy' | '%';
  /** Number of the objective that pursues it. */
  readonly pursuer: number | undefined;
  /** Whether an objective can pursue it. */
  readonly canPursue: boolean;
  readonly result: GoalResult | undefined;
  /** Number of the structure; -1 where the patient has none of this name. */
  readonly structure: number;
  readonly volumeCc: number;
  /** Of the aim on the cumulative curve. */
  readonly place: GoalPlace | undefined;
}

/** By priority. */
export const aims = computed<readonly Aim[]>(() => {
  const view = patient.value;
  if (view === undefined) return [];
  const wanted = byPriority(view.protocol.goals);
  const structures = wanted.map((goal) => view.structures.findIndex(({ name }) => name === goal.structure));
  const volumesCc = structures.map((structure) => view.structures[structure]?.volumeCc || 1);
  const found = pursuers(objectives.value, wanted, volumesCc);
  return wanted.map((goal, n) => {
    const [structure, volumeCc, pursuer] = [structures[n], volumesCc[n], found[n]];
    const pursued = pursuer === undefined ? undefined : aimOf(objectives.value[pursuer], goal, volumeCc);
    const value = pursued ?? goal.limit;
    return {
      goal,
      value,
      unit: metricUnit(parseMetric(goal.metric)),
      pursuer,
      canPursue: structure >= 0 && objectiveForGoal(goal, volumeCc) !== undefined,
      result: goals.value.find(
        (one) => one.structure === goal.structure && one.metric === goal.metric && one.limit === goal.limit,
      ),
      structure,
      volumeCc,
      place: placeOfGoal({ ...goal, limit: value }, volumeCc),
    };
  });
});

/** Aims at another limit than the protocol's, and lets the dose follow. The goal is judged as before. */
export function aimAt({ goal, volumeCc, pursuer }: Aim, limit: number): void {
  changeObjectives(pursueGoal(objectives.value, { ...goal, limit }, volumeCc, pursuer));
}

export function verdictOf({ result }: Aim): string {
  return result?.pass == null ? '-' : result.pass ? '✓ pass' : '✗ fail';
}
