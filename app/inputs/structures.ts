import type { InputRecord } from '../../engine/core/provenance.ts';
import { type MatchedNames, matchNames } from '../../planners/radiation/protocol/names.ts';
import type { Protocol } from '../../planners/radiation/protocol/protocol.ts';
import { loadAliases } from './aliases.ts';
import type { LoadedPatient } from './patient.ts';

/** The patient with its structures under the protocol's names, and how they were found. */
export async function matchStructures(
  loaded: LoadedPatient,
  protocol: Protocol,
  aliasFile: string | undefined,
): Promise<MatchedNames & { readonly inputs: readonly InputRecord[] }> {
  const { aliases, inputs } = await loadAliases(aliasFile);
  return { ...matchNames(protocol, loaded.patient, aliases), inputs };
}
