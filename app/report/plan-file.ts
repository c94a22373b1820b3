import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { inputError } from '../../engine/core/errors.ts';
import type { PlanReport } from '../../planners/radiation/report/plan-report.ts';
import { readTextInput } from '../inputs/files.ts';

const number = z.number();
const gy = number.nullable();
const text = z.string();
const texts = z.array(text);

const structure = z.object({
  name: text,
  voxels: number,
  volumeCc: number,
  ...{ meanGy: gy, minGy: gy, maxGy: gy, d99Gy: gy, d98Gy: gy, d95Gy: gy, d50Gy: gy, d5Gy: gy, d2Gy: gy, d1Gy: gy },
  d0_1ccGy: gy,
});
const goal = z.object({
  structure: text,
  metric: text,
  comparator: z.enum(['<=', '>=']),
  limit: number,
  unit: z.enum(['Gy', '%']),
  value: gy,
  pass: z.boolean().nullable(),
  priority: number.optional(),
});
const beam = z.object({
  gantryDeg: number,
  couchDeg: number,
  collimatorDeg: number,
  isocenterMm: z.tuple([number, number, number]),
  ssdMm: number,
  bixels: number,
});
const settings = z.looseObject({
  patient: text,
  choice: z.object({ patientId: text.optional(), series: text.optional(), structureSet: text.optional() }).optional(),
  aliases: text.optional(),
  protocol: text.optional(),
  doseGridMm: number.optional(),
});
const provenance = z.object({
  program: z.literal('isocenter'),
  ...{ version: text, node: text.optional(), browser: text.optional(), platform: text, date: text },
  settings,
  inputs: z.array(z.object({ role: text, name: text, sha256: text.nullable() })),
});

/** What a report takes from plan.json; the rest of the file is not read. */
const planFileSchema = z.object({
  patient: text,
  device: z.object({ kind: text, name: text, threads: number }),
  machine: text,
  energyMV: number,
  protocol: text,
  ...{ fractions: number, voxels: number, bixels: number, objective: number, iterations: number, evaluations: number },
  stop: text,
  projectedGradientNorm: number,
  initialProjectedGradientNorm: number,
  timeMs: z.object({ read: number, geometry: number, optimize: number, evaluate: number, total: number }),
  peakRssMb: number.nullable(),
  beams: z.array(beam).min(1),
  structures: z.array(structure),
  goals: z.array(goal),
  indices: z.array(z.object({ structure: text, prescriptionGy: number, conformity: gy, homogeneity: gy })),
  matches: z.array(z.object({ patientName: text, protocolName: text, by: z.enum(['same name', 'alias', 'TG-263']) })),
  warnings: texts,
  notes: texts,
  provenance,
  weights: z.array(z.array(number)),
});

export interface PlanFile {
  readonly path: string;
  readonly folder: string;
  readonly report: PlanReport;
  readonly settings: z.infer<typeof settings>;
  /** Of every beam's bixels [MU per fraction]. */
  readonly weights: readonly (readonly number[])[];
}

/**
 * Reads plan.json of `isocenter plan --out`.
 *
 * @param place the file, or its folder
 * @throws IsocenterError `file/unreadable`, `report/plan-file` naming the field
 */
export async function readPlanFile(place: string): Promise<PlanFile> {
  const isFolder = await stat(place).then(
    (s) => s.isDirectory(),
    () => false,
  );
  const path = isFolder ? join(place, 'plan.json') : place;
  const hint = 'give --plan the folder, or the plan.json, that `isocenter plan --out` wrote';
  const { text: content } = await readTextInput(path, 'plan', hint);
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    throw inputError('report/plan-file', `${path} is not JSON: ${(cause as Error).message}`, hint);
  }
  const found = planFileSchema.safeParse(json);
  if (!found.success) {
    const [issue] = found.error.issues;
    throw inputError('report/plan-file', `${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}`, hint);
  }
  const { weights, ...report } = found.data;
  if (weights.length !== report.beams.length) {
    throw inputError(
      'report/plan-file',
      `${path}: ${weights.length} lists of weights for ${report.beams.length} beams`,
      hint,
    );
  }
  return { path, folder: dirname(path), report, settings: report.provenance.settings, weights };
}
