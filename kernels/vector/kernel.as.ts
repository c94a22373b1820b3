import { f32At, pointerAt, u32At } from '../support/args.as';

const NONE: u32 = 0xffffffff;

// @ts-ignore: decorator
@inline
function sumOfLanes(v: v128): f32 {
  const pair = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}

// Task = a chunk of elements, in every entry of this file.

// out[i] = scale[i] * x[index[i]], or 0 where there is no index.
export function gatherScale(begin: i32, end: i32, args: usize): void {
  const n = <i32>u32At(args, 0);
  const chunk = <i32>u32At(args, 1);
  const x = pointerAt(args, 2);
  const index = pointerAt(args, 3);
  const scale = pointerAt(args, 4);
  const out = pointerAt(args, 5);
  for (let i = begin * chunk, last = min(end * chunk, n); i < last; i++) {
    const at = <usize>i << 2;
    const from = load<u32>(index + at);
    store<f32>(out + at, from == NONE ? 0 : load<f32>(scale + at) * load<f32>(x + (<usize>from << 2)));
  }
}

// out[i] = scale[i] * (a[indexA[i]] + b[indexB[i]])
export function gatherSum(begin: i32, end: i32, args: usize): void {
  const n = <i32>u32At(args, 0);
  const chunk = <i32>u32At(args, 1);
  const a = pointerAt(args, 2);
  const b = pointerAt(args, 3);
  const indexA = pointerAt(args, 4);
  const indexB = pointerAt(args, 5);
  const scale = pointerAt(args, 6);
  const out = pointerAt(args, 7);
  for (let i = begin * chunk, last = min(end * chunk, n); i < last; i++) {
    const at = <usize>i << 2;
    const sum = load<f32>(a + (<usize>load<u32>(indexA + at) << 2)) + load<f32>(b + (<usize>load<u32>(indexB + at) << 2));
    store<f32>(out + at, load<f32>(scale + at) * sum);
  }
}

// trial[i] = max(0, w[i] + step * direction[i])
export function projectedStep(begin: i32, end: i32, args: usize): void {
  const n = <i32>u32At(args, 0);
  const chunk = <i32>u32At(args, 1);
  const step = f32At(args, 2);
  const w = pointerAt(args, 3);
  const direction = pointerAt(args, 4);
  const trial = pointerAt(args, 5);
  for (let i = begin * chunk, last = min(end * chunk, n); i < last; i++) {
    const at = <usize>i << 2;
    store<f32>(trial + at, max<f32>(0, load<f32>(w + at) + step * load<f32>(direction + at)));
  }
}

// history[s] = trial - w, history[y] = gTrial - g, then w = trial and g = gTrial; rows are n long, `stride` apart.
export function acceptStep(begin: i32, end: i32, args: usize): void {
  const n = <i32>u32At(args, 0);
  const chunk = <i32>u32At(args, 1);
  const stride = <i32>u32At(args, 2);
  const rowS = <i32>u32At(args, 3);
  const rowY = <i32>u32At(args, 4);
  const rowG = <i32>u32At(args, 5);
  const trial = pointerAt(args, 6);
  const gTrial = pointerAt(args, 7);
  const w = pointerAt(args, 8);
  const history = pointerAt(args, 9);
  const s = history + ((<usize>rowS * <usize>stride) << 2);
  const y = history + ((<usize>rowY * <usize>stride) << 2);
  const g = history + ((<usize>rowG * <usize>stride) << 2);
  for (let i = begin * chunk, last = min(end * chunk, n); i < last; i++) {
    const at = <usize>i << 2;
    const newW = load<f32>(trial + at);
    const newG = load<f32>(gTrial + at);
    store<f32>(s + at, newW - load<f32>(w + at));
    store<f32>(y + at, newG - load<f32>(g + at));
    store<f32>(w + at, newW);
    store<f32>(g + at, newG);
  }
}

// partials[chunk][row(row + 1) / 2 + col] = dot product of rows of `history` over the free variables of the chunk: those
// that are positive or would grow.
export function freeGram(begin: i32, end: i32, args: usize): void {
  const n = <i32>u32At(args, 0);
  const chunk = <i32>u32At(args, 1);
  const stride = <i32>u32At(args, 2);
  const rowCount = <i32>u32At(args, 3);
  const rowG = <i32>u32At(args, 4);
  const w = pointerAt(args, 5);
  const history = pointerAt(args, 6);
  const free = pointerAt(args, 7);
  const partials = pointerAt(args, 8);
  const pairs = (rowCount * (rowCount + 1)) >> 1;
  const rowBytes = <usize>stride << 2;
  const g = history + <usize>rowG * rowBytes;
  for (let task = begin; task < end; task++) {
    const first = task * chunk;
    const last = min(first + chunk, n);
    for (let i = first; i < last; i++) {
      const at = <usize>i << 2;
      store<f32>(free + at, load<f32>(w + at) > 0 || load<f32>(g + at) < 0 ? 1 : 0);
    }
    for (let i = last; i < ((last + 3) & ~3); i++) store<f32>(free + (<usize>i << 2), 0);
    let out = partials + ((<usize>task * <usize>pairs) << 2);
    const from = <usize>first << 2;
    const to = <usize>last << 2;
    for (let a = 0; a < rowCount; a++) {
      const rowA = history + <usize>a * rowBytes;
      // Four rows at a time, so that the masked row is read once for all of them.
      let b = 0;
      for (; b + 3 <= a; b += 4, out += 16) {
        const row0 = history + <usize>b * rowBytes;
        const row1 = row0 + rowBytes;
        const row2 = row1 + rowBytes;
        const row3 = row2 + rowBytes;
        let s0 = f32x4.splat(0);
        let s1 = s0;
        let s2 = s0;
        let s3 = s0;
        for (let at = from; at < to; at += 16) {
          const masked = f32x4.mul(v128.load(free + at), v128.load(rowA + at));
          s0 = f32x4.add(s0, f32x4.mul(masked, v128.load(row0 + at)));
          s1 = f32x4.add(s1, f32x4.mul(masked, v128.load(row1 + at)));
          s2 = f32x4.add(s2, f32x4.mul(masked, v128.load(row2 + at)));
          s3 = f32x4.add(s3, f32x4.mul(masked, v128.load(row3 + at)));
        }
        store<f32>(out, sumOfLanes(s0));
        store<f32>(out, sumOfLanes(s1), 4);
        store<f32>(out, sumOfLanes(s2), 8);
        store<f32>(out, sumOfLanes(s3), 12);
      }
      for (; b <= a; b++, out += 4) {
        const rowB = history + <usize>b * rowBytes;
        let sum = f32x4.splat(0);
        for (let at = from; at < to; at += 16) {
          const masked = f32x4.mul(v128.load(free + at), v128.load(rowA + at));
          sum = f32x4.add(sum, f32x4.mul(masked, v128.load(rowB + at)));
        }
        store<f32>(out, sumOfLanes(sum));
      }
    }
  }
}

// direction[i] = free[i] * sum over rows of coefficient[row] * history[row][i]
export function combineRows(begin: i32, end: i32, args: usize): void {
  const n = <i32>u32At(args, 0);
  const chunk = <i32>u32At(args, 1);
  const stride = <i32>u32At(args, 2);
  const rowCount = <i32>u32At(args, 3);
  const history = pointerAt(args, 4);
  const coefficients = pointerAt(args, 5);
  const free = pointerAt(args, 6);
  const direction = pointerAt(args, 7);
  const rowBytes = <usize>stride << 2;
  for (let i = begin * chunk, last = min(end * chunk, n); i < last; i += 4) {
    const at = <usize>i << 2;
    let sum = f32x4.splat(0);
    for (let row = 0; row < rowCount; row++) {
      const c = v128.load32_splat(coefficients + (<usize>row << 2));
      sum = f32x4.add(sum, f32x4.mul(c, v128.load(history + <usize>row * rowBytes + at)));
    }
    v128.store(direction + at, f32x4.mul(v128.load(free + at), sum));
  }
}

// partials[chunk] = { g . (trial - w), |trial - w|^2, |P(w - g) - w|^2, max |P(w - g) - w| }, with P the projection on w >= 0
export function stepDots(begin: i32, end: i32, args: usize): void {
  const n = <i32>u32At(args, 0);
  const chunk = <i32>u32At(args, 1);
  const w = pointerAt(args, 2);
  const g = pointerAt(args, 3);
  const trial = pointerAt(args, 4);
  const partials = pointerAt(args, 5);
  for (let task = begin; task < end; task++) {
    const last = min((task + 1) * chunk, n);
    let descent: f64 = 0;
    let length: f64 = 0;
    let norm: f64 = 0;
    let largest: f32 = 0;
    for (let i = task * chunk; i < last; i++) {
      const at = <usize>i << 2;
      const wi = load<f32>(w + at);
      const gi = load<f32>(g + at);
      const moved = load<f32>(trial + at) - wi;
      const projected = max<f32>(0, wi - gi) - wi;
      descent += <f64>gi * <f64>moved;
      length += <f64>moved * <f64>moved;
      norm += <f64>projected * <f64>projected;
      largest = max<f32>(largest, abs<f32>(projected));
    }
    const out = partials + (<usize>task << 4);
    store<f32>(out, <f32>descent);
    store<f32>(out, <f32>length, 4);
    store<f32>(out, <f32>norm, 8);
    store<f32>(out, largest, 12);
  }
}
