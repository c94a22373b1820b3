import { workerData } from 'node:worker_threads';
import { createHandSample } from '../../planners/guidance/servo/hand.ts';
import { isAtRest } from '../../planners/guidance/servo/servo.ts';
import { HandSource } from '../../sim/sources/hand.ts';
import { RecordingSource } from '../../sim/sources/recording.ts';
import type { Source } from '../../sim/sources/source.ts';
import {
  COMMAND,
  COMMANDS,
  clockSec,
  HAND_ARRIVED,
  HEAD,
  IDLE,
  RECORD,
  RESTS,
  RING_RECORDS,
  type SharedLoop,
  STOP,
} from './layout.ts';
import { readHand } from './loop-hand.ts';
import { guidanceOf, type LoopSettings } from './loop-settings.ts';

/** After a stop the loop ends at the latest then [s]. */
const STOP_SEC = 5;

/**
 * The control loop, in a thread of its own: once a period it reads the newest sample of the hand, makes the next set-point and
 * leaves it in the ring; nothing in it waits for a socket.
 */
function run({ settings, shared }: { readonly settings: LoopSettings; readonly shared: SharedLoop }): void {
  const { control, ring, stride } = shared;
  const guidance = guidanceOf(settings);
  const { servo } = guidance;
  const { columns } = servo.arm.shaft.chain;
  const fault = guidance.start(Float64Array.from(columns, (c) => settings.start[c]));
  if (fault !== undefined) throw new Error(fault);
  guidance.command('enable');
  const hand = createHandSample();
  const source = sourceOf(settings);
  const place = new Float64Array(3);
  const fixtures = servo.arm.fixtures.count;
  const begin = clockSec();
  let stoppedSec = Number.POSITIVE_INFINITY;
  for (let k = 1; ; k++) {
    const due = begin + k * settings.periodSec;
    for (let left = 1000 * (due - clockSec()); left > 0; left = 1000 * (due - clockSec())) {
      Atomics.wait(control, IDLE, 0, left);
    }
    const now = clockSec();
    const command = Atomics.exchange(control, COMMAND, COMMANDS.none);
    if (command === COMMANDS.pause) guidance.command('pause');
    else if (command === COMMANDS.resume) guidance.command('resume');
    if (Atomics.load(control, STOP) === 1 && stoppedSec > now) {
      guidance.stop();
      stoppedSec = now;
    }
    if (source === undefined) readHand(shared, hand);
    else {
      source.next(place);
      hand.positionM.set(place);
      hand.timeSec = now;
      hand.clutch = true;
      hand.operatorPresent = true;
    }
    const code = guidance.step(hand, now);
    const done = clockSec();
    const head = Atomics.load(control, HEAD);
    const at = (head % RING_RECORDS) * stride;
    ring[at + RECORD.timeSec] = done;
    ring[at + RECORD.handSec] = source === undefined ? shared.hand[HAND_ARRIVED] : now;
    ring[at + RECORD.filter] = guidance.hand.filterCode;
    ring[at + RECORD.code] = code;
    ring[at + RECORD.computeUs] = 1e6 * (done - now);
    ring[at + RECORD.lateUs] = 1e6 * (now - due);
    const tip = servo.arm.shaft.tipBase;
    for (let r = 0; r < 3; r++) {
      ring[at + RECORD.raw + r] = hand.positionM[r];
      ring[at + RECORD.steady + r] = guidance.hand.positionM[r];
      ring[at + RECORD.tip + r] = tip[r];
    }
    ring[at + RECORD.stopping] = servo.counts.stopping;
    ring[at + RECORD.trocarM] = servo.figures.trocarErrorM;
    for (let f = 0; f < fixtures; f++) ring[at + RECORD.distances + f] = servo.arm.fixtures.distanceM[f];
    const q = at + RECORD.distances + fixtures;
    for (let j = 0; j < settings.start.length; j++) ring[q + j] = settings.start[j];
    for (let i = 0; i < columns.length; i++) ring[q + columns[i]] = servo.q[i];
    Atomics.store(control, HEAD, head + 1);
    Atomics.notify(control, HEAD);
    if (stoppedSec < now && (isAtRest(servo) || now - stoppedSec > STOP_SEC)) break;
  }
  Atomics.store(control, RESTS, 1);
  Atomics.notify(control, HEAD);
}

function sourceOf({ hand, periodSec }: LoopSettings): Source | undefined {
  if (hand === undefined) return undefined;
  if (hand.kind === 'synthetic') return new HandSource({ seed: hand.seed, rateHz: 1 / periodSec, axes: 3 });
  return new RecordingSource(hand.tracks, hand.rateHz, 1 / periodSec);
}

run(workerData as { settings: LoopSettings; shared: SharedLoop });
