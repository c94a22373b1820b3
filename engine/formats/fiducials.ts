import { inputError } from '../core/errors.ts';
import type { Vec3 } from '../core/grid.ts';

/** Points of one frame, as a file gives them. */
export interface Fiducials {
  /** Where they come from, for messages. */
  readonly file: string;
  /** One a point, all different; undefined where the file has none. */
  readonly names?: readonly string[];
  /** [mm] */
  readonly points: readonly Vec3[];
}

/** The same fiducials in two frames, in the same order. */
export interface FiducialPairs {
  /** Their names, or their numbers from 1 where a file has no names. */
  readonly names: readonly string[];
  readonly fixed: readonly Vec3[];
  readonly moving: readonly Vec3[];
}

const hint = 'A row is name,x,y,z or x,y,z in mm, for example tip,12.5,-40,7.25; a first row name,x,y,z is a heading.';
const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const heading = /^((name|label|id|fiducial),)?x,y,z$/;
const unitOfHeading = /\s*[_([]?mm[\])]?$/;
const farthestMm = 10_000;

/**
 * Parses fiducials: rows `name,x,y,z` or `x,y,z` in mm, all alike. A first row of column titles is allowed (x, y, z, with mm
 * behind them or not); blank rows and rows that begin with # are skipped.
 *
 * @param file name for messages
 * @throws IsocenterError `fiducials/...` naming file, line and value
 */
export function parseFiducials(text: string, file: string): Fiducials {
  const names: string[] = [];
  const points: Vec3[] = [];
  const lineOf = new Map<string, number>();
  let columns = 0;
  for (const [n, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const fields = content.split(',').map((field) => field.trim());
    if (columns === 0 && isHeading(fields)) {
      columns = fields.length;
      continue;
    }
    const where = `${file} line ${n + 1}`;
    if (columns === 0) columns = fields.length;
    if ((fields.length !== 3 && fields.length !== 4) || fields.length !== columns) {
      const wanted = columns === 3 || columns === 4 ? `${columns}` : '3 or 4';
      const shown = JSON.stringify(content.slice(0, 60));
      throw inputError('fiducials/columns', `${where}: ${shown} has ${fields.length} fields, not ${wanted}.`, hint);
    }
    if (columns === 4) {
      const name = fields[0];
      if (name === '') throw inputError('fiducials/no-name', `${where}: the name is empty.`, hint);
      const earlier = lineOf.get(name);
      if (earlier !== undefined) {
        const message = `${where}: the name ${JSON.stringify(name)} stands on line ${earlier} as well.`;
        throw inputError('fiducials/duplicate-name', message, 'Give every fiducial a name of its own.');
      }
      lineOf.set(name, n + 1);
      names.push(name);
    }
    const [x, y, z] = fields.slice(-3).map((field, axis) => coordinate(field, 'xyz'[axis], where));
    points.push([x, y, z]);
  }
  if (points.length === 0) throw inputError('fiducials/none', `${file} has no fiducials.`, hint);
  return { file, points, ...(columns === 4 ? { names } : {}) };
}

function isHeading(fields: readonly string[]): boolean {
  return heading.test(fields.map((field) => field.toLowerCase().replace(unitOfHeading, '')).join(','));
}

function coordinate(field: string, axis: string, where: string): number {
  const value = decimalNumber.test(field) ? Number(field) : Number.NaN;
  if (!Number.isFinite(value)) {
    throw inputError('fiducials/not-a-number', `${where}: ${axis} is ${JSON.stringify(field)}, not a number.`, hint);
  }
  if (Math.abs(value) > farthestMm) {
    throw inputError(
      'fiducials/out-of-range',
      `${where}: ${axis} is ${value} mm, outside -${farthestMm} to ${farthestMm} mm.`,
      'Give coordinates in mm.',
    );
  }
  return value;
}

/**
 * Brings two sets together: by name where both have names, else in order.
 *
 * @throws IsocenterError `fiducials/unmatched` where one has what the other lacks
 */
export function pairFiducials(fixed: Fiducials, moving: Fiducials): FiducialPairs {
  const byName = fixed.names !== undefined && moving.names !== undefined;
  if (!byName) {
    if (fixed.points.length !== moving.points.length) {
      throw inputError(
        'fiducials/unmatched',
        `${fixed.file} has ${fixed.points.length} fiducials, ${moving.file} has ${moving.points.length}.`,
        'Give the same fiducials in both files, in the same order or with names in both.',
      );
    }
    const names = fixed.names ?? moving.names ?? fixed.points.map((_, n) => String(n + 1));
    return { names, fixed: fixed.points, moving: moving.points };
  }
  const names = fixed.names as readonly string[];
  const others = moving.names as readonly string[];
  refuseUnmatched(names, fixed.file, others, moving.file);
  refuseUnmatched(others, moving.file, names, fixed.file);
  return { names, fixed: fixed.points, moving: names.map((name) => moving.points[others.indexOf(name)]) };
}

function refuseUnmatched(names: readonly string[], file: string, others: readonly string[], otherFile: string): void {
  const missing = names.filter((name) => !others.includes(name));
  if (missing.length === 0) return;
  throw inputError(
    'fiducials/unmatched',
    `${otherFile} lacks ${missing.join(', ')} of ${file}.`,
    'Give the same names in both files, or leave the others out.',
  );
}
