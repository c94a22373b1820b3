import { incompatiblePolicy } from '../../../../engine/ros2/rtps/discovery/matching.ts';
import type {
  DdsParticipant,
  DdsReader,
  DdsWriter,
  EndpointInfo,
  Qos,
  ReaderOptions,
  SampleIdentity,
  Vendor,
  WriterOptions,
} from '../../../../engine/ros2/rtps/types.ts';

interface Endpoint {
  readonly info: EndpointInfo;
  readonly options: WriterOptions & Partial<ReaderOptions>;
  readonly matched: Map<string, Endpoint>;
  readonly ready: Set<string>;
}

/** Participants of several vendors in one process, without a wire: what they match and send is that of the interface. */
export class VendorNetwork {
  /** How long after a match peers are known to know of it [ms]. */
  readyMs = 0;
  readonly #endpoints = new Set<Endpoint>();
  #participants = 0;
  #entities = 0;

  participant(vendor: Vendor): DdsParticipant {
    const guidPrefix = (++this.#participants).toString(16).padStart(24, '0');
    const own = new Set<Endpoint>();
    const add = (kind: 'reader' | 'writer', topic: string, type: string, qos: Qos, options: Endpoint['options']) => {
      const guid = guidPrefix + (++this.#entities).toString(16).padStart(8, '0');
      const userData = options.userData ?? '';
      const info: EndpointInfo = { kind, guid, topic, type, qos, vendor, userData, local: false };
      const endpoint: Endpoint = { info, options, matched: new Map(), ready: new Set() };
      own.add(endpoint);
      for (const other of this.#endpoints) match(endpoint, other, this.readyMs);
      this.#endpoints.add(endpoint);
      return endpoint;
    };
    const remove = (endpoint: Endpoint) => {
      own.delete(endpoint);
      this.#endpoints.delete(endpoint);
      for (const other of this.#endpoints) {
        if (!other.matched.delete(endpoint.info.guid)) continue;
        queueMicrotask(() => other.options.onMatched?.(endpoint.info, false));
      }
    };
    const endpoints = () => [...this.#endpoints].map(({ info }) => info);
    return {
      guidPrefix,
      domain: 0,
      interfaces: ['none'],
      participants: [],
      get endpoints() {
        return endpoints();
      },
      createWriter: (topic, type, qos, options = {}) => writerOf(add('writer', topic, type, qos, options), remove),
      createReader: (topic, type, qos, options) => readerOf(add('reader', topic, type, qos, options), remove),
      onGraphChange: () => () => {},
      close: async () => {
        for (const endpoint of [...own]) remove(endpoint);
      },
    };
  }
}

function match(a: Endpoint, b: Endpoint, readyMs: number): void {
  if (a.info.kind === b.info.kind || a.info.topic !== b.info.topic || a.info.type !== b.info.type) return;
  const [writer, reader] = a.info.kind === 'writer' ? [a, b] : [b, a];
  if (incompatiblePolicy(writer.info.qos, reader.info.qos) !== undefined) return;
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (one.options.accepts?.(other.info) === false) continue;
    one.matched.set(other.info.guid, other);
    queueMicrotask(() => one.options.onMatched?.(other.info, true));
    const know = () => {
      one.ready.add(other.info.guid);
      one.options.onReady?.(other.info);
    };
    if (readyMs < Number.POSITIVE_INFINITY) setTimeout(know, readyMs).unref();
  }
}

function writerOf(endpoint: Endpoint, remove: (endpoint: Endpoint) => void): DdsWriter {
  let sequence = 0n;
  return {
    info: endpoint.info,
    get matched() {
      return [...endpoint.matched.values()].map(({ info }) => info);
    },
    get ready() {
      return this.matched.filter(({ guid }) => endpoint.ready.has(guid));
    },
    write: (payload: Uint8Array, related?: SampleIdentity) => {
      const sample = { payload: payload.slice(), writer: endpoint.info, sequence: ++sequence, related };
      for (const reader of endpoint.matched.values()) {
        if (!reader.matched.has(endpoint.info.guid)) continue;
        setImmediate(() => reader.options.onSample?.({ ...sample, sourceTimeSec: undefined }));
      }
      return sequence;
    },
    room: async () => {},
    acknowledged: async () => true,
    assertLiveliness: () => {},
    close: () => remove(endpoint),
  };
}

function readerOf(endpoint: Endpoint, remove: (endpoint: Endpoint) => void): DdsReader {
  return {
    info: endpoint.info,
    get matched() {
      return [...endpoint.matched.values()].map(({ info }) => info);
    },
    get ready() {
      return this.matched.filter(({ guid }) => endpoint.ready.has(guid));
    },
    close: () => remove(endpoint),
  };
}
