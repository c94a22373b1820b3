import type { HandSample } from '../servo/hand.ts';
import { HAND_SEQUENCE, type SharedLoop } from './layout.ts';

/** The newest whole sample; the one before where the writer is at work. */
export function readHand({ control, hand: shared }: SharedLoop, hand: HandSample): void {
  for (let tries = 0; tries < 8; tries++) {
    const before = Atomics.load(control, HAND_SEQUENCE);
    if ((before & 1) === 1) continue;
    const timeSec = shared[0];
    const [x, y, z] = [shared[1], shared[2], shared[3]];
    const [qx, qy, qz, qw] = [shared[4], shared[5], shared[6], shared[7]];
    const [clutch, present] = [shared[8], shared[9]];
    if (Atomics.load(control, HAND_SEQUENCE) !== before) continue;
    if (before === 0) return;
    hand.timeSec = timeSec;
    hand.positionM[0] = x;
    hand.positionM[1] = y;
    hand.positionM[2] = z;
    hand.orientation[0] = qx;
    hand.orientation[1] = qy;
    hand.orientation[2] = qz;
    hand.orientation[3] = qw;
    hand.clutch = clutch === 1;
    hand.operatorPresent = present === 1;
    return;
  }
}
