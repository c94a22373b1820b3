import { canShareMemory } from '../../../engine/compute/platform.ts';

/** Memory that the control loop shares with the thread of the sockets. */

/** Slots of the control words. */
export const COMMAND = 0;
/** Records written so far. */
export const HEAD = 1;
/** Even while the hand's sample may be read; odd while it is written. */
export const HAND_SEQUENCE = 2;
/** 1 when the loop has come to rest after a stop. */
export const RESTS = 3;
/** Never changes: what the loop waits on. */
export const IDLE = 4;
/** 1 once the user wants to stop; nothing takes it back. */
export const STOP = 5;
export const CONTROL_WORDS = 8;

export const COMMANDS = { none: 0, pause: 1, resume: 2 } as const;

/** Of the hand's sample: when it was measured [s], position [m], quaternion x, y, z, w, clutch, operator, when it came [s]. */
export const HAND_NUMBERS = 11;
export const HAND_ARRIVED = 10;

/** Of a record, before distances and set-points. */
export const RECORD = {
  timeSec: 0,
  /** When the hand's sample came. */
  handSec: 1,
  code: 2,
  computeUs: 3,
  lateUs: 4,
  raw: 5,
  steady: 8,
  tip: 11,
  stopping: 14,
  trocarM: 15,
  /** Code of the tremor filter. */
  filter: 16,
  distances: 17,
} as const;

export const RING_RECORDS = 4096;

export interface SharedLoop {
  readonly control: Int32Array;
  readonly hand: Float64Array;
  readonly ring: Float64Array;
  /** Numbers of a record. */
  readonly stride: number;
}

export function recordStride(fixtures: number, joints: number): number {
  return RECORD.distances + fixtures + joints;
}

export function createSharedLoop(fixtures: number, joints: number): SharedLoop {
  const stride = recordStride(fixtures, joints);
  return {
    control: new Int32Array(loopMemory(4 * CONTROL_WORDS)),
    hand: new Float64Array(loopMemory(8 * HAND_NUMBERS)),
    ring: new Float64Array(loopMemory(8 * stride * RING_RECORDS)),
    stride,
  };
}

/** Where threads cannot share memory, the loop's own thread is the only one that reads it. */
export function loopMemory(bytes: number): ArrayBufferLike {
  return canShareMemory() ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}
