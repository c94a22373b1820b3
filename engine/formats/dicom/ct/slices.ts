import { inputError } from '../../../core/errors.ts';

/** Positions nearer than this are the same [mm]. */
export const SAME_MM = 0.01;
/** Steps that differ by less than this share of the usual one are equal. */
const EQUAL = 0.01;
const MOST_SLICES = 4096;

/** How slices lie along their normal, and what they are resampled to where they are not equally spaced. */
export interface SliceSpacing {
  readonly spacingMm: number;
  readonly firstMm: number;
  readonly count: number;
  /** For each slice of the grid: the slice below it and the share of the one above. Undefined where slices are the grid's. */
  readonly resampled?: readonly (readonly [below: number, share: number])[];
  readonly warnings: readonly string[];
}

/**
 * Judges ascending positions of slices. Equal steps (to 1 %) are taken as they are. A step that is a whole multiple of the
 * steps on both sides of it means slices that are missing: refused. Other steps are how the series was made (finer through
 * the target, for example): it is resampled linearly to its smallest step.
 *
 * @param alongMm ascending, no two the same
 * @throws IsocenterError `dicom/missing-slices` naming the positions
 */
export function sliceSpacing(name: string, alongMm: readonly number[]): SliceSpacing {
  const firstMm = alongMm[0];
  const extent = alongMm[alongMm.length - 1] - firstMm;
  const steps = alongMm.slice(1).map((z, n) => z - alongMm[n]);
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1];
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= Math.max(EQUAL * b, SAME_MM);
  if (steps.every((step) => near(step, usual))) {
    return { spacingMm: extent / steps.length, firstMm, count: alongMm.length, warnings: [] };
  }
  refuseMissing(name, alongMm, steps, near);
  const least = Math.min(...steps);
  const count = Math.round(extent / least) + 1;
  const changes = steps.flatMap((step, n) => (n > 0 && !near(step, steps[n - 1]) ? [alongMm[n]] : []));
  const where = `${list(changes)}: steps from ${least.toFixed(2)} to ${Math.max(...steps).toFixed(2)} mm`;
  if (count > MOST_SLICES) {
    throw inputError(
      'dicom/slice-spacing',
      `${name}: the distance of slices changes at ${where}; ${count} slices of the smallest would be needed (limit ${MOST_SLICES})`,
      'a slice at a wrong position? leave it out, or resample the series first',
    );
  }
  const spacingMm = extent / (count - 1);
  const resampled: [number, number][] = [];
  for (let k = 0, n = 0; k < count; k++) {
    const z = firstMm + k * spacingMm;
    while (n + 2 < alongMm.length && z >= alongMm[n + 1]) n++;
    resampled.push([n, Math.min(1, Math.max(0, (z - alongMm[n]) / steps[n]))]);
  }
  const warning = `${name}: the distance of slices changes at ${where}; resampled to ${spacingMm.toFixed(3)} mm.`;
  return { spacingMm, firstMm, count, resampled, warnings: [warning] };
}

function refuseMissing(
  name: string,
  alongMm: readonly number[],
  steps: readonly number[],
  near: (a: number, b: number) => boolean,
): void {
  const gaps: number[] = [];
  for (const [n, step] of steps.entries()) {
    const around = [steps[n - 1], steps[n + 1]].filter((other) => other !== undefined);
    const isMultiple = (other: number): boolean => {
      const times = Math.round(step / other);
      return times >= 2 && near(step, times * other);
    };
    if (around.length > 0 && around.every(isMultiple)) gaps.push(n);
  }
  if (gaps.length === 0) return;
  const between = gaps.slice(0, 4).map((n) => `${alongMm[n].toFixed(2)} and ${alongMm[n + 1].toFixed(2)} mm`);
  const more = gaps.length > 4 ? `, and ${gaps.length - 4} more` : '';
  throw inputError(
    'dicom/missing-slices',
    `${name}: slices are missing between ${between.join(', ')}${more}`,
    'export the whole series; anatomy is not made up',
  );
}

function list(positions: readonly number[]): string {
  const shown = positions.slice(0, 6).map((z) => z.toFixed(2));
  return `${shown.join(', ')}${positions.length > 6 ? ' and more' : ''} mm`;
}
