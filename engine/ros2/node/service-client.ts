import { inputError } from '../../core/errors.ts';
import type { RosMessage, ServiceType } from '../messages/types.ts';
import type { DdsReader, DdsWriter, EndpointInfo, ReceivedSample } from '../rtps/types.ts';
import { formOf, guidBytes, sameGuid, splitHeader, UNKNOWN_SEQUENCE, withHeader } from './correlation.ts';
import { checkedEndpoint, participantOf, type RosContext, SERVICE_QOS } from './shared.ts';
import type { CallOptions, ServiceClient } from './types.ts';
import { Waiting } from './waiting.ts';

interface Call {
  readonly server: string;
  resolve(response: RosMessage): void;
  reject(error: unknown): void;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** How long a call without a limit looks for a server [ms]. */
const LOOK_MS = 10_000;

const POLL_MS = 5;
/** After so long a match counts although the peer has not said that it knows us [ms]. */
const SILENT_MS = 1500;

export class DdsServiceClient implements ServiceClient {
  readonly name: string;
  readonly type: string;
  readonly writer: DdsWriter;
  readonly reader: DdsReader;
  readonly #service: ServiceType;
  readonly #onClose: (client: DdsServiceClient) => void;
  readonly #waiting = new Waiting();
  readonly #calls = new Map<bigint, Call>();
  readonly #id: bigint;
  readonly #readerGuid: Uint8Array;
  /** When servers were first seen on both ends [ms], by the GUIDs of their readers. */
  readonly #seenMs = new Map<string, number>();
  #next = 0n;
  #closed = false;

  constructor(context: RosContext, name: string, service: ServiceType, onClose: (client: DdsServiceClient) => void) {
    this.name = name;
    this.type = service.name;
    this.#service = service;
    this.#onClose = onClose;
    const { participant } = context;
    const onMatched = (remote: EndpointInfo, matched: boolean) => {
      if (!matched) this.#seenMs.delete(remote.guid);
      this.#waiting.wake();
      this.#failLost();
    };
    const id = crypto.getRandomValues(new Uint8Array(16));
    this.#id = new DataView(id.buffer).getBigUint64(0, true);
    const pairing = `clientid=${[...id].map((byte) => byte.toString(16).padStart(2, '0')).join('.')};`;
    this.reader = participant.createReader(`rr${name}Reply`, service.response.ddsName, SERVICE_QOS, {
      ...checkedEndpoint(context, service.response, pairing, service.hash),
      onMatched,
      onSample: (sample) => this.#take(sample),
    });
    this.writer = participant.createWriter(`rq${name}Request`, service.request.ddsName, SERVICE_QOS, {
      ...checkedEndpoint(context, service.request, pairing, service.hash),
      onMatched,
    });
    this.#readerGuid = guidBytes(this.reader.info.guid);
  }

  async waitForService(timeoutMs: number): Promise<boolean> {
    return await this.#untilThere(timeoutMs);
  }

  async call(request: RosMessage, options: CallOptions = {}): Promise<RosMessage> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
    const payload = this.#service.request.encode(request);
    const begin = performance.now();
    const look = Math.min(timeoutMs, LOOK_MS);
    const found = await this.#untilThere(look, signal);
    const server = this.#server();
    if (this.#closed) throw this.#closedError();
    if (!found || server === undefined) {
      throw inputError(
        'ros2/no-service',
        `nobody offers the service ${this.name} (${this.type}) within ${(look / 1000).toFixed(1)} s`,
        'start its server; domain and interface must be the same',
      );
    }
    const left = timeoutMs - (performance.now() - begin);
    return await this.#send(server, payload, left, options);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of this.#calls.values()) call.reject(this.#closedError());
    this.#calls.clear();
    this.writer.close();
    this.reader.close();
    this.#waiting.wake();
    this.#onClose(this);
  }

  /**
   * The reader of a server that knows both our ends: being matched is our side's view, and a request written before the server
   * knows of us, or a reply before it knows our reader, would be lost. Peers that never say so are taken after a while.
   */
  #server(): EndpointInfo | undefined {
    const now = performance.now();
    const there = this.writer.matched.filter((endpoint) =>
      this.reader.matched.some((writer) => participantOf(writer) === participantOf(endpoint)),
    );
    return there.find((endpoint) => {
      const since = this.#seenMs.get(endpoint.guid) ?? now;
      this.#seenMs.set(endpoint.guid, since);
      if (now - since > SILENT_MS) return true;
      const replies = this.reader.matched.filter((writer) => participantOf(writer) === participantOf(endpoint));
      return this.writer.isKnownBy(endpoint) && replies.some((writer) => this.reader.isKnownBy(writer));
    });
  }

  async #untilThere(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    const ready = () => this.#closed || this.#server() !== undefined;
    if (ready()) return !this.#closed;
    // What peers know of us changes without an event of ours.
    const poll = setInterval(() => this.#waiting.wake(), POLL_MS);
    try {
      return (await this.#waiting.until(ready, timeoutMs, signal)) && !this.#closed;
    } finally {
      clearInterval(poll);
    }
  }

  #send(server: EndpointInfo, payload: Uint8Array, timeoutMs: number, { signal }: CallOptions): Promise<RosMessage> {
    return new Promise<RosMessage>((resolve, reject) => {
      let key = 0n;
      const end = (act: () => void) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#calls.delete(key);
        act();
      };
      const late = () => {
        const hint = 'the server may be busy, or gone: give more time, or look at its log';
        end(() => reject(inputError('ros2/timeout', `${this.name} did not answer in time`, hint)));
      };
      const abort = () => end(() => reject(signal?.reason));
      const timer = timeoutMs < 2 ** 31 ? setTimeout(late, Math.max(0, timeoutMs)) : undefined;
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort);
      const call: Call = {
        server: participantOf(server),
        resolve: (response) => end(() => resolve(response)),
        reject: (error) => end(() => reject(error)),
      };
      try {
        if (formOf(server) === 'header') {
          key = ++this.#next;
          this.#calls.set(key, call);
          this.writer.write(withHeader(payload, this.#id, key));
        } else {
          // The number that the sample will have: replies name it.
          key = this.writer.write(payload, { guid: this.#readerGuid, sequence: UNKNOWN_SEQUENCE });
          this.#next = key;
          this.#calls.set(key, call);
        }
      } catch (error) {
        call.reject(error);
      }
    });
  }

  #take({ payload, related, writer }: ReceivedSample): void {
    let bytes = payload;
    let key: bigint;
    if (related !== undefined && formOf(writer) === 'identity') {
      if (!sameGuid(related.guid, this.#readerGuid)) return;
      key = related.sequence;
    } else {
      const parts = splitHeader(payload);
      if (parts === undefined || parts.client !== this.#id) return;
      key = parts.sequence;
      bytes = parts.message;
    }
    const call = this.#calls.get(key);
    if (call === undefined) return;
    try {
      call.resolve(this.#service.response.decode(bytes));
    } catch (error) {
      call.reject(error);
    }
  }

  /** Calls to servers that are gone will not be answered. */
  #failLost(): void {
    if (this.#calls.size === 0) return;
    const there = new Set(this.writer.matched.map(participantOf));
    for (const call of this.#calls.values()) {
      if (there.has(call.server)) continue;
      const hint = 'see whether the server still runs, and call again';
      call.reject(inputError('ros2/no-service', `the server of ${this.name} went away before it answered`, hint));
    }
  }

  #closedError(): Error {
    return inputError('ros2/closed', `the client of ${this.name} is closed`, 'create another');
  }
}
