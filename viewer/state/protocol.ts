import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import { sha256 } from '../../engine/core/sha256.ts';
import type { Objective } from '../../planners/radiation/protocol/objectives.ts';
import { type Protocol, parseProtocol } from '../../planners/radiation/protocol/protocol.ts';
import { faultOf } from '../engine/fault.ts';
import { patientOf, withRoles } from '../engine/patient-view.ts';
import { matchedWith } from '../files/protocol.ts';
import { changeProtocol, fault, patient } from './workspace.ts';

/** Plans the open patient with a protocol; says why where it does not fit, and leaves everything as it is then. */
export function planWith(protocol: Protocol, input: InputRecord): void {
  try {
    const view = patient.value;
    if (view === undefined) {
      throw inputError(
        'viewer/no-patient',
        `${input.name} is a protocol, and no patient is open`,
        'open a patient first',
      );
    }
    const matched = matchedWith(protocol, patientOf(view), input);
    const first = new Map(view.origin.matches.map(({ protocolName, patientName }) => [protocolName, patientName]));
    const matches = matched.matches.map((match) => ({
      ...match,
      patientName: first.get(match.patientName) ?? match.patientName,
    }));
    const names = matched.patient.structureSet.structures;
    // Structures that an earlier protocol renamed, and this one does not name, keep that name: and where it came from.
    const now = new Set(names.map(({ name }) => name));
    const told = new Set(matches.map(({ protocolName }) => protocolName));
    const earlier = view.origin.matches.filter(({ protocolName }) => now.has(protocolName) && !told.has(protocolName));
    const structures = view.structures.map((structure, n) => ({ ...structure, name: names[n].name }));
    changeProtocol({
      ...view,
      structures: withRoles(structures, matched.protocol),
      protocol: matched.protocol,
      origin: { ...view.origin, protocolInput: input, matches: [...matches, ...earlier] },
      notes: matched.notes,
    });
  } catch (error) {
    fault.value = faultOf(error);
  }
}

export interface HandMade {
  readonly fractions: number;
  readonly targets: Protocol['targets'];
}

/** Plans the open patient with targets that the user names: objectives keep them at their doses, and the body below. */
export function planTargets({ fractions, targets }: HandMade): void {
  try {
    const protocol = parseProtocol(handMadeProtocol({ fractions, targets }), 'the table of targets');
    const sha = sha256(new TextEncoder().encode(JSON.stringify(protocol)));
    planWith(protocol, { role: 'protocol', name: protocol.name, sha256: sha });
  } catch (error) {
    fault.value = faultOf(error);
  }
}

function handMadeProtocol({ fractions, targets }: HandMade): Protocol {
  const byDose = [...targets].sort((a, b) => b.prescriptionGy - a.prescriptionGy);
  const [highest] = byDose;
  const around = (structure: string, doseGy: number): Objective[] => [
    { structure, function: 'squared-underdosing', parameters: { doseGy }, weight: 1000 },
    { structure, function: 'squared-overdosing', parameters: { doseGy: 1.05 * doseGy }, weight: 1000 },
  ];
  return {
    name: 'targets by hand',
    description: 'Targets and prescriptions that the user gave in the page.',
    fractions,
    doseVolumeConvention: 'curve',
    targets: byDose,
    goals: byDose.map(({ structure, prescriptionGy }) => ({
      structure,
      metric: 'D95',
      comparator: '>=',
      limit: prescriptionGy,
    })),
    objectives: [
      ...byDose.flatMap(({ structure, prescriptionGy }) => around(structure, prescriptionGy)),
      ...(highest === undefined
        ? []
        : [
            {
              structure: 'Body',
              function: 'squared-overdosing' as const,
              parameters: { doseGy: 0.5 * highest.prescriptionGy },
              weight: 100,
            },
          ]),
    ],
    overlapPriority: byDose.map(({ structure }) => structure),
  };
}
