import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeAll, qos } from '../rtps/support.ts';
import { peerProgram, VENDORS } from './build.ts';
import { endPeers, type Flow } from './peer.ts';
import { cloud, joints } from './samples.ts';
import { fromPeer, type Stream, toPeer } from './streams.ts';

beforeAll(() => VENDORS.forEach(peerProgram), 300_000);
afterEach(async () => {
  await endPeers();
  await closeAll();
});

const domain = 101;

/** All that a writer sent, in order. */
function whole(count: number, writer = 0): Flow {
  return { writer, received: count, first: 0, last: count - 1, missing: 0, reordered: 0, repeated: 0, streak: count };
}

describe.each(VENDORS)('joint states with %s', (vendor) => {
  describe.each([100, 1000])('at %i Hz', (rateHz) => {
    const count = rateHz;
    const stream: Stream = { vendor, domain, kind: joints, qos: qos({ depth: count }), count, rateHz };

    it('come from it reliably, all and in order', async () => {
      const tally = await fromPeer(stream);
      expect(tally.flows).toEqual([whole(count)]);
      expect(tally.corrupt).toBe(0);
    });

    it('go to it reliably, all and in order', async () => {
      const summary = await toPeer(stream);
      expect(summary.flows).toEqual([whole(count)]);
      expect(summary.corrupt).toBe(0);
    });

    const lossy: Stream = { ...stream, qos: qos({ reliability: 'best_effort', depth: count }) };
    /** Best effort on loopback loses only what a busy machine has no room for: a short burst at the most. */
    const checkBestEffort = ([flow, ...others]: readonly Flow[]): void => {
      expect(others).toEqual([]);
      expect(flow).toMatchObject({ reordered: 0, repeated: 0 });
      expect(flow.received).toBeGreaterThan(0.9 * count);
    };

    it('come from it with best effort, in order', async () => {
      const tally = await fromPeer(lossy);
      checkBestEffort(tally.flows);
      expect(tally.corrupt).toBe(0);
    });

    it('go to it with best effort, in order', async () => {
      const summary = await toPeer(lossy);
      checkBestEffort(summary.flows);
      expect(summary.corrupt).toBe(0);
    });
  });
});

describe.each(VENDORS)('clouds of 1 MB at 100 Hz with %s', (vendor) => {
  const count = 100;
  const stream: Stream = {
    vendor,
    domain,
    kind: cloud,
    qos: qos({ depth: count }),
    count,
    rateHz: 100,
    bytes: 1_000_000,
  };

  it('come from it, all and in order', async () => {
    const tally = await fromPeer(stream);
    expect(tally.flows).toEqual([whole(count)]);
    expect(tally).toMatchObject({ corrupt: 0, bytes: count * 1_000_000 });
  });

  it('go to it, all and in order', async () => {
    const summary = await toPeer(stream);
    expect(summary.flows).toEqual([whole(count)]);
    expect(summary).toMatchObject({ corrupt: 0, bytes: count * 1_000_000 });
  });
});
