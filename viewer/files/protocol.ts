import { IsocenterError } from '../../engine/core/errors.ts';
import type { Patient } from '../../engine/core/patient.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import { sha256 } from '../../engine/core/sha256.ts';
import { protocolJson } from '../../planners/generated/data.ts';
import { matchProtocol } from '../../planners/radiation/protocol/match.ts';
import { matchNames, type NameMatch } from '../../planners/radiation/protocol/names.ts';
import type { Protocol } from '../../planners/radiation/protocol/protocol.ts';
import { builtinProtocol, builtinProtocolNames } from '../../planners/radiation/protocol/registry.ts';

/** A patient with what of a protocol it has. */
export interface Matched {
  /** With its structures under the protocol's names. */
  readonly patient: Patient;
  readonly protocol: Protocol;
  readonly matches: readonly NameMatch[];
  readonly notes: readonly string[];
  /** undefined where there is no protocol. */
  readonly input: InputRecord | undefined;
}

/** What stands where a patient has no protocol: nothing to plan for, all there is to see. */
export const noProtocol: Protocol = {
  name: 'none',
  description: '',
  fractions: 1,
  doseVolumeConvention: 'curve',
  targets: [],
  goals: [],
  objectives: [],
  overlapPriority: [],
};

/**
 * @param input names the protocol in the provenance
 * @throws IsocenterError `protocol/...` where the patient has none of its targets, or names are ambiguous
 */
export function matchedWith(protocol: Protocol, patient: Patient, input: InputRecord): Matched {
  const { patient: named, matches } = matchNames(protocol, patient);
  const { protocol: matched, notes } = matchProtocol(protocol, named);
  const renamed = matches.filter(({ by }) => by !== 'same name');
  const renames = renamed.map(({ patientName, protocolName, by }) => `${patientName} is ${protocolName} (${by}).`);
  return { patient: named, protocol: matched, matches, notes: [...renames, ...notes], input };
}

/** Why a protocol is not that of a patient. */
const MISFITS: readonly string[] = ['protocol/no-target', 'protocol/ambiguous-name'];

/** A built-in protocol; none where the patient has no target of it. */
export function builtinMatch(name: string, patient: Patient): Matched {
  try {
    return matchedWith(builtinProtocol(name), patient, builtinInput(name));
  } catch (error) {
    if (!(error instanceof IsocenterError) || !MISFITS.includes(error.code)) throw error;
    return withoutProtocol(patient, error.message);
  }
}

/** The protocol that a patient gets by itself: its data set's own, else the one that fits. */
export function ownProtocol(patient: Patient): Matched {
  return patient.source.kind === 'openkbp' ? builtinMatch('head-neck-openkbp', patient) : fittingProtocol(patient);
}

/** The built-in protocol of which the patient has all targets and most other structures; none where no one fits. */
function fittingProtocol(patient: Patient): Matched {
  const fitting = builtinProtocolNames
    .map((name) => builtinMatch(name, patient))
    .filter(({ protocol, input }) => protocol.targets.length === targetsOf(input?.name))
    .sort((a, b) => b.matches.length - a.matches.length);
  return fitting[0] ?? withoutProtocol(patient, 'No built-in protocol has its targets among the structures.');
}

function targetsOf(name: string | undefined): number | undefined {
  return name === undefined ? undefined : builtinProtocol(name).targets.length;
}

function withoutProtocol(patient: Patient, why: string): Matched {
  const notes = [`${why} The patient is shown, and can be planned once targets or a protocol are given.`];
  return { patient, protocol: noProtocol, matches: [], notes, input: undefined };
}

function builtinInput(name: string): InputRecord {
  return { role: 'protocol', name, sha256: sha256(new TextEncoder().encode(protocolJson[name])) };
}
