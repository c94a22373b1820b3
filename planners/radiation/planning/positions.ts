/** Where in the ascending list `all` the voxels of the ascending list `some` stand; those not in it are left out. */
export function positionsIn(all: Uint32Array, some: Uint32Array): Uint32Array {
  const out = new Uint32Array(some.length);
  let n = 0;
  let p = 0;
  for (const voxel of some) {
    while (p < all.length && all[p] < voxel) p++;
    if (p < all.length && all[p] === voxel) out[n++] = p;
  }
  return out.slice(0, n);
}
