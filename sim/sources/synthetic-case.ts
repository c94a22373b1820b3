import { knownCase, type ScoreCase } from '../../planners/guidance/scoring/case.ts';
import { type HandOptions, HandSource } from './hand.ts';

export interface SyntheticCaseOptions extends Partial<Omit<HandOptions, 'seed'>> {
  /** Default 30 s. */
  readonly durationSec?: number;
}

/** A simulated hand as the synthetic scores are defined on: 1 kHz, three axes; see {@link HandSource} for the parts. */
export function syntheticCase(seed: number, options: SyntheticCaseOptions = {}): ScoreCase {
  const { durationSec = 30, rateHz = 1000, axes = 3 } = options;
  const hand = new HandSource({ ...options, seed, rateHz, axes });
  const length = Math.round(durationSec * rateHz);
  const tracks = (): Float64Array[] => Array.from({ length: axes }, () => new Float64Array(length));
  const [signal, tremor, voluntary] = [tracks(), tracks(), tracks()];
  const sample = new Float64Array(axes);
  for (let k = 0; k < length; k++) {
    hand.next(sample);
    for (let a = 0; a < axes; a++) {
      signal[a][k] = sample[a];
      tremor[a][k] = hand.tremor[a];
      voluntary[a][k] = hand.voluntary[a];
    }
  }
  const kind = (options.tremor?.kind ?? 'physiological') === 'physiological' ? 'physiological' : 'pathological';
  return knownCase(`synthetic:${seed}`, kind, rateHz, { signal, tremor, voluntary });
}
