// Workgroup = one list: the value of given rank in descending order, found eight bits at a time from the top (exact).

struct Params {
  lists: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<vec4u>;
@group(0) @binding(3) var<storage, read> indices: array<u32>;
@group(0) @binding(4) var<storage, read_write> selected: array<u32>;

const THREADS = 256u;

var<workgroup> counts: array<atomic<u32>, 256>;
// The digit found last and the rank among the keys that share all digits so far.
var<workgroup> found: vec2u;

// A float's bits as an unsigned number of the same order: larger floats are larger numbers.
fn sortable(bits: u32) -> u32 {
  return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

@compute @workgroup_size(THREADS)
fn rankSelect(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let list = id.x + id.y * count.x;
  if (list >= params.lists) {
    return;
  }
  let row = table[list];
  if (row.x >= row.y) {
    if (thread == 0u) {
      selected[list] = 0u;
    }
    return;
  }
  var prefix = 0u;
  var known = 0u;
  var rank = row.z;
  for (var shift = 24i; shift >= 0; shift -= 8) {
    atomicStore(&counts[thread], 0u);
    workgroupBarrier();
    for (var i = row.x + thread; i < row.y; i += THREADS) {
      let key = sortable(values[indices[i]]);
      if ((key & known) == prefix) {
        atomicAdd(&counts[(key >> u32(shift)) & 255u], 1u);
      }
    }
    workgroupBarrier();
    if (thread == 0u) {
      var digit = 255u;
      var above = rank;
      while (digit > 0u) {
        let here = atomicLoad(&counts[digit]);
        if (above < here) {
          break;
        }
        above -= here;
        digit--;
      }
      found = vec2u(digit, above);
    }
    let digitAndRank = workgroupUniformLoad(&found);
    prefix |= digitAndRank.x << u32(shift);
    known |= 255u << u32(shift);
    rank = digitAndRank.y;
  }
  if (thread == 0u) {
    selected[list] = select(~prefix, prefix & 0x7fffffffu, (prefix & 0x80000000u) != 0u);
  }
}
