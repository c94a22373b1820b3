import { pointerAt, u32At } from '../support/args.as';

// A strip is 16 columns of a complex map, planar: n rows of 16 real parts, then n rows of 16 imaginary parts.
const STRIP: i32 = 16;
const ROW: usize = 64;

// In-place decimation in time over the rows of a strip whose rows are in bit-reversed order; swapping `re` and `im` gives
// the inverse. `twiddles` holds cos and sin of 2 pi k / n for k < n / 2. Stages go in pairs, so that a strip passes through
// the registers half as often; an odd one is left for the end.
function transformStrip(re: usize, im: usize, n: i32, twiddles: usize): void {
  firstTwoStages(re, im, n);
  let half = 4;
  for (; half << 1 < n; half <<= 2) twoStages(re, im, n, half, twiddles);
  if (half < n) lastStage(re, im, n, twiddles);
}

// Stages of half lengths 1 and 2, whose twiddles are 1 and -i.
function firstTwoStages(re: usize, im: usize, n: i32): void {
  const bytes = <usize>n * ROW;
  for (let at: usize = 0; at < bytes; at += 4 * ROW) {
    for (let l: usize = at; l < at + ROW; l += 16) {
      const ar = v128.load(re + l);
      const ai = v128.load(im + l);
      const br = v128.load(re + l, ROW);
      const bi = v128.load(im + l, ROW);
      const cr = v128.load(re + l, 2 * ROW);
      const ci = v128.load(im + l, 2 * ROW);
      const dr = v128.load(re + l, 3 * ROW);
      const di = v128.load(im + l, 3 * ROW);
      const sr = f32x4.add(ar, br);
      const si = f32x4.add(ai, bi);
      const tr = f32x4.sub(ar, br);
      const ti = f32x4.sub(ai, bi);
      const ur = f32x4.add(cr, dr);
      const ui = f32x4.add(ci, di);
      const vr = f32x4.sub(cr, dr);
      const vi = f32x4.sub(ci, di);
      v128.store(re + l, f32x4.add(sr, ur));
      v128.store(im + l, f32x4.add(si, ui));
      v128.store(re + l, f32x4.add(tr, vi), ROW);
      v128.store(im + l, f32x4.sub(ti, vr), ROW);
      v128.store(re + l, f32x4.sub(sr, ur), 2 * ROW);
      v128.store(im + l, f32x4.sub(si, ui), 2 * ROW);
      v128.store(re + l, f32x4.sub(tr, vi), 3 * ROW);
      v128.store(im + l, f32x4.add(ti, vr), 3 * ROW);
    }
  }
}

// Stages of half lengths `half` and 2 * half.
function twoStages(re: usize, im: usize, n: i32, half: i32, twiddles: usize): void {
  const offset = <usize>half * ROW;
  const stride = n / (half << 2);
  for (let k = 0; k < half; k++) {
    const first = twiddles + ((<usize>(2 * k * stride)) << 3);
    const second = twiddles + ((<usize>(k * stride)) << 3);
    const wr = v128.load32_splat(first);
    const wi = v128.load32_splat(first, 4);
    const zr = v128.load32_splat(second);
    const zi = v128.load32_splat(second, 4);
    for (let i = k; i < n; i += half << 2) {
      const at = <usize>i * ROW;
      for (let l: usize = at; l < at + ROW; l += 16) {
        const r0 = re + l;
        const i0 = im + l;
        const r1 = r0 + offset;
        const i1 = i0 + offset;
        const r2 = r1 + offset;
        const i2 = i1 + offset;
        const r3 = r2 + offset;
        const i3 = i2 + offset;
        let xr = v128.load(r1);
        let xi = v128.load(i1);
        let tr = f32x4.add(f32x4.mul(xr, wr), f32x4.mul(xi, wi));
        let ti = f32x4.sub(f32x4.mul(xi, wr), f32x4.mul(xr, wi));
        const ar = v128.load(r0);
        const ai = v128.load(i0);
        const sr = f32x4.add(ar, tr);
        const si = f32x4.add(ai, ti);
        const dr = f32x4.sub(ar, tr);
        const di = f32x4.sub(ai, ti);
        xr = v128.load(r3);
        xi = v128.load(i3);
        tr = f32x4.add(f32x4.mul(xr, wr), f32x4.mul(xi, wi));
        ti = f32x4.sub(f32x4.mul(xi, wr), f32x4.mul(xr, wi));
        const cr = v128.load(r2);
        const ci = v128.load(i2);
        const ur = f32x4.add(cr, tr);
        const ui = f32x4.add(ci, ti);
        const vr = f32x4.sub(cr, tr);
        const vi = f32x4.sub(ci, ti);
        tr = f32x4.add(f32x4.mul(ur, zr), f32x4.mul(ui, zi));
        ti = f32x4.sub(f32x4.mul(ui, zr), f32x4.mul(ur, zi));
        v128.store(r0, f32x4.add(sr, tr));
        v128.store(i0, f32x4.add(si, ti));
        v128.store(r2, f32x4.sub(sr, tr));
        v128.store(i2, f32x4.sub(si, ti));
        // A quarter turn further on: times -i.
        tr = f32x4.sub(f32x4.mul(vi, zr), f32x4.mul(vr, zi));
        ti = f32x4.add(f32x4.mul(vr, zr), f32x4.mul(vi, zi));
        v128.store(r1, f32x4.add(dr, tr));
        v128.store(i1, f32x4.sub(di, ti));
        v128.store(r3, f32x4.sub(dr, tr));
        v128.store(i3, f32x4.add(di, ti));
      }
    }
  }
}

// The stage of half length n / 2.
function lastStage(re: usize, im: usize, n: i32, twiddles: usize): void {
  const offset = (<usize>n * ROW) >> 1;
  for (let at: usize = 0, w = twiddles; at < offset; at += ROW, w += 8) {
    const wr = v128.load32_splat(w);
    const wi = v128.load32_splat(w, 4);
    for (let l: usize = at; l < at + ROW; l += 16) {
      const xr = v128.load(re + offset + l);
      const xi = v128.load(im + offset + l);
      const tr = f32x4.add(f32x4.mul(xr, wr), f32x4.mul(xi, wi));
      const ti = f32x4.sub(f32x4.mul(xi, wr), f32x4.mul(xr, wi));
      const ar = v128.load(re + l);
      const ai = v128.load(im + l);
      v128.store(re + l, f32x4.add(ar, tr));
      v128.store(im + l, f32x4.add(ai, ti));
      v128.store(re + offset + l, f32x4.sub(ar, tr));
      v128.store(im + offset + l, f32x4.sub(ai, ti));
    }
  }
}

// to[c][r] = strip[r][c] for r < rows; rows of `to` are `pitch` bytes apart.
function storeTransposed(strip: usize, rows: i32, to: usize, pitch: usize): void {
  for (let r = 0; r < rows; r += 4) {
    const from = strip + <usize>r * ROW;
    for (let c = 0; c < STRIP; c += 4) {
      const at = from + (<usize>c << 2);
      const r0 = v128.load(at);
      const r1 = v128.load(at + ROW);
      const r2 = v128.load(at + 2 * ROW);
      const r3 = v128.load(at + 3 * ROW);
      const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const t1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const t2 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      const target = to + <usize>c * pitch + (<usize>r << 2);
      v128.store(target, v128.shuffle<f32>(t0, t2, 0, 1, 4, 5));
      v128.store(target + pitch, v128.shuffle<f32>(t0, t2, 2, 3, 6, 7));
      v128.store(target + 2 * pitch, v128.shuffle<f32>(t1, t3, 0, 1, 4, 5));
      v128.store(target + 3 * pitch, v128.shuffle<f32>(t1, t3, 2, 3, 6, 7));
    }
  }
}

// One row of a strip; a memory.copy of so few bytes costs more in the call than in the copying.
// @ts-ignore: decorator
@inline
function copyRow(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
}

// @ts-ignore: decorator
@inline
function clearRow(to: usize): void {
  const zero = f32x4.splat(0);
  v128.store(to, zero);
  v128.store(to, zero, 16);
  v128.store(to, zero, 32);
  v128.store(to, zero, 48);
}

// Loads 16 columns of rows [0, filled) of a planar map into a strip, bit-reversing the row order; other rows are zero.
function loadStrip(from: usize, pitch: usize, filled: i32, n: i32, reversed: usize, strip: usize): void {
  for (let r = 0; r < n; r++) {
    const target = strip + <usize>load<u32>(reversed + (<usize>r << 2)) * ROW;
    if (r < filled) copyRow(target, from + <usize>r * pitch);
    else clearRow(target);
  }
}

// Scratch of one beam, in units of n * n floats: planes 0..3 hold half-transformed maps, then strips of 2 * n * 16 floats.
function scratchBytes(n: i32): usize {
  return ((<usize>n * <usize>n * 4) << 2) + <usize>n * ROW * 6;
}

// Task = one beam.
export function fftConvolve(begin: i32, end: i32, args: usize): void {
  const n = <i32>u32At(args, 0);
  const filledRows = <i32>u32At(args, 1);
  const filledCols = <i32>u32At(args, 2);
  const input = pointerAt(args, 4);
  const spectra = pointerAt(args, 5);
  const tables = pointerAt(args, 6);
  const scratch = pointerAt(args, 7);
  const output = pointerAt(args, 8);
  const pitch = <usize>n << 2;
  const plane = <usize>n * pitch;
  const stripBytes = <usize>n * ROW;
  const reversed = tables;
  const twiddles = tables + pitch;
  const spectrumPlane = <usize>((n >> 1) + 1) * pitch;
  for (let beam = begin; beam < end; beam++) {
    const map = input + <usize>beam * plane;
    const spectrum = spectra + <usize>beam * spectrumPlane * 4;
    const p0 = scratch + <usize>beam * scratchBytes(n);
    const p1 = p0 + plane;
    const p2 = p1 + plane;
    const p3 = p2 + plane;
    const s0 = p3 + plane;
    const s1 = s0 + stripBytes;
    const q0 = s1 + stripBytes;
    const q1 = q0 + stripBytes;
    const q2 = q1 + stripBytes;
    const q3 = q2 + stripBytes;
    // y -> ky for the columns that hold fluence; planes 2 and 3 become [x][ky].
    for (let x = 0; x < filledCols; x += STRIP) {
      loadStrip(map + (<usize>x << 2), pitch, filledRows, n, reversed, s0);
      memory.fill(s1, 0, stripBytes);
      transformStrip(s0, s1, n, twiddles);
      storeTransposed(s0, n, p2 + <usize>x * pitch, pitch);
      storeTransposed(s1, n, p3 + <usize>x * pitch, pitch);
    }
    // x -> kx, times the kernels as two complex pairs, kx -> x; the pairs overwrite the strip of ky they came from.
    const filledStrips = (filledCols + STRIP - 1) & ~(STRIP - 1);
    const r0 = output + <usize>beam * plane * 4;
    for (let ky = 0; ky < n; ky += STRIP) {
      const column = <usize>ky << 2;
      loadStrip(p2 + column, pitch, filledStrips, n, reversed, s0);
      loadStrip(p3 + column, pitch, filledStrips, n, reversed, s1);
      transformStrip(s0, s1, n, twiddles);
      for (let kx = 0; kx < n; kx++) {
        const mirrored = min(kx, n - kx);
        const k = spectrum + <usize>mirrored * pitch + column;
        const from = <usize>kx * ROW;
        const to = <usize>load<u32>(reversed + (<usize>kx << 2)) * ROW;
        for (let l: usize = 0; l < ROW; l += 16) {
          const re = v128.load(s0 + from + l);
          const im = v128.load(s1 + from + l);
          const k0 = v128.load(k + l);
          const k1 = v128.load(k + spectrumPlane + l);
          const k2 = v128.load(k + 2 * spectrumPlane + l);
          const k3 = v128.load(k + 3 * spectrumPlane + l);
          v128.store(q0 + to + l, f32x4.sub(f32x4.mul(re, k0), f32x4.mul(im, k1)));
          v128.store(q1 + to + l, f32x4.add(f32x4.mul(re, k1), f32x4.mul(im, k0)));
          v128.store(q2 + to + l, f32x4.sub(f32x4.mul(re, k2), f32x4.mul(im, k3)));
          v128.store(q3 + to + l, f32x4.add(f32x4.mul(re, k3), f32x4.mul(im, k2)));
        }
      }
      transformStrip(q1, q0, n, twiddles);
      transformStrip(q3, q2, n, twiddles);
      // [ky][x], held in the output until the last pass has read it.
      storeTransposed(q0, n, p0 + <usize>ky * pitch, pitch);
      storeTransposed(q1, n, p1 + <usize>ky * pitch, pitch);
      storeTransposed(q2, n, r0 + <usize>ky * pitch, pitch);
      storeTransposed(q3, n, r0 + plane + <usize>ky * pitch, pitch);
    }
    memory.copy(p2, r0, 2 * plane);
    // ky -> y, interleaved into vec4.
    for (let x = 0; x < n; x += STRIP) {
      const column = <usize>x << 2;
      loadStrip(p0 + column, pitch, n, n, reversed, q0);
      loadStrip(p1 + column, pitch, n, n, reversed, q1);
      loadStrip(p2 + column, pitch, n, n, reversed, q2);
      loadStrip(p3 + column, pitch, n, n, reversed, q3);
      transformStrip(q1, q0, n, twiddles);
      transformStrip(q3, q2, n, twiddles);
      for (let y = 0; y < n; y++) {
        const row = <usize>y * ROW;
        for (let l: usize = 0; l < ROW; l += 16) {
          const a = v128.load(q0 + row + l);
          const b = v128.load(q1 + row + l);
          const c = v128.load(q2 + row + l);
          const d = v128.load(q3 + row + l);
          const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
          const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
          const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
          const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
          const target = r0 + ((<usize>y * pitch + column + l) << 2);
          v128.store(target, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
          v128.store(target + 16, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
          v128.store(target + 32, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
          v128.store(target + 48, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
        }
      }
    }
  }
}

// Task = one beam: the exact transpose of fftConvolve, summing the input's parts on the way in.
export function fftConvolveAdjoint(begin: i32, end: i32, args: usize): void {
  const n = <i32>u32At(args, 0);
  const filledRows = <i32>u32At(args, 1);
  const filledCols = <i32>u32At(args, 2);
  const parts = <i32>u32At(args, 3);
  const input = pointerAt(args, 4);
  const spectra = pointerAt(args, 5);
  const tables = pointerAt(args, 6);
  const scratch = pointerAt(args, 7);
  const output = pointerAt(args, 8);
  const pitch = <usize>n << 2;
  const plane = <usize>n * pitch;
  const stripBytes = <usize>n * ROW;
  const reversed = tables;
  const twiddles = tables + pitch;
  const spectrumPlane = <usize>((n >> 1) + 1) * pitch;
  for (let beam = begin; beam < end; beam++) {
    const map = output + <usize>beam * plane;
    const spectrum = spectra + <usize>beam * spectrumPlane * 4;
    const p0 = scratch + <usize>beam * scratchBytes(n);
    const p1 = p0 + plane;
    const p2 = p1 + plane;
    const p3 = p2 + plane;
    const s0 = p3 + plane;
    const s1 = s0 + stripBytes;
    const q0 = s1 + stripBytes;
    const q1 = q0 + stripBytes;
    const q2 = q1 + stripBytes;
    const q3 = q2 + stripBytes;
    const g = input + <usize>beam * <usize>parts * plane * 4;
    for (let x = 0; x < n; x += STRIP) {
      for (let y = 0; y < n; y++) {
        const to = <usize>load<u32>(reversed + (<usize>y << 2)) * ROW;
        for (let l: usize = 0; l < ROW; l += 16) {
          const at = g + ((<usize>y * pitch + (<usize>x << 2) + l) << 2);
          let v0 = v128.load(at);
          let v1 = v128.load(at + 16);
          let v2 = v128.load(at + 32);
          let v3 = v128.load(at + 48);
          for (let p = 1; p < parts; p++) {
            const more = at + <usize>p * plane * 4;
            v0 = f32x4.add(v0, v128.load(more));
            v1 = f32x4.add(v1, v128.load(more + 16));
            v2 = f32x4.add(v2, v128.load(more + 32));
            v3 = f32x4.add(v3, v128.load(more + 48));
          }
          const t0 = v128.shuffle<f32>(v0, v1, 0, 4, 1, 5);
          const t1 = v128.shuffle<f32>(v0, v1, 2, 6, 3, 7);
          const t2 = v128.shuffle<f32>(v2, v3, 0, 4, 1, 5);
          const t3 = v128.shuffle<f32>(v2, v3, 2, 6, 3, 7);
          v128.store(q0 + to + l, v128.shuffle<f32>(t0, t2, 0, 1, 4, 5));
          v128.store(q1 + to + l, v128.shuffle<f32>(t0, t2, 2, 3, 6, 7));
          v128.store(q2 + to + l, v128.shuffle<f32>(t1, t3, 0, 1, 4, 5));
          v128.store(q3 + to + l, v128.shuffle<f32>(t1, t3, 2, 3, 6, 7));
        }
      }
      transformStrip(q0, q1, n, twiddles);
      transformStrip(q2, q3, n, twiddles);
      const row = <usize>x * pitch;
      storeTransposed(q0, n, p0 + row, pitch);
      storeTransposed(q1, n, p1 + row, pitch);
      storeTransposed(q2, n, p2 + row, pitch);
      storeTransposed(q3, n, p3 + row, pitch);
    }
    // x -> kx, times the conjugate pairs, kx -> x. Rows of the strip's own ky are read before they are overwritten.
    for (let ky = 0; ky < n; ky += STRIP) {
      const column = <usize>ky << 2;
      loadStrip(p0 + column, pitch, n, n, reversed, q0);
      loadStrip(p1 + column, pitch, n, n, reversed, q1);
      loadStrip(p2 + column, pitch, n, n, reversed, q2);
      loadStrip(p3 + column, pitch, n, n, reversed, q3);
      transformStrip(q0, q1, n, twiddles);
      transformStrip(q2, q3, n, twiddles);
      for (let kx = 0; kx < n; kx++) {
        const mirrored = min(kx, n - kx);
        const k = spectrum + <usize>mirrored * pitch + column;
        const from = <usize>kx * ROW;
        const to = <usize>load<u32>(reversed + (<usize>kx << 2)) * ROW;
        for (let l: usize = 0; l < ROW; l += 16) {
          const ar = v128.load(q0 + from + l);
          const ai = v128.load(q1 + from + l);
          const br = v128.load(q2 + from + l);
          const bi = v128.load(q3 + from + l);
          const k0 = v128.load(k + l);
          const k1 = v128.load(k + spectrumPlane + l);
          const k2 = v128.load(k + 2 * spectrumPlane + l);
          const k3 = v128.load(k + 3 * spectrumPlane + l);
          const re = f32x4.add(
            f32x4.add(f32x4.mul(ar, k0), f32x4.mul(ai, k1)),
            f32x4.add(f32x4.mul(br, k2), f32x4.mul(bi, k3)),
          );
          const im = f32x4.add(
            f32x4.sub(f32x4.mul(ai, k0), f32x4.mul(ar, k1)),
            f32x4.sub(f32x4.mul(bi, k2), f32x4.mul(br, k3)),
          );
          v128.store(s0 + to + l, re);
          v128.store(s1 + to + l, im);
        }
      }
      transformStrip(s1, s0, n, twiddles);
      storeColumns(s0, filledCols, n, p0 + column, pitch);
      storeColumns(s1, filledCols, n, p1 + column, pitch);
    }
    for (let x = 0; x < filledCols; x += STRIP) {
      // Planes 0 and 1 hold [x][ky]: a strip of x needs ky as its rows.
      loadTransposed(p0 + <usize>x * pitch, pitch, n, reversed, s0);
      loadTransposed(p1 + <usize>x * pitch, pitch, n, reversed, s1);
      transformStrip(s1, s0, n, twiddles);
      for (let y = 0; y < filledRows; y++) {
        copyRow(map + <usize>y * pitch + (<usize>x << 2), s0 + <usize>y * ROW);
      }
    }
  }
}

// Writes rows [0, rows) of a strip back as 16 columns of a planar map; `rows` is rounded up to a strip, at most n.
function storeColumns(strip: usize, rows: i32, n: i32, to: usize, pitch: usize): void {
  const last = min(n, (rows + STRIP - 1) & ~(STRIP - 1));
  for (let r = 0; r < last; r++) copyRow(to + <usize>r * pitch, strip + <usize>r * ROW);
}

// strip[reversed(c)][r] = from[r][c] for 16 rows r and n columns c.
function loadTransposed(from: usize, pitch: usize, n: i32, reversed: usize, strip: usize): void {
  for (let c = 0; c < n; c += 4) {
    const to0 = strip + <usize>load<u32>(reversed + (<usize>c << 2)) * ROW;
    const to1 = strip + <usize>load<u32>(reversed + (<usize>c << 2) + 4) * ROW;
    const to2 = strip + <usize>load<u32>(reversed + (<usize>c << 2) + 8) * ROW;
    const to3 = strip + <usize>load<u32>(reversed + (<usize>c << 2) + 12) * ROW;
    for (let r = 0; r < STRIP; r += 4) {
      const at = from + <usize>r * pitch + (<usize>c << 2);
      const r0 = v128.load(at);
      const r1 = v128.load(at + pitch);
      const r2 = v128.load(at + 2 * pitch);
      const r3 = v128.load(at + 3 * pitch);
      const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const t1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const t2 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      const lane = <usize>r << 2;
      v128.store(to0 + lane, v128.shuffle<f32>(t0, t2, 0, 1, 4, 5));
      v128.store(to1 + lane, v128.shuffle<f32>(t0, t2, 2, 3, 6, 7));
      v128.store(to2 + lane, v128.shuffle<f32>(t1, t3, 0, 1, 4, 5));
      v128.store(to3 + lane, v128.shuffle<f32>(t1, t3, 2, 3, 6, 7));
    }
  }
}
