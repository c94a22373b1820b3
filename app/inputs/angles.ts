import { inputError } from '../../engine/core/errors.ts';
import type { BeamAngles } from '../../engine/core/frames.ts';

export interface AngleOptions {
  readonly beams?: number | undefined;
  readonly gantry?: readonly number[] | undefined;
  readonly couch?: readonly number[] | undefined;
  readonly collimator?: readonly number[] | undefined;
}

export const defaultBeams = 9;

/** Angles of all beams: `--beams` at equal steps from gantry 0 or those of `--gantry`, with one couch and collimator angle for all or one for each. */
export function beamAngles({ beams, gantry, couch = [0], collimator = [0] }: AngleOptions): BeamAngles[] {
  if (beams !== undefined && gantry !== undefined) {
    throw inputError(
      'command/beams-and-gantry',
      `--beams ${beams} and --gantry ${gantry.join(',')} are both given`,
      'give --beams N for N beams at equal steps, or --gantry with the angles',
    );
  }
  const count = beams ?? defaultBeams;
  const gantries = gantry ?? Array.from({ length: count }, (_, i) => (i * 360) / count);
  const spread = (name: string, values: readonly number[]): readonly number[] => {
    if (values.length === gantries.length) return values;
    if (values.length === 1) return gantries.map(() => values[0]);
    throw inputError(
      'command/angle-count',
      `--${name} has ${values.length} angles for ${gantries.length} beams`,
      'give one angle for all beams, or one for each',
    );
  };
  const couches = spread('couch', couch);
  const collimators = spread('collimator', collimator);
  return gantries.map((gantryDeg, i) => ({ gantryDeg, couchDeg: couches[i], collimatorDeg: collimators[i] }));
}
