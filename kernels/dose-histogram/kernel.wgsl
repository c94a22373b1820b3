// Workgroup = one list: counts of its values in equal bins from `low`; below goes to the first bin, above to the last and
// NaN to one more after it.

struct Params {
  bins: u32,
  lists: u32,
  low: f32,
  perBin: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<vec4u>;
@group(0) @binding(3) var<storage, read> indices: array<u32>;
@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;

const THREADS = 256u;

@compute @workgroup_size(THREADS)
fn doseHistogram(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let list = id.x + id.y * count.x;
  if (list >= params.lists) {
    return;
  }
  let histogram = list * (params.bins + 1u);
  for (var bin = thread; bin <= params.bins; bin += THREADS) {
    atomicStore(&counts[histogram + bin], 0u);
  }
  storageBarrier();
  let row = table[list];
  for (var i = row.x + thread; i < row.y; i += THREADS) {
    let value = values[indices[i]];
    var bin = params.bins;
    if ((bitcast<u32>(value) & 0x7fffffffu) <= 0x7f800000u) {
      bin = u32(clamp(floor((value - params.low) * params.perBin), 0.0, f32(params.bins - 1u)));
    }
    atomicAdd(&counts[histogram + bin], 1u);
  }
}
