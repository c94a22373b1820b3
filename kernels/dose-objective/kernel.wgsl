// Codes of the terms, as in index.ts.
const SQUARED_OVERDOSING = 1;
const SQUARED_UNDERDOSING = 2;
const MEAN_LINEAR = 3;
const MEAN_QUADRATIC = 4;
const EUD = 5;
const MAX_DVH = 6;
const MIN_DVH = 7;

const THREADS = 256u;

struct Term {
  code: f32,
  weight: f32,
  reference: f32,
  exponent: f32,
  count: f32,
  weightPerVoxel: f32,
}

// A row of the term table. (A table of no terms has room for one vec4f, but not for one Term.)
fn termOf(first: vec4f, second: vec4f) -> Term {
  return Term(first.x, first.y, first.z, first.w, second.x, second.y);
}

struct State {
  value: f32,
  slope: f32,
  selected: f32,
  eud: f32,
}

var<workgroup> sums: array<f32, THREADS>;

// The sum of `mine` over the workgroup, in an order that is always the same. Valid in thread 0.
fn workgroupSum(mine: f32, thread: u32) -> f32 {
  var sum = mine;
  sums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      sum += sums[thread + half];
      sums[thread] = sum;
    }
  }
  return sum;
}

// x^k for any sign of x, as Math.pow for the finite arguments that doses and exponents are.
fn power(x: f32, k: f32) -> f32 {
  let magnitude = abs(x);
  if (magnitude == 0.0) {
    return select(select(0.0, 1.0, k == 0.0), 1.0 / magnitude, k < 0.0);
  }
  let value = exp2(k * log2(magnitude));
  if (x > 0.0) {
    return value;
  }
  let whole = floor(k) == k;
  let odd = floor(k / 2.0) * 2.0 != k;
  let nan = bitcast<f32>(0x7fc00000u | bitcast<u32>(x));
  return select(nan, select(value, -value, odd), whole);
}

// What a dose of an equivalent uniform dose is divided by before it is raised to k, so that no power overflows: the
// largest dose of the structure for k > 0, the smallest for k < 0.
fn eudScale(selected: f32, exponent: f32) -> f32 {
  if (exponent < 0.0) {
    return max(selected, 0.001);
  }
  return select(1.0, selected, selected > 0.0);
}

// Workgroup = one chunk of one term's voxels: the sum of d, or of (d / scale)^k for an equivalent uniform dose.
struct MomentParams {
  momentChunks: u32,
}
@group(0) @binding(0) var<uniform> momentParams: MomentParams;
@group(0) @binding(1) var<storage, read> momentDose: array<f32>;
@group(0) @binding(2) var<storage, read> momentTerms: array<vec4f>;
@group(0) @binding(3) var<storage, read> momentOfChunk: array<vec4u>;
@group(0) @binding(4) var<storage, read> momentVoxels: array<u32>;
@group(0) @binding(5) var<storage, read> momentSelected: array<f32>;
@group(0) @binding(6) var<storage, read_write> momentPartials: array<f32>;

@compute @workgroup_size(THREADS)
fn objectiveMoments(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let task = id.x + id.y * count.x;
  if (task >= momentParams.momentChunks) {
    return;
  }
  let chunk = momentOfChunk[task];
  let term = termOf(momentTerms[2u * chunk.x], momentTerms[2u * chunk.x + 1u]);
  let scale = eudScale(momentSelected[chunk.x], term.exponent);
  var sum = 0.0;
  for (var i = chunk.y + thread; i < chunk.z; i += THREADS) {
    let d = momentDose[momentVoxels[i]];
    if (i32(term.code) == EUD) {
      let positive = select(d, 0.001, d == 0.0 && term.exponent < 0.0);
      sum += power(positive / scale, term.exponent);
    } else {
      sum += d;
    }
  }
  sum = workgroupSum(sum, thread);
  if (thread == 0u) {
    momentPartials[task] = sum;
  }
}

// Workgroup = one term: what it needs to know of all its voxels, before the gradient of each can be written.
struct StateParams {
  terms: u32,
  momentChunks: u32,
}
@group(0) @binding(0) var<uniform> stateParams: StateParams;
@group(0) @binding(1) var<storage, read> stateTerms: array<vec4f>;
@group(0) @binding(2) var<storage, read> stateChunkStarts: array<u32>;
@group(0) @binding(3) var<storage, read> stateMoments: array<f32>;
@group(0) @binding(4) var<storage, read> stateSelected: array<f32>;
@group(0) @binding(5) var<storage, read_write> stateStates: array<State>;

@compute @workgroup_size(THREADS)
fn objectiveStates(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let t = id.x + id.y * count.x;
  if (t >= stateParams.terms) {
    return;
  }
  let term = termOf(stateTerms[2u * t], stateTerms[2u * t + 1u]);
  var sum = 0.0;
  for (var c = stateChunkStarts[t] + thread; c < stateChunkStarts[t + 1u]; c += THREADS) {
    sum += stateMoments[c];
  }
  sum = workgroupSum(sum, thread);
  if (thread != 0u) {
    return;
  }
  let code = i32(term.code);
  let mean = sum / term.count;
  var state = State(0.0, 0.0, stateSelected[t], 0.0);
  if (code == MEAN_LINEAR) {
    let off = mean - term.reference;
    state.value = term.weight * abs(off);
    state.slope = sign(off) * term.weight / term.count;
  } else if (code == MEAN_QUADRATIC) {
    let off = mean - term.reference;
    state.value = term.weight * off * off;
    state.slope = 2.0 * term.weight * off / term.count;
  } else if (code == EUD) {
    // A negative mean has no root and gives NaN.
    state.eud = eudScale(stateSelected[t], term.exponent) * power(mean, 1.0 / term.exponent);
    let off = state.eud - term.reference;
    state.value = term.weight * off * off;
    if (mean > 0.0) {
      state.slope = 2.0 * term.weight * off / term.count;
    }
  }
  stateStates[t] = state;
}

// Workgroup = one chunk of voxels: the gradient of each, and the chunk's part of the terms that are sums over voxels.
struct GradientParams {
  voxels: u32,
  chunk: u32,
}
@group(0) @binding(0) var<uniform> gradientParams: GradientParams;
@group(0) @binding(1) var<storage, read> gradientDose: array<f32>;
@group(0) @binding(2) var<storage, read> gradientTerms: array<vec4f>;
@group(0) @binding(3) var<storage, read> gradientStates: array<State>;
@group(0) @binding(4) var<storage, read> gradientVoxelStarts: array<u32>;
@group(0) @binding(5) var<storage, read> gradientVoxelTerms: array<u32>;
@group(0) @binding(6) var<storage, read_write> gradientOut: array<f32>;
@group(0) @binding(7) var<storage, read_write> gradientPartials: array<f32>;

// What one term adds to the slope and to the objective at a voxel of dose d.
fn slopeAndValue(d: f32, index: u32) -> vec2f {
  let term = termOf(gradientTerms[2u * index], gradientTerms[2u * index + 1u]);
  let code = i32(term.code);
  let off = d - term.reference;
  if (code == SQUARED_OVERDOSING) {
    if (off <= 0.0) {
      return vec2f(0.0);
    }
  } else if (code == SQUARED_UNDERDOSING) {
    if (off >= 0.0) {
      return vec2f(0.0);
    }
  } else if (code == MEAN_LINEAR || code == MEAN_QUADRATIC) {
    return vec2f(gradientStates[index].slope, 0.0);
  } else if (code == EUD) {
    let state = gradientStates[index];
    if (state.slope == 0.0) {
      return vec2f(0.0);
    }
    return vec2f(state.slope * power(select(d, 0.001, d == 0.0) / state.eud, term.exponent - 1.0), 0.0);
  } else if (code == MAX_DVH) {
    if (off < 0.0 || d > gradientStates[index].selected) {
      return vec2f(0.0);
    }
  } else if (code == MIN_DVH) {
    if (off > 0.0 || d < gradientStates[index].selected) {
      return vec2f(0.0);
    }
  }
  return vec2f(2.0 * term.weightPerVoxel * off, term.weightPerVoxel * off * off);
}

@compute @workgroup_size(THREADS)
fn objectiveGradient(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let task = id.x + id.y * count.x;
  let first = task * gradientParams.chunk;
  if (task > 0u && first >= gradientParams.voxels) {
    return;
  }
  let last = min(first + gradientParams.chunk, gradientParams.voxels);
  var sum = 0.0;
  for (var v = first + thread; v < last; v += THREADS) {
    let d = gradientDose[v];
    var both = vec2f(0.0);
    for (var k = gradientVoxelStarts[v]; k < gradientVoxelStarts[v + 1u]; k++) {
      both += slopeAndValue(d, gradientVoxelTerms[k]);
    }
    gradientOut[v] = both.x;
    sum += both.y;
  }
  sum = workgroupSum(sum, thread);
  if (thread == 0u) {
    gradientPartials[task] = sum;
  }
}

// One workgroup: objective[0] = all partial sums plus the terms that are functions of a whole structure.
struct SumParams {
  terms: u32,
  chunks: u32,
}
@group(0) @binding(0) var<uniform> sumParams: SumParams;
@group(0) @binding(1) var<storage, read> sumStates: array<State>;
@group(0) @binding(2) var<storage, read> sumPartials: array<f32>;
@group(0) @binding(3) var<storage, read_write> sumObjective: array<f32>;

@compute @workgroup_size(THREADS)
fn objectiveSum(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var c = thread; c < sumParams.chunks; c += THREADS) {
    sum += sumPartials[c];
  }
  for (var t = thread; t < sumParams.terms; t += THREADS) {
    sum += sumStates[t].value;
  }
  sum = workgroupSum(sum, thread);
  if (thread == 0u) {
    sumObjective[0] = sum;
  }
}
