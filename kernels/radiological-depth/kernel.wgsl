// One thread a beam and point: exact voxel traversal (Amanatides and Woo 1987) from the point towards the source. The ray
// is measured in mm from the point, and every crossing is computed from its plane's number instead of being accumulated,
// so that float32 stays within a few micrometres of float64.

struct Params {
  points: u32,
  chunk: u32,
  nx: u32,
  ny: u32,
  nz: u32,
  cornerX: f32,
  cornerY: f32,
  cornerZ: f32,
  spacingX: f32,
  spacingY: f32,
  spacingZ: f32,
  beams: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> density: array<f32>;
@group(0) @binding(2) var<storage, read> positions: array<vec4f>;
@group(0) @binding(3) var<storage, read> beamTable: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> geometry: array<vec4f>;

const THREADS = 64u;
const FAR = 1e30;

// `at` and `ray` in voxels, the grid's first corner at (0, 0, 0); `lengthMm` is the length of `ray`.
fn waterLength(at: vec3f, ray: vec3f, lengthMm: f32) -> f32 {
  let size = vec3i(vec3u(params.nx, params.ny, params.nz));
  let moves = ray != vec3f(0.0);
  let perVoxel = select(vec3f(0.0), lengthMm / select(vec3f(1.0), ray, moves), moves);
  let near = -at * perVoxel;
  let far = (vec3f(size) - at) * perVoxel;
  let enters = select(vec3f(0.0), min(near, far), moves);
  let leaves = select(vec3f(lengthMm), max(near, far), moves);
  let enter = max(0.0, max(enters.x, max(enters.y, enters.z)));
  let leave = min(lengthMm, min(leaves.x, min(leaves.y, leaves.z)));
  let beside = !moves & ((at < vec3f(0.0)) | (at >= vec3f(size)));
  if (!(enter < leave) || any(beside)) {
    return 0.0;
  }
  let start = at + ray * (enter / lengthMm);
  var cell = clamp(vec3i(floor(start)), vec3i(0), size - 1);
  let forward = ray > vec3f(0.0);
  let step = select(vec3i(-1), vec3i(1), forward);
  let ahead = select(vec3i(0), vec3i(1), forward);
  var t = enter;
  var sum = 0.0;
  for (var left = size.x + size.y + size.z; left > 0; left--) {
    let next = select(vec3f(FAR), (vec3f(cell + ahead) - at) * perVoxel, moves);
    let rho = density[u32(cell.x + size.x * (cell.y + size.y * cell.z))];
    let nearest = min(next.x, min(next.y, next.z));
    if (nearest >= leave) {
      return sum + rho * (leave - t);
    }
    sum += rho * (nearest - t);
    t = nearest;
    if (next.x == nearest) {
      cell.x += step.x;
    } else if (next.y == nearest) {
      cell.y += step.y;
    } else {
      cell.z += step.z;
    }
    if (any(cell < vec3i(0)) || any(cell >= size)) {
      return sum;
    }
  }
  return sum;
}

@compute @workgroup_size(THREADS)
fn radiologicalDepth(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (id.x + id.y * count.x) * THREADS + thread;
  if (index >= params.beams * params.points) {
    return;
  }
  let beam = index / params.points;
  let p = positions[index % params.points].xyz;
  let source = beamTable[4u * beam];
  let ray = p - source.xyz;
  let axial = dot(ray, beamTable[4u * beam + 1u].xyz);
  let x = dot(ray, beamTable[4u * beam + 2u].xyz);
  let y = dot(ray, beamTable[4u * beam + 3u].xyz);
  let scale = select(0.0, source.w / axial, axial > 1.0);
  let corner = vec3f(params.cornerX, params.cornerY, params.cornerZ);
  let spacing = vec3f(params.spacingX, params.spacingY, params.spacingZ);
  let depth = waterLength((p - corner) / spacing, -ray / spacing, length(ray));
  geometry[index] = vec4f(x * scale, y * scale, depth, scale * scale);
}
