import { LIMITS } from '../limits.ts';
import type { Locator } from '../transport.ts';
import type { EndpointInfo, Qos } from '../types.ts';
import { OUR_VENDOR, PID } from '../wire/constants.ts';
import { durationWords, ParameterList, ParameterListWriter } from '../wire/parameter-list.ts';

/** What a participant says of one of its endpoints (SEDP). */
export interface EndpointData {
  readonly guid: Buffer;
  readonly topic: string;
  readonly type: string;
  readonly qos: Qos;
  readonly userData: string;
  /** None: those of the participant. */
  readonly locators: readonly Locator[];
  /** Partitions other than the default one. */
  readonly partitions: readonly string[];
}

const BEST_EFFORT = 1;
const RELIABLE = 2;
const MAX_BLOCKING_SEC = 0.1;
const KEEP_LAST = 0;
const KEEP_ALL = 1;
const LENGTH_UNLIMITED = -1;
const MANUAL_BY_TOPIC = 2;

export function encodeEndpoint(info: EndpointInfo): Buffer {
  const { qos } = info;
  const guid = Buffer.from(info.guid, 'hex');
  const reliable = qos.reliability === 'reliable';
  const keepAll = qos.history === 'keep_all';
  const list = new ParameterListWriter()
    .add(PID.endpointGuid, guid)
    .string(PID.topicName, info.topic)
    .string(PID.typeName, info.type)
    .add(PID.protocolVersion, Buffer.from([2, 1]))
    .add(PID.vendorId, Buffer.from([OUR_VENDOR >> 8, OUR_VENDOR & 0xff]))
    .u32(PID.reliability, reliable ? RELIABLE : BEST_EFFORT, ...durationWords(MAX_BLOCKING_SEC))
    .u32(PID.durability, qos.durability === 'transient_local' ? 1 : 0)
    .u32(PID.history, keepAll ? KEEP_ALL : KEEP_LAST, keepAll ? LENGTH_UNLIMITED : qos.depth)
    .duration(PID.deadline, qos.deadlineSec)
    .u32(
      PID.liveliness,
      qos.liveliness === 'manual_by_topic' ? MANUAL_BY_TOPIC : 0,
      ...durationWords(qos.livelinessLeaseSec),
    );
  if (info.kind === 'writer') list.duration(PID.lifespan, qos.lifespanSec);
  if (info.userData !== '') list.octets(PID.userData, info.userData);
  return list.payload();
}

/** @returns undefined where it is no endpoint's, or its names are longer than {@link LIMITS.textLength} */
export function decodeEndpoint(payload: Buffer, kind: 'reader' | 'writer'): EndpointData | undefined {
  const list = ParameterList.ofPayload(payload);
  const guid = list?.bytes(PID.endpointGuid, 16);
  const topic = list?.string(PID.topicName);
  const type = list?.string(PID.typeName);
  if (list === undefined || guid === undefined || topic === undefined || type === undefined) return undefined;
  if (topic.length > LIMITS.textLength || type.length > LIMITS.textLength) return undefined;
  return {
    guid: Buffer.from(guid.subarray(0, 16)),
    topic,
    type,
    qos: decodeQos(list, kind),
    userData: (list.octets(PID.userData) ?? '').slice(0, LIMITS.textLength),
    locators: list.locators(PID.unicastLocator),
    partitions: list.strings(PID.partition).filter((name) => name !== ''),
  };
}

/** Policies that are left out have the defaults of DDS, which differ for readers and writers. */
function decodeQos(list: ParameterList, kind: 'reader' | 'writer'): Qos {
  const reliability = list.u32(PID.reliability) ?? (kind === 'writer' ? RELIABLE : BEST_EFFORT);
  const depth = list.u32(PID.history, 1) ?? 1;
  return {
    reliability: reliability === RELIABLE ? 'reliable' : 'best_effort',
    durability: (list.u32(PID.durability) ?? 0) >= 1 ? 'transient_local' : 'volatile',
    history: list.u32(PID.history) === KEEP_ALL ? 'keep_all' : 'keep_last',
    depth: Math.max(1, depth | 0),
    deadlineSec: list.duration(PID.deadline) ?? Number.POSITIVE_INFINITY,
    lifespanSec: list.duration(PID.lifespan) ?? Number.POSITIVE_INFINITY,
    liveliness: list.u32(PID.liveliness) === MANUAL_BY_TOPIC ? 'manual_by_topic' : 'automatic',
    livelinessLeaseSec: list.duration(PID.liveliness, 4) ?? Number.POSITIVE_INFINITY,
  };
}
