import { signal } from '@preact/signals';
import { inputError } from '../../engine/core/errors.ts';
import { LinkClient } from '../../engine/link/client.ts';
import type { LinkPeer } from '../../engine/link/peer.ts';
import { webSocketLink } from '../../engine/link/socket.ts';
import type { LoopFigures } from '../../planners/guidance/loop/figures.ts';
import type { HandPacket, RobotAbout, RobotCommand, RobotSample } from '../../planners/guidance/messages.ts';
import type { RobotListener, RobotSession } from './session.ts';

/** What the page needs of the largest array of a server: a CT of 512 x 512 x 512 as float32. */
const LARGEST_ARRAY = 1 << 29;

/** What a server says of itself. */
export interface ServerAbout {
  readonly robot: RobotAbout | null;
  readonly ros2: string | null;
  readonly patients: readonly { readonly name: string; readonly kind: string }[];
  readonly recordings: readonly string[];
  readonly mayControl: boolean;
}

/** What the connected server offers; undefined without one. */
export const server = signal<ServerAbout | undefined>(undefined);

/** The token of the address that the server printed, kept out of requests behind `#`. */
export function tokenOfPage(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
}

/** A robot behind `isocenter serve`, the server of this page. */
export class ServerSession implements RobotSession {
  readonly kind = 'server';
  readonly client: LinkClient;
  readonly #listener: RobotListener;
  readonly #onVisibility = () => this.client.beat();
  #isConnected = false;
  /** The user wants it stopped, and the server has not confirmed it yet. */
  #wantsStop = false;

  constructor(listener: RobotListener) {
    this.#listener = listener;
    const token = tokenOfPage();
    const url = `${location.origin.replace(/^http/, 'ws')}/link`;
    this.client = new LinkClient({
      connect: () => webSocketLink(new WebSocket(url)),
      client: 'viewer',
      ...(token === undefined ? {} : { token }),
      handlers: { largestArray: LARGEST_ARRAY },
      isHidden: () => document.hidden,
      onState: (state) => {
        this.#isConnected = state.kind === 'connected';
        switch (state.kind) {
          case 'connecting':
            listener.connection({
              state: 'connecting',
              text:
                state.attempt === 0
                  ? url
                  : `the server does not answer; attempt ${state.attempt}. A robot that was armed holds by itself`,
            });
            break;
          case 'connected':
            listener.connection({ state: 'connected', text: state.welcome.server });
            if (this.#wantsStop) this.stop();
            break;
          case 'refused':
            listener.connection({ state: 'refused', text: state.error.message });
            break;
          case 'closed':
            listener.connection({ state: 'ended', text: 'it was closed' });
        }
      },
      onSession: (peer) => this.#begin(peer),
    });
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  async command(command: RobotCommand): Promise<void> {
    // What waits for a connection would move the robot when nobody expects it any longer.
    if (!this.#isConnected && command.command !== 'stop') {
      throw inputError(
        'link/closed',
        `${command.command}: there is no connection to the server`,
        'wait until it is back',
      );
    }
    await this.client.peer.request('robot', command);
  }

  stop(): void {
    this.#wantsStop = true;
    if (!this.#isConnected) return;
    this.command({ command: 'stop' }).then(
      () => {
        this.#wantsStop = false;
      },
      // The next connection says it again.
      () => {},
    );
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.client.close();
    server.value = undefined;
  }

  #begin(peer: LinkPeer): void {
    const listener = this.#listener;
    void peer.request('about').then(
      (about) => {
        if (peer !== this.client.peer) return;
        const now = about as ServerAbout;
        server.value = now;
        if (now.robot === null) return;
        listener.about(now.robot);
        peer.subscribe('robot', {}, { onSample: (value) => listener.state(value as RobotSample) });
        peer.subscribe('robot.hand', {}, { onSample: (value) => listener.hand(numbersOf(value as HandPacket)) });
        peer.subscribe('robot.figures', {}, { onSample: (value) => listener.figures(value as LoopFigures) });
      },
      // The session ended: the next one asks again.
      () => {},
    );
  }
}

/** A copy, since bytes of a frame need not be aligned. */
function numbersOf({ samples }: HandPacket): Float64Array {
  return new Float64Array(samples.slice().buffer as ArrayBuffer);
}
