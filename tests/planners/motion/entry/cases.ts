import { loadOpenKbp, openKbpFolders } from '../../../../bench/cases.ts';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import type { Patient } from '../../../../engine/core/patient.ts';
import type { EntryPlan } from '../../../../planners/motion/entry/plan-entry.ts';
import { type EntryRequest, entrySettings } from '../../../../planners/motion/entry/request.ts';
import { buildPhantom } from '../../../../sim/phantoms/registry.ts';
import { type ExhaustivePlan, exhaustiveEntry } from './exhaustive.ts';

export interface EntryCase {
  readonly name: string;
  readonly request: (changes?: Partial<EntryRequest>) => EntryRequest;
}

const avoid = (marginMm: number, ...names: string[]) => names.map((name) => ({ name, marginMm }));

function caseOf(name: string, load: () => Patient, fixed: Omit<EntryRequest, 'patient'>): EntryCase {
  let patient: Patient | undefined;
  return {
    name,
    request: (changes = {}) => {
      patient ??= load();
      return { patient, ...fixed, ...changes };
    },
  };
}

export const phantomCases: readonly EntryCase[] = [
  caseOf('head-and-neck phantom', () => buildPhantom('head-and-neck'), {
    target: { pointMm: [8, -9, 12] },
    avoid: [...avoid(5, 'SpinalCord', 'LeftParotid', 'RightParotid')],
  }),
  caseOf('prostate phantom', () => buildPhantom('prostate', { voxelMm: 4 }), {
    target: { structure: 'Prostate' },
    avoid: [
      { name: 'Rectum', marginMm: 4 },
      { name: 'Bladder', marginMm: 6, weightMm: 35 },
    ],
    toolLengthMm: 180,
  }),
  caseOf('C-shape phantom', () => buildPhantom('tg119-cshape', { voxelMm: 4 }), {
    target: { structure: 'PTV' },
    avoid: avoid(3, 'Core'),
    toolLengthMm: 120,
    maxAngleDeg: 45,
  }),
  caseOf('slab phantom, from behind the bone', () => buildPhantom('slab', { voxelMm: 5 }), {
    target: { pointMm: [20, 30, -10] },
    avoid: avoid(2, 'Bone', 'Lung'),
    cone: { axis: [0.4, 1, 0.1], halfAngleDeg: 50 },
  }),
];

export function patientCases(dataFolder: string): EntryCase[] {
  const folders = openKbpFolders(dataFolder);
  const patient = (name: string) => () => loadOpenKbp(folders.get(name) as string);
  return [
    caseOf('pt_1', patient('pt_1'), {
      target: { structure: 'PTV70' },
      avoid: avoid(4, 'SpinalCord', 'Brainstem', 'LeftParotid', 'RightParotid', 'Mandible'),
    }),
    caseOf('pt_170', patient('pt_170'), {
      target: { structure: 'PTV70' },
      avoid: avoid(3, 'SpinalCord', 'Brainstem', 'LeftParotid', 'RightParotid', 'Larynx'),
    }),
  ];
}

/** The exhaustive search of the same request; its target point is taken from the plan, where it is checked by itself. */
export function exhaust(request: EntryRequest, targetMm: Vec3): ExhaustivePlan {
  const { toolLengthMm, maxAngleDeg, comfortMm, candidateSpacingMm, normalRadiusMm, weights } = entrySettings(request);
  const { patient, avoid: structures, body, region, cone } = request;
  return exhaustiveEntry({
    patient,
    targetMm,
    avoid: structures,
    ...(body === undefined ? {} : { body }),
    ...(region === undefined ? {} : { region }),
    ...(cone === undefined ? {} : { cone }),
    toolLengthMm,
    maxAngleDeg,
    comfortMm,
    candidateSpacingMm,
    normalRadiusMm,
    weights,
  });
}

/** Refusals as the exhaustive search counts them. */
export function refusalCounts(plan: EntryPlan): Map<string, number> {
  return new Map(plan.refused.map(({ kind, structure, count }) => [structure ? `${kind} ${structure}` : kind, count]));
}
