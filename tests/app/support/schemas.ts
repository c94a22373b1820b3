import { z } from 'zod';

const gy = z.number().nullable();

export const structureSchema = z.strictObject({
  name: z.string(),
  voxels: z.int(),
  volumeCc: z.number(),
  meanGy: gy,
  minGy: gy,
  maxGy: gy,
  d99Gy: gy,
  d98Gy: gy,
  d95Gy: gy,
  d50Gy: gy,
  d5Gy: gy,
  d2Gy: gy,
  d1Gy: gy,
  d0_1ccGy: gy,
});

export const goalSchema = z.object({
  structure: z.string(),
  metric: z.string(),
  limit: z.number(),
  value: z.number().nullable(),
  pass: z.boolean().nullable(),
});

export const provenanceSchema = z.object({
  program: z.literal('isocenter'),
  version: z.string(),
  node: z.string(),
  date: z.iso.datetime(),
  settings: z.object({ patient: z.string() }),
  inputs: z.array(
    z.object({
      role: z.string(),
      name: z.string(),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
    }),
  ),
});

/** The object of `isocenter plan --json`. */
export const planSchema = z.object({
  patient: z.string(),
  device: z.object({ kind: z.enum(['wasm', 'webgpu']), name: z.string(), threads: z.int().min(1) }),
  machine: z.string(),
  energyMV: z.number(),
  fractions: z.int().positive(),
  beams: z.array(
    z.strictObject({
      gantryDeg: z.number(),
      couchDeg: z.number(),
      collimatorDeg: z.number(),
      isocenterMm: z.tuple([z.number(), z.number(), z.number()]),
      ssdMm: z.number(),
      bixels: z.int().positive(),
    }),
  ),
  voxels: z.int().positive(),
  bixels: z.int().positive(),
  objective: z.number(),
  iterations: z.int(),
  timeMs: z.strictObject({
    read: z.number(),
    geometry: z.number(),
    optimize: z.number(),
    evaluate: z.number(),
    total: z.number(),
  }),
  peakRssMb: z.number(),
  structures: z.array(structureSchema),
  goals: z.array(goalSchema),
  warnings: z.array(z.string()),
  notes: z.array(z.string()),
  provenance: provenanceSchema,
});

/** plan.json */
export const planFileSchema = planSchema.extend({
  weights: z.array(z.array(z.number().min(0))),
  bixelGrids: z.array(z.object({ sizeMm: z.number(), cells: z.array(z.int()) })),
  dose: z.object({ file: z.literal('dose.csv'), unit: z.literal('Gy'), size: z.array(z.int()).length(3) }),
});

export const evaluationSchema = z.object({
  patient: z.string(),
  protocol: z.string(),
  structures: z.array(structureSchema),
  goals: z.array(goalSchema),
  provenance: provenanceSchema,
});
