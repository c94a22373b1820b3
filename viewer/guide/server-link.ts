import { computed, signal } from '@preact/signals';
import { inputError } from '../../engine/core/errors.ts';
import { z } from '../../engine/core/schema.ts';
import { type ClientState, LinkClient } from '../../engine/link/client.ts';
import type { LinkPeer } from '../../engine/link/peer.ts';
import { webSocketLink } from '../../engine/link/socket.ts';
import { robotAboutSchema } from '../../planners/guidance/robot-records.ts';
import { faultOf } from '../engine/fault.ts';
import { fault } from '../state/workspace.ts';

/** What the page takes of the largest array of a server: a CT of 512 x 512 x 512 as float32. */
const LARGEST_ARRAY = 1 << 29;

const names = z.string().max(500);
const serverAboutSchema = z.object({
  robot: robotAboutSchema.nullable(),
  ros2: z.string().nullable(),
  patients: z.array(z.object({ name: names, kind: names })),
  recordings: z.array(names),
  mayControl: z.boolean(),
});
/** What a server says of itself. */
export type ServerAbout = z.output<typeof serverAboutSchema>;

/** How the link to the server of this page stands; undefined where none was wanted. */
export const linkState = signal<ClientState | undefined>(undefined);
/** What the server of the last session said. */
const greeted = signal<{ readonly peer: LinkPeer; readonly about: ServerAbout } | undefined>(undefined);
/** What the connected server offers: nothing while nobody knows whether it is there. */
export const server = computed(() => (linkState.value?.kind === 'connected' ? greeted.value?.about : undefined));

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
  // Another session may be one of another server in the same place.
  greeted.value = undefined;
  const said = await peer.request('about').catch(() => undefined);
  // The session ended before it answered: the next one asks again.
  if (said === undefined || peer !== client?.peer) return;
  const parsed = serverAboutSchema.safeParse(said);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    const what = `the server says of itself what this page does not know: ${path.join('.')}: ${message}`;
    fault.value = faultOf(inputError('link/about', what, 'load the page again: it may be of another version'));
    return;
  }
  greeted.value = { peer, about: parsed.data };
  for (const each of sessionListeners) each(peer, parsed.data);
}

/** Tells of the session that there is, and of each new one. @returns how to stop it */
export function onServerSession(listener: OnSession): () => void {
  sessionListeners.add(listener);
  const now = greeted.peek();
  if (now !== undefined && now.peer === client?.peer && server.peek() !== undefined) listener(now.peer, now.about);
  return () => sessionListeners.delete(listener);
}

document.addEventListener('visibilitychange', () => client?.beat());
