import type { Provenance } from '../../../engine/core/provenance.ts';
import type { Evaluation } from '../evaluation/evaluate.ts';
import type { NameMatch } from '../protocol/names.ts';

/** The object of `isocenter evaluate --json`. */
export interface EvaluationReport extends Pick<Evaluation, 'structures' | 'goals' | 'indices' | 'notes'> {
  readonly patient: string;
  readonly protocol: string;
  readonly matches: readonly NameMatch[];
  readonly warnings: readonly string[];
  readonly provenance: Provenance;
}
