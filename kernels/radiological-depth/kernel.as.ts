import { f32At, pointerAt, u32At } from '../support/args.as';

// Water-equivalent length from `s` to `p` through the density grid, by exact voxel traversal (Amanatides and Woo 1987).
function waterLength(
  density: usize, nx: i32, ny: i32, nz: i32,
  sx: f64, sy: f64, sz: f64, px: f64, py: f64, pz: f64, // in voxels, the grid's first corner at (0, 0, 0)
  length: f64,
): f64 {
  const dx = px - sx;
  const dy = py - sy;
  const dz = pz - sz;
  const ix = 1.0 / dx;
  const iy = 1.0 / dy;
  const iz = 1.0 / dz;
  let enter: f64 = 0;
  let leave: f64 = 1;
  if (dx != 0) {
    const a = -sx * ix;
    const b = (<f64>nx - sx) * ix;
    enter = max(enter, min(a, b));
    leave = min(leave, max(a, b));
  } else if (sx < 0 || sx >= <f64>nx) return 0;
  if (dy != 0) {
    const a = -sy * iy;
    const b = (<f64>ny - sy) * iy;
    enter = max(enter, min(a, b));
    leave = min(leave, max(a, b));
  } else if (sy < 0 || sy >= <f64>ny) return 0;
  if (dz != 0) {
    const a = -sz * iz;
    const b = (<f64>nz - sz) * iz;
    enter = max(enter, min(a, b));
    leave = min(leave, max(a, b));
  } else if (sz < 0 || sz >= <f64>nz) return 0;
  if (!(enter < leave)) return 0;

  let cx = min(max(<i32>floor(sx + enter * dx), 0), nx - 1);
  let cy = min(max(<i32>floor(sy + enter * dy), 0), ny - 1);
  let cz = min(max(<i32>floor(sz + enter * dz), 0), nz - 1);
  const far = Infinity;
  const stepX = dx > 0 ? 1 : -1;
  const stepY = dy > 0 ? 1 : -1;
  const stepZ = dz > 0 ? 1 : -1;
  let nextX = dx != 0 ? (<f64>(dx > 0 ? cx + 1 : cx) - sx) * ix : far;
  let nextY = dy != 0 ? (<f64>(dy > 0 ? cy + 1 : cy) - sy) * iy : far;
  let nextZ = dz != 0 ? (<f64>(dz > 0 ? cz + 1 : cz) - sz) * iz : far;
  const deltaX = dx != 0 ? abs(ix) : far;
  const deltaY = dy != 0 ? abs(iy) : far;
  const deltaZ = dz != 0 ? abs(iz) : far;
  const moveX = <isize>stepX << 2;
  const moveY = <isize>(stepY * nx) << 2;
  const moveZ = <isize>(stepZ * nx * ny) << 2;
  let cell = <isize>density + (<isize>(cx + nx * (cy + ny * cz)) << 2);
  // Cells left to cross along each axis before the grid ends.
  let leftX = dx > 0 ? nx - cx : cx + 1;
  let leftY = dy > 0 ? ny - cy : cy + 1;
  let leftZ = dz > 0 ? nz - cz : cz + 1;
  let t = enter;
  let sum: f64 = 0;
  for (;;) {
    const rho = <f64>load<f32>(<usize>cell);
    if (nextX <= nextY && nextX <= nextZ) {
      if (nextX >= leave) break;
      sum += rho * (nextX - t);
      t = nextX;
      nextX += deltaX;
      cell += moveX;
      if (--leftX == 0) return sum * length;
    } else if (nextY <= nextZ) {
      if (nextY >= leave) break;
      sum += rho * (nextY - t);
      t = nextY;
      nextY += deltaY;
      cell += moveY;
      if (--leftY == 0) return sum * length;
    } else {
      if (nextZ >= leave) break;
      sum += rho * (nextZ - t);
      t = nextZ;
      nextZ += deltaZ;
      cell += moveZ;
      if (--leftZ == 0) return sum * length;
    }
  }
  return (sum + <f64>load<f32>(<usize>cell) * (leave - t)) * length;
}

// Task = one beam and one chunk of points.
export function radiologicalDepth(begin: i32, end: i32, args: usize): void {
  const points = <i32>u32At(args, 0);
  const chunk = <i32>u32At(args, 1);
  const nx = <i32>u32At(args, 2);
  const ny = <i32>u32At(args, 3);
  const nz = <i32>u32At(args, 4);
  const cornerX = <f64>f32At(args, 5);
  const cornerY = <f64>f32At(args, 6);
  const cornerZ = <f64>f32At(args, 7);
  const perX = 1.0 / <f64>f32At(args, 8);
  const perY = 1.0 / <f64>f32At(args, 9);
  const perZ = 1.0 / <f64>f32At(args, 10);
  const density = pointerAt(args, 11);
  const positions = pointerAt(args, 12);
  const beamTable = pointerAt(args, 13);
  const geometry = pointerAt(args, 14);
  const chunks = (points + chunk - 1) / chunk;
  for (let task = begin; task < end; task++) {
    const beam = task / chunks;
    const first = (task % chunks) * chunk;
    const last = min(first + chunk, points);
    const b = beamTable + (<usize>beam << 6);
    const sx = <f64>load<f32>(b);
    const sy = <f64>load<f32>(b, 4);
    const sz = <f64>load<f32>(b, 8);
    const sad = <f64>load<f32>(b, 12);
    for (let p = first; p < last; p++) {
      const at = positions + (<usize>p << 4);
      const px = <f64>load<f32>(at);
      const py = <f64>load<f32>(at, 4);
      const pz = <f64>load<f32>(at, 8);
      const rx = px - sx;
      const ry = py - sy;
      const rz = pz - sz;
      // Along the beam axis away from the source, and across it.
      const axial = rx * load<f32>(b, 16) + ry * load<f32>(b, 20) + rz * load<f32>(b, 24);
      const x = rx * load<f32>(b, 32) + ry * load<f32>(b, 36) + rz * load<f32>(b, 40);
      const y = rx * load<f32>(b, 48) + ry * load<f32>(b, 52) + rz * load<f32>(b, 56);
      const scale = axial > 1 ? sad / axial : 0;
      const depth = waterLength(
        density, nx, ny, nz,
        (sx - cornerX) * perX, (sy - cornerY) * perY, (sz - cornerZ) * perZ,
        (px - cornerX) * perX, (py - cornerY) * perY, (pz - cornerZ) * perZ,
        Math.sqrt(rx * rx + ry * ry + rz * rz),
      );
      const out = geometry + ((<usize>beam * <usize>points + <usize>p) << 4);
      store<f32>(out, <f32>(x * scale));
      store<f32>(out, <f32>(y * scale), 4);
      store<f32>(out, <f32>depth, 8);
      store<f32>(out, <f32>(scale * scale), 12);
    }
  }
}
