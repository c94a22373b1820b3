import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../../../engine/core/random.ts';
import { LIMITS } from '../../../../engine/ros2/rtps/limits.ts';
import type { DdsParticipant } from '../../../../engine/ros2/rtps/types.ts';
import { MessageWriter } from '../../../../engine/ros2/rtps/wire/message-writer.ts';
import { closeAll, numbered, participant, qos, TOPIC, TYPE } from './support.ts';
import { VirtualNetwork, type VirtualTransport } from './virtual-network.ts';

afterEach(closeAll);

const lines = readFileSync(new URL('../../../fixtures/rtps-datagrams.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** PID_STATUS_INFO: says that an endpoint or the participant is gone. */
const FAREWELL = Buffer.from([0x71, 0, 4, 0, 0, 0, 0]);

/** Whether a datagram speaks of a participant (SPDP). */
function announces(datagram: Buffer): boolean {
  return datagram.includes(Buffer.from([0, 1, 0, 0xc2]));
}

interface Victim {
  readonly participant: DdsParticipant;
  readonly transport: VirtualTransport;
  readonly datagrams: readonly Buffer[];
  /** Those that say that somebody is there. */
  readonly greetings: readonly Buffer[];
  samples: number;
}

/** A participant with the endpoints that the recorded datagrams speak to. */
async function victim(): Promise<Victim> {
  const transport = new VirtualNetwork().transport();
  const one = await participant({ transport, domain: 48 });
  const datagrams = lines.map((line) =>
    Buffer.from(line.split(' ')[1].replaceAll('p'.repeat(24), one.guidPrefix), 'hex'),
  );
  const greetings = datagrams.filter((bytes) => !bytes.includes(FAREWELL));
  const result: Victim = { participant: one, transport, datagrams, greetings, samples: 0 };
  const onSample = (): void => {
    result.samples++;
  };
  one.createReader(TOPIC, TYPE, qos(), { onSample });
  one.createReader('rt/points', 'sensor_msgs::msg::dds_::PointCloud2_', qos(), { onSample });
  const latched = qos({ durability: 'transient_local', depth: 1 });
  one.createReader('rt/robot_description', 'std_msgs::msg::dds_::String_', latched, { onSample });
  const writers = ['rt/joint_command', 'rt/ping'].map((topic) => one.createWriter(topic, TYPE, qos()));
  for (const writer of writers) for (let i = 0; i < 20; i++) writer.write(numbered(i, 40_000));
  return result;
}

const INTERESTING = [0, 1, 2, 3, 4, 0x7f, 0x80, 0xfe, 0xff];

/** Changes some bytes, words or the length of a datagram, joins two, or swaps the byte order of a submessage. */
function mutate(random: Random, datagrams: readonly Buffer[]): Buffer {
  const pick = (n: number): number => Math.floor(random() * n);
  let bytes = Buffer.from(datagrams[pick(datagrams.length)]);
  for (let n = 1 + pick(4); n > 0; n--) {
    const at = pick(bytes.length);
    switch (pick(8)) {
      case 0:
        bytes[at] = pick(256);
        break;
      case 1:
        bytes[at] = INTERESTING[pick(INTERESTING.length)];
        break;
      case 2:
        bytes = Buffer.from(bytes.subarray(0, at));
        break;
      case 3:
        if (at + 4 <= bytes.length)
          bytes.writeUInt32LE([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 256, 257][pick(7)], at);
        break;
      case 4:
        if (at + 2 <= bytes.length) bytes.writeUInt16LE([0, 1, 3, 0x7fff, 0xffff, bytes.length][pick(6)], at);
        break;
      case 5: {
        const other = datagrams[pick(datagrams.length)];
        bytes = Buffer.concat([bytes, other.subarray(20)]);
        break;
      }
      case 6:
        if (bytes.length > 21) bytes[21] ^= 1;
        break;
      default:
        bytes.copy(bytes, at, pick(bytes.length));
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

describe('datagrams of CycloneDDS and Fast DDS', () => {
  it('are understood as they are: participants, endpoints, samples', async () => {
    const one = await victim();
    for (const datagram of one.greetings) one.transport.onDatagram(Buffer.from(datagram));
    const vendors = one.participant.participants.map(({ vendor }) => vendor);
    expect(new Set(vendors)).toEqual(new Set(['isocenter', 'cyclonedds', 'fastdds']));
    const remote = one.participant.endpoints.filter(({ local }) => !local);
    expect(remote.map(({ topic }) => topic)).toContain(TOPIC);
    expect(remote.find(({ vendor, topic }) => vendor === 'cyclonedds' && topic === TOPIC)).toMatchObject({
      kind: 'writer',
      type: TYPE,
      userData: `typehash=RIHS01_${'0'.repeat(64)};`,
      qos: { reliability: 'reliable', durability: 'volatile', history: 'keep_last', depth: 10 },
    });
    expect(one.samples).toBeGreaterThan(0);
    const farewells = one.datagrams.filter(announces).filter((bytes) => bytes.includes(FAREWELL));
    for (const datagram of farewells) one.transport.onDatagram(Buffer.from(datagram));
    const gone = new Set(farewells.map((bytes) => bytes.toString('hex', 8, 20)));
    expect(gone.size).toBeGreaterThan(0);
    expect(
      one.participant.participants.map(({ guidPrefix }) => guidPrefix).filter((prefix) => gone.has(prefix)),
    ).toEqual([]);
    expect(one.participant.participants.length).toBe(vendors.length - gone.size);
  });

  it.each([1, 2, 3, 4])('changed in 25,000 ways never throw, hold or hang (seed %i)', async (seed) => {
    const one = await victim();
    for (const datagram of one.greetings) one.transport.onDatagram(Buffer.from(datagram));
    const random = seededRandom(seed);
    const before = process.memoryUsage();
    let slowestMs = 0;
    for (let i = 0; i < 25_000; i++) {
      const datagram = mutate(random, one.datagrams);
      const began = performance.now();
      one.transport.onDatagram(datagram);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      // The timers run too: what they do with half a sample must not fail either.
      if (i % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      if (i % 100 === 0) for (const good of one.greetings) one.transport.onDatagram(Buffer.from(good));
    }
    const after = process.memoryUsage();
    expect(one.participant.participants.length).toBeLessThanOrEqual(LIMITS.participants + 1);
    // All that peers may make it hold is LIMITS.pendingBytes; the rest of a process is tens of megabytes.
    const grownBytes = after.external + after.arrayBuffers + after.heapUsed - before.external - before.heapUsed;
    expect(grownBytes).toBeLessThan(2 * LIMITS.pendingBytes + (200 << 20));
    // A submessage costs microseconds; the bound is for a hang, with room for a busy machine.
    expect(slowestMs).toBeLessThan(2000);
  });

  it('of random bytes are refused', async () => {
    const one = await victim();
    const random = seededRandom(9);
    for (let i = 0; i < 5000; i++) {
      const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256)));
      if (i % 2 === 0 && bytes.length > 8) bytes.write('RTPS\x02\x01', 0, 'latin1');
      one.transport.onDatagram(bytes);
    }
    expect(one.participant.participants.length).toBe(1);
  });
});

describe('a peer that claims more than it sends', () => {
  it('is held to the limits: samples of 64 MiB, of 4 GiB, in fragments of one byte, far ahead, lists without end', async () => {
    const one = await victim();
    for (const datagram of one.greetings) one.transport.onDatagram(Buffer.from(datagram));
    const writer = one.participant.endpoints.find(
      ({ kind, local, topic }) => kind === 'writer' && !local && topic === TOPIC,
    )!;
    const prefix = Buffer.from(writer.guid.slice(0, 24), 'hex');
    const entity = Number.parseInt(writer.guid.slice(24), 16);
    const message = new MessageWriter(prefix);
    const claim = (sequence: number, sampleBytes: number, fragmentBytes: number): void => {
      const datagram = Buffer.from(
        message.begin(2048).dataFrag(0, entity, sequence, undefined, new Uint8Array(1000), 1, 1000).take(),
      );
      datagram.writeUInt16LE(fragmentBytes, 20 + 4 + 26);
      datagram.writeUInt32LE(sampleBytes, 20 + 4 + 28);
      one.transport.onDatagram(datagram);
    };
    const before = process.memoryUsage();
    one.transport.onDatagram(
      message
        .begin(64)
        .heartbeat(0, entity, 1, 2 ** 52, 1, false)
        .take(),
    );
    for (let i = 1; i < 20_000; i++) {
      claim(i, 64 << 20, 1000);
      claim(i + 1, 0xffffffff, 1000);
      claim(i + 2, 64 << 20, 1);
      claim(i + 2 ** 50, 1 << 20, 1000);
      one.transport.onDatagram(
        message
          .begin(64)
          .gap(0, entity, i + 500, 2 ** 52)
          .take(),
      );
    }
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(LIMITS.pendingBytes + 2 * LIMITS.sampleBytes);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(64 << 20);
  });
});

describe('a flood of announcements', () => {
  it('is bounded, and participants that are known stay', async () => {
    const one = await victim();
    const announcement = one.greetings.find(announces)!;
    const prefix = announcement.subarray(8, 20);
    one.transport.onDatagram(Buffer.from(announcement));
    const first = one.participant.participants[1].guidPrefix;
    for (let i = 0; i < 5000; i++) {
      const fake = Buffer.from(announcement);
      for (let at = fake.indexOf(prefix); at >= 0; at = fake.indexOf(prefix, at)) fake.writeUInt32BE(i, at + 4);
      one.transport.onDatagram(fake);
    }
    expect(one.participant.participants.length).toBe(LIMITS.participants + 1);
    expect(one.participant.participants[1].guidPrefix).toBe(first);
  });
});
