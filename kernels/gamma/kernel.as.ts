import { f32At, pointerAt, u32At } from '../support/args.as';

// Lengths are in units of the distance to agreement, doses in units of the dose tolerance, so that gamma is a plain
// distance; s is a place relative to the point, t one within a cell, 0 to 1.

// @ts-ignore: decorator
@inline
const SPLIT: i32 = 4;
// @ts-ignore: decorator
@inline
const ROUNDS: i32 = 12;
// A search ends where gamma can gain no more than this.
// @ts-ignore: decorator
@inline
const SLACK: f64 = 2e-4;
// @ts-ignore: decorator
@inline
const ENOUGH: f64 = SLACK * SLACK;
// @ts-ignore: decorator
@inline
const DESCENTS: i32 = 4;

// @ts-ignore: decorator
@inline
function clamp(value: f64, low: f64, high: f64): f64 {
  return max(low, min(high, value));
}

// The multiplier m with which s = clamp(-m g, low, high) minimises |s|^2 + (c + g s)^2 over a box: the root of
// c + g s(m) - m, which falls and is linear between the places where an axis meets its bound. Newton's steps, kept within
// what is known to hold the root.
function multiplier(c: f64, gx: f64, gy: f64, gz: f64, lx: f64, hx: f64, ly: f64, hy: f64, lz: f64, hz: f64): f64 {
  let m = c / (1 + gx * gx + gy * gy + gz * gz);
  let below = -Infinity;
  let above = Infinity;
  for (let round = 0; round < 32; round++) {
    let fixed = c;
    let slope: f64 = 1;
    const x = -m * gx;
    const y = -m * gy;
    const z = -m * gz;
    if (x < lx) fixed += gx * lx;
    else if (x > hx) fixed += gx * hx;
    else slope += gx * gx;
    if (y < ly) fixed += gy * ly;
    else if (y > hy) fixed += gy * hy;
    else slope += gy * gy;
    if (z < lz) fixed += gz * lz;
    else if (z > hz) fixed += gz * hz;
    else slope += gz * gz;
    const rest = fixed - slope * m;
    if (abs(rest) <= 1e-9 * (1 + abs(fixed))) break;
    if (rest > 0) below = m;
    else above = m;
    m = fixed / slope;
    if (!(m > below && m < above)) m = 0.5 * (below + above);
  }
  return m;
}

// Least and largest dose of the corners of each cell. Task = one row of cells.
export function gammaRanges(begin: i32, end: i32, args: usize): void {
  const nx = <i32>u32At(args, 4);
  const ny = <i32>u32At(args, 5);
  const nz = <i32>u32At(args, 6);
  const dose = pointerAt(args, 20);
  const ranges = pointerAt(args, 21);
  const cx = max(1, nx - 1);
  const cy = max(1, ny - 1);
  const right: usize = nx > 1 ? 4 : 0;
  const back: usize = ny > 1 ? <usize>nx << 2 : 0;
  const up: usize = nz > 1 ? (<usize>nx * <usize>ny) << 2 : 0;
  for (let task = begin; task < end; task++) {
    const j = task % cy;
    const k = task / cy;
    let p = dose + ((<usize>k * <usize>ny + <usize>j) * <usize>nx << 2);
    let out = ranges + (<usize>task * <usize>cx << 3);
    let i = 0;
    // Loads reach one voxel beyond the four cells.
    for (; i + 5 <= nx; i += 4) {
      const a = v128.load(p);
      const b = v128.load(p + 4);
      const c = v128.load(p + back);
      const d = v128.load(p + back + 4);
      const e = v128.load(p + up);
      const f = v128.load(p + up + 4);
      const g = v128.load(p + up + back);
      const h = v128.load(p + up + back + 4);
      const low = f32x4.min(
        f32x4.min(f32x4.min(a, b), f32x4.min(c, d)),
        f32x4.min(f32x4.min(e, f), f32x4.min(g, h)),
      );
      const high = f32x4.max(
        f32x4.max(f32x4.max(a, b), f32x4.max(c, d)),
        f32x4.max(f32x4.max(e, f), f32x4.max(g, h)),
      );
      v128.store(out, v128.shuffle<f32>(low, high, 0, 4, 1, 5));
      v128.store(out + 16, v128.shuffle<f32>(low, high, 2, 6, 3, 7));
      p += 16;
      out += 32;
    }
    for (; i < cx; i++) {
      let low: f32 = load<f32>(p);
      let high = low;
      for (let corner: usize = 1; corner < 8; corner++) {
        const q = p + (corner & 1) * right + ((corner >> 1) & 1) * back + (corner >> 2) * up;
        const value = load<f32>(q);
        low = min<f32>(low, value);
        high = max<f32>(high, value);
      }
      store<f32>(out, low);
      store<f32>(out, high, 4);
      p += 4;
      out += 8;
    }
  }
}

// Least gamma^2 in one cell, or `best` where that is less. The cell's corner next to voxel (0, 0, 0) lies at (ox, oy, oz),
// its edges are (wx, wy, wz) long: 0 along an axis of one voxel.
function leastInCell(
  best: f64, p: usize, right: usize, back: usize, up: usize, dose: f64, perDose: f64,
  ox: f64, oy: f64, oz: f64, wx: f64, wy: f64, wz: f64,
): f64 {
  const e000 = (<f64>load<f32>(p) - dose) * perDose;
  const e100 = (<f64>load<f32>(p + right) - dose) * perDose;
  const e010 = (<f64>load<f32>(p + back) - dose) * perDose;
  const e110 = (<f64>load<f32>(p + back + right) - dose) * perDose;
  const e001 = (<f64>load<f32>(p + up) - dose) * perDose;
  const e101 = (<f64>load<f32>(p + up + right) - dose) * perDose;
  const e011 = (<f64>load<f32>(p + up + back) - dose) * perDose;
  const e111 = (<f64>load<f32>(p + up + back + right) - dose) * perDose;
  const kx: f64 = wx > 0 ? 1 / wx : 0;
  const ky: f64 = wy > 0 ? 1 / wy : 0;
  const kz: f64 = wz > 0 ? 1 / wz : 0;
  const ax = e100 - e000;
  const ay = e010 - e000;
  const az = e001 - e000;
  const axy = e110 - e100 - ay;
  const ayz = e011 - e001 - ay;
  const azx = e101 - e001 - ax;
  const axyz = e111 - e110 - e101 - e011 + e100 + e010 + e001 - e000;
  // How far the dose is from linear: largest mixed differences over the cell, and what they do to its second derivatives.
  const mxy = max(abs(axy), abs(axy + axyz));
  const myz = max(abs(ayz), abs(ayz + axyz));
  const mzx = max(abs(azx), abs(azx + axyz));
  const bxy = mxy * kx * ky;
  const byz = myz * ky * kz;
  const bzx = mzx * kz * kx;
  const bent = max(bxy + bzx, max(bxy + byz, byz + bzx));
  // First the whole cell. The sum of squares is convex where the residual, at most the best gamma, times the second
  // derivative stays below 1; where it does not, there may be other minima, and the cell is searched in parts.
  for (let parts = 1; parts <= SPLIT; parts += SPLIT - 1) {
    const width: f64 = 1 / <f64>parts;
    const error = 0.25 * (mxy + myz + mzx) * width * width;
    const partsX = wx > 0 ? parts : 1;
    const partsY = wy > 0 ? parts : 1;
    const partsZ = wz > 0 ? parts : 1;
    let ruledOut = true;
    for (let k = 0; k < partsZ; k++) {
      const lz = oz + <f64>k * width * wz;
      const hz = lz + width * wz;
      for (let j = 0; j < partsY; j++) {
        const ly = oy + <f64>j * width * wy;
        const hy = ly + width * wy;
        for (let i = 0; i < partsX; i++) {
          const lx = ox + <f64>i * width * wx;
          const hx = lx + width * wx;
          let sx = 0.5 * (lx + hx);
          let sy = 0.5 * (ly + hy);
          let sz = 0.5 * (lz + hz);
          if (parts > 1) {
            const dx = max(0, max(lx, -hx));
            const dy = max(0, max(ly, -hy));
            const dz = max(0, max(lz, -hz));
            if (dx * dx + dy * dy + dz * dz >= best) continue;
          }
          let here = Infinity;
          for (let round = 0; round < ROUNDS; round++) {
            const tx = (sx - ox) * kx;
            const ty = (sy - oy) * ky;
            const tz = (sz - oz) * kz;
            const gx = (ax + axy * ty + azx * tz + axyz * ty * tz) * kx;
            const gy = (ay + axy * tx + ayz * tz + axyz * tx * tz) * ky;
            const gz = (az + azx * tx + ayz * ty + axyz * tx * ty) * kz;
            const value = e000 + ax * tx + ay * ty + az * tz + axy * tx * ty + ayz * ty * tz + azx * tz * tx + axyz * tx * ty * tz;
            const c = value - gx * sx - gy * sy - gz * sz;
            const m = multiplier(c, gx, gy, gz, lx, hx, ly, hy, lz, hz);
            let qx = clamp(-m * gx, lx, hx);
            let qy = clamp(-m * gy, ly, hy);
            let qz = clamp(-m * gz, lz, hz);
            const straight = c + gx * qx + gy * qy + gz * qz;
            const promised = qx * qx + qy * qy + qz * qz + straight * straight;
            if (round == 0) {
              // The linear dose at the centre is nowhere farther from the dose than `error`, and so is the gamma.
              const bound = Math.sqrt(promised) - error + SLACK;
              if (bound > 0 && bound * bound >= best) break;
              ruledOut = false;
            } else if (promised >= here - 2 * SLACK * Math.sqrt(here)) break;
            // The step, halved until it gains.
            let gained = false;
            for (let half = 0; half < 4; half++) {
              const ux = (qx - ox) * kx;
              const uy = (qy - oy) * ky;
              const uz = (qz - oz) * kz;
              const e = e000 + ax * ux + ay * uy + az * uz + axy * ux * uy + ayz * uy * uz + azx * uz * ux + axyz * ux * uy * uz;
              const found = qx * qx + qy * qy + qz * qz + e * e;
              if (found < here) {
                here = found;
                sx = qx;
                sy = qy;
                sz = qz;
                gained = true;
                break;
              }
              qx = 0.5 * (qx + sx);
              qy = 0.5 * (qy + sy);
              qz = 0.5 * (qz + sz);
            }
            if (!gained || here <= ENOUGH) break;
          }
          if (here < best) best = here;
        }
      }
    }
    if (ruledOut || best <= ENOUGH || Math.sqrt(best) * bent < 0.8) break;
  }
  return best;
}

// Gamma^2 at the point itself, or where a few steps down the dose's slope lead: what the search must beat. The point lies at
// (x, y, z) of the evaluated grid [voxels].
function descend(
  best: f64, evaluated: usize, nx: i32, ny: i32, nz: i32, right: usize, back: usize, up: usize, dose: f64, perDose: f64,
  x: f64, y: f64, z: f64, hx: f64, hy: f64, hz: f64,
): f64 {
  const kx: f64 = nx > 1 ? 1 / hx : 0;
  const ky: f64 = ny > 1 ? 1 / hy : 0;
  const kz: f64 = nz > 1 ? 1 / hz : 0;
  let px = clamp(x, 0, <f64>(nx - 1));
  let py = clamp(y, 0, <f64>(ny - 1));
  let pz = clamp(z, 0, <f64>(nz - 1));
  for (let step = 0; step < DESCENTS; step++) {
    const i = min(<i32>px, max(0, nx - 2));
    const j = min(<i32>py, max(0, ny - 2));
    const k = min(<i32>pz, max(0, nz - 2));
    const p = evaluated + ((<usize>(k * ny + j) * <usize>nx + <usize>i) << 2);
    const tx = px - <f64>i;
    const ty = py - <f64>j;
    const tz = pz - <f64>k;
    const e000 = <f64>load<f32>(p);
    const e010 = <f64>load<f32>(p + back);
    const e001 = <f64>load<f32>(p + up);
    const e011 = <f64>load<f32>(p + up + back);
    const d00 = <f64>load<f32>(p + right) - e000;
    const d10 = <f64>load<f32>(p + back + right) - e010;
    const d01 = <f64>load<f32>(p + up + right) - e001;
    const d11 = <f64>load<f32>(p + up + back + right) - e011;
    const e00 = e000 + d00 * tx;
    const e10 = e010 + d10 * tx;
    const e01 = e001 + d01 * tx;
    const e11 = e011 + d11 * tx;
    const e0 = e00 + (e10 - e00) * ty;
    const e1 = e01 + (e11 - e01) * ty;
    const e = (e0 + (e1 - e0) * tz - dose) * perDose;
    const sx = (px - x) * hx;
    const sy = (py - y) * hy;
    const sz = (pz - z) * hz;
    const found = sx * sx + sy * sy + sz * sz + e * e;
    if (!(found < best)) break;
    const gain = best - found;
    best = found;
    if (found <= ENOUGH || (step > 0 && gain <= 2 * SLACK * Math.sqrt(found))) break;
    const d0 = d00 + (d10 - d00) * ty;
    const d1 = d01 + (d11 - d01) * ty;
    const gx = (d0 + (d1 - d0) * tz) * perDose * kx;
    const gy = (e10 - e00 + (e11 - e01 - e10 + e00) * tz) * perDose * ky;
    const gz = (e1 - e0) * perDose * kz;
    const m = (e - gx * sx - gy * sy - gz * sz) / (1 + gx * gx + gy * gy + gz * gz);
    px = clamp(x - m * gx * kx, 0, <f64>(nx - 1));
    py = clamp(y - m * gy * ky, 0, <f64>(ny - 1));
    pz = clamp(z - m * gz * kz, 0, <f64>(nz - 1));
  }
  return best;
}

// Task = one row of the reference grid.
export function gammaIndex(begin: i32, end: i32, args: usize): void {
  const rx = <i32>u32At(args, 0);
  const ry = <i32>u32At(args, 1);
  const count = <i32>u32At(args, 3);
  const nx = <i32>u32At(args, 4);
  const ny = <i32>u32At(args, 5);
  const nz = <i32>u32At(args, 6);
  const local = u32At(args, 7) != 0;
  const threshold = f32At(args, 11);
  const most = <f64>f32At(args, 15);
  const hx = <f64>f32At(args, 16);
  const hy = <f64>f32At(args, 17);
  const hz = <f64>f32At(args, 18);
  const perTolerance = <f64>f32At(args, 19);
  const reference = pointerAt(args, 20);
  const evaluated = pointerAt(args, 21);
  const cells = pointerAt(args, 22);
  const ranges = pointerAt(args, 23);
  const gamma = pointerAt(args, 24);
  const cx = max(1, nx - 1);
  const cy = max(1, ny - 1);
  const cz = max(1, nz - 1);
  const right: usize = nx > 1 ? 4 : 0;
  const back: usize = ny > 1 ? <usize>nx << 2 : 0;
  const up: usize = nz > 1 ? (<usize>nx * <usize>ny) << 2 : 0;
  const wx: f64 = nx > 1 ? hx : 0;
  const wy: f64 = ny > 1 ? hy : 0;
  const wz: f64 = nz > 1 ? hz : 0;
  // An axis of one voxel is a slab as thick as its spacing.
  const slackX: f64 = nx > 1 ? 1e-3 : 0.501;
  const slackY: f64 = ny > 1 ? 1e-3 : 0.501;
  const slackZ: f64 = nz > 1 ? 1e-3 : 0.501;
  for (let task = begin; task < end; task++) {
    const y = <f64>f32At(args, 13) + <f64>(task % ry) * <f64>f32At(args, 9);
    const z = <f64>f32At(args, 14) + <f64>(task / ry) * <f64>f32At(args, 10);
    const rowOutside = y < -slackY || y > <f64>(ny - 1) + slackY || z < -slackZ || z > <f64>(nz - 1) + slackZ;
    const j0 = <i32>clamp(floor(y), 0, <f64>(cy - 1));
    const k0 = <i32>clamp(floor(z), 0, <f64>(cz - 1));
    const row = <usize>task * <usize>rx << 2;
    for (let n = 0; n < rx; n++) {
      const at = row + (<usize>n << 2);
      const dose = load<f32>(reference + at);
      if (dose < threshold || (local && dose <= 0)) {
        store<f32>(gamma + at, -1);
        continue;
      }
      const x = <f64>f32At(args, 12) + <f64>n * <f64>f32At(args, 8);
      if (rowOutside || x < -slackX || x > <f64>(nx - 1) + slackX) {
        store<f32>(gamma + at, -2);
        continue;
      }
      const i0 = <i32>clamp(floor(x), 0, <f64>(cx - 1));
      const perDose: f64 = local ? perTolerance / <f64>dose : perTolerance;
      const perDoseF = <f32>perDose;
      let best = descend(
        most * most, evaluated, nx, ny, nz, right, back, up, <f64>dose, perDose, x, y, z, hx, hy, hz,
      );
      if (best <= ENOUGH) {
        store<f32>(gamma + at, <f32>Math.sqrt(best));
        continue;
      }
      let bestF = <f32>best;
      for (let entry = cells; entry < cells + (<usize>count << 4); entry += 16) {
        if (load<f32>(entry, 12) >= bestF) break;
        const i = i0 + load<i32>(entry);
        const j = j0 + load<i32>(entry, 4);
        const k = k0 + load<i32>(entry, 8);
        if (<u32>i >= <u32>cx || <u32>j >= <u32>cy || <u32>k >= <u32>cz) continue;
        const range = ranges + ((<usize>(k * cy + j) * <usize>cx + <usize>i) << 3);
        const gap = max<f32>(0, max<f32>(load<f32>(range) - dose, dose - load<f32>(range, 4))) * perDoseF;
        if (gap * gap >= bestF) continue;
        const ox = (<f64>i - x) * hx;
        const oy = (<f64>j - y) * hy;
        const oz = (<f64>k - z) * hz;
        const dx = max(0, max(ox, -(ox + wx)));
        const dy = max(0, max(oy, -(oy + wy)));
        const dz = max(0, max(oz, -(oz + wz)));
        if (dx * dx + dy * dy + dz * dz + <f64>(gap * gap) >= best) continue;
        const corner = evaluated + ((<usize>(k * ny + j) * <usize>nx + <usize>i) << 2);
        best = leastInCell(best, corner, right, back, up, <f64>dose, perDose, ox, oy, oz, wx, wy, wz);
        bestF = <f32>best;
        if (best <= ENOUGH) break;
      }
      store<f32>(gamma + at, <f32>Math.sqrt(best));
    }
  }
}
