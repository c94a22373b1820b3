import type { Patient } from '../../engine/core/patient.ts';
import type { DicomChoice } from '../../engine/formats/dicom/study/choose.ts';
import { onDoseGrid } from '../../planners/radiation/dose/dose-grid.ts';
import { type DoseOnVoxels, evaluateDose } from '../../planners/radiation/evaluation/evaluate.ts';
import { matchProtocol } from '../../planners/radiation/protocol/match.ts';
import type { Protocol } from '../../planners/radiation/protocol/protocol.ts';
import type { EvaluationReport } from '../../planners/radiation/report/evaluation-report.ts';
import { loadPatient } from '../inputs/patient.ts';
import { loadProtocol } from '../inputs/protocol.ts';
import { matchStructures } from '../inputs/structures.ts';
import { provenance } from '../provenance.ts';
import { checkpoint, type Session } from '../session.ts';
import { loadDose } from './dose.ts';

export interface EvaluationSettings {
  /** Folder of DICOM files, OpenKBP folder or `phantom:NAME`. */
  readonly patient: string;
  readonly choice: DicomChoice;
  readonly aliases?: string | undefined;
  /** RT Dose, or sparse csv of the total dose [Gy]; the dose of the plan in a DICOM folder where it is left out. */
  readonly dose?: string | undefined;
  /** Whether the doses of beams in a DICOM folder are added up instead. */
  readonly sumBeams?: boolean | undefined;
  readonly protocol?: string | undefined;
  /** [mm]; the CT's own grid where it is left out. */
  readonly doseGridMm?: number | undefined;
}

/** An evaluation with what it was made of. */
export interface JudgedDose {
  readonly report: EvaluationReport;
  /** With structures on the grid of the dose, under the protocol's names. */
  readonly patient: Patient;
  /** What of the protocol the patient has. */
  readonly protocol: Protocol;
  readonly dose: Float32Array | DoseOnVoxels;
}

export async function runEvaluation(settings: EvaluationSettings, session: Session): Promise<EvaluationReport> {
  return (await judgeDose(settings, session)).report;
}

export async function judgeDose(settings: EvaluationSettings, session: Session): Promise<JudgedDose> {
  const loaded = await loadPatient(settings.patient, session, settings.choice);
  const { protocol: wanted, input: protocolInput } = await loadProtocol(settings.protocol, loaded);
  const named = await matchStructures(loaded, wanted, settings.aliases);
  const { protocol, notes } = matchProtocol(wanted, named.patient);
  const { doseGridMm } = settings;
  const patient = doseGridMm === undefined ? named.patient : onDoseGrid(named.patient, doseGridMm);
  const { dose, inputs: doseInputs, warnings } = await loadDose(settings, loaded, patient);
  await checkpoint(session.signal);
  const evaluation = evaluateDose({ patient, protocol, dose });
  const report: EvaluationReport = {
    patient: patient.id,
    protocol: protocol.name,
    structures: evaluation.structures,
    goals: evaluation.goals,
    indices: evaluation.indices,
    matches: named.matches,
    warnings: [...loaded.patient.warnings, ...warnings],
    notes: [...new Set([...notes, ...evaluation.notes])],
    provenance: provenance({ settings, inputs: [...loaded.inputs, protocolInput, ...named.inputs, ...doseInputs] }),
  };
  return { report, patient, protocol, dose };
}
