import { afterEach, describe, expect, it } from 'vitest';
import { History } from '../../../../engine/ros2/rtps/history.ts';
import { LIMITS } from '../../../../engine/ros2/rtps/limits.ts';
import type { ReceivedSample } from '../../../../engine/ros2/rtps/types.ts';
import { pause, until } from '../../../support/wait.ts';
import { closeAll, numbered, numberOf, participant, qos, TOPIC, TYPE } from './support.ts';
import { VirtualNetwork } from './virtual-network.ts';

afterEach(closeAll);

const SUBMESSAGES_OF_READERS = new Set([0x06, 0x12]);

/** Whether a datagram has ACKNACK or NACK_FRAG for a writer of the application. */
function acknowledges(datagram: Buffer): boolean {
  for (let at = 20; at + 4 <= datagram.length; at += 4 + datagram.readUInt16LE(at + 2)) {
    if (SUBMESSAGES_OF_READERS.has(datagram[at]) && (datagram.readUInt32BE(at + 8) & 0xff) === 0x03) return true;
  }
  return false;
}

async function pair(network = new VirtualNetwork()) {
  const a = await participant({ transport: network.transport() });
  const b = await participant({ transport: network.transport() });
  return { network, a, b };
}

describe('the samples of a writer', () => {
  const change = (sequence: number) => ({
    sequence,
    payload: new Uint8Array(10),
    inlineQos: undefined,
    timeSec: 0,
    resentAtMs: 0,
    resentTo: undefined,
  });

  it('are found by number however many were dropped', () => {
    const history = new History();
    for (let s = 1; s <= 1000; s++) {
      history.push(change(s));
      if (s > 37) history.dropBefore(s - 36);
    }
    expect([history.first, history.last, history.span, history.bytes]).toEqual([964, 1000, 37, 370]);
    expect(history.get(963)).toBeUndefined();
    expect(history.get(964)?.sequence).toBe(964);
    expect(history.get(1001)).toBeUndefined();
  });

  it('may have holes, and begin after those in front', () => {
    const history = new History();
    for (let s = 1; s <= 6; s++) history.push(change(s));
    history.remove(3);
    history.remove(1);
    expect([history.first, history.get(3), history.bytes]).toEqual([2, undefined, 40]);
    history.remove(2);
    expect(history.first).toBe(4);
    history.dropBefore(100);
    expect([history.first, history.last, history.span, history.bytes]).toEqual([7, 6, 0, 0]);
    history.skip();
    history.push(change(8));
    expect([history.first, history.last]).toEqual([8, 8]);
  });
});

describe('keep_all', () => {
  it('refuses what has no room and says when there is', async () => {
    const { network, a, b } = await pair();
    const quality = qos({ history: 'keep_all', depth: 20 });
    const arrived: number[] = [];
    const reader = b.createReader(TOPIC, TYPE, quality, { onSample: (s) => arrived.push(numberOf(s, 64)) });
    const writer = a.createWriter(TOPIC, TYPE, quality);
    await until(() => writer.matched.length === 1 && reader.matched.length === 1);
    network.lose = acknowledges;
    for (let i = 0; i < 20; i++) expect(writer.write(numbered(i))).toBe(BigInt(i + 1));
    expect(writer.write(numbered(20))).toBe(0n);
    let room = false;
    const waiting = writer.room().then(() => {
      room = true;
    });
    await pause(100);
    expect([room, await writer.acknowledged(50)]).toEqual([false, false]);
    network.lose = () => false;
    await waiting;
    expect(writer.write(numbered(20))).toBe(21n);
    expect(await writer.acknowledged(5000)).toBe(true);
    expect(arrived).toEqual(Array.from({ length: 21 }, (_, i) => i));
  });

  it('counts bytes too, and has room only for a sample as large as the one refused', async () => {
    const { network, a, b } = await pair();
    const quality = qos({ history: 'keep_all', depth: 100 });
    b.createReader(TOPIC, TYPE, quality, { onSample: () => {} });
    const writer = a.createWriter(TOPIC, TYPE, quality);
    await until(() => writer.matched.length === 1);
    network.lose = () => true;
    const large = new Uint8Array(60 << 20);
    let written = 0;
    while (writer.write(large) !== 0n) written++;
    expect(written).toBe(Math.floor(LIMITS.historyBytes / large.length));
    const room = await Promise.race([writer.room().then(() => true), pause(50).then(() => false)]);
    expect(room).toBe(false);
  });

  it('has room at once where nobody listens, or once the one who stalls is gone', async () => {
    const { network, a, b } = await pair();
    const quality = qos({ history: 'keep_all', depth: 4 });
    const writer = a.createWriter(TOPIC, TYPE, quality);
    for (let i = 0; i < 10; i++) expect(writer.write(numbered(i))).toBe(BigInt(i + 1));
    expect(await writer.acknowledged(0)).toBe(true);
    const reader = b.createReader(TOPIC, TYPE, quality, { onSample: () => {} });
    await until(() => writer.matched.length === 1);
    network.lose = acknowledges;
    while (writer.write(numbered(0)) !== 0n);
    const waiting = writer.room();
    reader.close();
    await waiting;
    expect(writer.write(numbered(1))).not.toBe(0n);
  });
});

describe('a reader that never acknowledges', () => {
  it('costs keep_last no more than its depth, and what it asks for too late is a gap', async () => {
    const { network, a, b } = await pair();
    const arrived: number[] = [];
    const reader = b.createReader(TOPIC, TYPE, qos({ depth: 5 }), { onSample: (s) => arrived.push(numberOf(s, 64)) });
    const writer = a.createWriter(TOPIC, TYPE, qos({ depth: 5 }));
    await until(() => writer.matched.length === 1 && reader.matched.length === 1);
    writer.write(numbered(0));
    await until(() => arrived.length === 1);
    network.lose = () => true;
    for (let i = 1; i < 1000; i++) expect(writer.write(numbered(i))).not.toBe(0n);
    network.lose = () => false;
    expect(await writer.acknowledged(5000)).toBe(true);
    expect(arrived).toEqual([0, 995, 996, 997, 998, 999]);
  });
});

describe('transient_local', () => {
  it('gives a late reader the last samples, in order, and a volatile one none', async () => {
    const { a, b } = await pair();
    const latched = qos({ durability: 'transient_local', depth: 3 });
    const writer = a.createWriter(TOPIC, TYPE, latched);
    for (let i = 0; i < 10; i++) writer.write(numbered(i, 50_000));
    const late: number[] = [];
    const now: number[] = [];
    b.createReader(TOPIC, TYPE, latched, { onSample: (s) => late.push(numberOf(s, 50_000)) });
    b.createReader(TOPIC, TYPE, qos(), { onSample: (s) => now.push(numberOf(s, 50_000)) });
    await until(() => late.length === 3 && writer.matched.length === 2);
    writer.write(numbered(10, 50_000));
    expect(await writer.acknowledged(5000)).toBe(true);
    expect([late, now]).toEqual([[7, 8, 9, 10], [10]]);
  });

  it('gives a late best-effort reader the last samples', async () => {
    const { a, b } = await pair();
    const writer = a.createWriter(TOPIC, TYPE, qos({ durability: 'transient_local', depth: 2 }));
    for (let i = 0; i < 5; i++) writer.write(numbered(i));
    const late: number[] = [];
    const quality = qos({ durability: 'transient_local', reliability: 'best_effort' });
    b.createReader(TOPIC, TYPE, quality, { onSample: (s) => late.push(numberOf(s, 64)) });
    await until(() => late.length === 2);
    expect(late).toEqual([3, 4]);
  });

  it('forgets samples older than their lifespan', async () => {
    const { a, b } = await pair();
    const latched = qos({ durability: 'transient_local', depth: 10, lifespanSec: 0.15 });
    const writer = a.createWriter(TOPIC, TYPE, latched);
    writer.write(numbered(1));
    await pause(300);
    writer.write(numbered(2));
    const late: number[] = [];
    b.createReader(TOPIC, TYPE, latched, { onSample: (s) => late.push(numberOf(s, 64)) });
    await until(() => late.length > 0);
    expect(late).toEqual([2]);
  });
});

describe('a million samples', () => {
  it.each(['reliable', 'best_effort'] as const)(
    'leave no memory behind (%s)',
    async (reliability) => {
      const { a, b } = await pair();
      let count = 0;
      const take = (_: ReceivedSample): void => {
        count++;
      };
      const quality = qos({ reliability, history: 'keep_all', depth: 256 });
      b.createReader(TOPIC, TYPE, quality, { onSample: take });
      const writer = a.createWriter(TOPIC, TYPE, quality);
      await until(() => writer.matched.length === 1);
      await pause(50);
      const payload = numbered(1, 64);
      const used = async (): Promise<number> => {
        await pause(20);
        const { heapUsed, external } = process.memoryUsage();
        return heapUsed + external;
      };
      const lowest: number[] = [];
      for (let part = 0; part < 5; part++) {
        let low = Number.POSITIVE_INFINITY;
        for (let i = 0; i < 200_000; i++) {
          while (writer.write(payload) === 0n) await writer.room();
          if (i % 64 === 63) await new Promise((resolve) => setImmediate(resolve));
          if (i % 10_000 === 0) low = Math.min(low, await used());
        }
        lowest.push(low);
      }
      if (reliability === 'reliable') expect(await writer.acknowledged(10_000)).toBe(true);
      await until(() => count === 1_000_000);
      // Kept samples would take 800,000 * 200 bytes = 160 MB; the garbage that a collection left is far below a tenth of it.
      expect(Math.min(...lowest.slice(3)) - lowest[0]).toBeLessThan(16 << 20);
    },
    180_000,
  );
});
