import { type IsocenterError, inputError } from '../core/errors.ts';

/** Where a trocar is over time, as a file gives it. */
export interface TrocarCourseFile {
  /** [rows] ascending [s]. */
  readonly timeSec: readonly number[];
  /** [rows][3] along the axes of the base frame, from any origin [m]. */
  readonly positionsM: readonly number[];
}

const HINT = 'a row is time_s,x_m,y_m,z_m in seconds and metres, as 0.1,0,0,0.0035; these names are the first row';
const COLUMNS = ['time_s', 'x_m', 'y_m', 'z_m'];
const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** Farther from its first place no trocar goes [m]; in millimetres a breath does. */
const FARTHEST_M = 0.2;
/** Faster between two rows no trocar moves [m/s]: a cough stays below, a row that is broken does not. */
const FASTEST_MPS = 1;
const FEWEST_ROWS = 4;

/**
 * Parses the course of a trocar: a first row `time_s,x_m,y_m,z_m`, then one row for each time. Only how far a row is from the
 * first counts, so that offsets and places in the base frame may be given alike. Blank rows and rows that begin with # are skipped.
 *
 * @param file name for messages
 * @throws IsocenterError `course/...` naming file, line and value
 */
export function parseTrocarCourse(text: string, file: string): TrocarCourseFile {
  const timeSec: number[] = [];
  const positionsM: number[] = [];
  let titled = false;
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (const [n, raw] of lines.entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const fault = (reason: string, message: string, hint = HINT): IsocenterError =>
      inputError(`course/${reason}`, `${file} line ${n + 1}: ${message}`, hint);
    const fields = content.split(',').map((field) => field.trim());
    if (!titled) {
      titled = true;
      if (fields.join(',').toLowerCase() === COLUMNS.join(',')) continue;
      throw fault('columns', `${JSON.stringify(content.slice(0, 60))} is not the heading ${COLUMNS.join(',')}`);
    }
    if (fields.length !== COLUMNS.length) throw fault('columns', `${fields.length} fields where four must be`);
    const [time, ...place] = fields.map((field, c) => {
      const value = decimalNumber.test(field) ? Number(field) : Number.NaN;
      if (Number.isFinite(value)) return value;
      throw fault('not-a-number', `${COLUMNS[c]} is ${JSON.stringify(field)}, not a number`);
    });
    check(timeSec, positionsM, time, place, fault);
    timeSec.push(time);
    positionsM.push(...place);
  }
  if (timeSec.length < FEWEST_ROWS) {
    throw inputError('course/samples', `${file} has ${timeSec.length} rows; ${FEWEST_ROWS} are needed at least`, HINT);
  }
  return { timeSec, positionsM };
}

function check(
  times: readonly number[],
  places: readonly number[],
  time: number,
  place: readonly number[],
  fault: (reason: string, message: string, hint?: string) => IsocenterError,
): void {
  if (times.length === 0) return;
  const before = times[times.length - 1];
  if (!(time > before)) {
    throw fault('times', `the time ${time} s is not after ${before} s`, 'give the rows in ascending order of time');
  }
  const from = (start: number): number => Math.hypot(...place.map((value, r) => value - places[start + r]));
  const far = from(0);
  if (!(far <= FARTHEST_M)) {
    const message = `the trocar is ${far.toPrecision(4)} m from its first place, more than ${FARTHEST_M} m`;
    throw fault('too-far', message, 'give metres, not millimetres');
  }
  const speed = from(places.length - 3) / (time - before);
  if (!(speed <= FASTEST_MPS)) {
    const message = `the trocar moves at ${speed.toPrecision(4)} m/s, more than ${FASTEST_MPS} m/s`;
    throw fault('too-fast', message, 'take broken rows out; give seconds and metres');
  }
}
