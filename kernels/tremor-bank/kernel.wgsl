// Thread = one task: a filter stepped through its signal. Least squares as a triangle kept by Givens rotations, the band-pass in
// normal form and lines turned by rotation: single precision then keeps six digits.

struct Params {
  tasks: u32,
  samples: u32,
  scratch: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> signals: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read> lines: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> estimates: array<f32>;
@group(0) @binding(5) var<storage, read_write> work: array<f32>;

const TASK_STRIDE = 24u;
const LOW_PASS = 0u;
const NOTCH = 1u;
const WFLC = 2u;
const LMS = 3u;
const RLS = 4u;
const KALMAN = 5u;

fn times(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

// Sine and cosine to single precision: the built-in ones may be as coarse as 2^-11.
fn sineCosine(angle: f32) -> vec2f {
  let turns = round(angle * 0.63661977236758134);
  // Pi / 2 in three parts.
  let r = ((angle - turns * 1.5703125) - turns * 4.837512969970703e-4) - turns * 7.549789948768648e-8;
  let r2 = r * r;
  let s = r + r * r2 * (-1.6666667e-1 + r2 * (8.3333333e-3 + r2 * (-1.9841270e-4 + r2 * 2.7557319e-6)));
  let c = 1.0 + r2 * (-0.5 + r2 * (4.1666667e-2 + r2 * (-1.3888889e-3 + r2 * (2.4801587e-5 - r2 * 2.7557319e-7))));
  let quarter = i32(turns) & 3;
  var out = vec2f(s, c);
  if (quarter == 1) { out = vec2f(c, -s); }
  if (quarter == 2) { out = vec2f(-s, -c); }
  if (quarter == 3) { out = vec2f(-c, s); }
  return out;
}

// The triangle of `size` at `base`, its right side behind it; the row x (destroyed) with its target is rotated in.
fn rotateIn(base: u32, size: u32, first: u32, x: u32, target_: f32) {
  let right = base + size * size;
  var d = target_;
  for (var i = first; i < size; i++) {
    let xi = work[x + i];
    if (xi == 0.0) { continue; }
    let row = base + i * size;
    let r = work[row + i];
    let scale = max(abs(r), abs(xi));
    let h = scale * sqrt((r / scale) * (r / scale) + (xi / scale) * (xi / scale));
    // The old value plus a small change keeps more digits than cosine times the old value.
    let s = xi / h;
    let tau = xi / (h + r);
    work[row + i] = r + xi * tau;
    for (var j = i + 1u; j < size; j++) {
      let t = work[row + j];
      let xj = work[x + j];
      work[row + j] = t + s * (xj - tau * t);
      work[x + j] = xj - s * (t + tau * xj);
    }
    let z = work[right + i];
    work[right + i] = z + s * (d - tau * z);
    d -= s * (z + tau * d);
  }
}

fn startTriangle(base: u32, size: u32, diagonal: f32) {
  for (var i = 0u; i < size * size + size; i++) { work[base + i] = 0.0; }
  for (var i = 0u; i < size; i++) { work[base + i * (size + 1u)] = diagonal; }
}

// Forgets, takes the regressor at `x` (kept; `spare` is used), pulls weight `turn` to zero, and solves for the weights at w.
fn leastSquares(base: u32, size: u32, x: u32, spare: u32, w: u32, value: f32, fade: f32, ridge: f32, turn: u32) {
  for (var i = 0u; i < size; i++) {
    for (var j = i; j < size; j++) { work[base + i * size + j] -= fade * work[base + i * size + j]; }
    work[base + size * size + i] -= fade * work[base + size * size + i];
  }
  var power = 0.0;
  for (var i = 0u; i < size; i++) {
    work[spare + i] = work[x + i];
    power += work[x + i] * work[x + i];
  }
  rotateIn(base, size, 0u, spare, value);
  for (var i = 0u; i < size; i++) { work[spare + i] = 0.0; }
  work[spare + turn] = sqrt(ridge * power);
  rotateIn(base, size, turn, spare, 0.0);
  for (var n = 0u; n < size; n++) {
    let i = size - 1u - n;
    var sum = work[base + size * size + i];
    for (var j = i + 1u; j < size; j++) { sum -= work[base + i * size + j] * work[w + j]; }
    work[w + i] = sum / work[base + i * (size + 1u)];
  }
}

@compute @workgroup_size(64)
fn tremorBank(@builtin(global_invocation_id) id: vec3u) {
  let n = id.x;
  if (n >= params.tasks) { return; }
  let task = n * TASK_STRIDE;
  let kind = u32(table[task]);
  let input = u32(table[task + 1u]) * params.samples;
  let out = n * params.samples;
  let ahead = table[task + 2u];
  let firstLine = u32(table[task + 3u]);
  let size = u32(table[task + 4u]);
  let spacing = u32(table[task + 5u]);
  let history = u32(table[task + 6u]);
  let gain = table[task + 7u];
  let p1 = vec2f(table[task + 8u], table[task + 9u]);
  let p2 = vec2f(table[task + 10u], table[task + 11u]);
  let a = table[task + 12u];
  let b = table[task + 13u];
  let c = table[task + 14u];
  let d = table[task + 15u];
  let base = n * params.scratch;
  let w = base + size * size + size;
  let x = w + size;
  let spare = x + size;
  let past = spare + size;
  if (params.samples == 0u) { return; }
  let origin = signals[input];
  estimates[out] = 0.0;

  if (kind == LOW_PASS || kind == NOTCH) {
    let damping = select(b, 1.4142135623730951, kind == LOW_PASS);
    let scale = 1.0 / (1.0 + a * (a + damping));
    var first = 0.0;
    var second = 0.0;
    for (var k = 1u; k < params.samples; k++) {
      let sample = signals[input + k] - origin;
      let high = (sample - second - (a + damping) * first) * scale;
      let band = a * high + first;
      let low = a * band + second;
      first = a * high + band;
      second = a * band + low;
      estimates[out + k] = select(damping * band, sample - low, kind == LOW_PASS);
    }
    return;
  }

  for (var i = 0u; i < size; i++) {
    work[w + i] = 0.0;
    work[x + i] = f32(i & 1u);
  }
  if (kind == RLS) { startTriangle(base, size, 1.0 / sqrt(b)); }
  if (kind == KALMAN) { startTriangle(base, size, b); }
  for (var i = 0u; i < history; i++) { work[past + i] = 0.0; }
  var state1 = vec2f();
  var state2 = vec2f();
  var x1 = 0.0;
  var x2 = 0.0;
  var y1 = 0.0;
  var y2 = 0.0;
  var omega = sqrt(c * d);
  var phase = vec2f(0.0, 1.0);
  var weights = vec2f();
  var at = 0u;
  var turn = 0u;
  var level = 0.0;
  for (var k = 1u; k < params.samples; k++) {
    let u = gain * (signals[input + k] - origin);
    state1 = times(p1, state1) + vec2f(u - x2, 0.0);
    x2 = x1;
    x1 = u;
    let y = (p1.x * state1.y + p1.y * state1.x) / p1.y;
    state2 = times(p2, state2) + vec2f(y - y2, 0.0);
    y2 = y1;
    y1 = y;
    let v = (p2.x * state2.y + p2.y * state2.x) / p2.y;

    if (kind == WFLC) {
      let step = sineCosine(omega);
      let s0 = phase.x * step.y + phase.y * step.x;
      let c0 = phase.y * step.y - phase.x * step.x;
      phase = vec2f(s0, c0) * (1.5 - 0.5 * (s0 * s0 + c0 * c0));
      let error = v - weights.x * phase.x - weights.y * phase.y;
      let power = dot(weights, weights);
      if (power > 0.0) {
        let slope = error * (weights.x * phase.y - weights.y * phase.x) / power;
        omega = min(d, max(c, omega + 2.0 * b * max(-1.0, min(1.0, slope))));
      }
      weights += 2.0 * a * error * phase;
      let now = sineCosine(omega);
      let z = now.yx;
      let top = times(vec2f(0.0, 2.0 * now.x), z);
      var response = vec2f(gain, 0.0);
      let b1 = times(z - p1, z - vec2f(p1.x, -p1.y));
      let b2 = times(z - p2, z - vec2f(p2.x, -p2.y));
      response = times(times(response, times(top, vec2f(b1.x, -b1.y)) / dot(b1, b1)), times(top, vec2f(b2.x, -b2.y)) / dot(b2, b2));
      let undo = vec2f(response.x, -response.y) / dot(response, response);
      let far = sineCosine(omega * ahead);
      let ls = phase.x * far.y + phase.y * far.x;
      let lc = phase.y * far.y - phase.x * far.x;
      estimates[out + k] = undo.x * (weights.x * ls + weights.y * lc) + undo.y * (weights.x * lc - weights.y * ls);
      continue;
    }

    if (kind <= KALMAN) {
      for (var i = 0u; i < size; i += 2u) {
        let line = lines[firstLine + i / 2u];
        let s0 = work[x + i] * line.x + work[x + i + 1u] * line.y;
        let c0 = work[x + i + 1u] * line.x - work[x + i] * line.y;
        let scale = 1.5 - 0.5 * (s0 * s0 + c0 * c0);
        work[x + i] = s0 * scale;
        work[x + i + 1u] = c0 * scale;
      }
      if (kind == RLS) {
        leastSquares(base, size, x, spare, w, v, a, c, turn);
        turn = (turn + 1u) % size;
      } else {
        var error = v;
        for (var i = 0u; i < size; i++) { error -= work[w + i] * work[x + i]; }
        if (kind == LMS) {
          for (var i = 0u; i < size; i++) { work[w + i] += 2.0 * a * error * work[x + i]; }
        } else {
          var spread = 1.0;
          for (var i = 0u; i < size; i++) {
            var sum = 0.0;
            for (var j = 0u; j < size; j++) { sum += work[base + i * size + j] * work[x + j]; }
            work[spare + i] = sum;
            spread += sum * work[x + i];
          }
          for (var i = 0u; i < size; i++) {
            let share = work[spare + i] / spread;
            for (var j = 0u; j <= i; j++) {
              let value = work[base + i * size + j] - share * work[spare + j];
              work[base + i * size + j] = value;
              work[base + j * size + i] = value;
            }
            work[base + i * (size + 1u)] += a;
            work[w + i] += share * error;
          }
        }
      }
      var sum = 0.0;
      for (var i = 0u; i < size; i += 2u) {
        let line = lines[firstLine + i / 2u];
        let s0 = work[x + i];
        let c0 = work[x + i + 1u];
        sum += work[w + i] * (line.z * s0 + line.w * c0) + work[w + i + 1u] * (line.z * c0 - line.w * s0);
      }
      estimates[out + k] = sum;
      continue;
    }

    // Autoregression.
    let lead = u32(ahead);
    at = (at + 1u) % history;
    work[past + at] = v;
    if (lead == 0u) {
      estimates[out + k] = v;
      continue;
    }
    var power = 0.0;
    for (var i = 0u; i < size; i++) {
      let value = work[past + (at + 2u * history - lead - i * spacing) % history];
      work[x + i] = value;
      power += value * value;
    }
    if (k <= history) {
      level = power / (100.0 * f32(size));
      startTriangle(base, size, sqrt(level));
      estimates[out + k] = 0.0;
      continue;
    }
    leastSquares(base, size, x, spare, w, v, a, b, turn);
    turn = (turn + 1u) % size;
    var sum = 0.0;
    for (var i = 0u; i < size; i++) { sum += work[w + i] * work[past + (at + 2u * history - i * spacing) % history]; }
    estimates[out + k] = sum;
  }
}
