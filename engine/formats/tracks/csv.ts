import { inputError } from '../../core/errors.ts';
import { decimal, decodeText } from '../text.ts';

/** Signals over time, as a file gives them. */
export interface Tracks {
  /** Where they come from, for messages. */
  readonly file: string;
  readonly names: readonly string[];
  /** Time of each sample [s], strictly rising. */
  readonly timesSec: Float64Array;
  /** f64[samples] for each name, in the unit of the file. */
  readonly values: readonly Float64Array[];
  /** What was repaired, in words. */
  readonly notes: readonly string[];
}

const timeNames = ['t_s', 'time_s', 't', 'time'];
const MOST_TRACKS = 12;
const LEAST_SAMPLES = 16;

/**
 * Reads a table of samples: a first row of column names, one of them the time in seconds, the others signals.
 *
 * @param columns names of the time and of the signals wanted; by default t_s (or time_s, t, time) and every other column
 * @throws IsocenterError `tracks/...` naming file, line and value
 */
export function readTracks(bytes: string | Uint8Array, file: string, columns?: readonly string[]): Tracks {
  const lines = decodeText(bytes, file, 'tracks').split(/\r?\n/);
  while (lines.length > 0 && lines[lines.length - 1].trim() === '') lines.pop();
  const head = (lines[0] ?? '').split(',').map((name) => name.trim());
  const timeName = columns?.[0] ?? timeNames.find((name) => head.includes(name)) ?? 't_s';
  const names = columns?.slice(1) ?? head.filter((name) => name !== timeName).slice(0, MOST_TRACKS);
  const places = [timeName, ...names].map((name) => {
    const at = head.indexOf(name);
    if (at >= 0) return at;
    throw inputError(
      'tracks/columns',
      `${file}: there is no column ${JSON.stringify(name)}; the first row is ${JSON.stringify((lines[0] ?? '').slice(0, 80))}`,
      'begin the file with a row of names such as t_s,x,y,z, or name the columns by --columns',
    );
  });
  if (names.length === 0) {
    throw inputError('tracks/columns', `${file}: no column beside the time`, 'give at least one signal, such as t_s,x');
  }
  const count = lines.length - 1;
  if (count < LEAST_SAMPLES) {
    throw inputError(
      'tracks/short',
      `${file}: ${count} samples, at least ${LEAST_SAMPLES} are needed`,
      'give a longer recording',
    );
  }
  const all = places.map(() => new Float64Array(count));
  for (let k = 0; k < count; k++) {
    const fields = lines[k + 1].split(',');
    for (let c = 0; c < places.length; c++) {
      const value = decimal((fields[places[c]] ?? '').trim());
      if (Number.isNaN(value)) {
        throw inputError(
          'tracks/not-a-number',
          `${file} line ${k + 2}: ${[timeName, ...names][c]} is ${JSON.stringify(fields[places[c]] ?? '')}, not a number`,
          'every row needs a number in every column',
        );
      }
      all[c][k] = value;
    }
  }
  const [timesSec, ...values] = all;
  for (let k = 1; k < count; k++) {
    if (timesSec[k] > timesSec[k - 1]) continue;
    throw inputError(
      'tracks/time',
      `${file} line ${k + 2}: time ${timesSec[k]} s does not come after ${timesSec[k - 1]} s`,
      'times must rise from row to row',
    );
  }
  return { file, names, timesSec, values, notes: [] };
}
