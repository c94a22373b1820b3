import * as roslib from 'roslib';
import { WebSocket } from 'ws';

/** A message of the rosbridge v2 protocol. */
export interface RosbridgeMessage {
  readonly op: string;
  readonly id?: string;
  readonly topic?: string;
  readonly service?: string;
  readonly action?: string;
  readonly type?: string;
  readonly level?: string;
  readonly status?: number;
  readonly result?: boolean;
  readonly [field: string]: unknown;
}

/** What roslib's base class of transports does: it takes cbor, png and fragments apart. */
interface DecodingTransport {
  on(event: 'open' | 'close' | 'error', listener: (event: unknown) => void): this;
  on(event: 'message', listener: (message: RosbridgeMessage) => void): this;
  emit(event: string, value: unknown): boolean;
  handleRawMessage(data: unknown): void;
}

// The types that roslib ships do not resolve for modules of Node.
const { AbstractTransport } = roslib as unknown as { readonly AbstractTransport: abstract new () => DecodingTransport };

/** Longest message that is taken [bytes]: rosbridge_suite sends up to 10 MB and fragments above. */
const LARGEST_MESSAGE = 128 << 20;
const HANDSHAKE_MS = 5000;

/** A WebSocket to a rosbridge server; messages arrive whole and decoded. */
export class SocketTransport extends AbstractTransport {
  readonly #socket: WebSocket;

  constructor(url: string) {
    super();
    this.#socket = new WebSocket(url, { maxPayload: LARGEST_MESSAGE, handshakeTimeout: HANDSHAKE_MS });
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.on('open', () => this.emit('open', undefined));
    this.#socket.on('close', (code) => this.emit('close', code));
    this.#socket.on('error', (error) => this.emit('error', error));
    this.#socket.on('message', (data, isBinary) => this.handleRawMessage(isBinary ? data : data.toString()));
  }

  /** Bytes that the socket has not sent yet. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(message: RosbridgeMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#socket.close(1000);
  }

  /** For a peer that does not answer any more. */
  terminate(): void {
    this.#socket.terminate();
  }
}
