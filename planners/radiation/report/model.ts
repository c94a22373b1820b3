import { type Vec3, voxelCentreMm, voxelCount } from '../../../engine/core/grid.ts';
import type { Patient } from '../../../engine/core/patient.ts';
import type { Provenance } from '../../../engine/core/provenance.ts';
import { centroidMm } from '../beams/beam.ts';
import { sortDoses } from '../evaluation/dose-volume.ts';
import type { DoseOnVoxels, StructureEvaluation } from '../evaluation/evaluate.ts';
import { targetVoxels } from '../evaluation/regions.ts';
import type { Protocol } from '../protocol/protocol.ts';
import type { DvhCurve } from './dvh-figure.ts';
import type { EvaluationReport } from './evaluation-report.ts';
import type { BeamReport, PlanReport } from './plan-report.ts';
import { type IsodoseLevel, isodoseLevels, type SliceScene } from './slice-figure.ts';
import { structureLetter } from './svg.ts';

export interface PlannedBeam extends BeamReport {
  /** Sum of the weights of its bixels [MU per fraction]. */
  readonly bixelMu: number;
}

/** What a report of a plan says beyond the dose itself. */
export interface PlanFacts
  extends Pick<
    PlanReport,
    | 'device'
    | 'machine'
    | 'voxels'
    | 'bixels'
    | 'objective'
    | 'iterations'
    | 'evaluations'
    | 'stop'
    | 'projectedGradientNorm'
    | 'initialProjectedGradientNorm'
    | 'timeMs'
    | 'peakRssMb'
  > {
  readonly energyMV: number | undefined;
  readonly beams: readonly PlannedBeam[];
}

export interface ReportSource {
  /** With its structures on the grid of the dose. */
  readonly patient: Patient;
  /** What of the protocol the patient has. */
  readonly protocol: Protocol;
  readonly dose: Float32Array | DoseOnVoxels;
  readonly judged: EvaluationReport;
  /** Where the dose is of a plan of ours. */
  readonly plan?: PlanFacts | undefined;
}

/** Everything that a report shows, figures not yet drawn. */
export interface Report {
  readonly judged: EvaluationReport;
  readonly protocol: Protocol;
  readonly plan: PlanFacts | undefined;
  readonly structures: readonly (StructureEvaluation & { readonly letter: string; readonly isTarget: boolean })[];
  readonly curves: readonly DvhCurve[];
  readonly prescriptionGy: number;
  readonly levels: readonly IsodoseLevel[];
  readonly scene: SliceScene;
  /** The isocentre, or the centroid of the targets where the dose comes from elsewhere [mm, LPS]. */
  readonly centreMm: Vec3;
  /** undefined where there is no dose at all. */
  readonly maximum: { readonly gy: number; readonly atMm: Vec3 } | undefined;
  readonly patientSource: Patient['source'];
  readonly position: string;
  readonly provenance: Provenance;
}

const window = { centre: 40, width: 500 } as const;
const marginMm = 8;

export function makeReport({ patient, protocol, dose: given, judged, plan }: ReportSource): Report {
  const { grid, structures } = patient.structureSet;
  const dose = onGrid(given, voxelCount(grid));
  const prescriptionGy = Math.max(...protocol.targets.map((target) => target.prescriptionGy));
  const targets = new Set(protocol.targets.map(({ structure }) => structure));
  const named = structures.map(({ name, voxels }, n) => ({ name, voxels, letter: structureLetter(n) }));
  const evaluated = new Map(judged.structures.map((structure) => [structure.name, structure]));
  const levels = isodoseLevels(prescriptionGy);
  const maximum = maximumOf(dose, patient);
  const isocenterMm = plan?.beams[0]?.isocenterMm;
  return {
    judged,
    protocol,
    plan,
    structures: named.flatMap(({ name, letter }) => {
      const found = evaluated.get(name);
      return found === undefined ? [] : [{ ...found, letter, isTarget: targets.has(name) }];
    }),
    curves: named.map(({ name, letter, voxels }) => ({
      letter,
      name,
      doses: sortDoses(Float32Array.from(voxels, (voxel) => dose[voxel])),
      isTarget: targets.has(name),
    })),
    prescriptionGy,
    levels,
    scene: {
      ct: patient.ct,
      dose: { grid, data: dose, unit: 'Gy' },
      structures: named,
      levels,
      box: boxOf(patient),
      window,
      isocenterMm,
      maximumMm: maximum?.atMm,
    },
    centreMm: isocenterMm ?? (centroidMm(grid, targetVoxels(patient, protocol.targets)) as Vec3),
    maximum,
    patientSource: patient.source,
    position: patient.position ?? 'HFS',
    provenance: judged.provenance,
  };
}

function onGrid(dose: Float32Array | DoseOnVoxels, count: number): Float32Array {
  const out = new Float32Array(count);
  // Rounding in float32 may leave a dose far from every beam a hair below zero.
  if (dose instanceof Float32Array) for (let n = 0; n < count; n++) out[n] = Math.max(0, dose[n]);
  else for (let n = 0; n < dose.gy.length; n++) out[dose.voxels[n]] = Math.max(0, dose.gy[n]);
  return out;
}

function maximumOf(dose: Float32Array, { structureSet: { grid } }: Patient): Report['maximum'] {
  let at = 0;
  for (let n = 1; n < dose.length; n++) if (dose[n] > dose[at]) at = n;
  if (!(dose[at] > 0)) return undefined;
  const atMm: [number, number, number] = [0, 0, 0];
  voxelCentreMm(grid, at, atMm);
  return { gy: dose[at], atMm };
}

/** The body (all voxels on which dose is wanted) with a margin, within the CT. */
function boxOf({ ct, structureSet: { grid, structures }, doseVoxels }: Patient): SliceScene['box'] {
  const least: [number, number, number] = [Infinity, Infinity, Infinity];
  const most: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  const p: [number, number, number] = [0, 0, 0];
  for (const voxels of [doseVoxels, ...structures.map((s) => s.voxels)]) {
    for (let n = 0; n < voxels.length; n++) {
      voxelCentreMm(grid, voxels[n], p);
      for (let a = 0; a < 3; a++) {
        if (p[a] < least[a]) least[a] = p[a];
        if (p[a] > most[a]) most[a] = p[a];
      }
    }
  }
  for (let a = 0; a < 3; a++) {
    const first = ct.grid.originMm[a] - ct.grid.spacingMm[a] / 2;
    const last = first + ct.grid.size[a] * ct.grid.spacingMm[a];
    least[a] = Math.max(first, least[a] - marginMm);
    most[a] = Math.min(last, most[a] + marginMm);
    if (!(most[a] > least[a])) [least[a], most[a]] = [first, last];
  }
  return { least, most };
}
