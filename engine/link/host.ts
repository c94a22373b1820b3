import { IsocenterError } from '../core/errors.ts';
import { faultOf } from './faults.ts';
import { decodeFrame, encodeFrame, FRAME_KIND } from './frame.ts';
import { CLOSE, DEAD_MS, HELLO_MS, LINK_VERSION, SESSION_MS } from './limits.ts';
import { LinkPeer, type PeerHandlers } from './peer.ts';
import { type Hello, helloSchema } from './records.ts';
import type { LinkSocket } from './socket.ts';

/** What one who says hello may do. */
export interface Grant {
  readonly mayControl: boolean;
}

/** A session as the host keeps it. */
export interface HostSession extends Grant {
  readonly id: string;
  readonly client: string;
  readonly peer: LinkPeer;
}

export interface HostOptions {
  /** Name and version, for the client to show. */
  readonly server: string;
  /** A name for a session that nobody guesses. */
  readonly newId: () => string;
  readonly mostSessions: number;
  /** @throws IsocenterError for a token that is wrong */
  readonly authorise: (hello: Hello) => Grant;
  /** What answers a session; called before its first record. */
  readonly handlers: (session: () => HostSession) => PeerHandlers;
}

interface Kept extends HostSession {
  expiry: ReturnType<typeof setTimeout> | undefined;
}

/** The serving end: greets connections, and keeps sessions for a while after their connections are gone. */
export class LinkHost {
  readonly #options: HostOptions;
  readonly #sessions = new Map<string, Kept>();
  readonly #watch: ReturnType<typeof setInterval>;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#watch = setInterval(() => this.#dropSilent(), DEAD_MS / 4);
  }

  get sessions(): readonly HostSession[] {
    return [...this.#sessions.values()];
  }

  /** Takes a connection that is open. */
  accept(socket: LinkSocket): void {
    const late = setTimeout(() => socket.close(CLOSE.silent, 'no hello came'), HELLO_MS);
    socket.onClose = () => clearTimeout(late);
    socket.onMessage = (bytes) => {
      clearTimeout(late);
      socket.onMessage = undefined;
      const frame = decodeFrame(bytes);
      if ('reason' in frame) {
        if (frame.reason === 'version') this.#refuse(socket, CLOSE.version, versionFault(frame.message));
        else socket.close(CLOSE[frame.reason], frame.message);
        return;
      }
      const hello = helloSchema.safeParse(frame.kind === FRAME_KIND.control ? frame.value : undefined);
      if (!hello.success) socket.close(CLOSE.malformed, 'the first record is no hello');
      else this.#greet(socket, hello.data);
    };
  }

  close(reason: string): void {
    clearInterval(this.#watch);
    for (const session of [...this.#sessions.values()]) this.#end(session, CLOSE.away, reason);
  }

  #greet(socket: LinkSocket, hello: Hello): void {
    if (!hello.versions.includes(LINK_VERSION)) {
      const message = `the client speaks versions ${hello.versions.join(', ')}; this server speaks ${LINK_VERSION}`;
      this.#refuse(socket, CLOSE.version, versionFault(message));
      return;
    }
    let grant: Grant;
    try {
      grant = this.#options.authorise(hello);
    } catch (error) {
      this.#refuse(socket, CLOSE.refused, error);
      return;
    }
    const known = hello.session === undefined ? undefined : this.#sessions.get(hello.session.id);
    // A session goes on only for one who may what it may.
    const resumed = known !== undefined && known.mayControl === grant.mayControl ? known : undefined;
    const session = resumed ?? this.#begin(hello, grant);
    if (session === undefined) {
      const hint = 'close tabs that are not needed, or wait a minute';
      const message = `${this.#options.mostSessions} sessions are open already`;
      this.#refuse(socket, CLOSE.busy, new IsocenterError({ code: 'link/busy', message, hint }));
      return;
    }
    // Both ends go on from what the other has: the welcome has to be the first that the client hears.
    const welcome = encodeFrame(FRAME_KIND.control, 0, {
      t: 'welcome',
      version: LINK_VERSION,
      session: session.id,
      resumed: session === resumed,
      received: session.peer.endpoint.received,
      mayControl: grant.mayControl,
      server: this.#options.server,
    });
    socket.send(welcome);
    const received = session === resumed ? (hello.session?.received ?? 0) : 0;
    const isAttached = session.peer.attach(socket, received);
    // Only now: where the session was taken over, the end of its old connection has just begun to count.
    clearTimeout(session.expiry);
    if (isAttached) return;
    this.#end(session, CLOSE.lost, 'the two ends disagree about what was received');
    socket.close(CLOSE.lost, 'the two ends disagree about what was received');
  }

  #begin(hello: Hello, grant: Grant): Kept | undefined {
    if (this.#sessions.size >= this.#options.mostSessions && !this.#dropOldestDetached()) return undefined;
    const handlers = this.#options.handlers(() => session);
    const peer = new LinkPeer({
      ...handlers,
      request: (...args) => handlers.request?.(...args),
      subscribe: (...args) => handlers.subscribe?.(...args),
      control: (record) => {
        if (record.t === 'beat') peer.endpoint.sendControl({ t: 'echo', n: record.n });
        handlers.control?.(record);
      },
      detached: (code, reason) => {
        handlers.detached?.(code, reason);
        if (peer.endpoint.isClosed) return;
        session.expiry = setTimeout(() => this.#end(session, CLOSE.away, 'nobody came back'), SESSION_MS);
      },
      closed: () => {
        clearTimeout(session.expiry);
        this.#sessions.delete(session.id);
        handlers.closed?.();
      },
    });
    const session: Kept = { id: this.#options.newId(), client: hello.client, peer, ...grant, expiry: undefined };
    this.#sessions.set(session.id, session);
    return session;
  }

  #end(session: Kept, code: number, reason: string): void {
    clearTimeout(session.expiry);
    this.#sessions.delete(session.id);
    session.peer.close(code, reason);
  }

  #dropOldestDetached(): boolean {
    for (const session of this.#sessions.values()) {
      if (session.peer.endpoint.isAttached) continue;
      this.#end(session, CLOSE.away, 'others need the place');
      return true;
    }
    return false;
  }

  #dropSilent(): void {
    const now = performance.now();
    for (const { peer } of this.#sessions.values()) {
      if (peer.endpoint.isAttached && now - peer.endpoint.heardMs > DEAD_MS) {
        peer.endpoint.detach(CLOSE.silent, `nothing came for ${DEAD_MS / 1000} s`);
      }
    }
  }

  #refuse(socket: LinkSocket, code: number, error: unknown): void {
    const fault = faultOf(error);
    socket.send(encodeFrame(FRAME_KIND.control, 0, { t: 'refuse', versions: [LINK_VERSION], error: fault }));
    socket.close(code, fault.message);
  }
}

function versionFault(message: string): Error {
  const hint = 'reload the page, so that it comes from this server; or update the one that is older';
  return new IsocenterError({ code: 'link/version', message, hint });
}
