import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import {
  discoveryMulticastPort,
  MAX_PARTICIPANT_ID,
  metatrafficPort,
  userPort,
} from '../../../../engine/ros2/rtps/ports.ts';
import type { DdsParticipant, IncompatibleQos, Qos, ReceivedSample } from '../../../../engine/ros2/rtps/types.ts';
import { pause, until } from '../../../support/wait.ts';
import { closeAll, numbered, numberOf, participant, qos, TOPIC, TYPE } from './support.ts';

afterEach(closeAll);

/** Domains 50 to 64: no other test uses them. */
const DOMAIN = 50;

function collect(one: DdsParticipant, quality: Qos = qos(), bytes = 64) {
  const numbers: number[] = [];
  const samples: ReceivedSample[] = [];
  const reader = one.createReader(TOPIC, TYPE, quality, {
    onSample: (sample) => {
      samples.push(sample);
      numbers.push(numberOf(sample, bytes));
    },
  });
  return { reader, numbers, samples };
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('two participants over loopback', () => {
  it('find each other and exchange samples both ways', async () => {
    const [a, b] = [await participant({ domain: DOMAIN }), await participant({ domain: DOMAIN })];
    expect(a.interfaces).toEqual([expect.stringMatching(/ 127\.0\.0\.1$/)]);
    const [fromA, fromB] = [collect(b), collect(a)];
    // In a participant of its own a reader hears its neighbour too.
    const writer = a.createWriter(TOPIC, TYPE, qos({ depth: 200 }));
    await until(() => writer.matched.length === 2 && fromA.reader.matched.length === 1);
    for (let i = 0; i < 100; i++) writer.write(numbered(i));
    expect(await writer.acknowledged(5000)).toBe(true);
    expect([fromA.numbers, fromB.numbers]).toEqual([upTo(100), upTo(100)]);
    expect(fromA.samples[0].sequence).toBe(1n);
    expect(fromA.samples[0].writer).toMatchObject({ guid: writer.info.guid, vendor: 'isocenter', local: false });
    // The same clock stamped it, within the time that this test took.
    expect(Math.abs(fromA.samples[0].sourceTimeSec! - Date.now() / 1000)).toBeLessThan(20);
  });

  it.each([0.05, 0.2])('lose nothing when %f of the datagrams are lost both ways', async (loss) => {
    const random = seededRandom(21);
    const drop = { dropIn: () => random() < loss, dropOut: () => random() < loss };
    const [a, b] = [
      await participant({ domain: DOMAIN + 1, ...drop }),
      await participant({ domain: DOMAIN + 1, ...drop }),
    ];
    const quality = qos({ history: 'keep_all', depth: 20 });
    const { reader, numbers } = collect(b, quality, 150_000);
    const writer = a.createWriter(TOPIC, TYPE, quality);
    await until(() => writer.matched.length === 1 && reader.matched.length === 1);
    for (let i = 0; i < 100; i++) while (writer.write(numbered(i, 150_000)) === 0n) await writer.room();
    expect(await writer.acknowledged(20_000)).toBe(true);
    expect(numbers).toEqual(upTo(100));
  });

  it('carry samples from 4 bytes to 3 MB whole', async () => {
    const [a, b] = [await participant({ domain: DOMAIN + 2 }), await participant({ domain: DOMAIN + 2 })];
    const sizes = [4, 5, 7, 8, 59_999, 60_000, 60_001, 120_000, 120_001, 3_000_000];
    const quality = qos({ depth: sizes.length });
    const got: Buffer[] = [];
    const reader = b.createReader(TOPIC, TYPE, quality, { onSample: (s) => got.push(Buffer.from(s.payload)) });
    const writer = a.createWriter(TOPIC, TYPE, quality);
    await until(() => writer.matched.length === 1 && reader.matched.length === 1);
    const random = seededRandom(5);
    const sent = sizes.map((size) => Buffer.from(Uint8Array.from({ length: size }, () => random() * 256)));
    for (const payload of sent) writer.write(payload);
    expect(await writer.acknowledged(10_000)).toBe(true);
    for (const [i, payload] of sent.entries()) {
      // A sample in one datagram is padded to four bytes.
      expect(got[i].subarray(0, payload.length).equals(payload)).toBe(true);
      expect(got[i].length - payload.length).toBeLessThan(4);
    }
  });

  it('carry the identity of a related sample', async () => {
    const [a, b] = [await participant({ domain: DOMAIN + 3 }), await participant({ domain: DOMAIN + 3 })];
    const [{ reader, samples }, own] = [collect(b), collect(a)];
    const writer = a.createWriter(TOPIC, TYPE, qos());
    await until(() => writer.matched.length === 2 && reader.matched.length === 1);
    const guid = Uint8Array.from({ length: 16 }, (_, i) => 16 * i + 1);
    for (const sequence of [1n, 2n ** 40n + 3n, -(2n ** 32n)]) writer.write(numbered(0), { guid, sequence });
    writer.write(numbered(0));
    await until(() => samples.length === 4 && own.samples.length === 4);
    for (const list of [samples, own.samples]) {
      expect(list.map(({ related }) => related?.sequence)).toEqual([1n, 2n ** 40n + 3n, -(2n ** 32n), undefined]);
      expect([...list[0].related!.guid]).toEqual([...guid]);
    }
  });

  it('are apart in different domains', async () => {
    const [a, b] = [await participant({ domain: DOMAIN + 4 }), await participant({ domain: DOMAIN + 5 })];
    const c = await participant({ domain: DOMAIN + 4 });
    a.createWriter(TOPIC, TYPE, qos());
    const { reader } = collect(b);
    await until(() => c.participants.length === 2);
    await pause(300);
    expect([a.participants.length, b.participants.length, reader.matched.length]).toEqual([2, 1, 0]);
  });

  it('find each other by unicast alone', async () => {
    const options = { domain: DOMAIN + 6, multicast: false };
    const [a, b] = [await participant(options), await participant(options)];
    const { reader } = collect(b);
    a.createWriter(TOPIC, TYPE, qos());
    await until(() => reader.matched.length === 1);
  });

  it('find each other by unicast where another program holds the multicast port', async () => {
    const holder = createSocket('udp4');
    await new Promise<void>((resolve) => holder.bind(discoveryMulticastPort(DOMAIN + 7), () => resolve()));
    const [a, b] = [await participant({ domain: DOMAIN + 7 }), await participant({ domain: DOMAIN + 7 })];
    expect(a.unicastOnly).toMatch(/^no multicast on .*EADDRINUSE/);
    const { reader } = collect(b);
    a.createWriter(TOPIC, TYPE, qos());
    await until(() => reader.matched.length === 1);
    await new Promise<void>((resolve) => holder.close(() => resolve()));
  });

  it('take the next participant id where a port is in use', async () => {
    const holder = createSocket('udp4');
    await new Promise<void>((resolve) => holder.bind(metatrafficPort(DOMAIN + 8, 0), '127.0.0.1', () => resolve()));
    const one = await participant({ domain: DOMAIN + 8, name: 'second' });
    expect(one.participants).toEqual([
      expect.objectContaining({ name: 'second', addresses: [`127.0.0.1:${metatrafficPort(DOMAIN + 8, 1) + 1}`] }),
    ]);
    await new Promise<void>((resolve) => holder.close(() => resolve()));
  });
});

describe('a machine where all participant ids are taken', () => {
  it('says so', async () => {
    const holders = Array.from({ length: MAX_PARTICIPANT_ID + 1 }, () => createSocket('udp4'));
    for (const [id, holder] of holders.entries()) {
      await new Promise<void>((resolve) => holder.bind(userPort(DOMAIN + 14, id), '127.0.0.1', () => resolve()));
    }
    await expect(participant({ domain: DOMAIN + 14 })).rejects.toMatchObject({ code: 'ros2/ports' });
    await Promise.all(holders.map((holder) => new Promise<void>((resolve) => holder.close(() => resolve()))));
  });
});

describe('endpoints that do not fit', () => {
  it('name the policy on both sides and do not match; another type is none of theirs', async () => {
    const [a, b] = [await participant({ domain: DOMAIN + 9 }), await participant({ domain: DOMAIN + 9 })];
    const heard: string[] = [];
    const note =
      (who: string) =>
      ({ remote, policy }: IncompatibleQos) =>
        heard.push(`${who} ${remote.kind} ${policy}`);
    const onSample = (): void => {};
    const reader = b.createReader(TOPIC, TYPE, qos(), { onSample, onIncompatibleQos: note('reader') });
    const other = b.createReader(TOPIC, 'std_msgs::msg::dds_::String_', qos(), {
      onSample,
      onIncompatibleQos: note('other'),
    });
    const writer = a.createWriter(TOPIC, TYPE, qos({ reliability: 'best_effort' }), {
      onIncompatibleQos: note('writer'),
    });
    await until(() => heard.length === 2);
    expect(heard.sort()).toEqual(['reader writer RELIABILITY', 'writer reader RELIABILITY']);
    expect([reader.matched, other.matched, writer.matched]).toEqual([[], [], []]);
  });
});

describe('a writer and a reader of one participant', () => {
  it('exchange samples, latched ones too, and part when one closes', async () => {
    const one = await participant({ domain: DOMAIN + 10 });
    const latched = qos({ durability: 'transient_local', depth: 2 });
    const writer = one.createWriter(TOPIC, TYPE, latched);
    for (let i = 0; i < 5; i++) writer.write(numbered(i));
    const late = collect(one, latched);
    const events: boolean[] = [];
    const reader = one.createReader(TOPIC, TYPE, qos(), { onSample: () => {}, onMatched: (_, m) => events.push(m) });
    await until(() => late.numbers.length === 2);
    writer.write(numbered(5));
    expect(await writer.acknowledged(1000)).toBe(true);
    expect(late.numbers).toEqual([3, 4, 5]);
    writer.close();
    await pause(5);
    expect([events, late.reader.matched, reader.matched]).toEqual([[true, false], [], []]);
    expect(() => writer.write(numbered(0))).toThrow(expect.objectContaining({ code: 'ros2/closed' }));
  });

  it('keep to keep_last and keep_all', async () => {
    const one = await participant({ domain: DOMAIN + 11 });
    const { numbers } = collect(one);
    const last = one.createWriter(TOPIC, TYPE, qos({ depth: 3 }));
    for (let i = 0; i < 100; i++) last.write(numbered(i));
    await until(() => numbers.length > 0);
    expect(numbers).toEqual([97, 98, 99]);
    last.close();
    numbers.length = 0;
    const all = one.createWriter(TOPIC, TYPE, qos({ history: 'keep_all', depth: 10 }));
    for (let i = 0; i < 100; i++) while (all.write(numbered(i)) === 0n) await all.room();
    expect(await all.acknowledged(1000)).toBe(true);
    expect(numbers).toEqual(upTo(100));
  });
});

describe('the graph', () => {
  it('tells of participants and endpoints as they come and go', async () => {
    const a = await participant({ domain: DOMAIN + 12, name: 'a', userData: 'enclave=/lab;' });
    let changes = 0;
    const stop = a.onGraphChange(() => changes++);
    const b = await participant({ domain: DOMAIN + 12, name: 'b' });
    b.createWriter(TOPIC, TYPE, qos({ depth: 7 }), { userData: 'typehash=RIHS01_11;' });
    await until(() => a.endpoints.length === 1 && b.participants.length === 2);
    expect(a.endpoints[0]).toMatchObject({
      kind: 'writer',
      topic: TOPIC,
      userData: 'typehash=RIHS01_11;',
      local: false,
    });
    expect(a.endpoints[0].qos.depth).toBe(7);
    expect(b.participants[1]).toMatchObject({ name: 'a', userData: 'enclave=/lab;', vendor: 'isocenter' });
    expect(changes).toBeGreaterThan(1);
    stop();
    const before = changes;
    await b.close();
    await until(() => a.participants.length === 1);
    expect([a.endpoints, changes]).toEqual([[], before]);
  });
});

describe('what is asked wrongly', () => {
  it.each([
    ['a domain', { domain: 400 }, 'ros2/domain'],
    ['an interface', { domain: DOMAIN, interfaces: ['nowhere0'] }, 'ros2/interface'],
    ['a peer', { domain: DOMAIN, peers: ['robot:port'] }, 'ros2/peer'],
  ])('%s', async (_name, options, code) => {
    await expect(participant(options)).rejects.toMatchObject({ code });
  });

  it('a depth, a sample without its header, a closed participant', async () => {
    const one = await participant({ domain: DOMAIN + 13 });
    expect(() => one.createWriter(TOPIC, TYPE, qos({ depth: 0 }))).toThrow(
      expect.objectContaining({ code: 'ros2/qos' }),
    );
    const writer = one.createWriter(TOPIC, TYPE, qos());
    expect(() => writer.write(new Uint8Array(3))).toThrow(expect.objectContaining({ code: 'ros2/sample-size' }));
    await one.close();
    expect(() => one.createWriter(TOPIC, TYPE, qos())).toThrow(expect.objectContaining({ code: 'ros2/closed' }));
  });
});
