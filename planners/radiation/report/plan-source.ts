import type { Plan } from '../planning/plan.ts';
import { fluenceRecord } from './fluence-record.ts';
import type { PlanFacts, ReportSource } from './model.ts';
import type { PlanReport } from './plan-report.ts';

/** What a report needs, from a plan that was just made. */
export function sourceOfPlan(plan: Plan, report: PlanReport): ReportSource {
  const { patient, protocol, fluence } = plan;
  return {
    patient,
    protocol,
    dose: { voxels: patient.doseVoxels, gy: fluence.dose },
    judged: report,
    plan: planFacts(report, fluenceRecord(plan).weights),
  };
}

/** @param weights of every beam's bixels [MU per fraction] */
export function planFacts(report: PlanReport, weights: readonly (readonly number[])[]): PlanFacts {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return { ...report, beams: report.beams.map((beam, n) => ({ ...beam, bixelMu: sum(weights[n] ?? []) })) };
}
