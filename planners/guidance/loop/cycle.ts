import { clockSec } from '../../../engine/compute/platform.ts';
import type { Guidance } from '../servo/guidance.ts';
import type { HandSample } from '../servo/hand.ts';
import { HEAD, IDLE, RECORD, RESTS, RING_RECORDS, type SharedLoop } from './layout.ts';

/** What every control loop does in each of its cycles; nothing here allocates. */

/** Sleeps until a time of {@link clockSec}; returns at once where it is past. */
export function waitUntil({ control }: SharedLoop, dueSec: number): void {
  for (let left = 1000 * (dueSec - clockSec()); left > 0; left = 1000 * (dueSec - clockSec())) {
    Atomics.wait(control, IDLE, 0, left);
  }
}

/** Where the samples of a loop's own hand come from: written to `out` [m]. */
export interface HandStream {
  next(out: Float64Array): void;
}

/** A cycle may be so late before the loop's own hand counts as late too [s]; less than makes a hand stale. */
const MOST_LATE_SEC = 0.02;

/**
 * The next sample of a hand of the loop's own, with the clutch closed and the operator there. It belongs to the time the cycle was
 * due, not to when it woke: uneven times would be an error of the loop's that the tremor filter then sees as the hand's.
 */
export function takeSample(source: HandStream, dueSec: number, nowSec: number, hand: HandSample): void {
  source.next(hand.positionM);
  hand.timeSec = Math.max(dueSec, nowSec - MOST_LATE_SEC);
  hand.clutch = true;
  hand.operatorPresent = true;
}

/**
 * Writes what all loops record of a cycle that was due at `dueSec`, woke at `nowSec` and has just stepped.
 *
 * @param code of the step
 * @param handSec when the hand's sample came
 * @returns where in the ring the loop's own numbers follow; {@link publishRecord} when they are there
 */
export function writeRecord(
  { control, ring, stride }: SharedLoop,
  { servo, hand: input }: Guidance,
  hand: HandSample,
  code: number,
  handSec: number,
  dueSec: number,
  nowSec: number,
): number {
  const doneSec = clockSec();
  const at = (Atomics.load(control, HEAD) % RING_RECORDS) * stride;
  ring[at + RECORD.timeSec] = doneSec;
  ring[at + RECORD.handSec] = handSec;
  ring[at + RECORD.filter] = input.filterCode;
  ring[at + RECORD.code] = code;
  ring[at + RECORD.computeUs] = 1e6 * (doneSec - nowSec);
  ring[at + RECORD.lateUs] = 1e6 * (nowSec - dueSec);
  const { shaft, fixtures } = servo.arm;
  for (let r = 0; r < 3; r++) {
    ring[at + RECORD.raw + r] = hand.positionM[r];
    ring[at + RECORD.steady + r] = input.positionM[r];
    ring[at + RECORD.tip + r] = shaft.tipBase[r];
  }
  ring[at + RECORD.stopping] = servo.counts.stopping;
  ring[at + RECORD.trocarM] = servo.figures.trocarErrorM;
  for (let f = 0; f < fixtures.count; f++) ring[at + RECORD.distances + f] = fixtures.distanceM[f];
  return at + RECORD.distances + fixtures.count;
}

/** Gives the record to its readers and wakes them. */
export function publishRecord({ control }: SharedLoop): void {
  Atomics.add(control, HEAD, 1);
  Atomics.notify(control, HEAD);
}

/** Says that the loop has come to its end. */
export function publishRest({ control }: SharedLoop): void {
  Atomics.store(control, RESTS, 1);
  Atomics.notify(control, HEAD);
}
