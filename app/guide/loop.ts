import { workerData } from 'node:worker_threads';
import { clockSec } from '../../engine/compute/platform.ts';
import { publishRecord, publishRest, takeSample, waitUntil, writeRecord } from '../../planners/guidance/loop/cycle.ts';
import { COMMAND, COMMANDS, HAND_ARRIVED, type SharedLoop, STOP } from '../../planners/guidance/loop/layout.ts';
import { readHand } from '../../planners/guidance/loop/loop-hand.ts';
import { guidanceOf, type LoopSettings } from '../../planners/guidance/loop/loop-settings.ts';
import { createHandSample } from '../../planners/guidance/servo/hand.ts';
import { isAtRest } from '../../planners/guidance/servo/servo.ts';
import { HandSource } from '../../sim/sources/hand.ts';
import { RecordingSource } from '../../sim/sources/recording.ts';
import type { Source } from '../../sim/sources/source.ts';

/** After a stop the loop ends at the latest then [s]. */
const STOP_SEC = 5;

/**
 * The control loop, in a thread of its own: once a period it reads the newest sample of the hand, makes the next set-point and
 * leaves it in the ring; nothing in it waits for a socket.
 */
function run({ settings, shared }: { readonly settings: LoopSettings; readonly shared: SharedLoop }): void {
  const { control, ring } = shared;
  const guidance = guidanceOf(settings);
  const { servo } = guidance;
  const { columns } = servo.arm.shaft.chain;
  const fault = guidance.start(Float64Array.from(columns, (c) => settings.start[c]));
  if (fault !== undefined) throw new Error(fault);
  guidance.command('enable');
  const hand = createHandSample();
  const source = sourceOf(settings);
  const begin = clockSec();
  let stoppedSec = Number.POSITIVE_INFINITY;
  for (let k = 1; ; k++) {
    const due = begin + k * settings.periodSec;
    waitUntil(shared, due);
    const now = clockSec();
    const command = Atomics.exchange(control, COMMAND, COMMANDS.none);
    if (command === COMMANDS.pause) guidance.command('pause');
    else if (command === COMMANDS.resume) guidance.command('resume');
    if (Atomics.load(control, STOP) === 1 && stoppedSec > now) {
      guidance.stop();
      stoppedSec = now;
    }
    if (source === undefined) readHand(shared, hand);
    else takeSample(source, due, now, hand);
    const code = guidance.step(hand, now);
    const handSec = source === undefined ? shared.hand[HAND_ARRIVED] : now;
    const q = writeRecord(shared, guidance, hand, code, handSec, due, now);
    for (let j = 0; j < settings.start.length; j++) ring[q + j] = settings.start[j];
    for (let i = 0; i < columns.length; i++) ring[q + columns[i]] = servo.q[i];
    publishRecord(shared);
    if (stoppedSec < now && (isAtRest(servo) || now - stoppedSec > STOP_SEC)) break;
  }
  publishRest(shared);
}

function sourceOf({ hand, periodSec }: LoopSettings): Source | undefined {
  if (hand === undefined) return undefined;
  if (hand.kind === 'synthetic') return new HandSource({ seed: hand.seed, rateHz: 1 / periodSec, axes: 3 });
  return new RecordingSource(hand.tracks, hand.rateHz, 1 / periodSec);
}

run(workerData as { settings: LoopSettings; shared: SharedLoop });
