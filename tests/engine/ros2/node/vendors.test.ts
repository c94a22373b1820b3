import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import { guidBytes, splitHeader, UNKNOWN_SEQUENCE, withHeader } from '../../../../engine/ros2/node/correlation.ts';
import { DdsServiceClient } from '../../../../engine/ros2/node/service-client.ts';
import { DdsServiceServer } from '../../../../engine/ros2/node/service-server.ts';
import type { RosContext } from '../../../../engine/ros2/node/shared.ts';
import { Warnings } from '../../../../engine/ros2/node/warnings.ts';
import { QOS_PROFILES } from '../../../../engine/ros2/rtps/qos.ts';
import type { DdsParticipant, ReceivedSample, Vendor } from '../../../../engine/ros2/rtps/types.ts';
import { pause, until } from '../../../support/wait.ts';
import { VendorNetwork } from './vendor-network.ts';

const interfaces = createInterfaceRegistry({});
const SERVICE = interfaces.service('example_interfaces/srv/AddTwoInts');
const REQUEST = 'rq/addRequest';
const REPLY = 'rr/addReply';

const sum = ({ a, b }: Record<string, unknown>) => ({ sum: (a as bigint) + (b as bigint) });

function contextOf(participant: DdsParticipant): RosContext & { readonly said: string[] } {
  const warnings = new Warnings();
  const said: string[] = [];
  warnings.listen((message) => said.push(message));
  return { participant, interfaces, warnings, said } as unknown as RosContext & { readonly said: string[] };
}

/** A server that knows one form only, as those of the middlewares do: each request it gets is taken for one of that form. */
function serverOf(network: VendorNetwork, vendor: Vendor, add = 0n) {
  const participant = network.participant(vendor);
  const got: { a: bigint; b: bigint }[] = [];
  const userData = vendor === 'cyclonedds' ? 'serviceid=1.2.a;' : '';
  const writer = participant.createWriter(REPLY, SERVICE.response.ddsName, QOS_PROFILES.default, { userData });
  participant.createReader(REQUEST, SERVICE.request.ddsName, QOS_PROFILES.default, {
    userData,
    onSample: ({ payload, sequence, related }: ReceivedSample) => {
      const parts = vendor === 'cyclonedds' ? splitHeader(payload) : undefined;
      const { a, b } = SERVICE.request.decode(parts?.message ?? payload) as { a: bigint; b: bigint };
      got.push({ a, b });
      const reply = SERVICE.response.encode({ sum: a + b + add });
      if (parts !== undefined) writer.write(withHeader(reply, parts.client, parts.sequence));
      else writer.write(reply, { guid: related?.guid ?? new Uint8Array(16), sequence });
    },
  });
  return { got, close: () => participant.close() };
}

function clientOf(participant: DdsParticipant) {
  const renewed: string[] = [];
  const client = new DdsServiceClient(
    contextOf(participant),
    '/add',
    SERVICE,
    () => {},
    (_, after) => renewed.push(after),
  );
  return { client, renewed };
}

describe('a client among servers of several vendors', () => {
  it.each(['cyclonedds', 'fastdds', 'unknown'] as const)('asks one of %s in its form', async (vendor) => {
    const network = new VendorNetwork();
    const server = serverOf(network, vendor);
    const { client } = clientOf(network.participant('isocenter'));
    for (let i = 0n; i < 20n; i++) expect(await client.call({ a: i, b: 1n })).toEqual({ sum: i + 1n });
    expect(server.got.length).toBe(20);
    expect(server.got[3]).toEqual({ a: 3n, b: 1n });
  });

  it.each([
    ['until it shows that it knows of us', 300, 250],
    ['for a second where it never shows', Number.POSITIVE_INFINITY, 950],
  ])('waits with the first request %s', async (_, readyMs, atLeastMs) => {
    const network = new VendorNetwork();
    network.readyMs = readyMs;
    serverOf(network, 'cyclonedds');
    const begin = performance.now();
    const { client } = clientOf(network.participant('isocenter'));
    expect(await client.call({ a: 1n, b: 1n })).toEqual({ sum: 2n });
    // Timers of Node may be early by a millisecond, and begin before the client does.
    expect(performance.now() - begin).toBeGreaterThan(atLeastMs);
  });

  it('never sends to a server what it would misread, and turns to the other when one is gone', async () => {
    const network = new VendorNetwork();
    const { client, renewed } = clientOf(network.participant('isocenter'));
    const cyclone = serverOf(network, 'cyclonedds');
    const fast = serverOf(network, 'fastdds', 100n);
    const answers = await Promise.all([1n, 2n, 3n].map((a) => client.call({ a, b: 1n })));
    expect(answers).toEqual([{ sum: 2n }, { sum: 3n }, { sum: 4n }]);
    await pause(20);
    expect([cyclone.got.length, fast.got.length]).toEqual([3, 0]);
    await cyclone.close();
    expect(await client.call({ a: 1n, b: 1n })).toEqual({ sum: 102n });
    expect(renewed).toEqual([client.writerGuid]);
    const again = serverOf(network, 'cyclonedds');
    expect(await client.call({ a: 2n, b: 1n })).toEqual({ sum: 103n });
    await fast.close();
    expect(await client.call({ a: 3n, b: 1n })).toEqual({ sum: 4n });
    expect([again.got.length, fast.got.length]).toEqual([1, 2]);
    expect(fast.got).toEqual([
      { a: 1n, b: 1n },
      { a: 2n, b: 1n },
    ]);
  });

  it('fails at once when the last that could answer goes, not when one of two does', async () => {
    const network = new VendorNetwork();
    const silent = () => {
      const participant = network.participant('fastdds');
      let heard = 0;
      participant.createWriter(REPLY, SERVICE.response.ddsName, QOS_PROFILES.default);
      const onSample = () => heard++;
      participant.createReader(REQUEST, SERVICE.request.ddsName, QOS_PROFILES.default, { onSample });
      return { participant, heard: () => heard };
    };
    const [one, two] = [silent(), silent()];
    const { client } = clientOf(network.participant('isocenter'));
    let failure: Error | undefined;
    const call = client.call({ a: 1n, b: 2n }).catch((error: Error) => {
      failure = error;
    });
    await until(() => one.heard() === 1 && two.heard() === 1);
    await one.participant.close();
    await pause(20);
    expect(failure).toBeUndefined();
    await two.participant.close();
    await call;
    expect(failure?.message).toMatch(/went away/);
  });
});

describe('a server of ours', () => {
  it('answers clients of each form in theirs', async () => {
    const network = new VendorNetwork();
    const context = contextOf(network.participant('isocenter'));
    const server = new DdsServiceServer(context, '/add', SERVICE, sum, () => {});
    const { client } = clientOf(network.participant('isocenter'));
    const cyclone = network.participant('cyclonedds');
    const fast = network.participant('fastdds');
    const payload = SERVICE.request.encode({ a: 20n, b: 22n });
    const heard: string[] = [];
    const reply = (participant: DdsParticipant, name: string, userData = '') =>
      participant.createReader(REPLY, SERVICE.response.ddsName, QOS_PROFILES.default, {
        userData,
        onSample: ({ payload: bytes, related }) => {
          const text = related === undefined ? '' : Buffer.from(related.guid).toString('hex') + related.sequence;
          heard.push(`${name} ${text} ${Buffer.from(bytes).toString('hex')}`);
        },
      });
    const ask = (participant: DdsParticipant, userData = '') =>
      participant.createWriter(REQUEST, SERVICE.request.ddsName, QOS_PROFILES.default, { userData });
    reply(cyclone, 'cyclone', 'clientid=5;');
    ask(cyclone, 'clientid=5;').write(withHeader(payload, 0xabcdn, 9n));
    const fastReader = reply(fast, 'fast');
    const guid = guidBytes(fastReader.info.guid);
    ask(fast).write(payload, { guid, sequence: UNKNOWN_SEQUENCE });
    expect(await client.call({ a: 1n, b: 2n })).toEqual({ sum: 3n });
    const inHeader = `cyclone  00010000${'cdab000000000000'}${'0900000000000000'}${'2a00000000000000'}`;
    const byIdentity = `fast ${fastReader.info.guid}1 00010000${'2a00000000000000'}`;
    await until(() => heard.includes(inHeader) && heard.includes(byIdentity));
    expect(context.said.filter((message) => !message.includes('no type hash'))).toEqual([]);
    server.close();
  });

  it('waits for the very reader that a request names, of several of one participant', async () => {
    const network = new VendorNetwork();
    const context = contextOf(network.participant('isocenter'));
    const server = new DdsServiceServer(context, '/add', SERVICE, sum, () => {});
    const peer = network.participant('cyclonedds');
    const heard: string[] = [];
    const reader = (id: string) =>
      peer.createReader(REPLY, SERVICE.response.ddsName, QOS_PROFILES.default, {
        userData: `clientid=${id};`,
        onSample: ({ payload }) => heard.push(`${id} ${splitHeader(payload)?.client}`),
      });
    reader('1');
    const writer = peer.createWriter(REQUEST, SERVICE.request.ddsName, QOS_PROFILES.default, {
      userData: 'clientid=2;',
    });
    writer.write(withHeader(SERVICE.request.encode({}), 222n, 1n));
    await pause(50);
    reader('2');
    await until(() => heard.includes('2 222'));
    server.close();
  });
});

describe('bytes that are no request and no reply', () => {
  it.each(['cyclonedds', 'fastdds', 'isocenter', 'unknown'] as const)('of %s hurt nobody (seed 7)', async (vendor) => {
    const random = seededRandom(7);
    const network = new VendorNetwork();
    const context = contextOf(network.participant('isocenter'));
    const server = new DdsServiceServer(context, '/add', SERVICE, sum, () => {});
    const { client } = clientOf(network.participant('isocenter'));
    expect(await client.call({ a: 1n, b: 2n })).toEqual({ sum: 3n });
    const peer = network.participant(vendor);
    const writers = [
      peer.createWriter(REQUEST, SERVICE.request.ddsName, QOS_PROFILES.default),
      peer.createWriter(REPLY, SERVICE.response.ddsName, QOS_PROFILES.default),
    ];
    const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
    for (let i = 0; i < 2000; i++) {
      const payload = bytes(Math.floor(random() * 60));
      // Half of them begin as CDR does.
      if (payload.length >= 4 && random() < 0.5) payload.set([0, 1, 0, 0]);
      const guid = random() < 0.5 ? bytes(16) : guidBytes(client.reader.info.guid);
      const related = random() < 0.5 ? undefined : { guid, sequence: BigInt(1000 + Math.floor(random() * 10)) };
      writers[i % 2].write(payload, related);
    }
    expect(await client.call({ a: 3n, b: 4n })).toEqual({ sum: 7n });
    await peer.close();
    expect(await client.call({ a: 5n, b: 6n })).toEqual({ sum: 11n });
    server.close();
  });
});
