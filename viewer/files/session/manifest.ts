import { inputError } from '../../../engine/core/errors.ts';
import { isPatientPosition } from '../../../engine/core/frames.ts';
import { z } from '../../../engine/core/schema.ts';
import { objectiveSchema } from '../../../planners/radiation/protocol/objectives.ts';
import { protocolSchema } from '../../../planners/radiation/protocol/protocol.ts';
import { damaged } from './container.ts';

/** Grows with every change that an older program could not read. */
export const SESSION_VERSION = 1;
export const SESSION_FORMAT = 'isocenter-session';

const text = z.string().max(100_000);
const name = z.string().min(1).max(1000);
const number = z.number();
const count = z.int().min(1).max(4096);
const vec3 = z.tuple([number, number, number]);
const spacing = z.number().positive().max(1000);
const shade = z.number().min(0).max(255);
const angle = z.number().min(-180).max(360);
const input = z.object({ role: text, name: text, sha256: text.nullable() });
const study = z.object({
  patientId: text,
  patientName: text,
  patientBirthDate: text,
  patientSex: text,
  studyInstanceUid: text,
  studyId: text,
  studyDate: text,
  studyTime: text,
  studyDescription: text,
  accessionNumber: text,
  referringPhysicianName: text,
});
const origin = z.object({
  inputs: z.array(input),
  protocolInput: input.optional(),
  matches: z.array(z.object({ patientName: text, protocolName: text, by: z.enum(['same name', 'alias', 'TG-263']) })),
  choice: z.object({ patientId: text.optional(), series: text.optional(), structureSet: text.optional() }).optional(),
  dicom: z
    .object({
      study,
      seriesInstanceUid: text,
      frameOfReferenceUid: text,
      structureSetUid: text.optional(),
      softwareVersion: text,
    })
    .optional(),
  readMs: number,
});
const figures = z.object({ iteration: z.int().min(0), objective: number, afterMs: number });

/** What a session says in JSON; doses and voxels are arrays beside it, by their names. */
export const manifestSchema = z.object({
  format: z.literal(SESSION_FORMAT),
  version: z.literal(SESSION_VERSION),
  writtenBy: text,
  date: text,
  arrays: z.array(z.object({ name, bytes: z.int().min(0), sha256: z.string().length(64) })).max(2000),
  patient: z.object({
    id: text,
    grid: z.object({
      size: z.tuple([count, count, count]),
      spacingMm: z.tuple([spacing, spacing, spacing]),
      originMm: vec3,
    }),
    position: z.string().refine(isPatientPosition).optional(),
    source: z.object({ kind: text, path: text, sha256: text.optional() }),
    origin,
    warnings: z.array(text),
    notes: z.array(text),
    /** How the CT is kept. */
    ct: z.enum(['int16', 'float32']),
    structures: z.array(name).max(1000),
    referenceDoses: z.array(text).max(100),
  }),
  /** null where the patient has none. */
  protocol: protocolSchema.nullable(),
  setup: z.object({
    angles: z
      .array(z.object({ gantryDeg: z.number().min(0).max(360), couchDeg: angle, collimatorDeg: angle }))
      .min(1)
      .max(360),
    bixelMm: z.number().min(1).max(50),
  }),
  objectives: z.array(objectiveSchema).max(1000),
  plan: figures
    .extend({
      outcome: z
        .object({
          iteration: number,
          value: number,
          evaluations: number,
          stop: z.enum(['converged', 'iteration limit', 'no descent', 'cancelled']),
          projectedGradientNorm: number,
          initialProjectedGradientNorm: number,
          optimizeMs: number,
        })
        .optional(),
    })
    .optional(),
  namedPlans: z.array(figures.extend({ name, objectives: z.array(objectiveSchema).max(1000) })).max(200),
  display: z.object({
    crosshairMm: vec3,
    window: z.object({ centre: number, width: z.number().positive() }),
    hidden: z.array(text),
    isodose: z.object({
      unit: z.enum(['%', 'Gy']),
      levels: z
        .array(
          z.object({
            value: z.number().positive().max(1000),
            color: z.tuple([shade, shade, shade]).optional(),
            hasSurface: z.boolean().optional(),
          }),
        )
        .max(100),
    }),
    dose: z.object({
      opacity: z.number().min(0).max(1),
      showsWash: z.boolean(),
      showsLines: z.boolean(),
      cutoffPercent: z.number().min(0).max(1000),
      mostPercent: z.number().min(0).max(1000),
    }),
    structures: z.object({ fills: z.boolean(), opacity: z.number().min(0).max(1) }).optional(),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** @throws IsocenterError `session/version`, `session/damaged` naming the field */
export function parseManifest(file: string, json: unknown): Manifest {
  const version = typeof json === 'object' && json !== null ? Reflect.get(json, 'version') : undefined;
  if (typeof version === 'number' && version !== SESSION_VERSION) {
    throw inputError(
      'session/version',
      `${file} is a session of version ${version}; this program reads version ${SESSION_VERSION}`,
      'open it with the version of isocenter that saved it',
    );
  }
  const found = manifestSchema.safeParse(json);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw damaged(file, `${issue.path.join('.') || 'the manifest'}: ${issue.message}`);
}

/** What users call the lists of a manifest. */
const LISTS: Readonly<Record<string, string>> = {
  namedPlans: 'kept plans',
  objectives: 'objectives',
  'patient.referenceDoses': 'reference doses',
  'patient.structures': 'structures',
  'setup.angles': 'beams',
};

/**
 * What is saved can be read again: the reader's own limits, before anything is written.
 *
 * @throws IsocenterError `session/not-saved` naming the limit
 */
export function checkManifest(manifest: Omit<Manifest, 'arrays'>): void {
  const found = manifestSchema.omit({ arrays: true }).safeParse(manifest);
  if (found.success) return;
  const [issue] = found.error.issues;
  const path = issue.path.join('.');
  const list = LISTS[path];
  if (issue.code === 'too_big' && list !== undefined) {
    const count = issue.path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), manifest);
    throw inputError(
      'session/not-saved',
      `the session has ${Array.isArray(count) ? count.length : 'too many'} ${list}; ${issue.maximum} are saved at most`,
      `remove some of the ${list}, then save again`,
    );
  }
  throw inputError(
    'session/not-saved',
    `the session cannot be saved so that it is read again: ${path}: ${issue.message}`,
    'change that, then save again; what is open stays as it is',
  );
}
