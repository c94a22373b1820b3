import { signal } from '@preact/signals';
import { type ClientState, LinkClient } from '../../engine/link/client.ts';
import type { LinkPeer } from '../../engine/link/peer.ts';
import { webSocketLink } from '../../engine/link/socket.ts';
import type { RobotAbout } from '../../planners/guidance/messages.ts';

/** What the page takes of the largest array of a server: a CT of 512 x 512 x 512 as float32. */
const LARGEST_ARRAY = 1 << 29;

/** What a server says of itself. */
export interface ServerAbout {
  readonly robot: RobotAbout | null;
  readonly ros2: string | null;
  readonly patients: readonly { readonly name: string; readonly kind: string }[];
  readonly recordings: readonly string[];
  readonly mayControl: boolean;
}

/** How the link to the server of this page stands; undefined where none was wanted. */
export const linkState = signal<ClientState | undefined>(undefined);
/** What the connected server offers. */
export const server = signal<ServerAbout | undefined>(undefined);

type OnSession = (peer: LinkPeer, about: ServerAbout) => void;

let client: LinkClient | undefined;
const sessionListeners = new Set<OnSession>();

/** The token of the address that the server printed, kept out of requests behind `#`. */
export function tokenOfPage(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined;
}

export const serverAddress = (): string => `${location.origin.replace(/^http/, 'ws')}/link`;

/** The one link of this page to its server, opened when it is first wanted, or again after it was refused. */
export function openLink(): LinkClient {
  if (client !== undefined && linkState.peek()?.kind !== 'refused') return client;
  const token = tokenOfPage();
  client = new LinkClient({
    connect: () => webSocketLink(new WebSocket(serverAddress())),
    client: 'viewer',
    ...(token === undefined ? {} : { token }),
    handlers: { largestArray: LARGEST_ARRAY },
    isHidden: () => document.hidden,
    onState: (state) => {
      linkState.value = state;
    },
    onSession: (peer) => void greet(peer),
  });
  return client;
}

async function greet(peer: LinkPeer): Promise<void> {
  try {
    const about = (await peer.request('about')) as ServerAbout;
    if (peer !== client?.peer) return;
    server.value = about;
    for (const each of sessionListeners) each(peer, about);
  } catch {
    // The session ended before it answered: the next one asks again.
  }
}

/** Tells of the session that there is, and of each new one. @returns how to stop it */
export function onServerSession(listener: OnSession): () => void {
  sessionListeners.add(listener);
  const about = server.peek();
  if (client !== undefined && about !== undefined && linkState.peek()?.kind === 'connected') {
    listener(client.peer, about);
  }
  return () => sessionListeners.delete(listener);
}

document.addEventListener('visibilitychange', () => client?.beat());
