import { pointerAt, u32At } from '../support/args.as';

// Task = a filter stepped through its signal, in double precision; the same steps as the WGSL.
const TASK_BYTES: usize = 96;
const LOW_PASS: i32 = 0;
const NOTCH: i32 = 1;
const WFLC: i32 = 2;
const LMS: i32 = 3;
const RLS: i32 = 4;
const KALMAN: i32 = 5;

// @ts-ignore: decorator
@inline
function at(list: usize, index: i32): usize {
  return list + (<usize>index << 3);
}

// @ts-ignore: decorator
@inline
function field(task: usize, index: i32): f64 {
  return <f64>load<f32>(task + (<usize>index << 2));
}

// The triangle of `size`, its right side behind it; the row x (destroyed) with its target is rotated in.
function rotateIn(triangle: usize, size: i32, first: i32, x: usize, target: f64): void {
  const right = at(triangle, size * size);
  let d = target;
  for (let i = first; i < size; i++) {
    const xi = load<f64>(at(x, i));
    if (xi == 0) continue;
    const row = at(triangle, i * size);
    const r = load<f64>(at(row, i));
    const h = Math.sqrt(r * r + xi * xi);
    const c = r / h;
    const s = xi / h;
    store<f64>(at(row, i), h);
    for (let j = i + 1; j < size; j++) {
      const t = load<f64>(at(row, j));
      const xj = load<f64>(at(x, j));
      store<f64>(at(row, j), c * t + s * xj);
      store<f64>(at(x, j), c * xj - s * t);
    }
    const z = load<f64>(at(right, i));
    store<f64>(at(right, i), c * z + s * d);
    d = c * d - s * z;
  }
}

function startTriangle(triangle: usize, size: i32, diagonal: f64): void {
  memory.fill(triangle, 0, <usize>(size * size + size) << 3);
  for (let i = 0; i < size; i++) store<f64>(at(triangle, i * (size + 1)), diagonal);
}

function leastSquares(triangle: usize, size: i32, x: usize, spare: usize, w: usize, value: f64, fade: f64, ridge: f64, turn: i32): void {
  for (let i = 0; i < size * size + size; i++) store<f64>(at(triangle, i), load<f64>(at(triangle, i)) * (1 - fade));
  let power: f64 = 0;
  for (let i = 0; i < size; i++) {
    const xi = load<f64>(at(x, i));
    store<f64>(at(spare, i), xi);
    power += xi * xi;
  }
  rotateIn(triangle, size, 0, spare, value);
  memory.fill(spare, 0, <usize>size << 3);
  store<f64>(at(spare, turn), Math.sqrt(ridge * power));
  rotateIn(triangle, size, turn, spare, 0);
  for (let i = size - 1; i >= 0; i--) {
    let sum = load<f64>(at(triangle, size * size + i));
    for (let j = i + 1; j < size; j++) sum -= load<f64>(at(triangle, i * size + j)) * load<f64>(at(w, j));
    store<f64>(at(w, i), sum / load<f64>(at(triangle, i * (size + 1))));
  }
}

function kalman(p: usize, size: i32, x: usize, gain: usize, w: usize, error: f64, drift: f64): void {
  let spread: f64 = 1;
  for (let i = 0; i < size; i++) {
    let sum: f64 = 0;
    for (let j = 0; j < size; j++) sum += load<f64>(at(p, i * size + j)) * load<f64>(at(x, j));
    store<f64>(at(gain, i), sum);
    spread += sum * load<f64>(at(x, i));
  }
  for (let i = 0; i < size; i++) {
    const share = load<f64>(at(gain, i)) / spread;
    for (let j = 0; j <= i; j++) {
      const value = load<f64>(at(p, i * size + j)) - share * load<f64>(at(gain, j));
      store<f64>(at(p, i * size + j), value);
      store<f64>(at(p, j * size + i), value);
    }
    store<f64>(at(p, i * (size + 1)), load<f64>(at(p, i * (size + 1))) + drift);
    store<f64>(at(w, i), load<f64>(at(w, i)) + share * error);
  }
}

function stateVariable(task: usize, kind: i32, input: usize, out: usize, samples: i32): void {
  const a = field(task, 12);
  const damping = kind == LOW_PASS ? Math.SQRT2 : field(task, 13);
  const scale = 1 / (1 + a * (a + damping));
  const origin = <f64>load<f32>(input);
  let first: f64 = 0;
  let second: f64 = 0;
  for (let k = 1; k < samples; k++) {
    const sample = <f64>load<f32>(input + (<usize>k << 2)) - origin;
    const high = (sample - second - (a + damping) * first) * scale;
    const band = a * high + first;
    const low = a * band + second;
    first = a * high + band;
    second = a * band + low;
    store<f32>(out + (<usize>k << 2), <f32>(kind == LOW_PASS ? sample - low : damping * band));
  }
}

// The scratch is in pairs of floats: the space of a task holds doubles.
export function tremorBank(begin: i32, end: i32, args: usize): void {
  const samples = <i32>u32At(args, 1);
  const scratch = <usize>u32At(args, 2);
  const signals = pointerAt(args, 3);
  const table = pointerAt(args, 4);
  const lines = pointerAt(args, 5);
  const estimates = pointerAt(args, 6);
  const work = pointerAt(args, 7);
  if (samples == 0) return;
  for (let n = begin; n < end; n++) {
    const task = table + <usize>n * TASK_BYTES;
    const input = signals + ((<usize>field(task, 1) * <usize>samples) << 2);
    const out = estimates + ((<usize>n * <usize>samples) << 2);
    store<f32>(out, 0);
    const kind = <i32>field(task, 0);
    if (kind <= NOTCH) stateVariable(task, kind, input, out, samples);
    else run(task, kind, input, lines + ((<usize>field(task, 3)) << 4), out, work + ((<usize>n * scratch) << 3), samples);
  }
}

function run(task: usize, kind: i32, input: usize, lines: usize, out: usize, work: usize, samples: i32): void {
  const ahead = field(task, 2);
  const size = <i32>field(task, 4);
  const spacing = <i32>field(task, 5);
  const history = <i32>field(task, 6);
  const gain = field(task, 7);
  const p1r = field(task, 8);
  const p1i = field(task, 9);
  const p2r = field(task, 10);
  const p2i = field(task, 11);
  const a = field(task, 12);
  const b = field(task, 13);
  const c = field(task, 14);
  const d = field(task, 15);
  const origin = <f64>load<f32>(input);
  const w = at(work, size * size + size);
  const x = at(w, size);
  const spare = at(x, size);
  const past = at(spare, size);
  for (let i = 0; i < size; i++) {
    store<f64>(at(w, i), 0);
    store<f64>(at(x, i), <f64>(i & 1));
  }
  if (kind == RLS) startTriangle(work, size, 1 / Math.sqrt(b));
  if (kind == KALMAN) startTriangle(work, size, b);
  memory.fill(past, 0, <usize>history << 3);
  let s1r: f64 = 0;
  let s1i: f64 = 0;
  let s2r: f64 = 0;
  let s2i: f64 = 0;
  let x1: f64 = 0;
  let x2: f64 = 0;
  let y1: f64 = 0;
  let y2: f64 = 0;
  let omega = Math.sqrt(c * d);
  let phase: f64 = 0;
  let sine: f64 = 0;
  let cosine: f64 = 0;
  let here = 0;
  let turn = 0;
  const lead = <i32>ahead;
  for (let k = 1; k < samples; k++) {
    const u = gain * (<f64>load<f32>(input + (<usize>k << 2)) - origin);
    let re = p1r * s1r - p1i * s1i + u - x2;
    s1i = p1r * s1i + p1i * s1r;
    s1r = re;
    x2 = x1;
    x1 = u;
    const y = (p1r * s1i + p1i * s1r) / p1i;
    re = p2r * s2r - p2i * s2i + y - y2;
    s2i = p2r * s2i + p2i * s2r;
    s2r = re;
    y2 = y1;
    y1 = y;
    const v = (p2r * s2i + p2i * s2r) / p2i;
    let estimate: f64 = 0;
    if (kind == WFLC) {
      phase += omega;
      if (phase > 2 * Math.PI) phase -= 2 * Math.PI;
      const s = Math.sin(phase);
      const co = Math.cos(phase);
      const error = v - sine * s - cosine * co;
      const power = sine * sine + cosine * cosine;
      if (power > 0) {
        const slope = (error * (sine * co - cosine * s)) / power;
        omega = Math.min(d, Math.max(c, omega + 2 * b * Math.max(-1, Math.min(1, slope))));
      }
      sine += 2 * a * error * s;
      cosine += 2 * a * error * co;
      const zr = Math.cos(omega);
      const zi = Math.sin(omega);
      // Inverse of g prod 2 i sin z / ((z - p)(z - conj p)): the product of the denominators over -4 g sin^2 z^2.
      const b1r = (zr - p1r) * (zr - p1r) - (zi - p1i) * (zi + p1i);
      const b1i = (zr - p1r) * (zi + p1i) + (zi - p1i) * (zr - p1r);
      const b2r = (zr - p2r) * (zr - p2r) - (zi - p2i) * (zi + p2i);
      const b2i = (zr - p2r) * (zi + p2i) + (zi - p2i) * (zr - p2r);
      const br = b1r * b2r - b1i * b2i;
      const bi = b1r * b2i + b1i * b2r;
      const cr = zr * zr - zi * zi;
      const ci = -2 * zr * zi;
      const scale = -1 / (4 * gain * zi * zi);
      const ur = scale * (br * cr - bi * ci);
      const ui = scale * (br * ci + bi * cr);
      const ls = Math.sin(phase + omega * ahead);
      const lc = Math.cos(phase + omega * ahead);
      estimate = ur * (sine * ls + cosine * lc) + ui * (sine * lc - cosine * ls);
    } else if (kind <= KALMAN) {
      for (let i = 0; i < size; i += 2) {
        const line = lines + (<usize>i << 3);
        const tc = <f64>load<f32>(line);
        const ts = <f64>load<f32>(line, 4);
        const xs = load<f64>(at(x, i));
        const xc = load<f64>(at(x, i + 1));
        const s = xs * tc + xc * ts;
        const co = xc * tc - xs * ts;
        const scale = 1.5 - 0.5 * (s * s + co * co);
        store<f64>(at(x, i), s * scale);
        store<f64>(at(x, i + 1), co * scale);
      }
      if (kind == RLS) {
        leastSquares(work, size, x, spare, w, v, a, c, turn);
        turn = (turn + 1) % size;
      } else {
        let error = v;
        for (let i = 0; i < size; i++) error -= load<f64>(at(w, i)) * load<f64>(at(x, i));
        if (kind == LMS) {
          for (let i = 0; i < size; i++) store<f64>(at(w, i), load<f64>(at(w, i)) + 2 * a * error * load<f64>(at(x, i)));
        } else kalman(work, size, x, spare, w, error, a);
      }
      for (let i = 0; i < size; i += 2) {
        const line = lines + (<usize>i << 3);
        const lr = <f64>load<f32>(line, 8);
        const li = <f64>load<f32>(line, 12);
        const s = load<f64>(at(x, i));
        const co = load<f64>(at(x, i + 1));
        estimate += load<f64>(at(w, i)) * (lr * s + li * co) + load<f64>(at(w, i + 1)) * (lr * co - li * s);
      }
    } else {
      here = (here + 1) % history;
      store<f64>(at(past, here), v);
      if (lead == 0) estimate = v;
      else {
        let power: f64 = 0;
        for (let i = 0; i < size; i++) {
          const value = load<f64>(at(past, (here + 2 * history - lead - i * spacing) % history));
          store<f64>(at(x, i), value);
          power += value * value;
        }
        if (k <= history) startTriangle(work, size, Math.sqrt(power / (100 * <f64>size)));
        else {
          leastSquares(work, size, x, spare, w, v, a, b, turn);
          turn = (turn + 1) % size;
          for (let i = 0; i < size; i++) {
            estimate += load<f64>(at(w, i)) * load<f64>(at(past, (here + 2 * history - i * spacing) % history));
          }
        }
      }
    }
    store<f32>(out + (<usize>k << 2), <f32>estimate);
  }
}
