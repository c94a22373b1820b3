// Two passes: the banded matrices along x into scratch[beam][shape][rowsIn][strideOut], then along y and summed over the
// shapes. One thread a number.

struct Params {
  rowsIn: u32,
  strideIn: u32,
  rowsOut: u32,
  colsOut: u32,
  strideOut: u32,
  band: u32,
  shapes: u32,
  parts: u32,
  matrixRows: u32,
  beams: u32,
}

const THREADS = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read> input: array<f32>;
@group(0) @binding(4) var<storage, read_write> along: array<f32>;

@compute @workgroup_size(THREADS)
fn separableMapAlongX(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (id.x + id.y * count.x) * THREADS + thread;
  let o = index % params.strideOut;
  let r = (index / params.strideOut) % params.rowsIn;
  let m = (index / (params.strideOut * params.rowsIn)) % params.shapes;
  let beam = index / (params.strideOut * params.rowsIn * params.shapes);
  if (beam >= params.beams) {
    return;
  }
  if (o >= params.colsOut) {
    along[index] = 0.0;
    return;
  }
  let part = params.rowsIn * params.strideIn;
  let source = beam * params.parts * part + r * params.strideIn + starts[o];
  let w = (m * params.matrixRows + o) * params.band;
  var sum = 0.0;
  for (var a = 0u; a < params.band; a++) {
    var value = input[source + a];
    for (var p = 1u; p < params.parts; p++) {
      value += input[source + p * part + a];
    }
    sum += value * weights[w + a];
  }
  along[index] = sum;
}

@group(0) @binding(3) var<storage, read> rows: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(THREADS)
fn separableMapAlongY(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (id.x + id.y * count.x) * THREADS + thread;
  let o = index % params.strideOut;
  let q = (index / params.strideOut) % params.rowsOut;
  let beam = index / (params.strideOut * params.rowsOut);
  if (beam >= params.beams) {
    return;
  }
  var sum = 0.0;
  if (o < params.colsOut) {
    let start = starts[q];
    let last = min(params.band, params.rowsIn - min(start, params.rowsIn));
    for (var m = 0u; m < params.shapes; m++) {
      let w = (m * params.matrixRows + q) * params.band;
      let source = ((beam * params.shapes + m) * params.rowsIn + start) * params.strideOut + o;
      for (var a = 0u; a < last; a++) {
        sum += rows[source + a * params.strideOut] * weights[w + a];
      }
    }
  }
  output[index] = sum;
}
