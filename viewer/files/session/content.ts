import type { GoalResult } from '../../../planners/radiation/evaluation/goals.ts';
import type { Objective } from '../../../planners/radiation/protocol/objectives.ts';
import type { DoseReport, NamedPlan, PatientView, PlanOutcome, PlanSetup } from '../../engine/messages.ts';
import type { Manifest } from './manifest.ts';

/** What a session keeps: the patient with the dose that is shown, how it is planned, and what was kept. */
export interface SessionContent {
  readonly patient: PatientView;
  readonly setup: PlanSetup;
  readonly objectives: readonly Objective[];
  /** undefined where there is no dose yet. */
  readonly plan: SessionPlan | undefined;
  readonly namedPlans: readonly NamedPlan[];
  readonly display: Manifest['display'];
}

export interface SessionPlan {
  readonly report: DoseReport;
  readonly goals: readonly GoalResult[];
  /** Of a run that has ended. */
  readonly outcome: PlanOutcome | undefined;
}
