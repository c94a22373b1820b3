import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, qos } from '../rtps/support.ts';
import { VENDORS } from './build.ts';
import { endPeers } from './peer.ts';
import { joints } from './samples.ts';
import { fromPeer, toPeer } from './streams.ts';

afterEach(async () => {
  await endPeers();
  await closeAll();
});
const domain = 101;

describe.each(['cyclonedds'] as const)('joint states with %s', (vendor) => {
  describe.each(['reliable', 'best_effort'] as const)('%s', (reliability) => {
    it.each([100, 1000])('arrive from it at %i Hz, all and in order', async (rateHz) => {
      const count = rateHz;
      const stream = { vendor, domain, kind: joints, qos: qos({ reliability, depth: count }), count, rateHz };
      const tally = await fromPeer(stream);
      console.log(tally.times);
      expect(tally.flows).toEqual([
        { writer: 0, received: count, first: 0, last: count - 1, missing: 0, reordered: 0, repeated: 0 },
      ]);
      expect(tally.corrupt).toBe(0);
    });
    it.each([100, 1000])('arrive at it at %i Hz, all and in order', async (rateHz) => {
      const count = rateHz;
      const stream = { vendor, domain, kind: joints, qos: qos({ reliability, depth: count }), count, rateHz };
      const summary = await toPeer(stream);
      console.log(summary.delayMs);
      expect(summary.flows).toEqual([
        { writer: 0, received: count, first: 0, last: count - 1, missing: 0, reordered: 0, repeated: 0 },
      ]);
      expect(summary.corrupt).toBe(0);
    });
  });
});
