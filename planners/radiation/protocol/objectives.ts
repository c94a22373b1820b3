import { z } from '../../../engine/core/schema.ts';

/** What editors and tables say of an objective's parameter; its limits are those of its schema. */
export interface ParameterWords {
  readonly title: string;
  readonly unit: '' | 'Gy' | '%';
  readonly description: string;
  /** What a new objective has; `prescription`: the highest prescribed dose. */
  readonly first: number | string;
  /** Of a number: what a press on an arrow changes. */
  readonly step?: number;
}
/** What editors and tables say of an objective's function. */
export interface FunctionWords {
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly description: string;
  /** f, of which the weighted sum is minimised; d are the N doses of the structure [Gy]. */
  readonly formula: string;
}

export const parameterWords = z.registry<ParameterWords>();
export const functionWords = z.registry<FunctionWords>();

const doseGy = z.number().min(0).max(1000).register(parameterWords, {
  title: 'Dose',
  unit: 'Gy',
  description: 'reference dose, total over all fractions',
  first: 'prescription',
  step: 0.5,
});
const volumePercent = z.number().min(0).max(100).register(parameterWords, {
  title: 'Volume',
  unit: '%',
  description: 'share of the structure that the dose is about',
  first: 50,
  step: 1,
});
const exponent = z
  .number()
  .min(-100)
  .max(100)
  .refine((a) => a !== 0, 'must not be 0')
  .register(parameterWords, {
    title: 'Exponent',
    unit: '',
    description:
      '1 is the mean; the larger, the more the hottest voxels count; below 0 the coldest ones, as in targets',
    first: 8,
    step: 0.5,
  });
const kind = z.enum(['linear', 'quadratic']).register(parameterWords, {
  title: 'Penalty',
  unit: '',
  description: 'linear pulls with the same force everywhere, quadratic the more the farther off',
  first: 'quadratic',
});

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
  z
    .strictObject({ ...common, function: z.literal('squared-deviation'), parameters: z.strictObject({ doseGy }) })
    .register(functionWords, {
      title: 'Uniform dose',
      description: 'every voxel is drawn to the dose, from above and from below',
      formula: '(1/N) Σ (d − ref)²',
    }),
  z
    .strictObject({ ...common, function: z.literal('squared-overdosing'), parameters: z.strictObject({ doseGy }) })
    .register(functionWords, {
      title: 'Maximum dose',
      description: 'voxels above the dose are drawn down to it, the others are left alone',
      formula: '(1/N) Σ max(0, d − ref)²',
    }),
  z
    .strictObject({ ...common, function: z.literal('squared-underdosing'), parameters: z.strictObject({ doseGy }) })
    .register(functionWords, {
      title: 'Minimum dose',
      description: 'voxels below the dose are drawn up to it, the others are left alone',
      formula: '(1/N) Σ min(0, d − ref)²',
    }),
  z
    .strictObject({ ...common, function: z.literal('mean-dose'), parameters: z.strictObject({ doseGy, kind }) })
    .register(functionWords, {
      title: 'Mean dose',
      description: 'the mean of the structure is drawn to the dose; 0 Gy asks for as little as can be',
      formula: '|mean(d) − ref| linear, (mean(d) − ref)² quadratic',
    }),
  z
    .strictObject({ ...common, function: z.literal('eud'), parameters: z.strictObject({ doseGy, exponent }) })
    .register(functionWords, {
      title: 'Equivalent uniform dose',
      description: 'the generalised mean of the structure, gEUD, is drawn to the dose',
      formula: '(((1/N) Σ d^k)^(1/k) − ref)²',
    }),
  z
    .strictObject({ ...common, function: z.literal('max-dvh'), parameters: z.strictObject({ doseGy, volumePercent }) })
    .register(functionWords, {
      title: 'Maximum DVH',
      description: 'no more than the volume is to get more than the dose: the curve passes below this point',
      formula: '(1/N) Σ (d − ref)² over ref ≤ d ≤ D(V)',
    }),
  z
    .strictObject({ ...common, function: z.literal('min-dvh'), parameters: z.strictObject({ doseGy, volumePercent }) })
    .register(functionWords, {
      title: 'Minimum DVH',
      description: 'at least the volume is to get the dose: the curve passes above this point',
      formula: '(1/N) Σ (d − ref)² over D(V) ≤ d ≤ ref',
    }),
]);

export type Objective = z.infer<typeof objectiveSchema>;
