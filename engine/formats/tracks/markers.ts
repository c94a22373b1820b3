import { inputError } from '../../core/errors.ts';
import { decimal, decodeText } from '../text.ts';
import type { Tracks } from './csv.ts';

const FRAMES_PER_SEC = 60;
const COLUMNS = ['Frame', 'Timestamp', 'x', 'y', 'z'];
/** A time stamp may be this far from its frame's [s]. */
const SLACK_SEC = 0.05;
/** Share of rows that may be repaired. */
const MOST_REPAIRS = 0.02;

/**
 * Reads a marker's path in the layout of the ExtMarker set: `"Frame";"Timestamp";"x";"y";"z"`, times in ms, positions in mm,
 * decimal commas. Trailing rows of zeros are dropped and time stamps that contradict the frame number (60 frames a
 * second) are replaced by it; both are noted, and more than a few are refused.
 *
 * @throws IsocenterError `tracks/...` naming file, line and value
 */
export function readMarkerPath(bytes: string | Uint8Array, file: string): Tracks {
  const lines = decodeText(bytes, file, 'tracks').trim().split(/\r?\n/);
  const head = lines[0].split(';').map((name) => name.replace(/"/g, '').trim());
  if (head.join() !== COLUMNS.join()) {
    throw inputError(
      'tracks/columns',
      `${file}: the first row is ${JSON.stringify(lines[0].slice(0, 80))}`,
      `it must be ${COLUMNS.join(';')}`,
    );
  }
  const rows = lines.slice(1).map((line, n) => {
    const numbers = line.split(';').map((word) => decimal(word.trim().replace(',', '.')));
    if (numbers.length !== COLUMNS.length || numbers.some(Number.isNaN)) {
      throw inputError(
        'tracks/not-a-number',
        `${file} line ${n + 2}: ${JSON.stringify(line.slice(0, 60))} is not five numbers`,
        'every row is frame;ms;x;y;z',
      );
    }
    return numbers;
  });
  const notes: string[] = [];
  while (rows.length > 0 && rows[rows.length - 1].every((value) => value === 0)) {
    notes.push(`line ${rows.length + 1}: a row of zeros at the end was dropped`);
    rows.pop();
  }
  const timesSec = new Float64Array(rows.length);
  rows.forEach(([frame, stamp], k) => {
    const wanted = (frame - rows[0][0]) / FRAMES_PER_SEC;
    timesSec[k] = (stamp - rows[0][1]) / 1000;
    if (Math.abs(timesSec[k] - wanted) <= SLACK_SEC) return;
    notes.push(
      `line ${k + 2}: time stamp ${stamp} ms contradicts frame ${frame}; ${(1000 * wanted).toFixed(0)} ms taken`,
    );
    timesSec[k] = wanted;
  });
  if (notes.length > Math.max(2, MOST_REPAIRS * rows.length)) {
    throw inputError(
      'tracks/time',
      `${file}: ${notes.length} of ${rows.length} rows are damaged, the first: ${notes[0]}`,
      'give a file with sound time stamps',
    );
  }
  for (let k = 1; k < rows.length; k++) {
    if (timesSec[k] > timesSec[k - 1]) continue;
    throw inputError('tracks/time', `${file} line ${k + 2}: time does not rise`, 'times must rise from row to row');
  }
  const values = [2, 3, 4].map((c) => Float64Array.from(rows, (row) => row[c]));
  return { file, names: ['x', 'y', 'z'], timesSec, values, notes };
}
