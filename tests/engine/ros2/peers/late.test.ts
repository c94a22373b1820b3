import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DdsParticipant, EndpointInfo } from '../../../../engine/ros2/rtps/types.ts';
import { pause, until } from '../../../support/wait.ts';
import { closeAll, participant, qos } from '../rtps/support.ts';
import { peerProgram, VENDORS } from './build.ts';
import { endPeers, peer } from './peer.ts';
import { joints, Tally, text } from './samples.ts';
import { qosWords } from './streams.ts';

beforeAll(() => VENDORS.forEach(peerProgram), 300_000);
afterEach(async () => {
  await endPeers();
  await closeAll();
});

const LATCHED = qos({ durability: 'transient_local', depth: 1 });
/** Like a robot's description; and one that takes many fragments. */
const SIZES = [60_000, 2_000_000];
/** Shorter than the vendors' 10 and 20 s, so that the test is [s]. */
const LEASE_SEC = 4;

/** A reader of ours and what it sees. */
function read(ours: DdsParticipant) {
  const tally = new Tally();
  const gone: string[] = [];
  const writers: EndpointInfo[] = [];
  const reader = ours.createReader(joints.topic, joints.type.ddsName, qos({ depth: 1000 }), {
    onSample: ({ payload, writer }) => {
      if (!writers.includes(writer)) writers.push(writer);
      tally.add(joints.read(payload));
    },
    onWriterGone: (_, why) => gone.push(why),
  });
  return { tally, gone, reader, writers };
}

describe.each(VENDORS)('latched topics with %s', (vendor) => {
  const domain = 105;

  it.each(SIZES)('of %i bytes: who comes late gets what it sent last', async (bytes) => {
    const options = { ...qosWords(LATCHED), kind: text.name, topic: text.topic, bytes, linger: 30 };
    const publisher = await peer(vendor, 'publish', domain, { ...options, readers: 0, count: 3, rate: 100 });
    await publisher.next('published');
    const tally = new Tally();
    const ours = await participant({ domain });
    ours.createReader(text.topic, text.type.ddsName, LATCHED, {
      onSample: (sample) => tally.add(text.read(sample.payload)),
    });
    await until(() => tally.received > 0);
    await pause(200);
    expect(tally).toMatchObject({ received: 1, corrupt: 0, bytes });
    expect(tally.flows).toMatchObject([{ first: 2, last: 2 }]);
  });

  it.each(SIZES)('of %i bytes: it gets what we sent last when it comes late', async (bytes) => {
    const ours = await participant({ domain });
    const writer = ours.createWriter(text.topic, text.type.ddsName, LATCHED);
    for (let number = 0; number < 3; number++) writer.write(text.write(0, number, bytes));
    await pause(100);
    const words = { ...qosWords(LATCHED), kind: text.name, topic: text.topic, count: 1, seconds: 20 };
    const summary = await (await peer(vendor, 'subscribe', domain, words)).summary();
    expect(summary).toMatchObject({ received: 1, corrupt: 0, bytes });
    expect(summary.flows).toMatchObject([{ first: 2, last: 2 }]);
  });
});

describe.each(VENDORS)('%s', (vendor) => {
  it('is not heard from another domain', async () => {
    const [near, far] = [await participant({ domain: 106 }), await participant({ domain: 107 })];
    const [heard, unheard] = [read(near), read(far)];
    const publisher = await peer(vendor, 'publish', 106, { kind: joints.name, count: 100, rate: 200 });
    await publisher.next('matched');
    await until(() => heard.reader.matched.length === 1);
    publisher.go();
    await until(() => heard.tally.received === 100);
    expect(unheard.tally.received).toBe(0);
    expect(far.participants.map(({ vendor: whose }) => whose)).toEqual(['isocenter']);
    expect(far.endpoints.every(({ local }) => local)).toBe(true);
  });

  it('is matched again when it starts anew, and said to be gone when it ends', async () => {
    const ours = await participant({ domain: 108 });
    const { tally, gone, reader, writers } = read(ours);
    for (const run of [1, 2]) {
      const publisher = await peer(vendor, 'publish', 108, { kind: joints.name, count: 50, rate: 500, depth: 100 });
      await publisher.next('matched');
      await until(() => reader.matched.length === 1);
      publisher.go();
      expect(await publisher.exited).toBe(0);
      await until(() => gone.length === run);
      expect(tally.received).toBe(50 * run);
    }
    expect(gone).toEqual(['disposed', 'disposed']);
    expect(new Set(writers.map(({ guid }) => guid)).size).toBe(2);
    expect(reader.matched).toEqual([]);
    await until(() => ours.participants.length === 1);
  });

  it('is forgotten after its lease when it is killed, and heard at once when it starts anew', async () => {
    const ours = await participant({ domain: 109 });
    const { tally, gone, reader } = read(ours);
    const options = { kind: joints.name, rate: 200, depth: 1000, lease: LEASE_SEC, count: 100_000 };
    const first = await peer(vendor, 'publish', 109, options);
    await first.next('matched');
    await until(() => reader.matched.length === 1);
    first.go();
    await until(() => tally.received > 20);
    await first.kill();
    const killedMs = performance.now();
    const before = tally.received;
    const second = await peer(vendor, 'publish', 109, options);
    await second.next('matched');
    // The killed one is still believed to be there.
    await until(() => reader.matched.length === 2);
    second.go();
    await until(() => tally.received >= before + 50);
    expect(gone).toEqual([]);
    await until(() => gone.length > 0, 'the end of the lease', 1000 * (LEASE_SEC + 5));
    expect(gone).toEqual(['lease']);
    expect(reader.matched).toHaveLength(1);
    // Not before the lease is over: counted from the last sign of life, which came up to a quarter of it before the kill.
    expect(performance.now() - killedMs).toBeGreaterThan(1000 * LEASE_SEC * 0.5);
  });

  it('matches us again after we closed, and after we fell silent', async () => {
    const subscriber = await peer(vendor, 'subscribe', 104, {
      kind: joints.name,
      count: 150,
      depth: 1000,
      seconds: 30,
    });
    let silent = false;
    for (const run of [0, 1, 2]) {
      silent = false;
      const ours = await participant({ domain: 104, dropOut: () => run === 1 && silent });
      const writer = ours.createWriter(joints.topic, joints.type.ddsName, qos({ depth: 1000 }));
      await until(() => writer.matched.length === 1);
      if (run === 0) await subscriber.next('matched');
      else await pause(300);
      for (let number = 0; number < 50; number++) writer.write(joints.write(run, number, 0));
      expect(await writer.acknowledged(5000)).toBe(true);
      // As if this process had been killed: no farewell.
      silent = true;
      await ours.close();
    }
    const { flows } = await subscriber.summary();
    expect(flows).toMatchObject([0, 1, 2].map((writer) => ({ writer, received: 50, missing: 0, reordered: 0 })));
  });
});
