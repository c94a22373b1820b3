import { f32At, pointerAt, u32At } from '../support/args.as';

// Between the passes the volume holds signed squared distances [mm^2] to the nearest cell of the other kind, as far as the
// axes done so far can see: positive outside the region, negative inside, never zero; NONE where they see none. Seen from a
// run of voxels of one kind along a line, the cells at its two ends are at distance zero and hide all that lies behind them:
// so runs are independent of each other, and one pass over a line serves both signs.

// @ts-ignore: decorator
@inline
const NONE: f32 = 1e36;
// @ts-ignore: decorator
@inline
const SIGN: u32 = 0x80000000;
// @ts-ignore: decorator
@inline
const COLUMNS: i32 = 16;
// @ts-ignore: decorator
@inline
const ENTRY: usize = 32;

// First voxel from `at` on whose bit differs from `inside`, or n.
function endOfRun(row: usize, at: i32, n: i32, inside: u32): i32 {
  const flip: u32 = inside != 0 ? 0xffffffff : 0;
  let word = at >> 5;
  const words = (n + 31) >> 5;
  let differ = (load<u32>(row + (<usize>word << 2)) ^ flip) & (<u32>0xffffffff << (at & 31));
  while (differ == 0) {
    if (++word >= words) return n;
    differ = load<u32>(row + (<usize>word << 2)) ^ flip;
  }
  return min(n, (word << 5) + <i32>ctz<u32>(differ));
}

// One row from its bits. The bits are 0 or 1 from voxel to voxel, so the nearest cell is at one of the run's ends.
function alongX(row: usize, n: i32, h: f32, out: usize): void {
  let a = 0;
  while (a < n) {
    const inside = (load<u32>(row + (<usize>(a >> 5) << 2)) >> (a & 31)) & 1;
    const b = endOfRun(row, a, n, inside);
    const sign: f32 = inside != 0 ? -1 : 1;
    let x = a;
    if (a == 0 && b == n) {
      for (; x < b; x++) store<f32>(out + (<usize>x << 2), sign * NONE);
      return;
    }
    // The end that does not exist is put far beyond the other one.
    const left: f32 = a > 0 ? <f32>a : <f32>-3 * <f32>n;
    const right: f32 = b < n ? <f32>b : <f32>4 * <f32>n;
    const ramp = f32x4(0.5, 1.5, 2.5, 3.5);
    for (; x + 4 <= b; x += 4) {
      const centre = f32x4.add(f32x4.splat(<f32>x), ramp);
      const steps = f32x4.min(f32x4.sub(centre, f32x4.splat(left)), f32x4.sub(f32x4.splat(right), centre));
      const d = f32x4.mul(steps, f32x4.splat(h));
      v128.store(out + (<usize>x << 2), f32x4.mul(f32x4.mul(d, d), f32x4.splat(sign)));
    }
    for (; x < b; x++) {
      const centre = <f32>x + 0.5;
      const d = min<f32>(centre - left, right - centre) * h;
      store<f32>(out + (<usize>x << 2), d * d * sign);
    }
    a = b;
  }
}

// Lower envelope of parabolas (Felzenszwalb and Huttenlocher 2012) over one run [a, b) of a line. A cell is nearest at one of
// its two faces, which it shares with its neighbours: the parabolas stand on the faces, each as high as the lower of the two
// cells beside it, and face m lies at m where the centre of voxel x lies at x + 1/2. Entry of the envelope: where it begins to
// be lowest, height + h^2 m^2, height, m.
function alongRun(g: usize, n: i32, a: i32, b: i32, sign: u32, h2: f64, perStep: usize, envelope: usize): void {
  if (b - a <= 2 && a > 0 && b < n) {
    // Both voxels touch a cell at the end of the run: nothing else along this line is nearer.
    for (let p = g + (<usize>a << 2); p < g + (<usize>b << 2); p += 4) {
      store<u32>(p, reinterpret<u32>(min<f32>(<f32>(0.25 * h2), abs<f32>(load<f32>(p)))) | sign);
    }
    return;
  }
  const firstCentre = <f64>a + 0.5;
  const lastCentre = <f64>b - 0.5;
  // The last entry is kept in these; in memory it stands at `last`.
  let last = envelope - ENTRY;
  let lastFrom: f64 = 0;
  let lastLifted: f64 = 0;
  let lastFace = 0;
  let before: f32 = a > 0 ? 0 : NONE;
  for (let m = a; m <= b; m++) {
    const after: f32 = m < b ? abs<f32>(load<f32>(g + (<usize>m << 2))) : b < n ? 0 : NONE;
    const height = min<f32>(before, after);
    before = after;
    if (height >= NONE) continue;
    const lifted = <f64>height + h2 * (<f64>m * <f64>m);
    let from = firstCentre;
    while (last >= envelope) {
      from = (lifted - lastLifted) * load<f64>(perStep + (<usize>(m - lastFace) << 3));
      if (from > lastFrom) break;
      from = firstCentre;
      last -= ENTRY;
      if (last < envelope) break;
      lastFrom = load<f64>(last);
      lastLifted = load<f64>(last, 8);
      lastFace = load<i32>(last, 24);
    }
    if (from > lastCentre) continue;
    last += ENTRY;
    store<f64>(last, from);
    store<f64>(last, lifted, 8);
    store<f64>(last, <f64>height, 16);
    store<i32>(last, m, 24);
    lastFrom = from;
    lastLifted = lifted;
    lastFace = m;
  }
  if (last < envelope) return;
  const end = last + ENTRY;
  let at = envelope;
  let height = load<f64>(at, 16);
  let face = <f64>load<i32>(at, 24);
  let next = at + ENTRY < end ? load<f64>(at + ENTRY) : Infinity;
  for (let x = a; x < b; x++) {
    const centre = <f64>x + 0.5;
    while (next <= centre) {
      at += ENTRY;
      height = load<f64>(at, 16);
      face = <f64>load<i32>(at, 24);
      next = at + ENTRY < end ? load<f64>(at + ENTRY) : Infinity;
    }
    const d = centre - face;
    const p = g + (<usize>x << 2);
    const value = min<f32>(<f32>(height + h2 * d * d), abs<f32>(load<f32>(p)));
    store<u32>(p, reinterpret<u32>(value) | sign);
  }
}

function alongLine(g: usize, n: i32, h2: f64, perStep: usize, envelope: usize): void {
  let a = 0;
  while (a < n) {
    const sign = load<u32>(g + (<usize>a << 2)) & SIGN;
    let b = a + 1;
    while (b < n && (load<u32>(g + (<usize>b << 2)) & SIGN) == sign) b++;
    alongRun(g, n, a, b, sign, h2, perStep, envelope);
    a = b;
  }
}

// out[c][r] = in[r][c] for a block of 4 x 4 floats; strides in bytes.
// @ts-ignore: decorator
@inline
function transpose4(from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + fromStride);
  const c = v128.load(from + 2 * fromStride);
  const d = v128.load(from + 3 * fromStride);
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(to + toStride, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
  v128.store(to + 2 * toStride, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
  v128.store(to + 3 * toStride, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
}

// Lines of the volume lie far apart, often by a power of two: both ways work on all of a line's tile before the next line.
// lines[c][r] = plane[r][c]
function gatherTile(plane: usize, rowBytes: usize, rows: i32, cols: i32, lines: usize, lineBytes: usize): void {
  const wholeRows = rows & ~3;
  const wholeCols = cols & ~3;
  for (let r = 0; r < wholeRows; r += 4) {
    for (let c = 0; c < wholeCols; c += 4) {
      const source = plane + <usize>r * rowBytes + (<usize>c << 2);
      transpose4(source, rowBytes, lines + <usize>c * lineBytes + (<usize>r << 2), lineBytes);
    }
  }
  for (let r = 0; r < rows; r++) {
    for (let c = r < wholeRows ? wholeCols : 0; c < cols; c++) {
      const value = load<f32>(plane + <usize>r * rowBytes + (<usize>c << 2));
      store<f32>(lines + <usize>c * lineBytes + (<usize>r << 2), value);
    }
  }
}

// plane[r][c] = lines[c][r]
function scatterTile(lines: usize, lineBytes: usize, rows: i32, cols: i32, plane: usize, rowBytes: usize): void {
  const wholeRows = rows & ~3;
  const wholeCols = cols & ~3;
  for (let r = 0; r < wholeRows; r += 4) {
    for (let c = 0; c < wholeCols; c += 4) {
      const source = lines + <usize>c * lineBytes + (<usize>r << 2);
      transpose4(source, lineBytes, plane + <usize>r * rowBytes + (<usize>c << 2), rowBytes);
    }
  }
  for (let r = 0; r < rows; r++) {
    for (let c = r < wholeRows ? wholeCols : 0; c < cols; c++) {
      const value = load<f32>(lines + <usize>c * lineBytes + (<usize>r << 2));
      store<f32>(plane + <usize>r * rowBytes + (<usize>c << 2), value);
    }
  }
}

// Signed square [mm^2] to signed distance [m], over whole vectors.
function toMetres(line: usize, n: i32): void {
  const signs = i32x4.splat(SIGN);
  const end = line + (<usize>n << 2);
  for (let p = line; p < end; p += 16) {
    const value = v128.load(p);
    const metres = f32x4.mul(f32x4.sqrt(f32x4.abs(value)), f32x4.splat(0.001));
    v128.store(p, v128.or(metres, v128.and(value, signs)));
  }
}

// Columns of one plane of `rows` rows, a tile of them at a time, through their transpose in the scratch.
function alongColumns(
  plane: usize,
  rows: i32,
  cols: i32,
  rowBytes: usize,
  h2: f64,
  scratch: usize,
  line: i32,
  last: bool,
): void {
  const lineBytes = <usize>line << 2;
  const envelope = scratch + <usize>COLUMNS * lineBytes;
  const perStep = envelope + <usize>(line + 1) * ENTRY;
  for (let c = 0; c < cols; c += COLUMNS) {
    const width = min(COLUMNS, cols - c);
    const corner = plane + (<usize>c << 2);
    gatherTile(corner, rowBytes, rows, width, scratch, lineBytes);
    for (let i = 0; i < width; i++) {
      const g = scratch + <usize>i * lineBytes;
      alongLine(g, rows, h2, perStep, envelope);
      if (last) toMetres(g, rows);
    }
    scatterTile(scratch, lineBytes, rows, width, corner, rowBytes);
  }
}

// 1 / (2 h^2 steps), so that no pass divides.
function fillPerStep(scratch: usize, line: i32, h2: f64): void {
  const perStep = scratch + (<usize>COLUMNS << 2) * <usize>line + <usize>(line + 1) * ENTRY;
  for (let steps = 1; steps <= line; steps++) store<f64>(perStep + (<usize>steps << 3), 1 / (2 * h2 * <f64>steps));
}

// Task = one of `parts` equal shares of the slices: along x from the bits, then along y.
export function distanceAlongXY(begin: i32, end: i32, args: usize): void {
  const nx = <i32>u32At(args, 0);
  const ny = <i32>u32At(args, 1);
  const nz = <i32>u32At(args, 2);
  const rowWords = <usize>u32At(args, 3) << 2;
  const hx = f32At(args, 4);
  const hy = <f64>f32At(args, 5);
  const parts = <i32>u32At(args, 7);
  const partBytes = <usize>u32At(args, 8);
  const line = <i32>u32At(args, 9);
  const bits = pointerAt(args, 10);
  const distance = pointerAt(args, 12);
  const rowBytes = <usize>nx << 2;
  for (let task = begin; task < end; task++) {
    const scratch = pointerAt(args, 11) + <usize>task * partBytes;
    fillPerStep(scratch, line, hy * hy);
    const stop = ((task + 1) * nz) / parts;
    for (let k = (task * nz) / parts; k < stop; k++) {
      const slice = distance + <usize>k * <usize>ny * rowBytes;
      for (let j = 0; j < ny; j++) {
        alongX(bits + (<usize>k * <usize>ny + <usize>j) * rowWords, nx, hx, slice + <usize>j * rowBytes);
      }
      alongColumns(slice, ny, nx, rowBytes, hy * hy, scratch, line, false);
    }
  }
}

// Task = one of `parts` equal shares of the planes of constant y: along z, and from squared mm to m.
export function distanceAlongZ(begin: i32, end: i32, args: usize): void {
  const nx = <i32>u32At(args, 0);
  const ny = <i32>u32At(args, 1);
  const nz = <i32>u32At(args, 2);
  const hz = <f64>f32At(args, 6);
  const parts = <i32>u32At(args, 7);
  const partBytes = <usize>u32At(args, 8);
  const line = <i32>u32At(args, 9);
  const distance = pointerAt(args, 11);
  const rowBytes = <usize>nx << 2;
  for (let task = begin; task < end; task++) {
    const scratch = pointerAt(args, 10) + <usize>task * partBytes;
    fillPerStep(scratch, line, hz * hz);
    const stop = ((task + 1) * ny) / parts;
    for (let j = (task * ny) / parts; j < stop; j++) {
      alongColumns(distance + <usize>j * rowBytes, nz, nx, <usize>ny * rowBytes, hz * hz, scratch, line, true);
    }
  }
}
