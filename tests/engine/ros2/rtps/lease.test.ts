import { afterEach, describe, expect, it } from 'vitest';
import type { DdsParticipant } from '../../../../engine/ros2/rtps/types.ts';
import { pause, until } from '../../../support/wait.ts';
import { closeAll, numbered, participant, qos, TOPIC, TYPE } from './support.ts';
import { VirtualNetwork } from './virtual-network.ts';

afterEach(closeAll);

async function watched(leaseSec = 0.5) {
  const network = new VirtualNetwork();
  const a = await participant({ transport: network.transport(), leaseSec, name: 'robot' });
  const b = await participant({ transport: network.transport(), leaseSec: 30 });
  const events: string[] = [];
  const reader = b.createReader(TOPIC, TYPE, qos(), {
    onSample: () => events.push('sample'),
    onMatched: (_, matched) => events.push(matched ? 'matched' : 'unmatched'),
    onWriterGone: (_, why) => events.push(why),
  });
  const writer = a.createWriter(TOPIC, TYPE, qos());
  await until(() => reader.matched.length === 1 && writer.matched.length === 1);
  return { network, a, b, reader, writer, events };
}

const names = (one: DdsParticipant): string[] => one.participants.map(({ name }) => name).sort();

describe('a participant', () => {
  it('that closes is gone at once: disposed', async () => {
    const { a, b, events } = await watched();
    await a.close();
    await until(() => b.participants.length === 1);
    await pause(5);
    expect(events).toEqual(['matched', 'unmatched', 'disposed']);
    expect(b.endpoints.every(({ local }) => local)).toBe(true);
  });

  it('that falls silent is gone after its lease, and is found again when it speaks', async () => {
    const { network, b, reader, writer, events } = await watched(0.5);
    network.lose = (_, from) => from === 1;
    const silent = performance.now();
    await until(() => b.participants.length === 1);
    // The lease, less what passed since its last word (a quarter of it), plus the sweep.
    expect(performance.now() - silent).toBeGreaterThan(300);
    network.lose = () => false;
    await until(() => reader.matched.length === 1 && names(b).includes('robot'));
    await until(() => {
      writer.write(numbered(1));
      return events.includes('sample');
    });
    expect(events.slice(0, 4)).toEqual(['matched', 'unmatched', 'lease', 'matched']);
  });

  it('that lost sight of us gets our endpoints and latched samples again', async () => {
    const network = new VirtualNetwork();
    const a = await participant({ transport: network.transport(), leaseSec: 0.5 });
    const b = await participant({ transport: network.transport(), leaseSec: 30 });
    const latched = qos({ durability: 'transient_local', depth: 1 });
    a.createWriter(TOPIC, TYPE, latched).write(numbered(7));
    let samples = 0;
    const reader = b.createReader(TOPIC, TYPE, latched, { onSample: () => samples++ });
    await until(() => samples === 1);
    network.lose = (_, from) => from === 1;
    await until(() => reader.matched.length === 0);
    network.lose = () => false;
    await until(() => samples === 2 && reader.matched.length === 1);
  });

  it('is not taken as silent while our own event loop is held up', async () => {
    const { b, events } = await watched(0.4);
    const end = performance.now() + 900;
    while (performance.now() < end);
    await pause(150);
    expect([b.participants.length, events]).toEqual([2, ['matched']]);
  });
});

describe('an endpoint', () => {
  it('that closes is unmatched, and others of its participant stay', async () => {
    const { a, b, writer, reader, events } = await watched();
    const second = a.createWriter(TOPIC, TYPE, qos());
    await until(() => reader.matched.length === 2);
    writer.close();
    await until(() => reader.matched.length === 1);
    expect(reader.matched[0].guid).toBe(second.info.guid);
    reader.close();
    await until(() => second.matched.length === 0);
    expect(b.participants.length).toBe(2);
    expect(events.filter((event) => event === 'disposed')).toHaveLength(1);
  });

  it('may come and go thousands of times', async () => {
    const { a, b, reader } = await watched(10);
    for (let i = 0; i < 3000; i++) {
      a.createWriter(`rt/passing${i}`, TYPE, qos()).close();
      if (i % 50 === 0) await pause(1);
    }
    const last = a.createWriter(TOPIC, TYPE, qos());
    await until(() => reader.matched.some(({ guid }) => guid === last.info.guid));
    await until(() => b.endpoints.filter(({ local }) => !local).length === 2);
    expect(reader.matched).toHaveLength(2);
  });
});

describe('liveliness', () => {
  it('manual_by_topic is lost without an assertion or a sample, and comes back with either', async () => {
    const network = new VirtualNetwork();
    const a = await participant({ transport: network.transport() });
    const b = await participant({ transport: network.transport() });
    const quality = qos({ liveliness: 'manual_by_topic', livelinessLeaseSec: 0.3 });
    const events: string[] = [];
    const reader = b.createReader(TOPIC, TYPE, quality, {
      onSample: () => events.push('sample'),
      onWriterGone: (_, why) => events.push(why),
    });
    const writer = a.createWriter(TOPIC, TYPE, quality);
    const asserted = (): boolean => {
      writer.assertLiveliness();
      return reader.matched.length === 1 && writer.matched.length === 1;
    };
    const leases = (): number => events.filter((event) => event === 'lease').length;
    await until(asserted);
    await until(() => reader.matched.length === 0);
    await until(() => leases() > 0);
    await until(asserted);
    await until(() => reader.matched.length === 0);
    const before = leases();
    expect(before).toBeGreaterThan(1);
    await until(() => {
      writer.write(numbered(1));
      return events.includes('sample') && reader.matched.length === 1;
    });
    await until(() => leases() > before);
  });

  it('automatic is kept up by the participant', async () => {
    const network = new VirtualNetwork();
    const a = await participant({ transport: network.transport(), leaseSec: 20 });
    const b = await participant({ transport: network.transport(), leaseSec: 20 });
    const quality = qos({ livelinessLeaseSec: 0.5 });
    const events: string[] = [];
    const onWriterGone = (_: unknown, why: string) => events.push(why);
    const reader = b.createReader(TOPIC, TYPE, quality, { onSample: () => {}, onWriterGone });
    a.createWriter(TOPIC, TYPE, quality);
    await until(() => reader.matched.length === 1);
    await pause(3000);
    expect([events, reader.matched.length]).toEqual([[], 1]);
    network.lose = () => true;
    await until(() => events.length === 1);
    expect(events).toEqual(['lease']);
  });
});
