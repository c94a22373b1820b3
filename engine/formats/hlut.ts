import { type IsocenterError, inputError } from '../core/errors.ts';
import type { Volume } from '../core/grid.ts';

/**
 * Hounsfield look-up table: relative electron density (water = 1) at strictly ascending HU, linear between the entries
 * and constant outside them.
 */
export interface Hlut {
  /** File it was read from, or the name of a built-in table. */
  readonly name: string;
  /** [HU], strictly ascending. */
  readonly hu: Float64Array;
  /** Electron density relative to water, not negative; same length as `hu`. */
  readonly density: Float64Array;
}

/** matRad's default table (`matRad_default.hlut`, version 3.2): the same for photons and particles. */
export const defaultHlut: Hlut = {
  name: 'matRad_default',
  hu: Float64Array.of(-1024, -999, -90, -45, 0, 100, 350, 3000),
  density: Float64Array.of(0.001, 0.001, 0.95, 0.99, 1, 1.095, 1.199, 2.505),
};

const hlutHint =
  'A table has two columns, HU (strictly ascending) and relative electron density (0 or more); # comments.';
const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Parses a two-column table, HU and relative electron density separated by blanks, tabs, a comma or a semicolon; `#`
 * starts a comment.
 *
 * @param file name for messages
 * @throws IsocenterError `hlut/...` naming file, line and value
 */
export function parseHlut(text: string, file: string): Hlut {
  const hu: number[] = [];
  const density: number[] = [];
  for (const [n, raw] of text.split('\n').entries()) {
    const content = raw.replace(/#.*/, '').trim();
    if (content === '') continue;
    const where = `${file} line ${n + 1}`;
    const fields = content.split(/\s*[,;]\s*|\s+/);
    if (fields.length !== 2 || !fields.every((field) => decimalNumber.test(field) && Number.isFinite(Number(field)))) {
      const shown = JSON.stringify(content.slice(0, 60));
      throw inputError('hlut/malformed-row', `${where}: ${shown} is not two numbers, HU and density.`, hlutHint);
    }
    const [rowHu, rowDensity] = fields.map(Number);
    if (hu.length > 0 && rowHu <= hu[hu.length - 1]) {
      const message = `${where}: ${rowHu} HU does not lie above the ${hu[hu.length - 1]} HU of the row before.`;
      throw inputError('hlut/not-ascending', message, hlutHint);
    }
    if (rowDensity < 0) {
      throw inputError('hlut/negative-density', `${where}: density ${rowDensity} is below the limit 0.`, hlutHint);
    }
    hu.push(rowHu);
    density.push(rowDensity);
  }
  if (hu.length < 2) {
    throw inputError('hlut/too-short', `${file} has ${hu.length} rows; a table needs at least 2.`, hlutHint);
  }
  return { name: file, hu: Float64Array.from(hu), density: Float64Array.from(density) };
}

/**
 * Electron density relative to water of every voxel: piecewise linear in the table, clamped to its first and last entry.
 *
 * @param ct Hounsfield units (unit `HU`)
 * @returns a volume of unit `1` on the same grid
 */
export function relativeElectronDensity(ct: Volume, table: Hlut): Volume {
  if (ct.unit !== 'HU') {
    const hint = 'Convert a CT volume; other images need no look-up table.';
    throw inputError('hlut/not-hu', `The volume is in ${ct.unit}, not in HU.`, hint);
  }
  const { hu, density } = table;
  const last = hu.length - 1;
  const source = ct.data;
  const data = new Float32Array(source.length);
  // Neighbouring voxels mostly share a segment of the table: the current one is [from, to) with its line.
  let from = hu[0];
  let to = from;
  let base = 0;
  let slope = 0;
  for (let n = 0; n < source.length; n++) {
    const value = source[n];
    if (!(value >= from && value < to)) {
      if (Number.isNaN(value)) throw notFinite(n);
      let segment = 0;
      while (segment <= last && hu[segment] <= value) segment++;
      from = segment === 0 ? Number.NEGATIVE_INFINITY : hu[segment - 1];
      to = segment > last ? Number.POSITIVE_INFINITY : hu[segment];
      base = density[Math.max(segment - 1, 0)];
      slope = segment === 0 || segment > last ? 0 : (density[segment] - base) / (to - from);
    }
    data[n] = slope === 0 ? base : base + (value - from) * slope;
  }
  return { grid: ct.grid, data, unit: '1' };
}

function notFinite(voxel: number): IsocenterError {
  return inputError(
    'hlut/not-finite',
    `Voxel ${voxel} of the CT is NaN HU.`,
    'Repair the image: every voxel needs a value.',
  );
}
