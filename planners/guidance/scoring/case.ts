import type { Tracks } from '../../../engine/formats/tracks/csv.ts';
import { butterworthBandPass, zeroPhase } from '../tremor/biquad.ts';
import { type TremorKind, tremorBands } from '../tremor/create.ts';
import { meanRateHz, resample, withoutMean } from './resample.ts';

/** A signal with the tremor in it known, ready to score filters on. */
export interface ScoreCase {
  readonly name: string;
  readonly kind: TremorKind;
  readonly rateHz: number;
  /** What a filter sees, f64[samples] for each axis. */
  readonly signal: readonly Float64Array[];
  /** The tremor in it. */
  readonly tremor: readonly Float64Array[];
  /** What was meant; of a recording what is left without its tremor, since the truth is not known. */
  readonly voluntary: readonly Float64Array[];
  readonly voluntaryKnown: boolean;
  /** Samples at the start and at the end that do not count. */
  readonly leaveOut: readonly [first: number, last: number];
  /** Band that `inBand` figures are of [Hz]. */
  readonly bandHz: readonly [number, number];
}

export const SCORE_HZ = 100;
const LEAVE_OUT_SEC = [5, 1] as const;
const PADDING_SEC = 3;
export const VOLUNTARY_HZ = 2;

/**
 * A recording as the scores are defined on: resampled to 100 Hz, mean removed; the tremor is its band of 2.5 to 9 Hz, by a
 * second-order Butterworth band-pass run forward and backward; 5 s at the start and 1 s at the end left out.
 *
 * @throws IsocenterError `scoring/...` for a rate or a length that cannot be scored
 */
export function recordingCase(tracks: Tracks): ScoreCase {
  const bandHz = tremorBands.pathological;
  const band = butterworthBandPass(bandHz[0], bandHz[1], SCORE_HZ);
  const signal = tracks.values.map((values) => withoutMean(resample(tracks.timesSec, values, SCORE_HZ)));
  const tremor = signal.map((x) => zeroPhase(band, x, PADDING_SEC * SCORE_HZ));
  return {
    name: tracks.file,
    kind: 'pathological',
    rateHz: SCORE_HZ,
    signal,
    tremor,
    voluntary: signal.map((x, a) => x.map((value, k) => value - tremor[a][k])),
    voluntaryKnown: false,
    leaveOut: [LEAVE_OUT_SEC[0] * SCORE_HZ, LEAVE_OUT_SEC[1] * SCORE_HZ],
    bandHz,
  };
}

/** Whether a recording is long enough to be scored: what counts must last 4 s. */
export function isScorable(tracks: Tracks): boolean {
  const { timesSec } = tracks;
  return (
    timesSec[timesSec.length - 1] - timesSec[0] >= LEAVE_OUT_SEC[0] + LEAVE_OUT_SEC[1] + 4 && meanRateHz(timesSec) >= 40
  );
}

/** A simulated hand as a case: the truth is known. */
export function knownCase(
  name: string,
  kind: TremorKind,
  rateHz: number,
  parts: Pick<ScoreCase, 'signal' | 'tremor' | 'voluntary'>,
): ScoreCase {
  return {
    ...parts,
    name,
    kind,
    rateHz,
    voluntaryKnown: true,
    leaveOut: [LEAVE_OUT_SEC[0] * rateHz, LEAVE_OUT_SEC[1] * rateHz],
    bandHz: tremorBands[kind],
  };
}
