// Three passes, one thread a voxel. Between them the volume holds signed squared distances [mm^2] to the nearest cell of the
// other kind, as far as the axes done so far can see: positive outside the region, negative inside, never zero; NONE where
// they see none. Along y and z each thread looks outward from its voxel until nothing farther away can be nearer.

struct Params {
  nx: u32,
  ny: u32,
  nz: u32,
  words: u32,
  hx: f32,
  hy: f32,
  hz: f32,
  unused: u32,
}

const THREADS = 64u;
const NONE = 1e36;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bits: array<u32>;
@group(0) @binding(2) var<storage, read_write> squares: array<f32>;

// Voxels from `i` down to the nearest one of the other kind; 0 where there is none.
fn stepsDown(row: u32, i: u32, flip: u32) -> u32 {
  var word = i >> 5u;
  var differ = (bits[row + word] ^ flip) & ((2u << (i & 31u)) - 1u);
  loop {
    if (differ != 0u) {
      return i - ((word << 5u) + 31u - countLeadingZeros(differ));
    }
    if (word == 0u) {
      return 0u;
    }
    word--;
    differ = bits[row + word] ^ flip;
  }
}

fn stepsUp(row: u32, i: u32, flip: u32) -> u32 {
  var word = i >> 5u;
  var differ = (bits[row + word] ^ flip) & (0xffffffffu << (i & 31u));
  loop {
    if (differ != 0u) {
      let other = (word << 5u) + countTrailingZeros(differ);
      return select(0u, other - i, other < params.nx);
    }
    word++;
    if (word == params.words) {
      return 0u;
    }
    differ = bits[row + word] ^ flip;
  }
}

@compute @workgroup_size(THREADS)
fn distanceAlongX(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let voxel = (id.x + id.y * count.x) * THREADS + thread;
  if (voxel >= params.nx * params.ny * params.nz) {
    return;
  }
  let i = voxel % params.nx;
  let row = (voxel / params.nx) * params.words;
  let inside = ((bits[row + (i >> 5u)] >> (i & 31u)) & 1u) == 1u;
  let flip = select(0u, 0xffffffffu, inside);
  var square = NONE;
  for (var side = 0u; side < 2u; side++) {
    var steps = 0u;
    if (side == 0u) {
      steps = stepsDown(row, i, flip);
    } else {
      steps = stepsUp(row, i, flip);
    }
    if (steps > 0u) {
      let d = (f32(steps) - 0.5) * params.hx;
      square = min(square, d * d);
    }
  }
  squares[voxel] = select(square, -square, inside);
}

@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> reached: array<f32>;

// Least of the voxel's own square and those of the cells along the axis; `at` is its number along it, of n.
fn nearest(voxel: u32, at: u32, n: u32, stride: u32, h: f32) -> f32 {
  let own = source[voxel];
  let positive = own > 0.0;
  var least = abs(own);
  // Steps that are left on either side; a voxel of the other kind hides all behind it.
  var below = at;
  var above = n - 1u - at;
  for (var steps = 1u; steps <= max(below, above); steps++) {
    let d = (f32(steps) - 0.5) * h;
    let square = d * d;
    if (square >= least) {
      break;
    }
    if (steps <= below) {
      let value = source[voxel - steps * stride];
      let same = (value > 0.0) == positive;
      least = min(least, square + select(0.0, abs(value), same));
      below = select(0u, below, same);
    }
    if (steps <= above) {
      let value = source[voxel + steps * stride];
      let same = (value > 0.0) == positive;
      least = min(least, square + select(0.0, abs(value), same));
      above = select(0u, above, same);
    }
  }
  return select(-least, least, positive);
}

@compute @workgroup_size(THREADS)
fn distanceAlongY(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let voxel = (id.x + id.y * count.x) * THREADS + thread;
  if (voxel >= params.nx * params.ny * params.nz) {
    return;
  }
  reached[voxel] = nearest(voxel, (voxel / params.nx) % params.ny, params.ny, params.nx, params.hy);
}

@compute @workgroup_size(THREADS)
fn distanceAlongZ(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let voxel = (id.x + id.y * count.x) * THREADS + thread;
  let slice = params.nx * params.ny;
  if (voxel >= slice * params.nz) {
    return;
  }
  let square = nearest(voxel, voxel / slice, params.nz, slice, params.hz);
  reached[voxel] = sign(square) * sqrt(abs(square)) * 0.001;
}
