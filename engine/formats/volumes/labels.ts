import type { Volume } from '../../core/grid.ts';
import type { Structure } from '../../core/patient.ts';

/** Values of a label map beyond these are no labels. */
const MOST_LABELS = 1000;

/**
 * The regions of a label map: every whole value above 0 is one, named by `names` or by its number. A mask (only 0 and 1) is one
 * region, named `fallback`.
 */
export function structuresOf(
  { data }: Volume,
  fallback: string,
  names: ReadonlyMap<number, string> = new Map(),
): { structures: Structure[]; warnings: string[] } {
  const counts = new Map<number, number>();
  let odd = 0;
  for (let n = 0; n < data.length; n++) {
    const value = data[n];
    if (value === 0) continue;
    if (!(value > 0 && value <= MOST_LABELS && Number.isInteger(value))) odd++;
    else counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const warnings = odd === 0 ? [] : [`${fallback}: ${odd} voxels hold no label (a whole number up to ${MOST_LABELS}).`];
  const places = new Map([...counts].map(([value, count]) => [value, { voxels: new Uint32Array(count), used: 0 }]));
  for (let n = 0; n < data.length; n++) {
    const place = places.get(data[n]);
    if (place !== undefined) place.voxels[place.used++] = n;
  }
  const isMask = counts.size === 1 && counts.has(1) && names.size === 0;
  const structures = [...places]
    .sort(([a], [b]) => a - b)
    .map(([value, { voxels }]) => {
      return { name: names.get(value) ?? (isMask ? fallback : `${fallback} ${value}`), voxels };
    });
  return { structures, warnings };
}

/** Voxels as a mask of 0 and 1. */
export function maskOf(grid: Volume['grid'], voxels: Uint32Array): Volume {
  const data = new Float32Array(grid.size[0] * grid.size[1] * grid.size[2]);
  for (const voxel of voxels) data[voxel] = 1;
  return { grid, data, unit: '' };
}
