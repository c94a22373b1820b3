import type { Goal } from '../../planners/radiation/evaluation/goals.ts';
import { objectiveForPoint, pursueGoal } from '../../planners/radiation/planning/steer.ts';
import type { Objective } from '../../planners/radiation/protocol/objectives.ts';
import { changeObjectives, history, objectives, openings } from '../state/workspace.ts';

export interface DvhPoint {
  readonly doseGy: number;
  readonly volumePercent: number;
}

/** What a drag asks for is asked so often at most [ms]: faster than the eye, slower than the mouse. */
const EVERY_MS = 60;

/** The drag that is under way. */
interface Drag {
  readonly opening: number;
  /** Objectives that were there. */
  readonly before: readonly Objective[];
  /** Those that it has asked for last. */
  asked: readonly Objective[];
  pending: readonly Objective[] | undefined;
}

let now: Drag | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** While a point of a curve is dragged: the objectives that were there, and the one that the point makes. */
export function dragPoint(structure: string, from: DvhPoint, to: DvhPoint): void {
  drag((kept) => [...kept, objectiveForPoint(structure, from, to)]);
}

/**
 * While a goal is dragged: the objectives that were there, the one that pursues it moved to its limit.
 *
 * @param pursuer number of that objective when the drag began
 */
export function dragGoal(goal: Goal, volumeCc: number, pursuer: number | undefined): void {
  drag((kept) => pursueGoal(kept, goal, volumeCc, pursuer));
}

function drag(wanted: (kept: readonly Objective[]) => readonly Objective[]): void {
  if (now === undefined || !isOurs(now)) {
    const before = objectives.peek();
    history.keep();
    now = { opening: openings.peek(), before, asked: before, pending: undefined };
  }
  now.pending = wanted(now.before);
  timer ??= setTimeout(flush, EVERY_MS);
}

/** What somebody else changed meanwhile, by undo, or with another patient, is not written over. */
const isOurs = ({ opening, asked }: Drag): boolean => opening === openings.peek() && asked === objectives.peek();

export function endDrag(): void {
  flush();
  now = undefined;
}

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  if (now?.pending === undefined || !isOurs(now)) return;
  now.asked = now.pending;
  now.pending = undefined;
  changeObjectives(now.asked, true);
}
