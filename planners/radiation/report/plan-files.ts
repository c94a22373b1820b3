import { toJsonFile } from '../../../engine/core/json.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import { sameGrid } from '../../../engine/core/resample.ts';
import type { DicomContext } from '../../../engine/formats/dicom/objects.ts';
import { writeOpenKbpDose } from '../../../engine/formats/openkbp/dose.ts';
import { sparseDoseOrder, writeSparseDose } from '../../../engine/formats/sparse-dose.ts';
import type { Plan } from '../planning/plan.ts';
import { fluenceRecord } from './fluence-record.ts';
import { reportHtml } from './html.ts';
import { planObjects } from './plan-objects.ts';
import type { PlanReport } from './plan-report.ts';
import { sourceOfPlan } from './plan-source.ts';

export interface PlanOutput {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/**
 * All that is written of a plan: dose.csv, DICOM objects, report.html and plan.json.
 *
 * @param patient as it was read
 * @param study of the patient's own DICOM files
 */
export function planFiles(parts: {
  readonly plan: Plan;
  readonly patient: Patient;
  readonly study: DicomContext | undefined;
  readonly report: PlanReport;
}): PlanOutput[] {
  const { plan, patient, study, report } = parts;
  const isOnOwnGrid = patient.source.kind === 'openkbp' && sameGrid(patient.ct.grid, plan.patient.structureSet.grid);
  const dose = doseFile(plan, isOnOwnGrid ? 'openkbp' : 'sparse');
  const objects = planObjects(plan, patient, study, report);
  const dicom = objects.map(({ name }) => name);
  return [
    { name: 'dose.csv', content: dose.content },
    ...objects.map(({ name, bytes }) => ({ name, content: bytes })),
    { name: 'report.html', content: reportHtml(sourceOfPlan(plan, report), report.provenance.version) },
    { name: 'plan.json', content: toJsonFile({ ...report, dose: dose.record, dicom, ...fluenceRecord(plan) }) },
  ];
}

/** dose.csv, and what plan.json says about it. */
function doseFile(plan: Plan, form: 'openkbp' | 'sparse'): { content: Uint8Array | string; record: object } {
  const { grid } = plan.patient.structureSet;
  const voxels = plan.patient.doseVoxels;
  // Rounding in float32 may leave a dose far from every beam a hair below zero.
  const dose = plan.fluence.dose.map((gy) => Math.max(0, gy));
  const { size, spacingMm, originMm } = grid;
  return {
    content: form === 'openkbp' ? writeOpenKbpDose(dose, voxels) : writeSparseDose(grid, voxels, dose),
    record: { file: 'dose.csv', unit: 'Gy', index: sparseDoseOrder, size, spacingMm, originMm },
  };
}
