import { isRigid } from '../../engine/core/frames.ts';
import { z } from '../../engine/core/schema.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import type { FieldFixture, Fixture } from './fixtures/fixture.ts';
import { LATE_EDGES_US, type LoopFigures } from './loop/figures.ts';
import { ROBOT_MOTIONS, ROBOT_STATES, type RobotAbout, type RobotSample } from './messages.ts';

/**
 * What a robot tells of itself, as it crosses the link and lies in recordings: JSON, where lists of numbers are plain ones and
 * numbers that are not finite are null. Whoever reads it holds it against these schemas first.
 */

const name = z.string().min(1).max(200);
/** [m], within a kilometre. */
const metres = z.number().min(-1e3).max(1e3);
const length = z.number().gt(0).max(1e3);
const marginM = z.number().min(0).max(1e3);
const point = z.tuple([metres, metres, metres]);
const most = { joints: 64, keepOuts: 256 } as const;

/** Sixteen numbers, column by column. */
const rigidTransform = z
  .array(z.number())
  .length(16)
  .transform((list) => Float64Array.from(list))
  .refine(isRigid, 'is no rotation with a translation');

const shapeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('forbidden-box'),
    name,
    T_base_box: rigidTransform,
    sizeM: z.tuple([length, length, length]),
    marginM,
  }),
  z.object({ kind: z.literal('forbidden-sphere'), name, centreM: point, radiusM: length, marginM }),
  z
    .object({ kind: z.literal('forbidden-cylinder'), name, fromM: point, toM: point, radiusM: length, marginM })
    .refine(({ fromM, toM }) => fromM.some((m, a) => m !== toM[a]), 'is a cylinder without a length'),
]) satisfies z.ZodType<Fixture>;

const toolSchema = z.object({
  link: name,
  originM: point.exactOptional(),
  axis: point.exactOptional(),
  lengthM: length,
  tipM: point.exactOptional(),
  radiusM: length.exactOptional(),
}) satisfies z.ZodType<ToolSpec>;

export const robotAboutSchema = z.object({
  robot: name,
  isSimulated: z.boolean(),
  joints: z.array(name).min(1).max(most.joints),
  tip: name,
  tool: toolSchema.exactOptional(),
  trocarM: point.exactOptional(),
  rateHz: z.number().min(0).max(1e6),
  keepOuts: z.array(name).max(most.keepOuts),
  shapes: z.array(shapeSchema).max(most.keepOuts),
}) satisfies z.ZodType<RobotAbout>;

/** As {@link robotAboutSchema} reads it. */
export function robotAboutRecord(about: RobotAbout): z.input<typeof robotAboutSchema> {
  return JSON.parse(
    JSON.stringify(about, (_, value) => (ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value)),
  );
}

/** The distance fields of one robot that are told to viewers, all together [bytes]. */
export const MOST_FIELD_BYTES = 1 << 26;

/** Forbidden regions of structures: their distances come beside it, as an array f32 in the order of `DistanceField`. */
export const fieldAboutSchema = z
  .object({
    name,
    marginM,
    size: z.tuple([z.int().min(2), z.int().min(2), z.int().min(2)]),
    spacingM: z.tuple([length, length, length]),
    T_base_field: rigidTransform,
  })
  .refine(({ size }) => 4 * size[0] * size[1] * size[2] <= MOST_FIELD_BYTES, 'is larger than fields may be');

/** As {@link fieldAboutSchema} reads it. */
export function fieldAboutRecord({ name, marginM, field, T_base_field }: FieldFixture): FieldAbout {
  const [size, spacingM] = [[...field.size], [...field.spacingM]] as [Triple, Triple];
  return { name, marginM, size, spacingM, T_base_field: [...T_base_field] };
}

type FieldAbout = z.input<typeof fieldAboutSchema>;
type Triple = [number, number, number];

/** Distances may be unknown, or have no end. */
const distance = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.POSITIVE_INFINITY);
const distances = z.record(name, distance);

/** Of a state, what {@link RobotSample} holds besides joints and poses. */
export const robotSaidSchema = z.object({
  state: z.enum(ROBOT_STATES),
  motion: z.enum(ROBOT_MOTIONS),
  says: z.string().max(1000),
  keepOutsM: distances,
}) satisfies z.ZodType<Pick<RobotSample, 'state' | 'motion' | 'says' | 'keepOutsM'>>;

const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const spread = z.object({ median: figure, p99: figure, max: figure });

export const loopFiguresSchema = z.object({
  timeSec: figure,
  cycles: figure,
  rateHz: figure,
  state: z.string().max(1000),
  filter: z.object({ state: z.string().max(1000), predictedPct: figure }),
  stoppingPct: figure,
  computeUs: spread,
  lateUs: spread,
  lateCounts: z.array(figure).length(LATE_EDGES_US.length + 1),
  latencyMs: z.object({ median: figure, p99: figure }),
  tremorUm: z.object({ in: figure, out: figure }),
  trocarErrorMm: figure,
  keepOutsMm: distances,
}) satisfies z.ZodType<LoopFigures>;
