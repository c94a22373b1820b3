import type { GoalResult } from '../../planners/radiation/evaluation/goals.ts';

/** What the page reports of its plan, to itself and to tests. */
export interface BrowserPlan {
  readonly device: { readonly kind: string; readonly name: string; readonly threads: number };
  readonly voxels: number;
  readonly bixels: number;
  readonly objective: number;
  readonly iterations: number;
  readonly timeMs: { readonly geometry: number; readonly optimize: number; readonly evaluate: number };
  readonly goals: readonly GoalResult[];
}

declare global {
  var isocenterPlan: Promise<BrowserPlan>;
}
