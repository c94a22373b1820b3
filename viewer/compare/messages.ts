import type { Grid } from '../../engine/core/grid.ts';
import type { GammaCriteria, GammaResult } from '../../planners/radiation/evaluation/gamma.ts';
import type { GoalResult } from '../../planners/radiation/evaluation/goals.ts';
import type { DvhCurve, Fault, PatientView } from '../engine/messages.ts';

/** Curves and goals of a dose that no plan of the page made. */
export interface Judgement {
  readonly maxGy: number;
  readonly dvhStepGy: number;
  readonly dvh: readonly DvhCurve[];
  readonly goals: readonly GoalResult[];
}

/** Doses in Gy on the patient's grid. */
export type CompareRequest =
  | { readonly kind: 'judge'; readonly id: number; readonly patient: PatientView; readonly gy: Float32Array }
  | {
      readonly kind: 'gamma';
      readonly id: number;
      readonly grid: Grid;
      readonly reference: Float32Array;
      readonly evaluated: Float32Array;
      readonly criteria: GammaCriteria;
    }
  | { readonly kind: 'cancel'; readonly id: number };

export type CompareAnswer = { readonly id: number } & (
  | { readonly kind: 'judged'; readonly judgement: Judgement }
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'gamma'; readonly result: GammaResult }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'fault'; readonly fault: Fault }
);
