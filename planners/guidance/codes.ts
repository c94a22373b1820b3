/**
 * Result codes of the filters of this folder. Zero: all well. Positive: the output holds, with a reservation. Negative: no
 * estimate is given; the sample passes unchanged (the output's tremor is 0). Nothing here throws, so that a control
 * loop can call it.
 */
export const OK = 0;
/** Too few samples so far for a good estimate. */
export const WARMING_UP = 1;
/** The sample was not finite or repeats the last one; the output is carried on without it. */
export const COASTING = 2;
/** Samples were missing; the gap was bridged by straight lines. */
export const BRIDGED = 3;
/** The gap was longer than the filter bridges: it starts anew. */
export const RESTARTED = -1;
/** The samples do not come at the rate that the filter was made for. */
export const RATE_MISMATCH = -2;
/** The horizon is longer than the filter can predict. */
export const HORIZON_TOO_LONG = -3;
/** Time ran backwards; the sample was ignored. */
export const TIME_BACKWARDS = -4;
/** The position jumped faster than a hand moves: the filter starts anew. */
export const JUMP = -5;
/** No usable sample for longer than the filter carries on. */
export const LOST = -6;

export type FilterCode =
  | typeof OK
  | typeof WARMING_UP
  | typeof COASTING
  | typeof BRIDGED
  | typeof RESTARTED
  | typeof RATE_MISMATCH
  | typeof HORIZON_TOO_LONG
  | typeof TIME_BACKWARDS
  | typeof JUMP
  | typeof LOST;

/** A code in words, for messages outside the control loop. */
export function describeFilterCode(code: FilterCode): string {
  switch (code) {
    case OK:
      return 'predicted';
    case WARMING_UP:
      return 'too few samples so far';
    case COASTING:
      return 'the sample is not finite or repeats the last one; carried on without it';
    case BRIDGED:
      return 'samples were missing; the gap was bridged';
    case RESTARTED:
      return 'the gap between samples was too long; started anew';
    case RATE_MISMATCH:
      return 'the samples do not come at the rate the filter was made for';
    case HORIZON_TOO_LONG:
      return 'the horizon is longer than the filter can predict';
    case TIME_BACKWARDS:
      return 'time ran backwards; the sample was ignored';
    case JUMP:
      return 'the position jumped faster than a hand moves; started anew';
    case LOST:
      return 'no usable sample for too long';
  }
}
