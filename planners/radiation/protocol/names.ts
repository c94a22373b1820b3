import { inputError } from '../../../engine/core/errors.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import { bodyName } from '../evaluation/regions.ts';
import type { Protocol } from './protocol.ts';
import { tg263 } from './synonyms.ts';

/** How a structure of the patient came to be one of the protocol. */
export interface NameMatch {
  readonly patientName: string;
  readonly protocolName: string;
  readonly by: 'same name' | 'alias' | 'TG-263';
}

export interface MatchedNames {
  /** Its matched structures carry the protocol's names. */
  readonly patient: Patient;
  /** Of all names of the protocol that the patient has, in the protocol's order. */
  readonly matches: readonly NameMatch[];
}

const bases = new Map<string, string>();
for (const [primary, others] of Object.entries(tg263)) {
  for (const name of [primary.toLowerCase().replace(/[^a-z0-9]/g, ''), ...others]) bases.set(name, primary);
}

/**
 * Finds the structures that a protocol names among those of a patient: by the same name, by the user's aliases
 * (`their name` to `protocol name`), or as the same structure in the nomenclature of TG-263 with the same side.
 *
 * @throws IsocenterError `protocol/ambiguous-name` naming both where two structures could be meant, `protocol/alias` for an alias
 *   that names no structure of the patient or nothing of the protocol
 */
export function matchNames(
  protocol: Protocol,
  patient: Patient,
  aliases: ReadonlyMap<string, string> = new Map(),
): MatchedNames {
  const structures = patient.structureSet.structures.map(({ name }) => name);
  const named = [...protocol.targets, ...protocol.goals, ...protocol.objectives].map(({ structure }) => structure);
  const wanted = [...new Set(named)].filter((name) => name !== bodyName);
  checkAliases(aliases, structures, wanted, patient.id);
  const matches: NameMatch[] = [];
  for (const protocolName of wanted) {
    if (structures.includes(protocolName)) {
      matches.push({ patientName: protocolName, protocolName, by: 'same name' });
      continue;
    }
    const alias = structures.filter((name) => aliases.get(name) === protocolName);
    const key = nameKey(protocolName);
    const same = key === undefined ? [] : structures.filter((name) => nameKey(name) === key && !aliases.has(name));
    const found = alias.length > 0 ? alias : same;
    if (found.length > 1) {
      throw inputError(
        'protocol/ambiguous-name',
        `${protocolName} of protocol ${protocol.name} could be ${found.map((name) => JSON.stringify(name)).join(' or ')} of patient ${patient.id}`,
        'say which with --aliases FILE: a line `their name: protocol name`',
      );
    }
    if (found.length === 1) {
      matches.push({ patientName: found[0], protocolName, by: alias.length > 0 ? 'alias' : 'TG-263' });
    }
  }
  const renamed = new Map(matches.map(({ patientName, protocolName }) => [patientName, protocolName]));
  const { grid } = patient.structureSet;
  const all = patient.structureSet.structures.map((s) => ({ ...s, name: renamed.get(s.name) ?? s.name }));
  return { patient: { ...patient, structureSet: { grid, structures: all } }, matches };
}

function checkAliases(
  aliases: ReadonlyMap<string, string>,
  structures: readonly string[],
  wanted: readonly string[],
  patient: string,
): void {
  for (const [theirs, ours] of aliases) {
    // A file of aliases serves many patients: one that this patient lacks is no fault.
    if (!structures.includes(theirs) || wanted.includes(ours)) continue;
    throw inputError(
      'protocol/alias',
      `the alias ${JSON.stringify(theirs)}: ${JSON.stringify(ours)} of patient ${patient} leads to no name of the protocol`,
      `the protocol names ${wanted.join(', ')}`,
    );
  }
}

/**
 * What a name means: `Parotid L` and `left_parotid` are the same, `Parotid_L_PRV05` is nothing that is known. Targets are told by
 * kind and dose (`PTV_7000`, `PTV 70 Gy`, `PTV70`).
 *
 * @returns undefined for a name that TG-263 has nothing for
 */
export function nameKey(name: string): string | undefined {
  const target = /^(PTV|CTV|GTV)[_\s-]*(?:D)?(\d+(?:[.,]\d+)?)[_\s-]*(c?Gy)?$/i.exec(name.trim());
  if (target !== null) {
    const dose = Number(target[2].replace(',', '.'));
    const isCentigray = target[3]?.toLowerCase() === 'cgy' || (target[3] === undefined && dose >= 1000);
    return `${target[1].toUpperCase()} ${isCentigray ? dose / 100 : dose}`;
  }
  const words = name
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const sides = words.map(sideOf).filter((side) => side !== undefined);
  const rest = words.filter((word) => sideOf(word) === undefined).join('');
  if (new Set(sides).size > 1) return undefined;
  // Only a whole name counts: with a margin, a ring or a number in it, it is another structure.
  const base = bases.get(rest);
  return base === undefined ? undefined : `${base} ${sides[0] ?? ''}`.trim();
}

function sideOf(word: string): 'L' | 'R' | undefined {
  if (/^(l|lt|left|li|links|sin)$/.test(word)) return 'L';
  if (/^(r|rt|right|re|rechts|dex)$/.test(word)) return 'R';
  return undefined;
}
