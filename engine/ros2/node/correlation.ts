import type { EndpointInfo, ReceivedSample, SampleIdentity } from '../rtps/types.ts';

/**
 * How a request and its reply find each other. rmw_cyclonedds writes 16 bytes before the message (an id of the client, the
 * number of the request); rmw_fastrtps sends the identity of a sample beside it (inline QoS). Between our own nodes it is
 * the second.
 */
export type Correlation =
  | { readonly form: 'header'; readonly client: bigint; readonly sequence: bigint }
  | { readonly form: 'identity'; readonly identity: SampleIdentity };

export type CorrelationForm = Correlation['form'];

const ENCAPSULATION = 4;
const HEADER = 16;
/** SEQUENCENUMBER_UNKNOWN: {-1, 0}. */
export const UNKNOWN_SEQUENCE = -(2n ** 32n);

/** Which form a peer's endpoint speaks. */
export function formOf({ vendor }: EndpointInfo): CorrelationForm {
  return vendor === 'cyclonedds' ? 'header' : 'identity';
}

/** CDR with the header of rmw_cyclonedds between its encapsulation and the message; 16 bytes keep all alignments. */
export function withHeader(payload: Uint8Array, client: bigint, sequence: bigint): Uint8Array {
  const out = new Uint8Array(payload.length + HEADER);
  out.set(payload.subarray(0, ENCAPSULATION));
  const view = new DataView(out.buffer);
  view.setBigUint64(ENCAPSULATION, client, true);
  view.setBigInt64(ENCAPSULATION + 8, sequence, true);
  out.set(payload.subarray(ENCAPSULATION), ENCAPSULATION + HEADER);
  return out;
}

/** The header of a sample and its message without it; undefined where it is too short to have one. */
export function splitHeader(
  payload: Uint8Array,
): { readonly client: bigint; readonly sequence: bigint; readonly message: Uint8Array } | undefined {
  if (payload.length < ENCAPSULATION + HEADER) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const isLittle = (payload[1] & 1) === 1;
  const message = new Uint8Array(payload.length - HEADER);
  message.set(payload.subarray(0, ENCAPSULATION));
  message.set(payload.subarray(ENCAPSULATION + HEADER), ENCAPSULATION);
  return {
    client: view.getBigUint64(ENCAPSULATION, isLittle),
    sequence: view.getBigInt64(ENCAPSULATION + 8, isLittle),
    message,
  };
}

/** A request as a server sees it; undefined for bytes that are none, and for those that are for servers of the other form. */
export function readRequest(
  sample: ReceivedSample,
): { readonly correlation: Correlation; readonly message: Uint8Array } | undefined {
  // Our own nodes always name a reader; without one a request is for servers of Cyclone DDS.
  if (sample.writer.vendor === 'isocenter' && sample.related === undefined) return undefined;
  if (formOf(sample.writer) === 'header') {
    const parts = splitHeader(sample.payload);
    if (parts === undefined) return undefined;
    const { client, sequence, message } = parts;
    return { correlation: { form: 'header', client, sequence }, message };
  }
  // The reply goes to the reader that the request names, or to its writer's client where it names none.
  const guid = sample.related?.guid ?? guidBytes(sample.writer.guid);
  return { correlation: { form: 'identity', identity: { guid, sequence: sample.sequence } }, message: sample.payload };
}

export function guidBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

export function sameGuid(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < 16; i++) if (a[i] !== b[i]) return false;
  return true;
}
