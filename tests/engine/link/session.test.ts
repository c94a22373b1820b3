import { describe, expect, it, vi } from 'vitest';
import { type ClientState, LinkClient } from '../../../engine/link/client.ts';
import { encodeFrame, FRAME_KIND } from '../../../engine/link/frame.ts';
import { LinkHost } from '../../../engine/link/host.ts';
import { LINK_VERSION, SESSION_MS } from '../../../engine/link/limits.ts';
import { until } from '../../support/wait.ts';
import { wirePair } from './support/wires.ts';

function newHost(name: string, mostSessions = 4): LinkHost {
  let ids = 0;
  return new LinkHost({
    server: name,
    newId: () => `${name}-${++ids}`,
    mostSessions,
    authorise: ({ token }) => ({ mayControl: token === 'right' }),
    handlers: () => ({ request: (method) => (method === 'who' ? name : new Promise(() => {})) }),
  });
}

/** A client of whatever host is there now, and the connection that it has. */
function newClient(current: () => LinkHost | undefined, token = 'right') {
  const states: ClientState[] = [];
  const sessions: string[] = [];
  let wire: ReturnType<typeof wirePair>[0] | undefined;
  const client = new LinkClient({
    connect: () => {
      const [mine, theirs] = wirePair();
      wire = mine;
      const host = current();
      if (host === undefined) setImmediate(() => mine.cut());
      else {
        host.accept(theirs);
        setImmediate(() => mine.onOpen?.());
      }
      return mine;
    },
    client: 'test',
    token,
    onState: (state) => states.push(state),
    onSession: (_peer, { session }) => sessions.push(session),
  });
  return { client, states, sessions, cut: () => wire?.cut() };
}

describe('a session', () => {
  it('goes on over another connection; one that the server has lost fails what waits, and a new one begins', async () => {
    let host: LinkHost | undefined = newHost('one');
    const { client, sessions, states, cut } = newClient(() => host);
    expect(await client.peer.request('who')).toBe('one');
    cut();
    expect(await client.peer.request('who')).toBe('one');
    expect(sessions).toEqual(['one-1']);
    const waiting = client.peer.request('wait');
    const failed = expect(waiting).rejects.toMatchObject({ code: 'link/closed' });
    // The server dies without a word, and another starts in its place.
    const dead = host;
    host = undefined;
    cut();
    await until(() => states.filter(({ kind }) => kind === 'connecting').length > 3);
    host = newHost('two');
    await failed;
    await until(() => sessions.length === 2);
    expect(sessions[1]).toBe('two-1');
    expect(await client.peer.request('who')).toBe('two');
    client.close();
    dead.close('test');
    host.close('test');
  });

  it('that another connection has taken over outlives the old one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    try {
      const host = newHost('one');
      const greet = async (session?: object) => {
        const [mine, theirs] = wirePair();
        host.accept(theirs);
        const versions = [LINK_VERSION];
        mine.send(
          encodeFrame(FRAME_KIND.control, 0, { t: 'hello', versions, client: 'test', token: 'right', session }),
        );
        for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
        return mine;
      };
      await greet();
      await greet({ id: 'one-1', received: 0 });
      expect(host.sessions).toHaveLength(1);
      vi.advanceTimersByTime(SESSION_MS + 1000);
      expect(host.sessions[0]?.peer.endpoint.isAttached).toBe(true);
      host.close('test');
    } finally {
      vi.useRealTimers();
    }
  });

  it('belongs to one who may what it may: without the token it does not go on', async () => {
    const host = newHost('one');
    const owner = newClient(() => host);
    await owner.client.peer.request('who');
    expect(host.sessions[0]).toMatchObject({ id: 'one-1', mayControl: true });
    const guest = newClient(() => host, 'wrong');
    await guest.client.peer.request('who');
    expect(host.sessions[1]).toMatchObject({ mayControl: false });
    owner.client.close();
    guest.client.close();
    host.close('test');
  });

  it('is refused where there are too many, and places of those who are gone are given on', async () => {
    const host = newHost('one', 2);
    const clients = [newClient(() => host), newClient(() => host)];
    for (const { client } of clients) await client.peer.request('who');
    const third = newClient(() => host);
    await until(() => third.states.some(({ kind }) => kind === 'refused'));
    expect(third.states.at(-1)).toMatchObject({ kind: 'refused', error: { code: 'link/busy' } });
    clients[0].client.close();
    await until(() => !host.sessions[0].peer.endpoint.isAttached);
    const fourth = newClient(() => host);
    expect(await fourth.client.peer.request('who')).toBe('one');
    for (const { client } of [...clients, fourth]) client.close();
    host.close('test');
  });
});
