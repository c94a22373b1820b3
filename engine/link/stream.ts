import type { LinkEndpoint } from './endpoint.ts';
import { faultOf } from './faults.ts';
import { SAMPLE_DEPTH } from './limits.ts';

/** A stream that the other end has subscribed to, as the one who fills it sees it. */
export interface StreamSink {
  /** Aborted when nobody listens any longer. */
  readonly signal: AbortSignal;
  /** Samples that a slow peer did not get. */
  readonly dropped: number;
  /** Best effort: what the other end cannot take now waits, the newest {@link SAMPLE_DEPTH} of it. */
  publish(value: unknown): void;
  /** Reliable: resolves when the other end has room, false where nobody listens any longer. */
  deliver(value: unknown): Promise<boolean>;
  /** Says that no more comes, and why. */
  end(error?: unknown): void;
}

/** The outgoing side of one stream: no more than `window` samples are on the way without having been taken. */
export class OutgoingStream implements StreamSink {
  readonly #endpoint: LinkEndpoint;
  readonly #stream: number;
  readonly #window: number;
  readonly #abort = new AbortController();
  readonly #waiting: (readonly [number, unknown])[] = [];
  readonly #onEnd: () => void;
  #index = 0;
  #samples = 0;
  #items = 0;
  #wake: (() => void) | undefined;
  dropped = 0;

  constructor(endpoint: LinkEndpoint, stream: number, window: number, onEnd: () => void) {
    this.#endpoint = endpoint;
    this.#stream = stream;
    this.#window = window;
    this.#onEnd = onEnd;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  publish(value: unknown): void {
    if (this.signal.aborted) return;
    this.#waiting.push([this.#index++, value]);
    if (this.#waiting.length > SAMPLE_DEPTH) {
      this.#waiting.shift();
      this.dropped++;
    }
    this.flush();
  }

  async deliver(value: unknown): Promise<boolean> {
    while (this.#items >= this.#window && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.signal.aborted) return false;
    this.#items++;
    return this.#endpoint.send({ t: 'item', stream: this.#stream, index: this.#index++, value });
  }

  end(error?: unknown): void {
    if (this.signal.aborted) return;
    const fault = error === undefined ? {} : { error: faultOf(error) };
    this.#endpoint.send({ t: 'ended', stream: this.#stream, ...fault });
    this.stop();
  }

  /** The other end took so many. */
  taken(count: number): void {
    this.#samples = Math.max(0, this.#samples - count);
    this.#items = Math.max(0, this.#items - count);
    this.#wake?.();
    this.flush();
  }

  /** Another connection: what was on the way without acknowledgement is lost or was taken. */
  reattached(): void {
    this.#samples = 0;
    this.flush();
  }

  flush(): void {
    while (this.#waiting.length > 0 && this.#samples < this.#window) {
      const [index, value] = this.#waiting[0];
      if (!this.#endpoint.sendSample([this.#stream, index, value])) return;
      this.#waiting.shift();
      this.#samples++;
    }
  }

  /** Nobody listens any longer. */
  stop(): void {
    if (this.signal.aborted) return;
    this.#waiting.length = 0;
    this.#abort.abort();
    this.#wake?.();
    this.#onEnd();
  }
}
