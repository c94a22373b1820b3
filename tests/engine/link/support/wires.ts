import { LinkPeer, type PeerHandlers } from '../../../../engine/link/peer.ts';
import type { LinkSocket } from '../../../../engine/link/socket.ts';

/** One end of a connection in memory: what is sent arrives later, in order, unless the connection is cut before. */
class Wire implements LinkSocket {
  other: Wire | undefined;
  onOpen: (() => void) | undefined;
  onMessage: ((bytes: Uint8Array) => void) | undefined;
  onClose: ((code: number, reason: string) => void) | undefined;
  bufferedAmount = 0;
  isCut = false;
  /** Bytes that the network takes; beyond, they wait in `bufferedAmount`. */
  isStuck = false;
  closedWith: number | undefined;
  sent = 0;
  onSend: (() => void) | undefined;
  #waiting: Uint8Array[] = [];

  send(bytes: Uint8Array): void {
    if (this.isCut) return;
    this.sent += bytes.length;
    this.bufferedAmount += bytes.length;
    this.#waiting.push(bytes.slice());
    if (!this.isStuck) setImmediate(() => this.deliver());
    this.onSend?.();
  }

  deliver(): void {
    while (this.#waiting.length > 0 && !this.isCut && !this.isStuck) {
      const bytes = this.#waiting.shift() as Uint8Array;
      this.bufferedAmount -= bytes.length;
      this.other?.onMessage?.(bytes);
    }
  }

  /** The connection is gone, with all that is on the way. */
  cut(code = 1006): void {
    for (const end of [this, this.other as Wire]) {
      if (end.isCut) continue;
      end.isCut = true;
      setImmediate(() => end.onClose?.(code, 'cut'));
    }
  }

  close(code: number): void {
    this.closedWith = code;
    // As with a real socket, what was sent before still arrives.
    setImmediate(() => {
      this.deliver();
      this.cut(code);
    });
  }
}

export function wirePair(): [Wire, Wire] {
  const [a, b] = [new Wire(), new Wire()];
  a.other = b;
  b.other = a;
  return [a, b];
}

export interface Pair {
  readonly client: LinkPeer;
  readonly server: LinkPeer;
  /** A connection for both; the one before is cut. */
  connect(): [Wire, Wire];
}

/** Two peers that have said hello. */
export function peerPair(serverHandlers: PeerHandlers, clientHandlers: PeerHandlers = {}): Pair {
  const client = new LinkPeer(clientHandlers);
  const server = new LinkPeer(serverHandlers);
  return {
    client,
    server,
    connect: () => {
      const wires = wirePair();
      const received = [client.endpoint.received, server.endpoint.received] as const;
      if (!server.attach(wires[1], received[0]) || !client.attach(wires[0], received[1])) throw new Error('no session');
      return wires;
    },
  };
}
