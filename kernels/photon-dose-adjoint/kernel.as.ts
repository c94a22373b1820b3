import { f32At, pointerAt, u32At } from '../support/args.as';

// Task = one beam and one part of the voxels; each has its own maps, which the next kernel sums in a fixed order.
export function photonDoseAdjoint(begin: i32, end: i32, args: usize): void {
  const voxels = <i32>u32At(args, 1);
  const parts = <i32>u32At(args, 2);
  const fineStride = <i32>u32At(args, 3);
  const fineRows = <i32>u32At(args, 4);
  const coarseSize = <i32>u32At(args, 5);
  const depthRows = <i32>u32At(args, 6);
  const perFine = f32x4.splat(f32At(args, 7));
  const perCoarse = f32x4.splat(f32At(args, 8));
  const scales = v128.shuffle<f32>(perFine, perCoarse, 0, 1, 4, 5);
  const perDepth = f32x4.splat(f32At(args, 9));
  const geometry = pointerAt(args, 10);
  const beamTable = pointerAt(args, 11);
  const depthTable = pointerAt(args, 12);
  const gradient = pointerAt(args, 13);
  const fine = pointerAt(args, 16);
  const coarse = pointerAt(args, 17);
  const b0 = f32x4(1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0, 0);
  const b1 = f32x4(-0.5, 0, 0.5, 0);
  const b2 = f32x4(0.5, -1, 0.5, 0);
  const b3 = f32x4(-1.0 / 6.0, 0.5, -0.5, 1.0 / 6.0);
  const fineBytes = (<usize>fineStride * <usize>fineRows) << 2;
  const rowBytes = <usize>fineStride << 2;
  const mask = coarseSize - 1;
  const coarseRowBytes = <usize>coarseSize << 4;
  const coarseBytes = coarseRowBytes * <usize>coarseSize;
  const lastDepth = f32x4.splat(<f32>(depthRows - 1) * <f32>0.9999995);
  const zero = f32x4.splat(0);
  // A float of whole value below 2^22 plus this has the whole number in its lowest bits: far cheaper than trunc_sat. What
  // lies beyond, NaN too, gives some number, which the masks and bounds below keep inside the maps.
  const whole = f32x4.splat(12582912);
  const wholeBits = i32x4.splat(0x4b400000);
  const lastRow = i32x4.splat(depthRows - 2);
  const partVoxels = (voxels + parts - 1) / parts;
  for (let task = begin; task < end; task++) {
    const beam = task / parts;
    const first = (task % parts) * partVoxels;
    const last = min(first + partVoxels, voxels);
    const entry = beamTable + (<usize>beam << 5);
    const origins = v128.load(entry);
    const narrow = v128.load(entry, 16);
    const fineMap = fine + <usize>task * fineBytes;
    const coarseMap = coarse + <usize>task * coarseBytes;
    memory.fill(fineMap, 0, fineBytes);
    memory.fill(coarseMap, 0, coarseBytes);
    let at = geometry + ((<usize>beam * <usize>voxels + <usize>first) << 4);
    let from = gradient + (<usize>first << 2);
    for (let v = first; v < last; v++, at += 16, from += 4) {
      const g = load<f32>(from);
      if (g == 0) continue;
      const ray = v128.load(at);
      const depth = f32x4.pmax(
          f32x4.pmin(f32x4.mul(v128.shuffle<f32>(ray, ray, 2, 2, 2, 2), perDepth), lastDepth),
          zero,
        );
      const depthFloor = f32x4.floor(depth);
      const row = i32x4.min_u(i32x4.sub(f32x4.add(depthFloor, whole), wholeBits), lastRow);
        const depthRow = depthTable + (<usize>i32x4.extract_lane(row, 0) << 4);
      const a0 = v128.load(depthRow);
      const attenuation = f32x4.add(a0, f32x4.mul(f32x4.sub(depth, depthFloor), f32x4.sub(v128.load(depthRow, 16), a0)));
      const a = f32x4.mul(f32x4.splat(g * f32x4.extract_lane(ray, 3)), attenuation);

      // Lanes: x and y on the fine map, x and y on the coarse map, in nodes.
      const nodes = f32x4.mul(f32x4.sub(v128.shuffle<f32>(ray, ray, 0, 1, 0, 1), origins), scales);
      const floors = f32x4.floor(nodes);
      const fractions = f32x4.sub(nodes, floors);
      const indices = i32x4.sub(f32x4.add(floors, whole), wholeBits);
      const ix = i32x4.extract_lane(indices, 2);
      const iy = i32x4.extract_lane(indices, 3);
      const tx = v128.shuffle<f32>(fractions, fractions, 2, 2, 2, 2);
      const ty = v128.shuffle<f32>(fractions, fractions, 3, 3, 3, 3);
      const row0 = coarseMap + <usize>(iy & mask) * coarseRowBytes;
      const row1 = coarseMap + <usize>((iy + 1) & mask) * coarseRowBytes;
      const col0 = <usize>(ix & mask) << 4;
      const col1 = <usize>((ix + 1) & mask) << 4;
      const bottom = f32x4.mul(ty, a);
      const top = f32x4.sub(a, bottom);
      const topRight = f32x4.mul(tx, top);
      const bottomRight = f32x4.mul(tx, bottom);
      v128.store(row0 + col0, f32x4.add(v128.load(row0 + col0), f32x4.sub(top, topRight)));
      v128.store(row0 + col1, f32x4.add(v128.load(row0 + col1), topRight));
      v128.store(row1 + col0, f32x4.add(v128.load(row1 + col0), f32x4.sub(bottom, bottomRight)));
      v128.store(row1 + col1, f32x4.add(v128.load(row1 + col1), bottomRight));

      const jx = i32x4.extract_lane(indices, 0) - 1;
      const jy = i32x4.extract_lane(indices, 1) - 1;
      if (<u32>jx < <u32>(fineStride - 3) && <u32>jy < <u32>(fineRows - 3)) {
        const product = f32x4.mul(a, narrow);
        const pair = f32x4.add(product, v128.shuffle<f32>(product, product, 2, 3, 0, 1));
        const value = f32x4.add(pair, v128.shuffle<f32>(pair, pair, 1, 0, 3, 2));
        const u = v128.shuffle<f32>(fractions, fractions, 0, 0, 0, 0);
        const w = v128.shuffle<f32>(fractions, fractions, 1, 1, 1, 1);
        const wx = f32x4.mul(
          value,
          f32x4.add(b0, f32x4.mul(u, f32x4.add(b1, f32x4.mul(u, f32x4.add(b2, f32x4.mul(u, b3)))))),
        );
        const wy = f32x4.add(b0, f32x4.mul(w, f32x4.add(b1, f32x4.mul(w, f32x4.add(b2, f32x4.mul(w, b3))))));
        const tap0 = fineMap + <usize>jy * rowBytes + (<usize>jx << 2);
        const tap1 = tap0 + rowBytes;
        const tap2 = tap1 + rowBytes;
        const tap3 = tap2 + rowBytes;
        v128.store(tap0, f32x4.add(v128.load(tap0), f32x4.mul(v128.shuffle<f32>(wy, wy, 0, 0, 0, 0), wx)));
        v128.store(tap1, f32x4.add(v128.load(tap1), f32x4.mul(v128.shuffle<f32>(wy, wy, 1, 1, 1, 1), wx)));
        v128.store(tap2, f32x4.add(v128.load(tap2), f32x4.mul(v128.shuffle<f32>(wy, wy, 2, 2, 2, 2), wx)));
        v128.store(tap3, f32x4.add(v128.load(tap3), f32x4.mul(v128.shuffle<f32>(wy, wy, 3, 3, 3, 3), wx)));
      }
    }
  }
}
