/** Codes of a cycle of {@link Guidance}: 0 follows, positive waits or holds, negative refuses the sample. Set-points are safe with each. */
export const GUIDE_FOLLOWING = 0;
/** Follows, but the set-point comes from the motion to rest, which a limit asked for. */
export const GUIDE_STOPPING = 1;
/** No new sample for a little: holds where it was led, its speed decaying. */
export const GUIDE_HOLDING = 2;
export const GUIDE_NO_CLUTCH = 3;
export const GUIDE_NO_OPERATOR = 4;
/** The hand's orientation is too far from the tool's. */
export const GUIDE_NOT_ALIGNED = 5;
/** Comes to rest before it follows again. */
export const GUIDE_SETTLING = 6;
export const GUIDE_PAUSED = 7;
export const GUIDE_DISABLED = 8;
/** After {@link GUIDE_JUMP} or {@link GUIDE_LOST}: waits until the clutch is let go. */
export const GUIDE_NEEDS_CLUTCH = 9;
export const GUIDE_BAD_SAMPLE = -1;
export const GUIDE_TIME_BACKWARDS = -2;
/** The sample is from later than now: clocks differ. */
export const GUIDE_FUTURE = -3;
/** The hand moved faster than hands do. */
export const GUIDE_JUMP = -4;
/** No usable sample for too long. */
export const GUIDE_LOST = -5;
/** A latched stop: `enable` or `disable` leads out. */
export const GUIDE_FAULT = -6;
export const GUIDE_NOT_STARTED = -7;

const WORDS: Readonly<Record<number, string>> = {
  [GUIDE_FOLLOWING]: 'following',
  [GUIDE_STOPPING]: 'coming to rest at a limit',
  [GUIDE_HOLDING]: 'holding: no new sample',
  [GUIDE_NO_CLUTCH]: 'waiting for the clutch',
  [GUIDE_NO_OPERATOR]: 'waiting for the operator',
  [GUIDE_NOT_ALIGNED]: "waiting for the hand to turn as the tool's",
  [GUIDE_SETTLING]: 'coming to rest before following again',
  [GUIDE_PAUSED]: 'paused',
  [GUIDE_DISABLED]: 'disabled',
  [GUIDE_NEEDS_CLUTCH]: 'waiting for the clutch to be let go',
  [GUIDE_BAD_SAMPLE]: 'the sample is not finite or its quaternion not of length 1',
  [GUIDE_TIME_BACKWARDS]: 'time ran backwards; the sample was ignored',
  [GUIDE_FUTURE]: 'the sample is from the future; clocks differ',
  [GUIDE_JUMP]: 'the hand jumped; let the clutch go and close it again',
  [GUIDE_LOST]: 'no usable sample for too long; let the clutch go and close it again',
  [GUIDE_FAULT]: 'stopped; enable or disable leads out',
  [GUIDE_NOT_STARTED]: 'the configuration of the arm is not known',
};

/** A code in words, for messages outside the control loop. */
export function describeGuidanceCode(code: number): string {
  return WORDS[code] ?? `code ${code}`;
}
