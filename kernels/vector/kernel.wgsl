// Workgroup = a chunk of elements (params.chunk, a multiple of four), in every entry of this file.

struct Range {
  n: u32,
  chunk: u32,
}

const NONE = 0xffffffffu;
const THREADS = 256u;

var<workgroup> sums: array<vec4f, THREADS>;

fn taskOf(id: vec3u, count: vec3u) -> u32 {
  return id.x + id.y * count.x;
}

fn isNan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

// max(0, x) that keeps NaN.
fn positive(x: f32) -> f32 {
  return select(max(0.0, x), x, isNan(x));
}

fn larger(a: f32, b: f32) -> f32 {
  return select(select(max(a, b), b, isNan(b)), a, isNan(a));
}

// out[i] = scale[i] * x[index[i]], or 0 where there is no index.
@group(0) @binding(0) var<uniform> scaleParams: Range;
@group(0) @binding(1) var<storage, read> scaleX: array<f32>;
@group(0) @binding(2) var<storage, read> scaleIndex: array<u32>;
@group(0) @binding(3) var<storage, read> scaleScale: array<f32>;
@group(0) @binding(4) var<storage, read_write> scaleOut: array<f32>;

@compute @workgroup_size(THREADS)
fn gatherScale(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let first = taskOf(id, count) * scaleParams.chunk;
  let last = min(first + scaleParams.chunk, scaleParams.n);
  for (var i = first + thread; i < last; i += THREADS) {
    let source = scaleIndex[i];
    if (source == NONE) {
      scaleOut[i] = 0.0;
    } else {
      scaleOut[i] = scaleScale[i] * scaleX[source];
    }
  }
}

// out[i] = scale[i] * (a[indexA[i]] + b[indexB[i]])
@group(0) @binding(0) var<uniform> sumParams: Range;
@group(0) @binding(1) var<storage, read> sumA: array<f32>;
@group(0) @binding(2) var<storage, read> sumB: array<f32>;
@group(0) @binding(3) var<storage, read> sumIndexA: array<u32>;
@group(0) @binding(4) var<storage, read> sumIndexB: array<u32>;
@group(0) @binding(5) var<storage, read> sumScale: array<f32>;
@group(0) @binding(6) var<storage, read_write> sumOut: array<f32>;

@compute @workgroup_size(THREADS)
fn gatherSum(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let first = taskOf(id, count) * sumParams.chunk;
  let last = min(first + sumParams.chunk, sumParams.n);
  for (var i = first + thread; i < last; i += THREADS) {
    sumOut[i] = sumScale[i] * (sumA[sumIndexA[i]] + sumB[sumIndexB[i]]);
  }
}

// trial[i] = max(0, w[i] + step * direction[i])
struct Step {
  n: u32,
  chunk: u32,
  step: f32,
}
@group(0) @binding(0) var<uniform> stepParams: Step;
@group(0) @binding(1) var<storage, read> stepW: array<f32>;
@group(0) @binding(2) var<storage, read> stepDirection: array<f32>;
@group(0) @binding(3) var<storage, read_write> stepTrial: array<f32>;

@compute @workgroup_size(THREADS)
fn projectedStep(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let first = taskOf(id, count) * stepParams.chunk;
  let last = min(first + stepParams.chunk, stepParams.n);
  for (var i = first + thread; i < last; i += THREADS) {
    stepTrial[i] = positive(stepW[i] + stepParams.step * stepDirection[i]);
  }
}

// history[s] = trial - w, history[y] = gTrial - g, then w = trial and g = gTrial; rows are n long, `stride` apart.
struct Accept {
  n: u32,
  chunk: u32,
  stride: u32,
  rowS: u32,
  rowY: u32,
  rowG: u32,
}
@group(0) @binding(0) var<uniform> acceptParams: Accept;
@group(0) @binding(1) var<storage, read> acceptTrial: array<f32>;
@group(0) @binding(2) var<storage, read> acceptGTrial: array<f32>;
@group(0) @binding(3) var<storage, read_write> acceptW: array<f32>;
@group(0) @binding(4) var<storage, read_write> acceptHistory: array<f32>;

@compute @workgroup_size(THREADS)
fn acceptStep(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let p = acceptParams;
  let first = taskOf(id, count) * p.chunk;
  let last = min(first + p.chunk, p.n);
  for (var i = first + thread; i < last; i += THREADS) {
    let newW = acceptTrial[i];
    let newG = acceptGTrial[i];
    acceptHistory[p.rowS * p.stride + i] = newW - acceptW[i];
    acceptHistory[p.rowY * p.stride + i] = newG - acceptHistory[p.rowG * p.stride + i];
    acceptW[i] = newW;
    acceptHistory[p.rowG * p.stride + i] = newG;
  }
}

// partials[chunk][row(row + 1) / 2 + col] = dot product of rows of `history` over the free variables of the chunk.
struct Gram {
  n: u32,
  chunk: u32,
  stride: u32,
  rowCount: u32,
  rowG: u32,
}
@group(0) @binding(0) var<uniform> gramParams: Gram;
@group(0) @binding(1) var<storage, read> gramW: array<f32>;
@group(0) @binding(2) var<storage, read> gramHistory: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> gramFree: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> gramPartials: array<f32>;

@compute @workgroup_size(THREADS)
fn freeGram(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let p = gramParams;
  let task = taskOf(id, count);
  let first = task * p.chunk;
  if (task > 0u && first >= p.n) {
    return;
  }
  let groups = p.stride / 4u;
  let firstGroup = first / 4u;
  let lastGroup = (min(first + p.chunk, p.n) + 3u) / 4u;
  for (var i = firstGroup + thread; i < lastGroup; i += THREADS) {
    let g = gramHistory[p.rowG * groups + i];
    var free = vec4f(0.0);
    for (var lane = 0u; lane < 4u; lane++) {
      let at = 4u * i + lane;
      if (at < p.n && (gramW[min(at, p.n - 1u)] > 0.0 || g[lane] < 0.0)) {
        free[lane] = 1.0;
      }
    }
    gramFree[i] = free;
  }
  storageBarrier();
  let pairs = p.rowCount * (p.rowCount + 1u) / 2u;
  for (var pair = thread; pair < pairs; pair += THREADS) {
    var a = 0u;
    var b = pair;
    while (b > a) {
      a++;
      b -= a;
    }
    var sum = vec4f(0.0);
    for (var i = firstGroup; i < lastGroup; i++) {
      sum += gramFree[i] * (gramHistory[a * groups + i] * gramHistory[b * groups + i]);
    }
    gramPartials[task * pairs + pair] = (sum.x + sum.z) + (sum.y + sum.w);
  }
}

// direction[i] = free[i] * sum over rows of coefficient[row] * history[row][i]
struct Combine {
  n: u32,
  chunk: u32,
  stride: u32,
  rowCount: u32,
}
@group(0) @binding(0) var<uniform> combineParams: Combine;
@group(0) @binding(1) var<storage, read> combineHistory: array<vec4f>;
@group(0) @binding(2) var<storage, read> combineCoefficients: array<f32>;
@group(0) @binding(3) var<storage, read> combineFree: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> combineDirection: array<vec4f>;

@compute @workgroup_size(THREADS)
fn combineRows(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let p = combineParams;
  let first = taskOf(id, count) * p.chunk;
  let last = (min(first + p.chunk, p.n) + 3u) / 4u;
  for (var i = first / 4u + thread; i < last; i += THREADS) {
    var sum = vec4f(0.0);
    for (var row = 0u; row < p.rowCount; row++) {
      sum += combineCoefficients[row] * combineHistory[row * (p.stride / 4u) + i];
    }
    combineDirection[i] = combineFree[i] * sum;
  }
}

// partials[chunk] = { g . (trial - w), |trial - w|^2, |P(w - g) - w|^2, max |P(w - g) - w| }, with P the projection on w >= 0
@group(0) @binding(0) var<uniform> dotsParams: Range;
@group(0) @binding(1) var<storage, read> dotsW: array<f32>;
@group(0) @binding(2) var<storage, read> dotsG: array<f32>;
@group(0) @binding(3) var<storage, read> dotsTrial: array<f32>;
@group(0) @binding(4) var<storage, read_write> dotsPartials: array<vec4f>;

@compute @workgroup_size(THREADS)
fn stepDots(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let task = taskOf(id, count);
  let first = task * dotsParams.chunk;
  if (task > 0u && first >= dotsParams.n) {
    return;
  }
  let last = min(first + dotsParams.chunk, dotsParams.n);
  var sum = vec4f(0.0);
  for (var i = first + thread; i < last; i += THREADS) {
    let w = dotsW[i];
    let g = dotsG[i];
    let moved = dotsTrial[i] - w;
    let projected = positive(w - g) - w;
    sum = vec4f(sum.xyz + vec3f(g * moved, moved * moved, projected * projected), larger(sum.w, abs(projected)));
  }
  sums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      let other = sums[thread + half];
      sum = vec4f(sum.xyz + other.xyz, larger(sum.w, other.w));
      sums[thread] = sum;
    }
  }
  if (thread == 0u) {
    dotsPartials[task] = sum;
  }
}
