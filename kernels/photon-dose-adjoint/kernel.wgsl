// Gathers instead of scattering. Voxels are sorted by the map cell they lie in (order.ts) and each cell's list is cut into
// segments. Pass 1: one thread a segment sums what its voxels give to the cell's 16 numbers, in the order of the list.
// Passes 2 and 3: one thread a node adds up the segments of the cells around it, in a fixed order.
//
// order:  segment count, unused, then for each segment { start, cell } and after the last { end, 0 }; then voxel numbers
// starts: first segment of each cell, u32[cells + 1] padded to 16 bytes; then the sums, f32[segments][4][4]
// Cells are numbered [beam][row][column], those of the fine maps first. All is summed in part 0, the others become zero.

struct Params {
  beams: u32,
  voxels: u32,
  parts: u32,
  fineStride: u32,
  fineRows: u32,
  coarseSize: u32,
  depthRows: u32,
  perFine: f32,
  perCoarse: f32,
  perDepth: f32,
}

const THREADS = 64u;

@group(0) @binding(0) var<uniform> params: Params;

fn fineCells() -> u32 {
  return (params.fineStride - 3u) * (params.fineRows - 3u);
}

fn coarseCells() -> u32 {
  return params.coarseSize * params.coarseSize;
}

fn firstCoarseCell() -> u32 {
  return params.beams * fineCells();
}

// Index of the first sum in `starts`, in groups of four words.
fn firstSum() -> u32 {
  let cells = params.beams * (fineCells() + coarseCells());
  return (cells + 4u) / 4u;
}

// Pass 1.
@group(0) @binding(1) var<storage, read> geometry: array<vec4f>;
@group(0) @binding(2) var<storage, read> beamTable: array<vec4f>;
@group(0) @binding(3) var<storage, read> depthTable: array<vec4f>;
@group(0) @binding(4) var<storage, read> gradient: array<f32>;
@group(0) @binding(5) var<storage, read> order: array<u32>;
@group(0) @binding(6) var<storage, read_write> sums: array<vec4u>;

fn splineWeights(t: f32) -> vec4f {
  let b0 = vec4f(1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0, 0.0);
  let b1 = vec4f(-0.5, 0.0, 0.5, 0.0);
  let b2 = vec4f(0.5, -1.0, 0.5, 0.0);
  let b3 = vec4f(-1.0 / 6.0, 0.5, -0.5, 1.0 / 6.0);
  return b0 + t * (b1 + t * (b2 + t * b3));
}

// Gradient by the four components of the dose at a voxel.
fn components(p: vec4f, g: f32) -> vec4f {
  let depth = clamp(p.z * params.perDepth, 0.0, f32(params.depthRows - 2u) + 0.9999);
  let row = floor(depth);
  return (g * p.w) * mix(depthTable[u32(row)], depthTable[u32(row) + 1u], depth - row);
}

fn hasNan(p: vec4f) -> bool {
  return any((bitcast<vec4u>(p) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u));
}

@compute @workgroup_size(THREADS)
fn photonDoseAdjoint(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let segment = (id.x + id.y * count.x) * THREADS + thread;
  if (segment >= order[0]) {
    return;
  }
  let entry = 2u + 2u * segment;
  let cell = order[entry + 1u];
  let isFine = cell < firstCoarseCell();
  let within = select(cell - firstCoarseCell(), cell, isFine);
  let perBeam = select(coarseCells(), fineCells(), isFine);
  let columns = select(params.coarseSize, params.fineStride - 3u, isFine);
  let beam = within / perBeam;
  let corner = vec2f(vec2u(within % columns, (within % perBeam) / columns));
  let nodes = beamTable[2u * beam];
  let narrow = beamTable[2u * beam + 1u];
  var sum = array<vec4f, 4>();
  for (var i = order[entry]; i < order[entry + 2u]; i++) {
    let v = order[i];
    let g = gradient[v];
    if (g == 0.0) {
      continue;
    }
    let p = geometry[beam * params.voxels + v];
    var a = components(p, g);
    if (hasNan(p)) {
      a = vec4f(p.x + p.y + p.z + p.w);
    }
    if (isFine) {
      let t = clamp((p.xy - nodes.xy) * params.perFine - corner - 1.0, vec2f(0.0), vec2f(1.0));
      let wx = dot(a, narrow) * splineWeights(t.x);
      let wy = splineWeights(t.y);
      sum[0] += wy.x * wx;
      sum[1] += wy.y * wx;
      sum[2] += wy.z * wx;
      sum[3] += wy.w * wx;
    } else {
      let size = f32(params.coarseSize);
      let away = (p.xy - nodes.zw) * params.perCoarse - corner;
      let t = clamp(away - size * floor((away + 0.5) / size), vec2f(0.0), vec2f(1.0));
      let bottom = t.y * a;
      let top = a - bottom;
      sum[0] += top - t.x * top;
      sum[1] += t.x * top;
      sum[2] += bottom - t.x * bottom;
      sum[3] += t.x * bottom;
    }
  }
  for (var i = 0u; i < 4u; i++) {
    sums[firstSum() + 4u * segment + i] = bitcast<vec4u>(sum[i]);
  }
}

// Pass 2: the 4 x 4 cells whose taps include a node.
@group(0) @binding(1) var<storage, read> starts: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> fine: array<f32>;

fn startOf(cell: u32) -> u32 {
  return starts[cell / 4u][cell % 4u];
}

@compute @workgroup_size(THREADS)
fn photonDoseAdjointFine(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (id.x + id.y * count.x) * THREADS + thread;
  let node = vec2u(index % params.fineStride, (index / params.fineStride) % params.fineRows);
  let map = index / (params.fineStride * params.fineRows);
  if (map >= params.beams * params.parts) {
    return;
  }
  if (map % params.parts != 0u) {
    fine[index] = 0.0;
    return;
  }
  let cells = vec2u(params.fineStride - 3u, params.fineRows - 3u);
  var sum = 0.0;
  for (var dy = 0u; dy < 4u; dy++) {
    for (var dx = 0u; dx < 4u; dx++) {
      // Below zero wraps around and is out of range as well.
      let corner = node - vec2u(dx, dy);
      if (any(corner >= cells)) {
        continue;
      }
      let cell = (map / params.parts) * fineCells() + corner.y * cells.x + corner.x;
      for (var segment = startOf(cell); segment < startOf(cell + 1u); segment++) {
        sum += bitcast<f32>(starts[firstSum() + 4u * segment + dy][dx]);
      }
    }
  }
  fine[index] = sum;
}

// Pass 3: the 2 x 2 cells around a node, periodic.
@group(0) @binding(2) var<storage, read_write> coarse: array<vec4f>;

@compute @workgroup_size(THREADS)
fn photonDoseAdjointCoarse(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (id.x + id.y * count.x) * THREADS + thread;
  let size = params.coarseSize;
  let node = vec2u(index % size, (index / size) % size);
  let map = index / (size * size);
  if (map >= params.beams * params.parts) {
    return;
  }
  if (map % params.parts != 0u) {
    coarse[index] = vec4f(0.0);
    return;
  }
  var sum = vec4f(0.0);
  for (var tap = 0u; tap < 4u; tap++) {
    let corner = (node + size - vec2u(tap % 2u, tap / 2u)) % size;
    let cell = firstCoarseCell() + ((map / params.parts) * size + corner.y) * size + corner.x;
    for (var segment = startOf(cell); segment < startOf(cell + 1u); segment++) {
      sum += bitcast<vec4f>(starts[firstSum() + 4u * segment + tap]);
    }
  }
  coarse[index] = sum;
}
