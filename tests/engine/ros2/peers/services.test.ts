import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRosNode } from '../../../../engine/ros2/node/context.ts';
import type { RosNode } from '../../../../engine/ros2/node/types.ts';
import { pause } from '../rtps/support.ts';
import { peerProgram, VENDORS } from './build.ts';
import { endPeers, peer } from './peer.ts';

beforeAll(() => VENDORS.forEach(peerProgram), 300_000);
const TYPE = 'example_interfaces/srv/AddTwoInts';
const domain = 120;
const open: RosNode[] = [];

afterEach(async () => {
  await endPeers();
  await Promise.all(open.splice(0).map((node) => node.close()));
});

async function node(name: string): Promise<RosNode> {
  const created = await createRosNode({ name, domain, interface: '127.0.0.1' });
  open.push(created);
  return created;
}

describe.each(VENDORS)('services with %s', (vendor) => {
  it('answer our calls, one after the other and many at once', async () => {
    await peer(vendor, 'serve', domain);
    const client = (await node('asks')).createClient(TYPE, '/add_two_ints');
    expect(await client.waitForService(10_000)).toBe(true);
    // The peer may not know our ends yet, and what is volatile is not sent again for it.
    await pause(500);
    // Past 2^53: integers of 64 bits are exact.
    const large = 2n ** 62n;
    for (let i = 0n; i < 100n; i++) expect(await client.call({ a: i, b: large })).toEqual({ sum: large + i });
    // No more than the depth of the peer's queues, which is that of ROS.
    const sums = await Promise.all([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].map((i) => client.call({ a: i, b: -2n * i })));
    expect(sums).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].map((i) => ({ sum: -i })));
  });

  it('call ours', async () => {
    const server = await node('answers');
    server.createService(TYPE, '/add_two_ints', ({ a, b }) => ({ sum: (a as bigint) + (b as bigint) }));
    const client = await peer(vendor, 'call', domain, { count: 200 });
    expect(await client.summary()).toMatchObject({ wrong: 0 });
  });

  it('wait for what takes time', async () => {
    const server = await node('answers');
    server.createService(TYPE, '/add_two_ints', async ({ a, b }) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { sum: (a as bigint) + (b as bigint) };
    });
    const client = await peer(vendor, 'call', domain, { count: 5 });
    expect(await client.summary()).toMatchObject({ wrong: 0 });
  });
});

describe('one service of ours', () => {
  it('serves clients of both vendors and our own at the same time', async () => {
    const server = await node('answers');
    server.createService(TYPE, '/add_two_ints', ({ a, b }) => ({ sum: (a as bigint) + (b as bigint) }));
    const peers = await Promise.all(VENDORS.map((vendor) => peer(vendor, 'call', domain, { count: 200 })));
    const client = (await node('asks')).createClient(TYPE, '/add_two_ints');
    for (let i = 0n; i < 200n; i++) expect(await client.call({ a: i, b: 1n })).toEqual({ sum: i + 1n });
    for (const one of peers) expect(await one.summary()).toMatchObject({ wrong: 0 });
  });
});
