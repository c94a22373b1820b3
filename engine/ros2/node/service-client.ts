import { inputError } from '../../core/errors.ts';
import type { RosMessage, ServiceType } from '../messages/types.ts';
import type { DdsReader, ReceivedSample } from '../rtps/types.ts';
import { formOf, guidBytes, sameGuid, splitHeader, UNKNOWN_SEQUENCE, withHeader } from './correlation.ts';
import { pairingText } from './pairing.ts';
import { RequestWriter } from './request-writer.ts';
import { checkedEndpoint, type RosContext, SERVICE_QOS } from './shared.ts';
import type { CallOptions, ServiceClient } from './types.ts';
import { Waiting } from './waiting.ts';

interface Call {
  /** Readers that the request went to, by GUID: any of their servers may answer. */
  readonly servers: readonly string[];
  resolve(response: RosMessage): void;
  reject(error: unknown): void;
}

export interface LateCallOptions extends CallOptions {
  /** Given the response that comes after the caller was told that it was late, or gave up. */
  readonly onLate?: (response: RosMessage) => void;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** How long a call without a limit looks for a server [ms]. */
const LOOK_MS = 10_000;

/** Calls servers of either middleware; where several are matched, all get the request, and the first answer counts. */
export class DdsServiceClient implements ServiceClient {
  readonly name: string;
  readonly type: string;
  readonly reader: DdsReader;
  readonly #service: ServiceType;
  readonly #onClose: (client: DdsServiceClient) => void;
  readonly #waiting = new Waiting();
  /** By form and number of the request. */
  readonly #calls = new Map<string, Call>();
  readonly #id: bigint;
  readonly #readerGuid: Uint8Array;
  readonly #requests: RequestWriter;
  #headers = 0n;
  #closed = false;

  /** @param onRenewed told the GUIDs of a writer and of the one in its place */
  constructor(
    context: RosContext,
    name: string,
    service: ServiceType,
    onClose: (client: DdsServiceClient) => void,
    onRenewed: (before: string, after: string) => void,
  ) {
    this.name = name;
    this.type = service.name;
    this.#service = service;
    this.#onClose = onClose;
    const id = crypto.getRandomValues(new Uint8Array(16));
    this.#id = new DataView(id.buffer).getBigUint64(0, true);
    const pairing = pairingText('clientid', id);
    this.reader = context.participant.createReader(`rr${name}Reply`, service.response.ddsName, SERVICE_QOS, {
      ...checkedEndpoint(context, service.response, pairing, service.hash),
      onMatched: (_, matched) => this.#requests.met(matched),
      onReady: () => this.#waiting.wake(),
      onSample: (sample) => this.#take(sample),
    });
    this.#readerGuid = guidBytes(this.reader.info.guid);
    const onChange = () => {
      this.#waiting.wake();
      this.#failLost();
    };
    this.#requests = new RequestWriter(context, name, service, pairing, this.reader, { onChange, onRenewed });
  }

  get writerGuid(): string {
    return this.#requests.writer.info.guid;
  }

  waitForService(timeoutMs: number): Promise<boolean> {
    const there = () => this.#closed || this.#requests.isServed;
    return this.#waiting.until(there, timeoutMs).then((found) => found && !this.#closed);
  }

  async call(request: RosMessage, options: LateCallOptions = {}): Promise<RosMessage> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
    const payload = this.#service.request.encode(request);
    const begin = performance.now();
    const look = Math.min(timeoutMs, LOOK_MS);
    const found = await this.#waiting.until(() => this.#closed || this.#requests.isServed, look, signal);
    if (this.#closed) throw this.#closedError();
    if (!found || this.#requests.servers.length === 0) {
      throw inputError(
        'ros2/no-service',
        `nobody offers the service ${this.name} (${this.type}) within ${(look / 1000).toFixed(1)} s`,
        'start its server; domain and interface must be the same',
      );
    }
    const left = timeoutMs - (performance.now() - begin);
    return await this.#send(payload, left, options);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of [...this.#calls.values()]) call.reject(this.#closedError());
    this.#requests.close();
    this.reader.close();
    this.#waiting.wake();
    this.#onClose(this);
  }

  #send(payload: Uint8Array, timeoutMs: number, { signal, onLate }: LateCallOptions): Promise<RosMessage> {
    return new Promise<RosMessage>((resolve, reject) => {
      let key = '';
      const end = (act: () => void) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#calls.delete(key);
        act();
      };
      const giveUp = (why: unknown) => {
        const { servers } = call;
        end(() => reject(why));
        if (onLate === undefined || key === '') return;
        const forget = () => this.#calls.delete(key);
        this.#calls.set(key, {
          servers,
          reject: forget,
          resolve: (response) => {
            forget();
            onLate(response);
          },
        });
      };
      const late = () => {
        const hint = 'the server may be busy, or gone: give more time, or look at its log';
        giveUp(inputError('ros2/timeout', `${this.name} did not answer in time`, hint));
      };
      const abort = () => giveUp(signal?.reason);
      const call: Call = {
        servers: this.#requests.servers.map(({ guid }) => guid),
        resolve: (response) => end(() => resolve(response)),
        reject: (error) => end(() => reject(error)),
      };
      const timer = timeoutMs < 2 ** 31 ? setTimeout(late, Math.max(0, timeoutMs)) : undefined;
      if (signal?.aborted) {
        abort();
        return;
      }
      signal?.addEventListener('abort', abort);
      try {
        key = this.#write(payload);
        this.#calls.set(key, call);
      } catch (error) {
        call.reject(error);
      }
    });
  }

  #write(payload: Uint8Array): string {
    const { form, writer } = this.#requests;
    if (form === 'header') {
      const sequence = ++this.#headers;
      writer.write(withHeader(payload, this.#id, sequence));
      return `header ${sequence}`;
    }
    // Replies name the number that the sample gets.
    return `identity ${writer.write(payload, { guid: this.#readerGuid, sequence: UNKNOWN_SEQUENCE })}`;
  }

  #take({ payload, related, writer }: ReceivedSample): void {
    let bytes = payload;
    let key: string;
    if (formOf(writer) === 'identity') {
      if (related === undefined || !sameGuid(related.guid, this.#readerGuid)) return;
      key = `identity ${related.sequence}`;
    } else {
      const parts = splitHeader(payload);
      if (parts === undefined || parts.client !== this.#id) return;
      key = `header ${parts.sequence}`;
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

  /** Calls whose servers are all gone will not be answered. */
  #failLost(): void {
    if (this.#calls.size === 0) return;
    const there = new Set(this.#requests.writer.matched.map(({ guid }) => guid));
    for (const call of [...this.#calls.values()]) {
      if (call.servers.some((server) => there.has(server))) continue;
      const hint = 'see whether the server still runs, and call again';
      call.reject(inputError('ros2/no-service', `the server of ${this.name} went away before it answered`, hint));
    }
  }

  #closedError(): Error {
    return inputError('ros2/closed', `the client of ${this.name} is closed`, 'create another');
  }
}
