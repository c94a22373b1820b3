// One thread a voxel; the beams are added in their order.

struct Params {
  beams: u32,
  voxels: u32,
  chunk: u32,
  fineStride: u32,
  fineRows: u32,
  coarseSize: u32,
  depthRows: u32,
  perFine: f32,
  perCoarse: f32,
  perDepth: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> geometry: array<vec4f>;
@group(0) @binding(2) var<storage, read> beamTable: array<vec4f>;
@group(0) @binding(3) var<storage, read> depthTable: array<vec4f>;
@group(0) @binding(4) var<storage, read> fine: array<f32>;
@group(0) @binding(5) var<storage, read> coarse: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> dose: array<f32>;

const THREADS = 64u;

// Cubic B-spline weights of the four taps around a node, at the fraction t behind it.
fn splineWeights(t: f32) -> vec4f {
  let b0 = vec4f(1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0, 0.0);
  let b1 = vec4f(-0.5, 0.0, 0.5, 0.0);
  let b2 = vec4f(0.5, -1.0, 0.5, 0.0);
  let b3 = vec4f(-1.0 / 6.0, 0.5, -0.5, 1.0 / 6.0);
  return b0 + t * (b1 + t * (b2 + t * b3));
}

fn fineRow(at: u32) -> vec4f {
  return vec4f(fine[at], fine[at + 1u], fine[at + 2u], fine[at + 3u]);
}

fn fineValue(beam: u32, at: vec2f) -> f32 {
  let node = floor(at);
  let j = vec2i(node) - 1;
  if (j.x < 0 || j.y < 0 || j.x >= i32(params.fineStride) - 3 || j.y >= i32(params.fineRows) - 3) {
    return 0.0;
  }
  let wx = splineWeights(at.x - node.x);
  let wy = splineWeights(at.y - node.y);
  let tap = (beam * params.fineRows + u32(j.y)) * params.fineStride + u32(j.x);
  let upper = wy.x * fineRow(tap) + wy.y * fineRow(tap + params.fineStride);
  let lower = wy.z * fineRow(tap + 2u * params.fineStride) + wy.w * fineRow(tap + 3u * params.fineStride);
  return dot(wx, upper + lower);
}

fn coarseValue(beam: u32, at: vec2f) -> vec4f {
  let node = floor(at);
  let t = at - node;
  let last = params.coarseSize - 1u;
  let i0 = bitcast<vec2u>(vec2i(node)) & vec2u(last);
  let i1 = (i0 + 1u) & vec2u(last);
  let row0 = (beam * params.coarseSize + i0.y) * params.coarseSize;
  let row1 = (beam * params.coarseSize + i1.y) * params.coarseSize;
  let top = mix(coarse[row0 + i0.x], coarse[row0 + i1.x], t.x);
  let bottom = mix(coarse[row1 + i0.x], coarse[row1 + i1.x], t.x);
  return mix(top, bottom, t.y);
}

fn attenuation(depthMm: f32) -> vec4f {
  let depth = clamp(depthMm * params.perDepth, 0.0, f32(params.depthRows - 2u) + 0.9999);
  let row = floor(depth);
  return mix(depthTable[u32(row)], depthTable[u32(row) + 1u], depth - row);
}

fn hasNan(p: vec4f) -> bool {
  return any((bitcast<vec4u>(p) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u));
}

@compute @workgroup_size(THREADS)
fn photonDoseForward(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let v = (id.x + id.y * count.x) * THREADS + thread;
  if (v >= params.voxels) {
    return;
  }
  var sum = 0.0;
  for (var beam = 0u; beam < params.beams; beam++) {
    let p = geometry[beam * params.voxels + v];
    if (hasNan(p)) {
      sum += p.x + p.y + p.z + p.w;
      continue;
    }
    let nodes = beamTable[2u * beam];
    let narrow = beamTable[2u * beam + 1u];
    let kernels = coarseValue(beam, (p.xy - nodes.zw) * params.perCoarse)
      + narrow * fineValue(beam, (p.xy - nodes.xy) * params.perFine);
    sum += p.w * dot(attenuation(p.z), kernels);
  }
  dose[v] = sum;
}
