import { inputError } from '../../engine/core/errors.ts';
import type { Source } from './source.ts';

/** A recording played again: evenly spaced samples, resampled to the wanted rate by straight lines, from its start again at its end. */
export class RecordingSource implements Source {
  readonly axes: number;
  readonly rateHz: number;
  readonly #tracks: readonly Float64Array[];
  readonly #step: number;
  #at = 0;

  /**
   * @param tracks f64[samples] for each axis
   * @throws IsocenterError `source/recording` when there is nothing to play
   */
  constructor(tracks: readonly Float64Array[], recordedHz: number, rateHz: number) {
    if (tracks.length === 0 || tracks[0].length < 2) {
      throw inputError(
        'source/recording',
        'a recording needs at least one axis and two samples',
        'give a longer recording',
      );
    }
    this.axes = tracks.length;
    this.rateHz = rateHz;
    this.#tracks = tracks;
    this.#step = recordedHz / rateHz;
  }

  next(out: Float64Array): void {
    const low = Math.floor(this.#at);
    const part = this.#at - low;
    for (let a = 0; a < this.axes; a++) {
      const track = this.#tracks[a];
      out[a] = track[low] + part * (track[low + 1] - track[low]);
    }
    this.#at += this.#step;
    if (this.#at >= this.#tracks[0].length - 1) this.#at = 0;
  }
}
