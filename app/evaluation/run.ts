import { readOpenKbpDose } from '../../engine/formats/openkbp/dose.ts';
import { onDoseGrid } from '../../planners/radiation/dose/dose-grid.ts';
import { type Evaluation, evaluateDose } from '../../planners/radiation/evaluation/evaluate.ts';
import { matchProtocol } from '../../planners/radiation/protocol/match.ts';
import { readInput, sha256 } from '../inputs/files.ts';
import { loadPatient } from '../inputs/patient.ts';
import { loadProtocol } from '../inputs/protocol.ts';
import { readSparseDose } from '../output/sparse-dose.ts';
import { type Provenance, provenance } from '../provenance.ts';
import { checkpoint, type Session } from '../session.ts';

export interface EvaluationSettings {
  /** OpenKBP folder or `phantom:NAME`. */
  readonly patient: string;
  /** Sparse csv of the total dose [Gy]. */
  readonly dose: string;
  readonly protocol?: string | undefined;
  /** [mm]; the CT's own grid where it is left out. */
  readonly doseGridMm?: number | undefined;
}

/** The object of `isocenter evaluate --json`. */
export interface EvaluationReport extends Pick<Evaluation, 'structures' | 'goals' | 'indices' | 'notes'> {
  readonly patient: string;
  readonly protocol: string;
  readonly warnings: readonly string[];
  readonly provenance: Provenance;
}

export async function runEvaluation(settings: EvaluationSettings, { signal }: Session): Promise<EvaluationReport> {
  const loaded = await loadPatient(settings.patient);
  const { protocol: wanted, input: protocolInput } = await loadProtocol(settings.protocol, loaded);
  const { protocol, notes } = matchProtocol(wanted, loaded.patient);
  const { doseGridMm } = settings;
  const patient = doseGridMm === undefined ? loaded.patient : onDoseGrid(loaded.patient, doseGridMm);
  const bytes = await readInput(
    settings.dose,
    'dose',
    'give --dose a file such as dose.csv of OpenKBP or of isocenter plan',
  );
  const ownForm = loaded.kind === 'openkbp' && doseGridMm === undefined;
  const dose = ownForm
    ? readOpenKbpDose(bytes, settings.dose)
    : readSparseDose(patient.structureSet.grid, new TextDecoder().decode(bytes), settings.dose);
  await checkpoint(signal);
  const evaluation = evaluateDose({ patient, protocol, dose });
  const doseInput = { role: 'dose', name: settings.dose, sha256: sha256(bytes) };
  return {
    patient: patient.id,
    protocol: protocol.name,
    structures: evaluation.structures,
    goals: evaluation.goals,
    indices: evaluation.indices,
    warnings: loaded.patient.warnings,
    notes: [...new Set([...notes, ...evaluation.notes])],
    provenance: provenance({ settings, inputs: [...loaded.inputs, protocolInput, doseInput] }),
  };
}
