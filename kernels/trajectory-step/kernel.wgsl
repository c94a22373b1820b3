// Numbers of reference.ts and index.ts.
const ARMIJO = 1e-4;
const MAX_TRIES = 10.0;
const LEAST_CURVATURE = 1e-6;
const STATE_STRIDE = 64u;
const CURVATURES = 16u;
const VALUE = 0u;
const STEP = 1u;
const SLOPE = 2u;
const PAIRS = 3u;
const NEWEST = 4u;
const TRIES = 5u;
const STATUS = 6u;
const ACCEPTED = 7u;
const GAMMA = 8u;

struct Params {
  seeds: u32,
  free: u32,
  joints: u32,
  stride: u32,
  history: u32,
  maxMove: f32,
  maxLogMove: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> trial: array<f32>;
@group(0) @binding(2) var<storage, read> value: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> point: array<f32>;
@group(0) @binding(5) var<storage, read_write> history: array<f32>;
@group(0) @binding(6) var<storage, read> metric: array<f32>;
@group(0) @binding(7) var<storage, read_write> state: array<f32>;

const THREADS = 128u;
var<workgroup> sums: array<f32, THREADS>;
var<workgroup> shared_: array<f32, 64>;

// The sum of `mine` over the workgroup, in an order that is always the same; every thread gets it.
fn total(mine: f32, thread: u32) -> f32 {
  workgroupBarrier();
  sums[thread] = mine;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      sums[thread] += sums[thread + half];
    }
  }
  workgroupBarrier();
  return workgroupUniformLoad(&sums[0]);
}

fn largest(mine: f32, thread: u32) -> f32 {
  workgroupBarrier();
  sums[thread] = mine;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      sums[thread] = max(sums[thread], sums[thread + half]);
    }
  }
  workgroupBarrier();
  return workgroupUniformLoad(&sums[0]);
}

// Row i of the metric times the vector of the trial's place (`inTrial`) or of a row of the history.
fn metricRow(i: u32, n: u32, vector: u32, inTrial: bool) -> f32 {
  let scales = p.free * p.free;
  if (i == n - 1u) {
    let v = select(history[vector + i], trial[vector + i], inTrial);
    return metric[scales + p.joints] * v;
  }
  let k = i / p.joints;
  let j = i % p.joints;
  var sum = 0.0;
  for (var l = 0u; l < p.free; l++) {
    let at = vector + l * p.joints + j;
    sum += metric[k * p.free + l] * select(history[at], trial[at], inTrial);
  }
  return metric[scales + j] * sum;
}

// direction = -H g by the two loops over the pairs, shortened; returns the slope. `trial` serves as scratch.
fn direction(seed: u32, thread: u32, pairs: u32, newest: u32, gamma: f32) -> f32 {
  let n = p.free * p.joints + 1u;
  let q = seed * p.stride;
  let g = (3u * seed + 1u) * p.stride;
  let d = g + p.stride;
  let moves = 2u * p.history * seed * p.stride;
  let changes = moves + p.history * p.stride;
  for (var i = thread; i < n; i += THREADS) {
    trial[q + i] = point[g + i];
  }
  for (var age = 0u; age < pairs; age++) {
    let slot = (newest + p.history - age) % p.history;
    var sum = 0.0;
    for (var i = thread; i < n; i += THREADS) {
      sum += history[moves + slot * p.stride + i] * trial[q + i];
    }
    let alpha = state[STATE_STRIDE * seed + CURVATURES + slot] * total(sum, thread);
    if (thread == 0u) {
      shared_[age] = alpha;
    }
    for (var i = thread; i < n; i += THREADS) {
      trial[q + i] -= alpha * history[changes + slot * p.stride + i];
    }
  }
  storageBarrier();
  workgroupBarrier();
  for (var i = thread; i < n; i += THREADS) {
    point[d + i] = gamma * metricRow(i, n, q, true);
  }
  for (var back = 0u; back < pairs; back++) {
    let age = pairs - 1u - back;
    let slot = (newest + p.history - age) % p.history;
    var sum = 0.0;
    for (var i = thread; i < n; i += THREADS) {
      sum += history[changes + slot * p.stride + i] * point[d + i];
    }
    let beta = state[STATE_STRIDE * seed + CURVATURES + slot] * total(sum, thread);
    for (var i = thread; i < n; i += THREADS) {
      point[d + i] += (shared_[age] - beta) * history[moves + slot * p.stride + i];
    }
  }
  storageBarrier();
  var mine = 0.0;
  for (var i = thread; i < n - 1u; i += THREADS) {
    mine = max(mine, abs(point[d + i]));
  }
  let longest = largest(mine, thread);
  let short = min(min(1.0, p.maxMove / longest), p.maxLogMove / abs(point[d + n - 1u]));
  workgroupBarrier();
  var slope = 0.0;
  for (var i = thread; i < n; i += THREADS) {
    point[d + i] = -short * point[d + i];
    slope += point[g + i] * point[d + i];
  }
  return total(slope, thread);
}

// Workgroup = a seed. What decides its course is read by every thread alike from the state.
@compute @workgroup_size(THREADS)
fn trajectoryStep(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let seed = id.x + id.y * count.x;
  if (seed >= p.seeds) {
    return;
  }
  let n = p.free * p.joints + 1u;
  let q = seed * p.stride;
  let xAt = 3u * seed * p.stride;
  let g = xAt + p.stride;
  let d = g + p.stride;
  let moves = 2u * p.history * seed * p.stride;
  let changes = moves + p.history * p.stride;
  let s = STATE_STRIDE * seed;
  for (var i = thread; i < 16u; i += THREADS) {
    shared_[16u + i] = state[s + i];
  }
  let status = workgroupUniformLoad(&shared_[16u + STATUS]);
  if (status == 2.0) {
    return;
  }
  let before = workgroupUniformLoad(&shared_[16u + VALUE]);
  var step = workgroupUniformLoad(&shared_[16u + STEP]);
  var slope = workgroupUniformLoad(&shared_[16u + SLOPE]);
  var pairs = u32(workgroupUniformLoad(&shared_[16u + PAIRS]));
  var newest = u32(workgroupUniformLoad(&shared_[16u + NEWEST]));
  var tries = workgroupUniformLoad(&shared_[16u + TRIES]);
  var accepted = workgroupUniformLoad(&shared_[16u + ACCEPTED]);
  var gamma = workgroupUniformLoad(&shared_[16u + GAMMA]);
  if (thread == 0u) {
    shared_[0] = value[4u * seed];
  }
  let now = workgroupUniformLoad(&shared_[0]);
  let fresh = status == 0.0;
  var anew = false;
  var held = before;
  var next = 1.0;
  if (fresh || now <= before + ARMIJO * step * slope) {
    if (fresh) {
      pairs = 0u;
      newest = 0u;
      gamma = 1.0;
      accepted = 0.0;
    } else {
      let slot = (newest + 1u) % p.history;
      let moveRow = moves + slot * p.stride;
      let changeRow = changes + slot * p.stride;
      var along = vec3f(0.0);
      for (var i = thread; i < n; i += THREADS) {
        let a = trial[q + i] - point[xAt + i];
        let b = gradient[q + i] - point[g + i];
        history[moveRow + i] = a;
        history[changeRow + i] = b;
        along += vec3f(a * b, a * a, b * b);
      }
      storageBarrier();
      let curvature = total(along.x, thread);
      let lengths = sqrt(total(along.y, thread) * total(along.z, thread));
      if (curvature > LEAST_CURVATURE * lengths) {
        newest = slot;
        pairs = min(p.history, pairs + 1u);
        var sum = 0.0;
        for (var i = thread; i < n; i += THREADS) {
          sum += history[changeRow + i] * metricRow(i, n, changeRow, false);
        }
        gamma = curvature / total(sum, thread);
        if (thread == 0u) {
          state[s + CURVATURES + slot] = 1.0 / curvature;
        }
      }
      accepted += 1.0;
    }
    for (var i = thread; i < n; i += THREADS) {
      point[xAt + i] = trial[q + i];
      point[g + i] = gradient[q + i];
    }
    held = now;
    anew = true;
  } else {
    tries += 1.0;
    if (tries > MAX_TRIES) {
      if (pairs == 0u) {
        next = 2.0;
      } else {
        pairs = 0u;
        gamma = 1.0;
        anew = true;
      }
    } else {
      let bend = now - before - step * slope;
      let best = select(0.5, -step * slope / (2.0 * bend), bend > 0.0);
      step *= min(0.5, max(0.1, best));
    }
  }
  storageBarrier();
  workgroupBarrier();
  if (anew) {
    slope = direction(seed, thread, pairs, newest, gamma);
    if (!(slope < 0.0) && pairs > 0u) {
      pairs = 0u;
      gamma = 1.0;
      slope = direction(seed, thread, pairs, newest, gamma);
    }
    step = 1.0;
    tries = 0.0;
  }
  storageBarrier();
  workgroupBarrier();
  let ahead = select(step, 0.0, next == 2.0);
  for (var i = thread; i < n; i += THREADS) {
    trial[q + i] = point[xAt + i] + ahead * point[d + i];
  }
  if (thread == 0u) {
    state[s + VALUE] = held;
    state[s + STEP] = step;
    state[s + SLOPE] = slope;
    state[s + PAIRS] = f32(pairs);
    state[s + NEWEST] = f32(newest);
    state[s + TRIES] = tries;
    state[s + STATUS] = next;
    state[s + ACCEPTED] = accepted;
    state[s + GAMMA] = gamma;
  }
}
