import { inputError } from '../core/errors.ts';
import { errorOf } from './faults.ts';
import { decodeFrame, encodeFrame, FRAME_KIND } from './frame.ts';
import { BEAT_MS, CLOSE, LINK_VERSION } from './limits.ts';
import { LinkPeer, type PeerHandlers } from './peer.ts';
import { controlSchema, type Welcome } from './records.ts';
import type { LinkSocket } from './socket.ts';

/** Between two attempts to connect: the first, and the longest [ms]. */
const RETRY_MS = [100, 2000] as const;
/** A server that answers no beat for so long is given up; another connection is tried [ms]. */
const DEAF_MS = 3000;

export type ClientState =
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'connected'; readonly welcome: Welcome }
  /** The server does not want this client: it is not tried again. */
  | { readonly kind: 'refused'; readonly error: Error }
  | { readonly kind: 'closed' };

export interface ClientOptions {
  /** A new connection, as `() => webSocketLink(new WebSocket(url))`. */
  readonly connect: () => LinkSocket;
  readonly client: string;
  readonly token?: string;
  readonly handlers?: PeerHandlers;
  /** Whether the page is where nobody sees it: the server holds the robot then. */
  readonly isHidden?: () => boolean;
  readonly onState?: (state: ClientState) => void;
  /** A session began: the first, or one after the server has lost it, whose requests and streams are gone. */
  readonly onSession?: (peer: LinkPeer, welcome: Welcome) => void;
}

/**
 * The asking end: connects, says hello, beats, and connects again when the connection is lost. Requests and streams go on over
 * the next connection as long as the server keeps the session.
 */
export class LinkClient {
  readonly #options: ClientOptions;
  #peer: LinkPeer;
  #session: string | undefined;
  #socket: LinkSocket | undefined;
  #beats: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #beat = 0;
  #isDone = false;
  /** From a beat to its answer, the last one [ms]. */
  roundTripMs = Number.NaN;
  #beatMs = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#peer = this.#newPeer();
    this.#connect();
  }

  /** The session's talk; another one after the server has lost the session (`onSession` tells). */
  get peer(): LinkPeer {
    return this.#peer;
  }

  /** Since something came last [ms]. */
  get ageMs(): number {
    return performance.now() - this.#peer.endpoint.heardMs;
  }

  /** Number of the beat that was sent last: a command that carries it is not taken once it is old. */
  get sentBeat(): number {
    return this.#beat;
  }

  /** Tells the server at once, and not with the next beat, that the page is hidden or seen again. */
  beat(): void {
    this.#beatMs = performance.now();
    const hidden = this.#options.isHidden?.() ?? false;
    this.#peer.endpoint.sendControl({ t: 'beat', n: ++this.#beat, hidden });
  }

  close(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    clearTimeout(this.#retry);
    clearInterval(this.#beats);
    this.#peer.close();
    this.#socket?.close(CLOSE.normal, 'bye');
    this.#options.onState?.({ kind: 'closed' });
  }

  #newPeer(): LinkPeer {
    const { handlers = {} } = this.#options;
    const peer = new LinkPeer({
      ...handlers,
      ...(handlers.request === undefined ? {} : { request: handlers.request.bind(handlers) }),
      control: (record) => {
        if (record.t === 'echo' && record.n === this.#beat) this.roundTripMs = performance.now() - this.#beatMs;
        handlers.control?.(record);
      },
      detached: (code, reason) => {
        handlers.detached?.(code, reason);
        clearInterval(this.#beats);
        if (peer === this.#peer) this.#again(code);
      },
    });
    return peer;
  }

  #connect(): void {
    this.#options.onState?.({ kind: 'connecting', attempt: this.#attempt });
    const socket = this.#options.connect();
    this.#socket = socket;
    const deaf = setTimeout(() => socket.close(CLOSE.silent, 'no welcome came'), DEAF_MS);
    socket.onOpen = () => {
      const session = this.#session;
      const { token, client } = this.#options;
      socket.send(
        encodeFrame(FRAME_KIND.control, 0, {
          t: 'hello',
          versions: [LINK_VERSION],
          client,
          token,
          session: session === undefined ? undefined : { id: session, received: this.#peer.endpoint.received },
        }),
      );
    };
    socket.onClose = (code) => {
      clearTimeout(deaf);
      this.#again(code);
    };
    socket.onMessage = (bytes) => {
      clearTimeout(deaf);
      this.#hear(socket, bytes);
    };
  }

  #hear(socket: LinkSocket, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    const record = controlSchema.safeParse('reason' in frame ? undefined : frame.value);
    const data = record.data;
    if (data?.t === 'refuse') this.#give(errorOf(data.error), socket);
    else if (data?.t === 'welcome') this.#begin(socket, data);
    else {
      const hint = 'reload the page, so that it comes from that server';
      this.#give(inputError('link/version', 'the server answers in a way that is not known here', hint), socket);
    }
  }

  #begin(socket: LinkSocket, welcome: Welcome): void {
    const isNew = this.#session === undefined;
    const goesOn = welcome.resumed && this.#session === welcome.session;
    if (!goesOn && !isNew) {
      const old = this.#peer;
      this.#peer = this.#newPeer();
      old.close(CLOSE.lost, 'the server has lost the session');
    }
    this.#session = welcome.session;
    if (!this.#peer.attach(socket, welcome.received)) {
      // What was sent does not fit what came: only a new session helps.
      const old = this.#peer;
      this.#peer = this.#newPeer();
      this.#session = undefined;
      old.close(CLOSE.lost, 'the two ends disagree about what was received');
      socket.onClose = () => this.#again(CLOSE.lost);
      socket.close(CLOSE.lost, 'the two ends disagree');
      return;
    }
    this.#attempt = 0;
    clearInterval(this.#beats);
    this.#beats = setInterval(() => {
      if (this.ageMs > DEAF_MS) this.#peer.endpoint.detach(CLOSE.silent, 'the server does not answer');
      else this.beat();
    }, BEAT_MS);
    this.beat();
    this.#options.onState?.({ kind: 'connected', welcome });
    if (!goesOn) this.#options.onSession?.(this.#peer, welcome);
  }

  #give(error: Error, socket: LinkSocket): void {
    this.#isDone = true;
    socket.onClose = undefined;
    socket.close(CLOSE.normal, 'refused');
    this.#peer.close(CLOSE.refused, error.message);
    this.#options.onState?.({ kind: 'refused', error });
  }

  #again(code: number): void {
    if (this.#isDone || this.#retry !== undefined) return;
    // Another tab goes on with the session, or the server ended it: this one needs a session of its own.
    if (code === CLOSE.takenOver || this.#peer.endpoint.isClosed) this.#forget();
    const [first, longest] = RETRY_MS;
    const wait = Math.min(longest, first * 2 ** this.#attempt++);
    this.#options.onState?.({ kind: 'connecting', attempt: this.#attempt });
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined;
        this.#connect();
      },
      wait * (0.75 + 0.5 * Math.random()),
    );
  }

  #forget(): void {
    const old = this.#peer;
    this.#peer = this.#newPeer();
    this.#session = undefined;
    old.close(CLOSE.lost, 'the session is over');
  }
}
