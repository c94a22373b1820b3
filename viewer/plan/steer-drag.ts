import type { Goal } from '../../planners/radiation/evaluation/goals.ts';
import { objectiveForPoint, pursueGoal } from '../../planners/radiation/planning/steer.ts';
import type { Objective } from '../../planners/radiation/protocol/objectives.ts';
import { changeObjectives, history, objectives } from '../state/workspace.ts';

export interface DvhPoint {
  readonly doseGy: number;
  readonly volumePercent: number;
}

/** What a drag asks for is asked so often at most [ms]: faster than the eye, slower than the mouse. */
const EVERY_MS = 60;

let before: readonly Objective[] | undefined;
let pending: readonly Objective[] | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** While a point of a curve is dragged: the objectives that were there, and the one that the point makes. */
export function dragPoint(structure: string, from: DvhPoint, to: DvhPoint): void {
  drag((kept) => [...kept, objectiveForPoint(structure, from, to)]);
}

/** While a goal is dragged: the objectives that were there, the one that pursues it moved to its limit. */
export function dragGoal(goal: Goal, volumeCc: number): void {
  drag((kept) => pursueGoal(kept, goal, volumeCc));
}

function drag(wanted: (kept: readonly Objective[]) => readonly Objective[]): void {
  if (before === undefined) {
    before = objectives.value;
    history.keep();
  }
  pending = wanted(before);
  timer ??= setTimeout(flush, EVERY_MS);
}

export function endDrag(): void {
  flush();
  before = undefined;
}

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  if (pending === undefined) return;
  const wanted = pending;
  pending = undefined;
  changeObjectives(wanted, true);
}
