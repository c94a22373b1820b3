import type { Change } from './history.ts';
import type { Outlet } from './outlet.ts';
import type { Destination } from './transport.ts';
import { MESSAGE_OVERHEAD_BYTES } from './wire/message-writer.ts';

/** A reader, or with entity 0 all readers of a participant. */
export interface Recipient {
  readonly prefix: Buffer;
  readonly entity: number;
  readonly destination: Destination;
}

/** Puts what a writer has to say into datagrams: a sample and the heartbeat after it into one, larger samples into fragments. */
export class WriterMessages {
  readonly #outlet: Outlet;
  readonly #writer: number;
  #count = 0;

  constructor(outlet: Outlet, writer: number) {
    this.#outlet = outlet;
    this.#writer = writer;
  }

  /**
   * Sends a sample.
   *
   * @param first of the heartbeat that goes with it; 0 for none
   * @param last of the heartbeat
   * @param final whether the reader need not answer the heartbeat
   */
  sample(to: Recipient, change: Change, first: number, last: number, final: boolean): void {
    const { sequence, inlineQos, payload, timeSec } = change;
    const { fragmentBytes } = to.destination;
    const bytes = payload?.length ?? 0;
    const nFragments = fragmentsOf(change, to);
    for (let fragment = 1; fragment < nFragments; fragment++) this.fragment(to, change, fragment);
    const body = Math.min(bytes, fragmentBytes);
    const message = this.#outlet.message.beginFor(to.prefix, body + MESSAGE_OVERHEAD_BYTES).timestamp(timeSec);
    if (nFragments === 1) message.data(to.entity, this.#writer, sequence, inlineQos, payload);
    else if (payload !== undefined) {
      message.dataFrag(to.entity, this.#writer, sequence, inlineQos, payload, nFragments, fragmentBytes);
    }
    if (first > 0) message.heartbeat(to.entity, this.#writer, first, last, ++this.#count, final);
    this.#outlet.send(message.take(), to.destination);
  }

  fragment(to: Recipient, { payload, timeSec, sequence, inlineQos }: Change, fragment: number): void {
    if (payload === undefined) return;
    const { fragmentBytes } = to.destination;
    const message = this.#outlet.message.beginFor(to.prefix, fragmentBytes + MESSAGE_OVERHEAD_BYTES);
    message.timestamp(timeSec);
    message.dataFrag(to.entity, this.#writer, sequence, inlineQos, payload, fragment, fragmentBytes);
    this.#outlet.send(message.take(), to.destination);
  }

  heartbeat(to: Recipient, first: number, last: number, final: boolean, alive = false): void {
    const message = this.#outlet.message.beginFor(to.prefix, MESSAGE_OVERHEAD_BYTES);
    message.heartbeat(to.entity, this.#writer, first, last, ++this.#count, final, alive);
    this.#outlet.send(message.take(), to.destination);
  }

  /** After fragments were sent again: how many there are, and what else there is. */
  heartbeatFrag(to: Recipient, change: Change, first: number, last: number): void {
    const message = this.#outlet.message.beginFor(to.prefix, MESSAGE_OVERHEAD_BYTES);
    message.heartbeatFrag(to.entity, this.#writer, change.sequence, fragmentsOf(change, to), ++this.#count);
    message.heartbeat(to.entity, this.#writer, first, last, ++this.#count, false);
    this.#outlet.send(message.take(), to.destination);
  }

  /** Says that the samples from one to another do not exist for the reader. */
  gap(to: Recipient, gapFirst: number, gapLast: number, first: number, last: number): void {
    const message = this.#outlet.message.beginFor(to.prefix, MESSAGE_OVERHEAD_BYTES);
    message.gap(to.entity, this.#writer, gapFirst, gapLast);
    message.heartbeat(to.entity, this.#writer, first, last, ++this.#count, true);
    this.#outlet.send(message.take(), to.destination);
  }
}

/** In how many pieces a sample goes to a reader. */
export function fragmentsOf({ payload }: Change, { destination }: Recipient): number {
  return Math.max(1, Math.ceil((payload?.length ?? 0) / destination.fragmentBytes));
}
