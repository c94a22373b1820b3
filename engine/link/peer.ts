import { inputError } from '../core/errors.ts';
import { ArrayReceiver, ArraySender, arrayBytes, arrayKind, type LinkArray } from './arrays.ts';
import { LinkEndpoint } from './endpoint.ts';
import { errorOf, faultOf } from './faults.ts';
import type { Chunk } from './frame.ts';
import { CHUNK_CREDIT, CLOSE, MOST_REQUESTS, MOST_STREAMS } from './limits.ts';
import type { ControlRecord, LinkFault, LinkRecord, Sample } from './records.ts';
import { OutgoingStream, type StreamSink } from './stream.ts';

/** What a request is answered with besides its result. */
export interface RequestContext {
  /** Aborted when the other end cancels, or the session is over. */
  readonly signal: AbortSignal;
  progress(value: unknown): void;
  /** Resolves when the array is handed over; the other end has it before the answer. */
  sendArray(name: string, array: LinkArray, about?: unknown): Promise<void>;
}

export interface PeerHandlers {
  /** The largest array that is taken [bytes]; none by default. */
  readonly largestArray?: number;
  request?(method: string, params: unknown, context: RequestContext): unknown;
  /** Opens a stream; what it returns is told to the subscriber. */
  subscribe?(topic: string, params: unknown, sink: StreamSink): unknown;
  control?(record: ControlRecord): void;
  detached?(code: number, reason: string): void;
  closed?(): void;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (value: unknown) => void;
  readonly onArray?: (name: string, array: LinkArray, about: unknown) => void;
}

export interface SubscribeOptions {
  /** @param index number of the sample; numbers that are missing were dropped */
  readonly onSample: (value: unknown, index: number) => void;
  readonly onOpen?: (about: unknown) => void;
  readonly onEnd?: (error?: Error) => void;
  /** Samples that may be on the way; default 32. */
  readonly window?: number;
}

interface Pending extends RequestOptions {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface IncomingArray {
  readonly receiver: ArrayReceiver;
  readonly record: Extract<LinkRecord, { t: 'array' }>;
  chunks: number;
}

interface IncomingStream extends SubscribeOptions {
  readonly size: number;
  taken: number;
}

/** The talk of one session: requests with progress, cancel and arrays, and streams, in both directions. */
export class LinkPeer {
  readonly endpoint: LinkEndpoint;
  readonly #handlers: PeerHandlers;
  readonly #pending = new Map<number, Pending>();
  readonly #working = new Map<number, AbortController>();
  readonly #outgoing = new Map<number, OutgoingStream>();
  readonly #incoming = new Map<number, IncomingStream>();
  readonly #sending = new Map<number, ArraySender>();
  readonly #arrays = new Map<number, IncomingArray>();
  #ids = 0;

  constructor(handlers: PeerHandlers = {}) {
    this.#handlers = handlers;
    this.endpoint = new LinkEndpoint({
      onRecord: (record) => this.#take(record),
      onChunk: (chunk) => this.#takeChunk(chunk),
      onSample: (sample) => this.#takeSample(sample),
      onControl: (record) => handlers.control?.(record),
      onDetach: (code, reason) => handlers.detached?.(code, reason),
      onClose: (reason) => this.#end(reason),
      onRoom: () => {
        for (const stream of this.#outgoing.values()) stream.flush();
      },
    });
  }

  /** Goes on over a connection; see {@link LinkEndpoint.attach}. */
  attach(...[socket, peerReceived]: Parameters<LinkEndpoint['attach']>): boolean {
    if (!this.endpoint.attach(socket, peerReceived)) return false;
    for (const stream of this.#outgoing.values()) stream.reattached();
    return true;
  }

  /** @throws IsocenterError what the other end answers; `link/closed` where the session ends first */
  request(method: string, params: unknown = {}, options: RequestOptions = {}): Promise<unknown> {
    const id = ++this.#ids;
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const cancel = () => this.endpoint.send({ t: 'cancel', id });
      const settle =
        <T>(act: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', cancel);
          this.#pending.delete(id);
          act(value);
        };
      signal?.addEventListener('abort', cancel);
      this.#pending.set(id, { ...options, resolve: settle(resolve), reject: settle(reject) });
      if (!this.endpoint.send({ t: 'request', id, method, params })) this.#pending.get(id)?.reject(closedError());
    });
  }

  /** @returns what ends the subscription */
  subscribe(topic: string, params: unknown, options: SubscribeOptions): () => void {
    const stream = ++this.#ids;
    const size = options.window ?? 32;
    this.#incoming.set(stream, { ...options, size, taken: 0 });
    if (!this.endpoint.send({ t: 'subscribe', stream, topic, params, window: size })) {
      this.#incoming.delete(stream);
      options.onEnd?.(closedError());
    }
    return () => {
      if (this.#incoming.delete(stream)) this.endpoint.send({ t: 'unsubscribe', stream });
    };
  }

  /** Ends the session. */
  close(code: number = CLOSE.normal, reason = 'the session is over'): void {
    this.endpoint.close(code, reason);
  }

  #take(record: LinkRecord): void {
    switch (record.t) {
      case 'request':
        void this.#work(record.id, record.method, record.params);
        break;
      case 'cancel':
        this.#working.get(record.id)?.abort(new DOMException('cancelled', 'AbortError'));
        break;
      case 'answer':
        this.#pending.get(record.id)?.resolve(record.result);
        break;
      case 'error':
        this.#pending.get(record.id)?.reject(errorOf(record.error));
        break;
      case 'progress':
        this.#pending.get(record.id)?.onProgress?.(record.value);
        break;
      case 'array':
        this.#beginArray(record);
        break;
      case 'more':
        this.#sending.get(record.array)?.grant(record.chunks);
        break;
      case 'subscribe':
        void this.#open(record);
        break;
      case 'unsubscribe':
        this.#outgoing.get(record.stream)?.stop();
        break;
      case 'taken':
        this.#outgoing.get(record.stream)?.taken(record.samples);
        break;
      case 'item':
        this.#takeSample([record.stream, record.index, record.value]);
        break;
      case 'opened':
        this.#incoming.get(record.stream)?.onOpen?.(record.about);
        break;
      case 'ended':
        this.#endIncoming(record.stream, record.error);
    }
  }

  async #work(id: number, method: string, params: unknown): Promise<void> {
    const answer = (error: unknown) => this.#send({ t: 'error', id, error: faultOf(error) });
    if (this.#working.has(id) || this.#working.size >= MOST_REQUESTS) {
      const hint = 'wait for answers first';
      answer(inputError('link/too-many-requests', `${MOST_REQUESTS} requests are at work already`, hint));
      return;
    }
    const abort = new AbortController();
    this.#working.set(id, abort);
    const { signal } = abort;
    try {
      if (this.#handlers.request === undefined) throw unknownMethod(method);
      const result = await this.#handlers.request(method, params, {
        signal,
        progress: (value) => {
          if (!signal.aborted) this.#send({ t: 'progress', id, value });
        },
        sendArray: (name, array, about) => this.#sendArray(id, name, array, about, signal),
      });
      this.#send({ t: 'answer', id, result: result ?? null });
    } catch (error) {
      answer(error);
    } finally {
      this.#working.delete(id);
    }
  }

  async #sendArray(id: number, name: string, data: LinkArray, about: unknown, signal: AbortSignal): Promise<void> {
    const array = ++this.#ids;
    const sender = new ArraySender(array, data, (chunk) => this.endpoint.sendChunk(chunk));
    this.#send({ t: 'array', array, id, name, kind: arrayKind(data), length: data.length, about: about ?? null });
    this.#sending.set(array, sender);
    try {
      await sender.run(signal);
    } finally {
      this.#sending.delete(array);
    }
  }

  /** A record that is longer than a frame is a fault of ours, which the other end is told. */
  #send(record: LinkRecord): void {
    try {
      this.endpoint.send(record);
    } catch (error) {
      if (record.t !== 'answer' && record.t !== 'progress') throw error;
      this.endpoint.send({ t: 'error', id: record.id, error: faultOf(error) });
    }
  }

  #beginArray(record: Extract<LinkRecord, { t: 'array' }>): void {
    const bytes = arrayBytes(record.kind, record.length);
    let held = bytes;
    for (const { receiver } of this.#arrays.values()) held += receiver.byteLength;
    if (held > (this.#handlers.largestArray ?? 0) || this.#arrays.has(record.array)) {
      this.#fail(`an array of ${bytes} bytes is not taken`);
      return;
    }
    const incoming = { receiver: new ArrayReceiver(record.kind, record.length), record, chunks: 0 };
    if (incoming.receiver.isWhole) this.#finishArray(incoming);
    else this.#arrays.set(record.array, incoming);
  }

  #takeChunk(chunk: Chunk): void {
    const incoming = this.#arrays.get(chunk.array);
    const fault = incoming === undefined ? `a chunk of no array ${chunk.array}` : incoming.receiver.take(chunk);
    if (incoming === undefined || fault !== undefined) {
      this.#fail(fault ?? '');
      return;
    }
    if (incoming.receiver.isWhole) {
      this.#arrays.delete(chunk.array);
      this.#finishArray(incoming);
    } else if (++incoming.chunks >= CHUNK_CREDIT / 2) {
      this.endpoint.send({ t: 'more', array: chunk.array, chunks: incoming.chunks });
      incoming.chunks = 0;
    }
  }

  #finishArray({ record, receiver }: IncomingArray): void {
    this.#pending.get(record.id)?.onArray?.(record.name, receiver.array, record.about);
  }

  async #open({ stream, topic, params, window }: Extract<LinkRecord, { t: 'subscribe' }>): Promise<void> {
    const sink = new OutgoingStream(this.endpoint, stream, window, () => {
      if (this.#outgoing.get(stream) === sink) this.#outgoing.delete(stream);
    });
    try {
      if (this.#outgoing.has(stream) || this.#outgoing.size >= MOST_STREAMS) {
        throw inputError('link/too-many-streams', `${MOST_STREAMS} streams are open already`, 'close some first');
      }
      this.#outgoing.set(stream, sink);
      if (this.#handlers.subscribe === undefined) throw unknownTopic(topic);
      const about = await this.#handlers.subscribe(topic, params, sink);
      if (!sink.signal.aborted) this.#send({ t: 'opened', stream, about: about ?? null });
    } catch (error) {
      sink.end(error);
    }
  }

  #takeSample([stream, index, value]: Sample): void {
    const incoming = this.#incoming.get(stream);
    if (incoming === undefined) return;
    incoming.onSample(value, index);
    if (++incoming.taken < Math.max(1, incoming.size >> 1)) return;
    this.endpoint.send({ t: 'taken', stream, samples: incoming.taken });
    incoming.taken = 0;
  }

  #endIncoming(stream: number, error: LinkFault | undefined): void {
    const incoming = this.#incoming.get(stream);
    this.#incoming.delete(stream);
    incoming?.onEnd?.(error === undefined ? undefined : errorOf(error));
  }

  #fail(reason: string): void {
    this.close(CLOSE.malformed, reason);
  }

  #end(reason: string): void {
    const error = closedError(reason);
    for (const { reject } of [...this.#pending.values()]) reject(error);
    for (const abort of this.#working.values()) abort.abort(new DOMException(reason, 'AbortError'));
    for (const stream of [...this.#outgoing.values()]) stream.stop();
    const incoming = [...this.#incoming.values()];
    this.#incoming.clear();
    this.#arrays.clear();
    for (const { onEnd } of incoming) onEnd?.(error);
    this.#handlers.closed?.();
  }
}

function closedError(reason = 'it is closed'): Error {
  return inputError('link/closed', `the session with the other end is over: ${reason}`, 'connect again');
}

/** For handlers: nobody answers to that. */
export function unknownMethod(method: string): Error {
  return inputError('link/unknown-method', `there is no request ${JSON.stringify(method)}`, 'see docs/link.md');
}

export function unknownTopic(topic: string): Error {
  return inputError('link/unknown-topic', `there is no stream ${JSON.stringify(topic)}`, 'see docs/link.md');
}
