import { expect, it } from 'vitest';
import { takeSample } from '../../../planners/guidance/loop/cycle.ts';
import { createHandSample } from '../../../planners/guidance/servo/hand.ts';
import { HandSource } from '../../../sim/sources/hand.ts';

it("the loop's own hand is even where its cycles are late, and never old enough to be stale", () => {
  const hand = createHandSample();
  const source = new HandSource({ seed: 5, rateHz: 1000, axes: 3 });
  const expected = new HandSource({ seed: 5, rateHz: 1000, axes: 3 });
  const place = new Float64Array(3);
  for (const [dueSec, nowSec, timeSec] of [
    [1, 1.0004, 1],
    [1.001, 1.0012, 1.001],
    [1.002, 1.0215, 1.002],
    [1.003, 1.2, 1.18],
    [1.201, 1.201, 1.201],
  ]) {
    takeSample(source, dueSec, nowSec, hand);
    expected.next(place);
    expect(hand.timeSec).toBeCloseTo(timeSec, 12);
    expect(hand.positionM).toEqual(place);
    expect([hand.clutch, hand.operatorPresent]).toEqual([true, true]);
  }
});
