import type { StatefulWriter } from '../stateful-writer.ts';
import type { EndpointInfo } from '../types.ts';
import { PID, STATUS } from '../wire/constants.ts';
import { ParameterListWriter } from '../wire/parameter-list.ts';
import { encodeEndpoint } from './endpoint-data.ts';

/** So many numbers of endpoints that came and went are kept before those that are there are announced anew. */
const MOST_HOLES = 1024;

/** Tells peers, those that come later too, of our endpoints of one kind. */
export class EndpointAnnouncer {
  readonly #writer: StatefulWriter;
  readonly #announced = new Map<string, { readonly info: EndpointInfo; sequence: number }>();

  constructor(writer: StatefulWriter) {
    this.#writer = writer;
  }

  announce(info: EndpointInfo): void {
    this.#announced.set(info.guid, { info, sequence: this.#writer.write(encodeEndpoint(info)) });
  }

  dispose(info: EndpointInfo): void {
    const known = this.#announced.get(info.guid);
    if (known === undefined) return;
    this.#announced.delete(info.guid);
    this.#writer.write(undefined, disposal(Buffer.from(info.guid, 'hex')));
    this.#writer.history.remove(known.sequence);
    this.#compact();
  }

  /** Forgets endpoints of which all peers know that they are gone; what is older than those is announced anew. */
  #compact(): void {
    const { history, acked } = this.#writer;
    if (acked - history.first < MOST_HOLES + 2 * this.#announced.size) return;
    for (const entry of this.#announced.values()) {
      if (entry.sequence > acked) continue;
      const old = entry.sequence;
      entry.sequence = this.#writer.write(encodeEndpoint(entry.info));
      history.remove(old);
    }
    history.dropBefore(acked + 1);
  }
}

/** Inline QoS of a sample that says that a participant or an endpoint is gone. */
export function disposal(guid: Buffer): Buffer {
  const status = Buffer.from([0, 0, 0, STATUS.disposed | STATUS.unregistered]);
  return new ParameterListWriter().add(PID.keyHash, guid).add(PID.statusInfo, status).inlineQos();
}
