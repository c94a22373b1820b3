import { afterEach, describe, expect, it } from 'vitest';
import type { DdsReader } from '../../../../engine/ros2/rtps/types.ts';
import { until } from '../../../support/wait.ts';
import { closeAll, numbered, numberOf, participant, qos, TOPIC, TYPE } from './support.ts';

const DOMAIN = 70 + (process.pid % 30);

afterEach(closeAll);

describe('readers that are ready', () => {
  it('get all that is written from then on, without history', async () => {
    const writer = (await participant({ domain: DOMAIN })).createWriter(TOPIC, TYPE, qos({ depth: 1000 }));
    const reading = await participant({ domain: DOMAIN });
    for (let round = 0; round < 30; round++) {
      const got: number[] = [];
      const reader: DdsReader = reading.createReader(TOPIC, TYPE, qos(), {
        onSample: (sample) => got.push(numberOf(sample, 64)),
      });
      await until(() => writer.ready.some(({ guid }) => guid === reader.info.guid));
      expect(writer.matched.length).toBe(1);
      writer.write(numbered(round));
      await until(() => got.length > 0);
      expect(got).toEqual([round]);
      reader.close();
      await until(() => writer.matched.length === 0);
      expect(writer.ready).toEqual([]);
    }
  });

  it('are told, and so are the writers; those of one participant are at once', async () => {
    const one = await participant({ domain: DOMAIN });
    const two = await participant({ domain: DOMAIN });
    const told: string[] = [];
    const onReady = (remote: { guid: string }) => told.push(remote.guid);
    const writer = one.createWriter(TOPIC, TYPE, qos(), { onReady });
    const reader = two.createReader(TOPIC, TYPE, qos(), { onReady, onSample: () => {} });
    await until(() => told.length === 2);
    expect(told.sort()).toEqual([writer.info.guid, reader.info.guid].sort());
    expect(reader.ready.map(({ guid }) => guid)).toEqual([writer.info.guid]);
    const near = one.createReader(TOPIC, TYPE, qos(), { onSample: () => {} });
    expect(near.ready.length).toBe(1);
    expect(writer.ready.length).toBe(2);
  });

  it('are those of best effort as soon as they match', async () => {
    const writer = (await participant({ domain: DOMAIN })).createWriter(TOPIC, TYPE, qos());
    const other = await participant({ domain: DOMAIN });
    other.createReader(TOPIC, TYPE, qos({ reliability: 'best_effort' }), { onSample: () => {} });
    await until(() => writer.matched.length === 1);
    expect(writer.ready.length).toBe(1);
  });
});
