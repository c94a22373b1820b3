import { z } from '../../../engine/core/schema.ts';

const doseGy = z.number().min(0).max(1000);
const volumePercent = z.number().min(0).max(100);

const common = {
  /** Structure of the patient, or `Body` for all dose voxels in no target. */
  structure: z.string().min(1),
  /** Factor of the objective in the sum; raising it makes the optimiser trade others for this one. */
  weight: z.number().positive().max(1e9),
  /** `targets`: the objective leaves out voxels that also lie in a target. */
  excludes: z.literal('targets').optional(),
};

/**
 * One optimisation objective, with matRad's function names and definitions. Doses are totals over all fractions [Gy],
 * volumes in percent of the structure.
 */
export const objectiveSchema = z.discriminatedUnion('function', [
  z.strictObject({ ...common, function: z.literal('squared-deviation'), parameters: z.strictObject({ doseGy }) }),
  z.strictObject({ ...common, function: z.literal('squared-overdosing'), parameters: z.strictObject({ doseGy }) }),
  z.strictObject({ ...common, function: z.literal('squared-underdosing'), parameters: z.strictObject({ doseGy }) }),
  z.strictObject({
    ...common,
    function: z.literal('mean-dose'),
    parameters: z.strictObject({ doseGy, kind: z.enum(['linear', 'quadratic']) }),
  }),
  z.strictObject({
    ...common,
    function: z.literal('eud'),
    parameters: z.strictObject({
      doseGy,
      exponent: z
        .number()
        .min(-100)
        .max(100)
        .refine((a) => a !== 0, 'must not be 0'),
    }),
  }),
  z.strictObject({
    ...common,
    function: z.literal('max-dvh'),
    parameters: z.strictObject({ doseGy, volumePercent }),
  }),
  z.strictObject({
    ...common,
    function: z.literal('min-dvh'),
    parameters: z.strictObject({ doseGy, volumePercent }),
  }),
]);

export type Objective = z.infer<typeof objectiveSchema>;
