import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import type { DdsWriter, Qos } from '../../../../engine/ros2/rtps/types.ts';
import { until } from '../../../support/wait.ts';
import { closeAll, numbered, numberOf, participant, qos, TOPIC, TYPE } from './support.ts';
import { VirtualNetwork } from './virtual-network.ts';

afterEach(closeAll);

async function writeAll(writer: DdsWriter, count: number, bytes: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    while (writer.write(numbered(i, bytes)) === 0n) await writer.room();
    if (i % 8 === 7) await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Run {
  readonly seed: number;
  readonly loss: number;
  readonly writers: number;
  readonly count: number;
  readonly bytes: number;
  readonly quality: Qos;
}

/** The numbers that arrived from each writer, in their order; both ways lose. */
async function run({ seed, loss, writers, count, bytes, quality }: Run): Promise<number[][]> {
  const network = new VirtualNetwork();
  const random = seededRandom(seed);
  network.lose = () => random() < loss;
  const [a, b] = [
    await participant({ transport: network.transport() }),
    await participant({ transport: network.transport() }),
  ];
  const arrived = new Map<string, number[]>();
  const reader = b.createReader(TOPIC, TYPE, quality, {
    onSample: (sample) => arrived.get(sample.writer.guid)!.push(numberOf(sample, bytes)),
  });
  const all = Array.from({ length: writers }, () => a.createWriter(TOPIC, TYPE, quality));
  for (const writer of all) arrived.set(writer.info.guid, []);
  await until(() => reader.matched.length === writers && all.every((writer) => writer.matched.length === 1));
  await Promise.all(all.map((writer) => writeAll(writer, count, bytes)));
  for (const writer of all) expect(await writer.acknowledged(30_000)).toBe(true);
  return [...arrived.values()];
}

describe.each([0.05, 0.2])('a network that loses %f both ways', (loss) => {
  for (const seed of [1, 2, 3]) {
    it(`loses and reorders nothing with keep_all, two writers of one topic (seed ${seed})`, async () => {
      const quality = qos({ history: 'keep_all', depth: 100 });
      const arrived = await run({ seed, loss, writers: 2, count: 1500, bytes: 400, quality });
      for (const numbers of arrived) expect(numbers).toEqual(Array.from({ length: 1500 }, (_, i) => i));
    });

    it(`puts samples of 300 kB together without loss (seed ${seed})`, async () => {
      const quality = qos({ history: 'keep_all', depth: 8 });
      const [numbers] = await run({ seed, loss, writers: 1, count: 40, bytes: 300_000, quality });
      expect(numbers).toEqual(Array.from({ length: 40 }, (_, i) => i));
    });

    it(`misses only superseded samples with keep_last, and the last 5 never (seed ${seed})`, async () => {
      const quality = qos({ depth: 5 });
      const [numbers] = await run({ seed, loss, writers: 1, count: 2000, bytes: 100, quality });
      expect(numbers.slice(-5)).toEqual([1995, 1996, 1997, 1998, 1999]);
      for (let i = 1; i < numbers.length; i++) expect(numbers[i]).toBeGreaterThan(numbers[i - 1]);
    });

    it(`never reorders best effort (seed ${seed})`, async () => {
      const quality = qos({ reliability: 'best_effort' });
      const [numbers] = await run({ seed, loss, writers: 1, count: 2000, bytes: 30_000, quality });
      for (let i = 1; i < numbers.length; i++) expect(numbers[i]).toBeGreaterThan(numbers[i - 1]);
      // Three fragments each: (1 - loss)^3 of the samples on average; a fifth less would be seven standard deviations.
      expect(numbers.length).toBeGreaterThan(2000 * (1 - loss) ** 3 * 0.8);
    });
  }
});

describe('several readers, two of them in one participant', () => {
  it.each([31, 32])('each get all, also one that comes late, a tenth lost (seed %i)', async (seed) => {
    const network = new VirtualNetwork();
    const random = seededRandom(seed);
    network.lose = () => random() < 0.1;
    const [a, b, c] = [
      await participant({ transport: network.transport() }),
      await participant({ transport: network.transport() }),
      await participant({ transport: network.transport() }),
    ];
    const quality = qos({ history: 'keep_all', depth: 60 });
    const latched = qos({ durability: 'transient_local', history: 'keep_all', depth: 600 });
    const bytes = 20_000;
    const collect = (one: typeof a, q: Qos): number[] => {
      const numbers: number[] = [];
      one.createReader(TOPIC, TYPE, q, { onSample: (sample) => numbers.push(numberOf(sample, bytes)) });
      return numbers;
    };
    const readers = [collect(b, quality), collect(b, quality), collect(c, quality)];
    const besteffort = collect(b, qos({ reliability: 'best_effort' }));
    const writer = a.createWriter(TOPIC, TYPE, latched);
    // Matched on both sides: a volatile reader that does not know the writer yet may miss what it sends.
    const knows = (one: typeof a): boolean => one.endpoints.some(({ kind }) => kind === 'writer');
    await until(() => writer.matched.length === 4 && knows(b) && knows(c));
    await writeAll(writer, 200, bytes);
    const late = collect(b, latched);
    await until(() => writer.matched.length === 5);
    for (let i = 200; i < 400; i++) {
      while (writer.write(numbered(i, bytes)) === 0n) await writer.room();
      if (i % 8 === 7) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await writer.acknowledged(30_000)).toBe(true);
    const all = Array.from({ length: 400 }, (_, i) => i);
    for (const numbers of [...readers, late]) expect(numbers).toEqual(all);
    for (let i = 1; i < besteffort.length; i++) expect(besteffort[i]).toBeGreaterThan(besteffort[i - 1]);
  });
});

describe('datagrams in any order, some twice', () => {
  it.each([11, 12])('deliver each sample once and in order (seed %i)', async (seed) => {
    const network = new VirtualNetwork();
    const random = seededRandom(seed);
    const [left, right] = [network.transport(), network.transport()];
    for (const transport of [left, right]) {
      const send = transport.send.bind(transport);
      transport.send = (datagram, to) => {
        setTimeout(() => send(datagram, to), random() * 6);
        if (random() < 0.2) setTimeout(() => send(datagram, to), random() * 12);
      };
    }
    const [a, b] = [await participant({ transport: left }), await participant({ transport: right })];
    const quality = qos({ history: 'keep_all', depth: 50 });
    const numbers: number[] = [];
    const reader = b.createReader(TOPIC, TYPE, quality, { onSample: (s) => numbers.push(numberOf(s, 20_000)) });
    const writer = a.createWriter(TOPIC, TYPE, quality);
    await until(() => reader.matched.length === 1 && writer.matched.length === 1);
    await writeAll(writer, 500, 20_000);
    expect(await writer.acknowledged(30_000)).toBe(true);
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });
});
