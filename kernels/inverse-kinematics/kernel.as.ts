import { f32At, pointerAt, u32At } from '../support/args.as';

// Task = four starts, one a lane: damped least squares within the limits (reference.ts has the method). All vectors are f32x4
// in the task's own piece of the scratch buffer.

const DOFS = 8;
// The tip counts as one joint more.
const JOINTS = 13;
// Places in the scratch, in vectors of 16 bytes; index.ts has their sum.
const X: usize = 0;
const TRIAL: usize = X + <usize>DOFS * 16;
const GRADIENT: usize = TRIAL + <usize>DOFS * 16;
const STEP: usize = GRADIENT + <usize>DOFS * 16;
const ERROR: usize = STEP + <usize>DOFS * 16;
const AXES: usize = ERROR + 6 * 16;
const ORIGINS: usize = AXES + 3 * <usize>JOINTS * 16;
const COLUMNS: usize = ORIGINS + 3 * <usize>JOINTS * 16;
const NORMAL: usize = COLUMNS + 6 * <usize>DOFS * 16;
const FACTOR: usize = NORMAL + 36 * 16;
const SCRATCH: usize = FACTOR + 36 * 16;

// @ts-ignore: decorator
@inline
function get(at: usize, index: i32): v128 {
  return v128.load(at + (<usize>index << 4));
}

// @ts-ignore: decorator
@inline
function put(at: usize, index: i32, value: v128): void {
  v128.store(at + (<usize>index << 4), value);
}

// @ts-ignore: decorator
@inline
function all(value: f32): v128 {
  return f32x4.splat(value);
}

// @ts-ignore: decorator
@inline
function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

// @ts-ignore: decorator
@inline
function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

// @ts-ignore: decorator
@inline
function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

// a * b + c * d
// @ts-ignore: decorator
@inline
function mul2(a: v128, b: v128, c: v128, d: v128): v128 {
  return add(mul(a, b), mul(c, d));
}

// @ts-ignore: decorator
@inline
function mul3(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128): v128 {
  return add(mul2(a, b, c, d), mul(e, f));
}

// Index of (i, j), j <= i, in a packed lower triangle.
// @ts-ignore: decorator
@inline
function lower(i: i32, j: i32): i32 {
  return ((i * (i + 1)) >> 1) + j;
}

// The quarter turns nearest to an angle, and what is left of it: pi / 2 in three parts (Cody and Waite).
// @ts-ignore: decorator
@inline
function reduced(angle: v128, quarters: v128): v128 {
  let r = sub(angle, mul(quarters, all(1.5703125)));
  r = sub(r, mul(quarters, all(4.837512969970703e-4)));
  return sub(r, mul(quarters, all(7.549789948768648e-8)));
}

// @ts-ignore: decorator
@inline
function sinPart(r: v128): v128 {
  const z = mul(r, r);
  let p = add(mul(all(-1.9515295891e-4), z), all(8.3321608736e-3));
  p = add(mul(p, z), all(-1.6666654611e-1));
  return add(mul(mul(p, z), r), r);
}

// @ts-ignore: decorator
@inline
function cosPart(r: v128): v128 {
  const z = mul(r, r);
  let p = add(mul(all(2.443315711809948e-5), z), all(-1.388731625493765e-3));
  p = add(mul(p, z), all(4.166664568298827e-2));
  return add(sub(mul(mul(p, z), z), mul(all(0.5), z)), all(1));
}

// Forward kinematics of the lanes at `x` (TRIAL or X), and the error; returns half its square.
function evaluate(s: usize, joints: i32, arm: usize, aims: usize, perTarget: i32, start: i32, last: i32, task: i32, perLength: v128): v128 {
  const one = all(1);
  const zero = all(0);
  let r0 = one, r1 = zero, r2 = zero;
  let r3 = zero, r4 = one, r5 = zero;
  let r6 = zero, r7 = zero, r8 = one;
  let px = zero, py = zero, pz = zero;
  for (let k = 0; k <= joints; k++) {
    const row = arm + (<usize>k << 6);
    const tx = v128.load32_splat(row, 36);
    const ty = v128.load32_splat(row, 40);
    const tz = v128.load32_splat(row, 44);
    px = add(px, mul3(r0, tx, r3, ty, r6, tz));
    py = add(py, mul3(r1, tx, r4, ty, r7, tz));
    pz = add(pz, mul3(r2, tx, r5, ty, r8, tz));
    let fx = v128.load32_splat(row);
    let fy = v128.load32_splat(row, 4);
    let fz = v128.load32_splat(row, 8);
    const ax = mul3(r0, fx, r3, fy, r6, fz);
    const ay = mul3(r1, fx, r4, fy, r7, fz);
    const az = mul3(r2, fx, r5, fy, r8, fz);
    fx = v128.load32_splat(row, 12);
    fy = v128.load32_splat(row, 16);
    fz = v128.load32_splat(row, 20);
    const bx = mul3(r0, fx, r3, fy, r6, fz);
    const by = mul3(r1, fx, r4, fy, r7, fz);
    const bz = mul3(r2, fx, r5, fy, r8, fz);
    fx = v128.load32_splat(row, 24);
    fy = v128.load32_splat(row, 28);
    fz = v128.load32_splat(row, 32);
    const cx = mul3(r0, fx, r3, fy, r6, fz);
    const cy = mul3(r1, fx, r4, fy, r7, fz);
    const cz = mul3(r2, fx, r5, fy, r8, fz);
    r0 = ax; r1 = ay; r2 = az;
    r3 = bx; r4 = by; r5 = bz;
    r6 = cx; r7 = cy; r8 = cz;
    if (k == joints) break;
    put(s + AXES, 3 * k, cx);
    put(s + AXES, 3 * k + 1, cy);
    put(s + AXES, 3 * k + 2, cz);
    put(s + ORIGINS, 3 * k, px);
    put(s + ORIGINS, 3 * k + 1, py);
    put(s + ORIGINS, 3 * k + 2, pz);
    const x = get(s + TRIAL, <i32>load<f32>(row, 52));
    const position = add(mul(v128.load32_splat(row, 56), x), v128.load32_splat(row, 60));
    if (load<f32>(row, 48) > 0) {
      px = add(px, mul(position, cx));
      py = add(py, mul(position, cy));
      pz = add(pz, mul(position, cz));
      continue;
    }
    const quarters = f32x4.nearest(mul(position, all(0.6366197723675814)));
    const rest = reduced(position, quarters);
    const turn = i32x4.trunc_sat_f32x4_s(quarters);
    const odd = i32x4.ne(v128.and(turn, i32x4.splat(1)), i32x4.splat(0));
    const sinRest = sinPart(rest);
    const cosRest = cosPart(rest);
    const signSin = i32x4.shl(v128.and(turn, i32x4.splat(2)), 30);
    const signCos = i32x4.shl(v128.and(i32x4.add(turn, i32x4.splat(1)), i32x4.splat(2)), 30);
    const sin = v128.xor(v128.bitselect(cosRest, sinRest, odd), signSin);
    const cos = v128.xor(v128.bitselect(sinRest, cosRest, odd), signCos);
    r0 = mul2(cos, ax, sin, bx);
    r1 = mul2(cos, ay, sin, by);
    r2 = mul2(cos, az, sin, bz);
    r3 = sub(mul(cos, bx), mul(sin, ax));
    r4 = sub(mul(cos, by), mul(sin, ay));
    r5 = sub(mul(cos, bz), mul(sin, az));
  }
  // Each lane its own target; lanes beyond the last start repeat it.
  const t0 = aims + <usize>(min(start, last) / perTarget) * 48;
  const t1 = aims + <usize>(min(start + 1, last) / perTarget) * 48;
  const t2 = aims + <usize>(min(start + 2, last) / perTarget) * 48;
  const t3 = aims + <usize>(min(start + 3, last) / perTarget) * 48;
  const ex = mul(sub(gather(t0, t1, t2, t3, 36), px), perLength);
  const ey = mul(sub(gather(t0, t1, t2, t3, 40), py), perLength);
  const ez = mul(sub(gather(t0, t1, t2, t3, 44), pz), perLength);
  put(s + ERROR, 0, ex);
  put(s + ERROR, 1, ey);
  put(s + ERROR, 2, ez);
  let sum = mul3(ex, ex, ey, ey, ez, ez);
  // The Jacobian needs the tip's place and z.
  put(s + AXES, 3 * joints, r6);
  put(s + AXES, 3 * joints + 1, r7);
  put(s + AXES, 3 * joints + 2, r8);
  put(s + ORIGINS, 3 * joints, px);
  put(s + ORIGINS, 3 * joints + 1, py);
  put(s + ORIGINS, 3 * joints + 2, pz);
  if (task > 0) {
    const zx = gather(t0, t1, t2, t3, 24);
    const zy = gather(t0, t1, t2, t3, 28);
    const zz = gather(t0, t1, t2, t3, 32);
    let ux = sub(mul(r7, zz), mul(r8, zy));
    let uy = sub(mul(r8, zx), mul(r6, zz));
    let uz = sub(mul(r6, zy), mul(r7, zx));
    let half = add(one, mul3(r6, zx, r7, zy, r8, zz));
    if (task == 2) {
      const xx = gather(t0, t1, t2, t3, 0);
      const xy = gather(t0, t1, t2, t3, 4);
      const xz = gather(t0, t1, t2, t3, 8);
      const yx = gather(t0, t1, t2, t3, 12);
      const yy = gather(t0, t1, t2, t3, 16);
      const yz = gather(t0, t1, t2, t3, 20);
      ux = mul(all(0.5), add(ux, sub(mul2(r1, xz, r4, yz), mul2(r2, xy, r5, yy))));
      uy = mul(all(0.5), add(uy, sub(mul2(r2, xx, r5, yx), mul2(r0, xz, r3, yz))));
      uz = mul(all(0.5), add(uz, sub(mul2(r0, xy, r3, yy), mul2(r1, xx, r4, yx))));
      half = mul(all(0.25), add(half, add(mul3(r0, xx, r1, xy, r2, xz), mul3(r3, yx, r4, yy, r5, yz))));
    } else half = mul(all(0.5), half);
    const cosine = f32x4.max(all(0.1), f32x4.sqrt(f32x4.max(zero, half)));
    ux = f32x4.div(ux, cosine);
    uy = f32x4.div(uy, cosine);
    uz = f32x4.div(uz, cosine);
    put(s + ERROR, 3, ux);
    put(s + ERROR, 4, uy);
    put(s + ERROR, 5, uz);
    sum = add(sum, mul3(ux, ux, uy, uy, uz, uz));
  }
  return mul(all(0.5), sum);
}

// @ts-ignore: decorator
@inline
function gather(a: usize, b: usize, c: usize, d: usize, offset: usize): v128 {
  let v = f32x4.splat(load<f32>(a + offset));
  v = f32x4.replace_lane(v, 1, load<f32>(b + offset));
  v = f32x4.replace_lane(v, 2, load<f32>(c + offset));
  return f32x4.replace_lane(v, 3, load<f32>(d + offset));
}

// J'J and J'e of the lanes that `accepted` marks; the others keep theirs. Joints that want to leave a limit are left out.
function linearise(s: usize, joints: i32, n: i32, arm: usize, limits: usize, task: i32, perLength: v128, accepted: v128): void {
  const rows = task > 0 ? 6 : 3;
  const zero = all(0);
  memory.fill(s + COLUMNS, 0, <usize>(6 * n) << 4);
  const tipX = get(s + ORIGINS, 3 * joints);
  const tipY = get(s + ORIGINS, 3 * joints + 1);
  const tipZ = get(s + ORIGINS, 3 * joints + 2);
  const zx = get(s + AXES, 3 * joints);
  const zy = get(s + AXES, 3 * joints + 1);
  const zz = get(s + AXES, 3 * joints + 2);
  for (let k = 0; k < joints; k++) {
    const row = arm + (<usize>k << 6);
    const dof = <i32>load<f32>(row, 52);
    const weight = all(load<f32>(row, 56) * load<f32>(limits + (<usize>dof << 4), 8));
    const column = s + COLUMNS + (<usize>(6 * dof) << 4);
    const ax = get(s + AXES, 3 * k);
    const ay = get(s + AXES, 3 * k + 1);
    const az = get(s + AXES, 3 * k + 2);
    const scaled = mul(weight, perLength);
    if (load<f32>(row, 48) > 0) {
      put(column, 0, add(get(column, 0), mul(scaled, ax)));
      put(column, 1, add(get(column, 1), mul(scaled, ay)));
      put(column, 2, add(get(column, 2), mul(scaled, az)));
      continue;
    }
    const dx = sub(tipX, get(s + ORIGINS, 3 * k));
    const dy = sub(tipY, get(s + ORIGINS, 3 * k + 1));
    const dz = sub(tipZ, get(s + ORIGINS, 3 * k + 2));
    put(column, 0, add(get(column, 0), mul(scaled, sub(mul(ay, dz), mul(az, dy)))));
    put(column, 1, add(get(column, 1), mul(scaled, sub(mul(az, dx), mul(ax, dz)))));
    put(column, 2, add(get(column, 2), mul(scaled, sub(mul(ax, dy), mul(ay, dx)))));
    if (task == 0) continue;
    // Turning about the tip's z does not count for the task of position and axis.
    const along = task == 1 ? mul3(ax, zx, ay, zy, az, zz) : zero;
    put(column, 3, add(get(column, 3), mul(weight, sub(ax, mul(along, zx)))));
    put(column, 4, add(get(column, 4), mul(weight, sub(ay, mul(along, zy)))));
    put(column, 5, add(get(column, 5), mul(weight, sub(az, mul(along, zz)))));
  }
  for (let i = 0; i < n; i++) {
    const column = s + COLUMNS + (<usize>(6 * i) << 4);
    const limit = limits + (<usize>i << 4);
    let g = zero;
    for (let r = 0; r < rows; r++) g = add(g, mul(get(column, r), get(s + ERROR, r)));
    const x = get(s + TRIAL, i);
    const down = v128.and(f32x4.lt(g, zero), f32x4.le(x, v128.load32_splat(limit)));
    const up = v128.and(f32x4.gt(g, zero), f32x4.ge(x, v128.load32_splat(limit, 4)));
    const held = v128.or(down, up);
    g = v128.andnot(g, held);
    put(s + GRADIENT, i, v128.bitselect(g, get(s + GRADIENT, i), accepted));
    for (let r = 0; r < rows; r++) put(column, r, v128.andnot(get(column, r), held));
    for (let j = 0; j <= i; j++) {
      const other = s + COLUMNS + (<usize>(6 * j) << 4);
      let sum = zero;
      for (let r = 0; r < rows; r++) sum = add(sum, mul(get(column, r), get(other, r)));
      const at = lower(i, j);
      put(s + NORMAL, at, v128.bitselect(sum, get(s + NORMAL, at), accepted));
    }
  }
}

// STEP = (J'J + damping I)^-1 J'e by Cholesky's decomposition.
function solve(s: usize, n: i32, damping: v128): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = get(s + NORMAL, lower(i, j));
      for (let k = 0; k < j; k++) sum = sub(sum, mul(get(s + FACTOR, lower(i, k)), get(s + FACTOR, lower(j, k))));
      put(s + FACTOR, lower(i, j), mul(sum, get(s + FACTOR, lower(j, j))));
    }
    let pivot = add(get(s + NORMAL, lower(i, i)), damping);
    for (let k = 0; k < i; k++) {
      const l = get(s + FACTOR, lower(i, k));
      pivot = sub(pivot, mul(l, l));
    }
    put(s + FACTOR, lower(i, i), f32x4.div(all(1), f32x4.sqrt(f32x4.max(pivot, all(1e-12)))));
  }
  for (let i = 0; i < n; i++) {
    let sum = get(s + GRADIENT, i);
    for (let k = 0; k < i; k++) sum = sub(sum, mul(get(s + FACTOR, lower(i, k)), get(s + STEP, k)));
    put(s + STEP, i, mul(sum, get(s + FACTOR, lower(i, i))));
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = get(s + STEP, i);
    for (let k = i + 1; k < n; k++) sum = sub(sum, mul(get(s + FACTOR, lower(k, i)), get(s + STEP, k)));
    put(s + STEP, i, mul(sum, get(s + FACTOR, lower(i, i))));
  }
}

// @ts-ignore: decorator
@inline
function clamped(x: v128, limit: usize): v128 {
  return f32x4.min(v128.load32_splat(limit, 4), f32x4.max(v128.load32_splat(limit), x));
}

// @ts-ignore: decorator
@inline
function squared(at: usize): v128 {
  return mul3(get(at, 0), get(at, 0), get(at, 1), get(at, 1), get(at, 2), get(at, 2));
}

// @ts-ignore: decorator
@inline
function squaredTurn(s: usize, task: i32): v128 {
  return task > 0 ? squared(s + ERROR + 48) : all(0);
}

export function inverseKinematics(begin: i32, end: i32, args: usize): void {
  const joints = <i32>u32At(args, 0);
  const n = <i32>u32At(args, 1);
  const last = <i32>u32At(args, 2) - 1;
  const perTarget = <i32>u32At(args, 3);
  const iterations = <i32>u32At(args, 4);
  const task = <i32>u32At(args, 5);
  const length = f32At(args, 6);
  const arm = pointerAt(args, 7);
  const limits = pointerAt(args, 8);
  const aims = pointerAt(args, 9);
  const starts = pointerAt(args, 10);
  const solution = pointerAt(args, 11);
  const residual = pointerAt(args, 12);
  const scratch = pointerAt(args, 13);
  const perLength = all(<f32>1 / length);
  for (let block = begin; block < end; block++) {
    const s = scratch + <usize>block * SCRATCH;
    const start = block << 2;
    for (let i = 0; i < n; i++) {
      let x = all(0);
      x = f32x4.replace_lane(x, 0, load<f32>(starts + (<usize>(min(start, last) * n + i) << 2)));
      x = f32x4.replace_lane(x, 1, load<f32>(starts + (<usize>(min(start + 1, last) * n + i) << 2)));
      x = f32x4.replace_lane(x, 2, load<f32>(starts + (<usize>(min(start + 2, last) * n + i) << 2)));
      x = f32x4.replace_lane(x, 3, load<f32>(starts + (<usize>(min(start + 3, last) * n + i) << 2)));
      x = clamped(x, limits + (<usize>i << 4));
      put(s + X, i, x);
      put(s + TRIAL, i, x);
    }
    let cost = evaluate(s, joints, arm, aims, perTarget, start, last, task, perLength);
    let place = squared(s + ERROR);
    let turned = squaredTurn(s, task);
    linearise(s, joints, n, arm, limits, task, perLength, i32x4.splat(-1));
    let damping = all(1);
    for (let it = 0; it < iterations; it++) {
      // A lane that has converged stays as it is.
      const open = v128.not(f32x4.lt(cost, all(1e-12)));
      if (!v128.any_true(open)) break;
      solve(s, n, add(mul(damping, cost), all(1e-7)));
      let largest = all(1);
      for (let i = 0; i < n; i++) largest = f32x4.max(largest, f32x4.abs(get(s + STEP, i)));
      const shorten = f32x4.div(all(1), largest);
      for (let i = 0; i < n; i++) {
        const limit = limits + (<usize>i << 4);
        const step = mul(mul(shorten, get(s + STEP, i)), v128.load32_splat(limit, 8));
        put(s + TRIAL, i, clamped(add(get(s + X, i), step), limit));
      }
      const next = evaluate(s, joints, arm, aims, perTarget, start, last, task, perLength);
      const better = v128.and(open, f32x4.lt(next, cost));
      if (v128.any_true(better)) {
        place = v128.bitselect(squared(s + ERROR), place, better);
        turned = v128.bitselect(squaredTurn(s, task), turned, better);
        cost = v128.bitselect(next, cost, better);
        for (let i = 0; i < n; i++) put(s + X, i, v128.bitselect(get(s + TRIAL, i), get(s + X, i), better));
        linearise(s, joints, n, arm, limits, task, perLength, better);
      }
      const lowered = f32x4.max(all(1e-3), mul(all(0.25), damping));
      const raised = f32x4.min(all(1e6), mul(all(6), damping));
      damping = v128.bitselect(lowered, raised, better);
    }
    const distance = mul(all(length), f32x4.sqrt(place));
    const angle = f32x4.sqrt(turned);
    for (let i = 0; i < n; i++) {
      const x = get(s + X, i);
      const at = solution + (<usize>(start * n + i) << 2);
      store<f32>(at, f32x4.extract_lane(x, 0));
      if (start + 1 <= last) store<f32>(at + (<usize>n << 2), f32x4.extract_lane(x, 1));
      if (start + 2 <= last) store<f32>(at + (<usize>(2 * n) << 2), f32x4.extract_lane(x, 2));
      if (start + 3 <= last) store<f32>(at + (<usize>(3 * n) << 2), f32x4.extract_lane(x, 3));
    }
    const out = residual + (<usize>start << 3);
    store<f32>(out, f32x4.extract_lane(distance, 0));
    store<f32>(out, f32x4.extract_lane(angle, 0), 4);
    if (start + 1 <= last) {
      store<f32>(out, f32x4.extract_lane(distance, 1), 8);
      store<f32>(out, f32x4.extract_lane(angle, 1), 12);
    }
    if (start + 2 <= last) {
      store<f32>(out, f32x4.extract_lane(distance, 2), 16);
      store<f32>(out, f32x4.extract_lane(angle, 2), 20);
    }
    if (start + 3 <= last) {
      store<f32>(out, f32x4.extract_lane(distance, 3), 24);
      store<f32>(out, f32x4.extract_lane(angle, 3), 28);
    }
  }
}
