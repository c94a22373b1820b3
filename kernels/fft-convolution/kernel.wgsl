// Circular convolutions in three passes each: a workgroup transforms one line of the map in workgroup memory. Between the
// passes the map is scratch[beam][x][ky][pair], complex; pair 0 carries kernels 0 and 1 as real and imaginary part, pair 1
// kernels 2 and 3.

struct Params {
  size: u32,
  filledRows: u32,
  filledCols: u32,
  parts: u32,
  beams: u32,
}

override size: u32 = 512u;
const THREADS = 64u;
const FORWARD = 1.0;
const INVERSE = -1.0;

var<workgroup> line: array<vec2f, size>;
var<workgroup> kept: array<vec2f, size>;

@group(0) @binding(0) var<uniform> params: Params;
// Bit-reversed numbers u32[size], then cos and sin of 2 pi k / size f32[size / 2][2].
@group(0) @binding(1) var<storage, read> tables: array<u32>;
@group(0) @binding(2) var<storage, read_write> scratch: array<vec2f>;

struct Line {
  beam: u32,
  at: u32,
}

fn lineOf(id: vec3u, count: vec3u, linesPerBeam: u32) -> Line {
  let index = id.x + id.y * count.x;
  return Line(index / linesPerBeam, index % linesPerBeam);
}

// Columns that hold fluence, in whole strips of 16.
fn filledColumns() -> u32 {
  return min(size, (params.filledCols + 15u) & ~15u);
}

fn scratchAt(beam: u32, x: u32, ky: u32, pair: u32) -> u32 {
  return 2u * ((beam * size + x) * size + ky) + pair;
}

// In-place radix-2 decimation in time of `line`, which is in bit-reversed order before and in order after.
fn transform(thread: u32, direction: f32) {
  for (var length = 2u; length <= size; length *= 2u) {
    workgroupBarrier();
    let half = length / 2u;
    for (var b = thread; b < size / 2u; b += THREADS) {
      let k = b % half;
      let i = (b / half) * length + k;
      let at = size + 2u * k * (size / length);
      let cosine = bitcast<f32>(tables[at]);
      let sine = direction * bitcast<f32>(tables[at + 1u]);
      let x = line[i + half];
      let turned = vec2f(x.x * cosine + x.y * sine, x.y * cosine - x.x * sine);
      let a = line[i];
      line[i] = a + turned;
      line[i + half] = a - turned;
    }
  }
  workgroupBarrier();
}

// Forward, pass 1: y -> ky for the columns that hold fluence.
@group(0) @binding(3) var<storage, read> map: array<f32>;

@compute @workgroup_size(THREADS)
fn fftConvolve(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let x = lineOf(id, count, filledColumns());
  if (x.beam >= params.beams) {
    return;
  }
  for (var y = thread; y < size; y += THREADS) {
    var value = 0.0;
    if (y < params.filledRows) {
      value = map[(x.beam * size + y) * size + x.at];
    }
    line[tables[y]] = vec2f(value, 0.0);
  }
  transform(thread, FORWARD);
  for (var ky = thread; ky < size; ky += THREADS) {
    scratch[scratchAt(x.beam, x.at, ky, 0u)] = line[ky];
  }
}

// Forward, pass 2: x -> kx, times the kernels as two complex pairs, kx -> x.
@group(0) @binding(3) var<storage, read> spectra: array<f32>;

fn spectrumAt(beam: u32, kx: u32, ky: u32, pair: u32) -> vec2f {
  let plane = (size / 2u + 1u) * size;
  let at = (4u * beam + 2u * pair) * plane + min(kx, size - kx) * size + ky;
  return vec2f(spectra[at], spectra[at + plane]);
}

@compute @workgroup_size(THREADS)
fn fftConvolveSpectra(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let ky = lineOf(id, count, size);
  if (ky.beam >= params.beams) {
    return;
  }
  for (var x = thread; x < size; x += THREADS) {
    var value = vec2f(0.0);
    if (x < filledColumns()) {
      value = scratch[scratchAt(ky.beam, x, ky.at, 0u)];
    }
    line[tables[x]] = value;
  }
  transform(thread, FORWARD);
  for (var kx = thread; kx < size; kx += THREADS) {
    kept[kx] = line[kx];
  }
  for (var pair = 0u; pair < 2u; pair++) {
    workgroupBarrier();
    for (var kx = thread; kx < size; kx += THREADS) {
      let f = kept[kx];
      let k = spectrumAt(ky.beam, kx, ky.at, pair);
      line[tables[kx]] = vec2f(f.x * k.x - f.y * k.y, f.x * k.y + f.y * k.x);
    }
    transform(thread, INVERSE);
    for (var x = thread; x < size; x += THREADS) {
      scratch[scratchAt(ky.beam, x, ky.at, pair)] = line[x];
    }
  }
}

// Forward, pass 3: ky -> y.
@group(0) @binding(3) var<storage, read_write> convolved: array<vec4f>;

@compute @workgroup_size(THREADS)
fn fftConvolveOutput(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let x = lineOf(id, count, size);
  if (x.beam >= params.beams) {
    return;
  }
  for (var ky = thread; ky < size; ky += THREADS) {
    line[tables[ky]] = scratch[scratchAt(x.beam, x.at, ky, 0u)];
  }
  transform(thread, INVERSE);
  for (var y = thread; y < size; y += THREADS) {
    kept[y] = line[y];
  }
  workgroupBarrier();
  for (var ky = thread; ky < size; ky += THREADS) {
    line[tables[ky]] = scratch[scratchAt(x.beam, x.at, ky, 1u)];
  }
  transform(thread, INVERSE);
  for (var y = thread; y < size; y += THREADS) {
    convolved[(x.beam * size + y) * size + x.at] = vec4f(kept[y], line[y]);
  }
}

// Adjoint, pass 1: y -> ky for both pairs, summing the parts on the way in.
@group(0) @binding(3) var<storage, read> gradient: array<vec4f>;

@compute @workgroup_size(THREADS)
fn fftConvolveAdjoint(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let x = lineOf(id, count, size);
  if (x.beam >= params.beams) {
    return;
  }
  for (var y = thread; y < size; y += THREADS) {
    var sum = vec4f(0.0);
    for (var part = 0u; part < params.parts; part++) {
      sum += gradient[((x.beam * params.parts + part) * size + y) * size + x.at];
    }
    line[tables[y]] = sum.xy;
    kept[tables[y]] = sum.zw;
  }
  transform(thread, FORWARD);
  for (var ky = thread; ky < size; ky += THREADS) {
    scratch[scratchAt(x.beam, x.at, ky, 0u)] = line[ky];
    line[ky] = kept[ky];
  }
  transform(thread, FORWARD);
  for (var ky = thread; ky < size; ky += THREADS) {
    scratch[scratchAt(x.beam, x.at, ky, 1u)] = line[ky];
  }
}

// Adjoint, pass 2: x -> kx, times the conjugate pairs and summed, kx -> x.
@compute @workgroup_size(THREADS)
fn fftConvolveAdjointSpectra(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let ky = lineOf(id, count, size);
  if (ky.beam >= params.beams) {
    return;
  }
  for (var i = thread; i < size; i += THREADS) {
    kept[i] = vec2f(0.0);
  }
  for (var pair = 0u; pair < 2u; pair++) {
    workgroupBarrier();
    for (var x = thread; x < size; x += THREADS) {
      line[tables[x]] = scratch[scratchAt(ky.beam, x, ky.at, pair)];
    }
    transform(thread, FORWARD);
    for (var kx = thread; kx < size; kx += THREADS) {
      let f = line[kx];
      let k = spectrumAt(ky.beam, kx, ky.at, pair);
      kept[kx] += vec2f(f.x * k.x + f.y * k.y, f.y * k.x - f.x * k.y);
    }
  }
  workgroupBarrier();
  for (var kx = thread; kx < size; kx += THREADS) {
    line[tables[kx]] = kept[kx];
  }
  transform(thread, INVERSE);
  for (var x = thread; x < filledColumns(); x += THREADS) {
    scratch[scratchAt(ky.beam, x, ky.at, 0u)] = line[x];
  }
}

// Adjoint, pass 3: ky -> y for the filled columns.
@group(0) @binding(3) var<storage, read_write> fluence: array<f32>;

@compute @workgroup_size(THREADS)
fn fftConvolveAdjointOutput(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let x = lineOf(id, count, filledColumns());
  if (x.beam >= params.beams) {
    return;
  }
  for (var ky = thread; ky < size; ky += THREADS) {
    line[tables[ky]] = scratch[scratchAt(x.beam, x.at, ky, 0u)];
  }
  transform(thread, INVERSE);
  for (var y = thread; y < params.filledRows; y += THREADS) {
    fluence[(x.beam * size + y) * size + x.at] = line[y].x;
  }
}
