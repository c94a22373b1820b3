import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeAll, qos } from '../rtps/support.ts';
import { peerProgram, VENDORS } from './build.ts';
import { endPeers, type Flow } from './peer.ts';
import { joints } from './samples.ts';
import { fromPeer, type Stream, toPeer } from './streams.ts';

beforeAll(() => VENDORS.forEach(peerProgram), 300_000);
afterEach(async () => {
  await endPeers();
  await closeAll();
});

const count = 400;
const DEPTH = 5;

/** All that each of the writers sent, in order. */
function checkWhole(flows: readonly Flow[], writers: number): void {
  const whole = { received: count, first: 0, last: count - 1, missing: 0, reordered: 0, repeated: 0, streak: count };
  expect(flows).toEqual(Array.from({ length: writers }, (_, writer) => ({ writer, ...whole })));
}

/** Only what later samples have superseded may be missing: the last ones that the writer keeps never. */
function checkSuperseded(flows: readonly Flow[]): void {
  expect(flows).toHaveLength(1);
  expect(flows[0]).toMatchObject({ last: count - 1, reordered: 0, repeated: 0 });
  expect(flows[0].streak).toBeGreaterThanOrEqual(DEPTH);
}

// Domains of their own: the cases mostly wait, and run side by side.
describe.each(VENDORS)('with %s', (vendor) => {
  describe.each([0.05, 0.2])('while %f of our datagrams are lost both ways', (loss) => {
    const base = { vendor, kind: joints, count, rateHz: 1000, loss } as const;
    const keepAll = qos({ history: 'keep_all', depth: 1000 });
    const keepLast = qos({ depth: DEPTH });
    const stream = (domain: number, more: Partial<Stream>): Stream => ({
      ...base,
      domain,
      qos: keepAll,
      seed: domain,
      ...more,
    });

    it('one and two writers lose and reorder nothing with keep_all, both ways (seeds 110 to 113)', async () => {
      const [one, two, oneBack, twoBack] = await Promise.all([
        fromPeer(stream(110, { writers: 1 })),
        fromPeer(stream(111, { writers: 2 })),
        toPeer(stream(112, { writers: 1 })),
        toPeer(stream(113, { writers: 2 })),
      ]);
      checkWhole(one.flows, 1);
      checkWhole(two.flows, 2);
      checkWhole(oneBack.flows, 1);
      checkWhole(twoBack.flows, 2);
    });

    it('keep_last misses superseded samples only, both ways, never one out of order (seeds 114, 115)', async () => {
      const [there, back] = await Promise.all([
        fromPeer(stream(114, { qos: keepLast })),
        toPeer(stream(115, { qos: keepLast })),
      ]);
      checkSuperseded(there.flows);
      checkSuperseded(back.flows);
    });
  });
});
