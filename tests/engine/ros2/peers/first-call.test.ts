import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRosNode } from '../../../../engine/ros2/node/context.ts';
import { peerProgram, VENDORS } from './build.ts';
import { endPeers, peer } from './peer.ts';

beforeAll(() => VENDORS.forEach(peerProgram), 300_000);
afterEach(endPeers);

const ROUNDS = 25;
const DOMAIN = 70 + (process.pid % 30);

describe.each(VENDORS)('the first request to a server of %s', (vendor) => {
  // A reader without history takes what it sees first of a writer as its beginning: requests sent when only we had discovered the
  // server were lost, about one in eight.
  it(`arrives, of ${ROUNDS} new clients that call as soon as they can`, async () => {
    await peer(vendor, 'serve', DOMAIN);
    for (let i = 0; i < ROUNDS; i++) {
      const node = await createRosNode({ name: `asks${i}`, domain: DOMAIN, interface: '127.0.0.1' });
      const client = node.createClient('example_interfaces/srv/AddTwoInts', '/add_two_ints');
      expect(await client.waitForService(10_000)).toBe(true);
      expect(await client.call({ a: BigInt(i), b: 1n })).toEqual({ sum: BigInt(i) + 1n });
      await node.close();
    }
  });
});
