import { z } from '../core/schema.ts';
import { LINK_VERSION } from './limits.ts';

/** The records of the link itself; what requests and streams carry is described beside what they belong to. */

const whole = z.int().min(0);
const shortText = z.string().max(200);

export const faultSchema = z.object({ code: shortText, message: z.string().max(4000), hint: z.string().max(4000) });
/** An error as it crosses the link: the fields of an IsocenterError. */
export type LinkFault = z.infer<typeof faultSchema>;

/** First record of a client. The session is one that it had: its id and what was received of it. */
export const helloSchema = z.object({
  t: z.literal('hello'),
  versions: z.array(z.int()).min(1).max(16),
  client: shortText.default(''),
  token: shortText.optional(),
  session: z.object({ id: shortText, received: whole }).optional(),
});
export type Hello = z.infer<typeof helloSchema>;

export const welcomeSchema = z.object({
  t: z.literal('welcome'),
  version: z.literal(LINK_VERSION),
  session: shortText,
  /** Whether the session that the client had goes on; what it waits for still comes. */
  resumed: z.boolean(),
  received: whole,
  /** Whether the client may move and write. */
  mayControl: z.boolean(),
  server: shortText,
});
export type Welcome = z.infer<typeof welcomeSchema>;

/** Why there is no session; the connection is closed after it. */
export const refuseSchema = z.object({ t: z.literal('refuse'), versions: z.array(z.int()), error: faultSchema });
export type Refusal = z.infer<typeof refuseSchema>;

/** Records without a sequence number: they count only on the connection that they came by. */
export const controlSchema = z.discriminatedUnion('t', [
  helloSchema,
  welcomeSchema,
  refuseSchema,
  z.object({ t: z.literal('ack'), received: whole }),
  z.object({
    t: z.literal('beat'),
    n: whole,
    /** Whether the page is where nobody sees it. */
    hidden: z.boolean().default(false),
  }),
  z.object({ t: z.literal('echo'), n: whole }),
]);
export type ControlRecord = z.infer<typeof controlSchema>;

export const ARRAY_KINDS = ['u8', 'i16', 'u16', 'i32', 'u32', 'f32', 'f64'] as const;
export type ArrayKind = (typeof ARRAY_KINDS)[number];

/** Records with a sequence number: each arrives exactly once, in order, over any number of connections. */
export const recordSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('request'), id: whole, method: shortText, params: z.unknown() }),
  z.object({ t: z.literal('answer'), id: whole, result: z.unknown() }),
  z.object({ t: z.literal('error'), id: whole, error: faultSchema }),
  z.object({ t: z.literal('progress'), id: whole, value: z.unknown() }),
  z.object({ t: z.literal('cancel'), id: whole }),
  z.object({
    t: z.literal('subscribe'),
    stream: whole,
    topic: shortText,
    params: z.unknown(),
    /** Samples on the way without having been taken. */
    window: z.int().min(1).max(1024),
  }),
  z.object({ t: z.literal('opened'), stream: whole, about: z.unknown() }),
  /** Of a reliable stream: none is missing. */
  z.object({ t: z.literal('item'), stream: whole, index: whole, value: z.unknown() }),
  z.object({ t: z.literal('ended'), stream: whole, error: faultSchema.optional() }),
  z.object({ t: z.literal('unsubscribe'), stream: whole }),
  z.object({ t: z.literal('taken'), stream: whole, samples: z.int().min(1).max(1024) }),
  z.object({
    t: z.literal('array'),
    array: whole,
    /** The request that it is part of the answer of. */
    id: whole,
    name: shortText,
    kind: z.enum(ARRAY_KINDS),
    length: whole,
    about: z.unknown(),
  }),
  z.object({ t: z.literal('more'), array: whole, chunks: z.int().min(1).max(1024) }),
]);
export type LinkRecord = z.infer<typeof recordSchema>;

/** A sample of a stream: stream, number of the sample (what is missing was dropped), value. */
export const sampleSchema = z.tuple([whole, whole, z.unknown()]);
export type Sample = z.infer<typeof sampleSchema>;
