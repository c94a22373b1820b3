/** What the link needs of a connection: messages of bytes, whole and in order. */
export interface LinkSocket {
  send(bytes: Uint8Array): void;
  close(code: number, reason: string): void;
  /** Bytes that were sent and not yet given to the network. */
  readonly bufferedAmount: number;
  onOpen: (() => void) | undefined;
  onMessage: ((bytes: Uint8Array) => void) | undefined;
  onClose: ((code: number, reason: string) => void) | undefined;
}

/** The part of a WebSocket, of a browser or of the package ws, that is used here. */
export interface WebSocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** Longest reason that a close frame holds [bytes]. */
const LONGEST_REASON = 120;

/** A WebSocket as the link sees it. Text, which the link does not use, counts as malformed: it arrives as no bytes. */
export function webSocketLink(socket: WebSocketLike): LinkSocket {
  socket.binaryType = 'arraybuffer';
  const link: LinkSocket = {
    send: (bytes) => socket.send(bytes as Uint8Array<ArrayBuffer>),
    close: (code, reason) => socket.close(code, reason.replace(/[^ -~]/g, '?').slice(0, LONGEST_REASON)),
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    onOpen: undefined,
    onMessage: undefined,
    onClose: undefined,
  };
  // A connection that fails is closed, too; Node wants somebody to listen.
  socket.addEventListener('error', () => {});
  socket.addEventListener('open', () => link.onOpen?.());
  socket.addEventListener('message', ({ data }) => {
    link.onMessage?.(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0));
  });
  socket.addEventListener('close', ({ code, reason }) => link.onClose?.(code, reason));
  return link;
}
