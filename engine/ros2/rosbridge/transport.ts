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
/** A server is asked so often whether it is there [ms], and taken as gone when it was silent this many times. */
const PING_MS = 3000;
const MOST_SILENT = 3;
const FAREWELL_MS = 1000;

/** A WebSocket to a rosbridge server; messages arrive whole and decoded. */
export class SocketTransport extends AbstractTransport {
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  /** Pings since something came. */
  #silent = 0;

  /** @param pingMs time between signs of life that the server is asked for */
  constructor(url: string, pingMs = PING_MS) {
    super();
    this.#socket = new WebSocket(url, { maxPayload: LARGEST_MESSAGE, handshakeTimeout: HANDSHAKE_MS });
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.on('open', () => this.emit('open', undefined));
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', (code) => {
        clearInterval(pings);
        this.emit('close', code);
        resolve();
      });
    });
    const pings = setInterval(() => this.#ping(), pingMs);
    this.#socket.on('pong', () => {
      this.#silent = 0;
    });
    this.#socket.on('error', (error) => this.emit('error', error));
    this.#socket.on('message', (data, isBinary) => {
      this.#silent = 0;
      this.handleRawMessage(isBinary ? data : data.toString());
    });
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

  /** Says farewell; a server that does not answer it is left after a second. */
  close(): void {
    this.#socket.close(1000);
    const timer = setTimeout(() => this.#socket.terminate(), FAREWELL_MS);
    void this.closed.then(() => clearTimeout(timer));
  }

  /** A machine that lost its power, or a cable that was pulled, closes no connection. */
  #ping(): void {
    if (!this.isOpen) return;
    if (this.#silent++ >= MOST_SILENT) this.#socket.terminate();
    else this.#socket.ping();
  }
}
