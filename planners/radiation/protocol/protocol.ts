import { IsocenterError, inputError } from '../../../engine/core/errors.ts';
import { z } from '../../../engine/core/schema.ts';
import { parseMetric } from '../evaluation/metric.ts';
import { bodyName } from '../evaluation/regions.ts';
import { objectiveSchema } from './objectives.ts';

const structureName = z.string().min(1);

const targetSchema = z.strictObject({
  structure: structureName.refine((name) => name !== bodyName, `${bodyName} cannot be a target`),
  /** Total dose over all fractions [Gy]. */
  prescriptionGy: z.number().positive().max(1000),
});

const goalSchema = z.strictObject({
  structure: structureName,
  metric: z.string().superRefine((metric, context) => {
    try {
      parseMetric(metric);
    } catch (error) {
      if (!(error instanceof IsocenterError)) throw error;
      context.addIssue({ code: 'custom', message: error.hint });
    }
  }),
  comparator: z.enum(['<=', '>=']),
  /** [Gy], or [percent] for a metric V..Gy */
  limit: z.number().min(0).max(1000),
  /** These two: see {@link Goal}. */
  mergeHigherTargets: z.boolean().optional(),
  priority: z.int().min(1).max(1000).optional(),
});

/** A protocol data file: what to prescribe, what to optimise and what to judge by. All doses are totals [Gy]. */
export const protocolSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string(),
  fractions: z.int().min(1).max(200),
  /** How doses at absolute volumes are defined; see {@link DoseVolumeConvention}. */
  doseVolumeConvention: z.enum(['curve', 'openkbp']),
  targets: z
    .array(targetSchema)
    .min(1)
    .superRefine(eachOnce((target) => target.structure)),
  goals: z.array(goalSchema),
  objectives: z.array(objectiveSchema),
  /** Structures in order: a voxel shared by several is optimised only with the first of them in this list. */
  overlapPriority: z.array(structureName).superRefine(eachOnce((name) => name)),
});

export type Protocol = z.infer<typeof protocolSchema>;

const shownIssues = 3;

/**
 * Checks a protocol that is already parsed from JSON.
 *
 * @param file name for messages
 * @throws IsocenterError `protocol/invalid` naming the file, the path of each field and its value
 */
export function parseProtocol(json: unknown, file: string): Protocol {
  const result = protocolSchema.safeParse(json);
  if (result.success) return result.data;
  const { issues } = result.error;
  const shown = issues.slice(0, shownIssues).map((issue) => {
    const value = JSON.stringify(valueAt(json, issue.path))?.slice(0, 60) ?? 'nothing';
    return `${pathText(issue.path)}: ${issue.message} (found ${value})`;
  });
  const more = issues.length > shownIssues ? `; and ${issues.length - shownIssues} more` : '';
  throw inputError(
    'protocol/invalid',
    `${file}: ${shown.join('; ')}${more}.`,
    'Correct these fields; the built-in protocols show every field in use.',
  );
}

/**
 * Reads a protocol file.
 *
 * @throws IsocenterError `protocol/not-json` or `protocol/invalid`
 */
export function readProtocol(text: string, file: string): Protocol {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IsocenterError({
      code: 'protocol/not-json',
      message: `${file} is not JSON: ${reason}.`,
      hint: 'Correct the file at this place; a protocol is one JSON object.',
      cause,
    });
  }
  return parseProtocol(json, file);
}

function eachOnce<T>(nameOf: (item: T) => string) {
  return (items: readonly T[], context: z.core.$RefinementCtx<readonly T[]>): void => {
    for (const [n, item] of items.entries()) {
      const name = nameOf(item);
      if (items.findIndex((other) => nameOf(other) === name) === n) continue;
      context.addIssue({ code: 'custom', path: [n], input: items, message: `${name} is listed twice` });
    }
  };
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    json,
  );
}
