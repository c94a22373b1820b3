import type { ObjectiveTerm } from '../objectives/dose-objective.ts';

/** Voxels of one term that suffice to begin on. */
const VOXELS_OF_A_TERM = 8000;
/** A sample larger than this share of all voxels is not worth its set-up. */
const LARGEST_SHARE = 0.6;

/**
 * A sample of the dose points to begin the optimisation on, ascending: of every term about 8,000 voxels, evenly spread
 * over its list; undefined where that is most of them. Every term is a mean over its voxels, so the sampled terms
 * approximate the true ones without new weights.
 */
export function rehearsalVoxels(terms: readonly ObjectiveTerm[], voxelCount: number): Uint32Array | undefined {
  const keep = new Uint8Array(voxelCount);
  for (const { voxels } of terms) {
    const stride = Math.max(1, voxels.length / VOXELS_OF_A_TERM);
    for (let i = 0; i < voxels.length; i += stride) keep[voxels[Math.floor(i)]] = 1;
  }
  let count = 0;
  for (let v = 0; v < voxelCount; v++) count += keep[v];
  if (count === 0 || count > LARGEST_SHARE * voxelCount) return undefined;
  const out = new Uint32Array(count);
  let n = 0;
  for (let v = 0; v < voxelCount; v++) if (keep[v] === 1) out[n++] = v;
  return out;
}

/** The terms on a sample: each keeps the voxels of its own that are in it, numbered by their place in the sample. */
export function termsOn(terms: readonly ObjectiveTerm[], sample: Uint32Array, voxelCount: number): ObjectiveTerm[] {
  const place = new Uint32Array(voxelCount);
  sample.forEach((voxel, i) => {
    place[voxel] = i + 1;
  });
  return terms.map(({ objective, voxels }) => ({
    objective,
    voxels: voxels.filter((v) => place[v] > 0).map((v) => place[v] - 1),
  }));
}
