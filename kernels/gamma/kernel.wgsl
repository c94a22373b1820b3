// Two passes: least and largest dose of every cell, one thread a cell; then one thread a point. Lengths are in units of the
// distance to agreement, doses in units of the dose tolerance, so that gamma is a plain distance; s is a place relative to
// the point, t one within a cell, 0 to 1. The same search as in kernel.as.ts, in float32.

struct Params {
  rx: u32,
  ry: u32,
  rz: u32,
  count: u32,
  nx: u32,
  ny: u32,
  nz: u32,
  local: u32,
  stepX: f32,
  stepY: f32,
  stepZ: f32,
  threshold: f32,
  startX: f32,
  startY: f32,
  startZ: f32,
  most: f32,
  hx: f32,
  hy: f32,
  hz: f32,
  perTolerance: f32,
}

const THREADS = 64u;
const SPLIT = 4u;
const ROUNDS = 12u;
// A search ends where gamma can gain no more than this.
const SLACK = 2e-4;
const ENOUGH = SLACK * SLACK;
const DESCENTS = 4u;
const FAR = 1e30;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> filled: array<vec2f>;

fn cellCounts() -> vec3u {
  return max(vec3u(1u), vec3u(params.nx, params.ny, params.nz) - vec3u(1u));
}

// Steps to the next voxel along each axis; none along an axis of one voxel.
fn strides() -> vec3u {
  let size = vec3u(params.nx, params.ny, params.nz);
  return select(vec3u(0u), vec3u(1u, params.nx, params.nx * params.ny), size > vec3u(1u));
}

@compute @workgroup_size(THREADS)
fn gammaRanges(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let cells = cellCounts();
  let cell = (id.x + id.y * count.x) * THREADS + thread;
  if (cell >= cells.x * cells.y * cells.z) {
    return;
  }
  let i = cell % cells.x;
  let j = (cell / cells.x) % cells.y;
  let k = cell / (cells.x * cells.y);
  let corner = i + params.nx * (j + params.ny * k);
  let step = strides();
  var low = source[corner];
  var high = low;
  for (var n = 1u; n < 8u; n++) {
    let value = source[corner + (n & 1u) * step.x + ((n >> 1u) & 1u) * step.y + (n >> 2u) * step.z];
    low = min(low, value);
    high = max(high, value);
  }
  filled[cell] = vec2f(low, high);
}

@group(0) @binding(1) var<storage, read> reference: array<f32>;
@group(0) @binding(2) var<storage, read> evaluated: array<f32>;
@group(0) @binding(3) var<storage, read> cellList: array<vec4i>;
@group(0) @binding(4) var<storage, read> ranges: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> gamma: array<f32>;

// The multiplier m with which s = clamp(-m g, low, high) minimises |s|^2 + (c + g s)^2 over a box.
fn multiplier(c: f32, g: vec3f, low: vec3f, high: vec3f) -> f32 {
  var m = c / (1.0 + dot(g, g));
  var below = -FAR;
  var above = FAR;
  for (var round = 0u; round < 24u; round++) {
    let s = -m * g;
    let bounded = (s < low) | (s > high);
    let fixed = c + dot(g, select(vec3f(0.0), clamp(s, low, high), bounded));
    let slope = 1.0 + dot(g, select(g, vec3f(0.0), bounded));
    let rest = fixed - slope * m;
    if (abs(rest) <= 1e-6 * (1.0 + abs(fixed))) {
      break;
    }
    if (rest > 0.0) {
      below = m;
    } else {
      above = m;
    }
    m = fixed / slope;
    if (!(m > below && m < above)) {
      m = 0.5 * (below + above);
    }
  }
  return m;
}

// Coefficients of the trilinear dose of one cell: value, t, products of two (xy, yz, zx), product of three.
struct Cell {
  a: f32,
  b: vec3f,
  c: vec3f,
  d: f32,
}

fn valueAt(cell: Cell, t: vec3f) -> f32 {
  return cell.a + dot(cell.b, t) + dot(cell.c, t * t.yzx) + cell.d * t.x * t.y * t.z;
}

fn slopeAt(cell: Cell, t: vec3f) -> vec3f {
  return cell.b + cell.c * t.yzx + cell.c.zxy * t.zxy + cell.d * t.yzx * t.zxy;
}

// The dose of one cell less `dose`, times `perDose`.
fn cellAt(corner: u32, dose: f32, perDose: f32) -> Cell {
  let step = strides();
  let e000 = (evaluated[corner] - dose) * perDose;
  let e100 = (evaluated[corner + step.x] - dose) * perDose;
  let e010 = (evaluated[corner + step.y] - dose) * perDose;
  let e110 = (evaluated[corner + step.y + step.x] - dose) * perDose;
  let e001 = (evaluated[corner + step.z] - dose) * perDose;
  let e101 = (evaluated[corner + step.z + step.x] - dose) * perDose;
  let e011 = (evaluated[corner + step.z + step.y] - dose) * perDose;
  let e111 = (evaluated[corner + step.z + step.y + step.x] - dose) * perDose;
  var cell: Cell;
  cell.a = e000;
  cell.b = vec3f(e100, e010, e001) - e000;
  cell.c = vec3f(e110 - e100 - cell.b.y, e011 - e001 - cell.b.y, e101 - e001 - cell.b.x);
  cell.d = e111 - e110 - e101 - e011 + e100 + e010 + e001 - e000;
  return cell;
}

// Gamma^2 at the point itself, or where a few steps down the dose's slope lead: what the search must beat.
fn descend(most: f32, dose: f32, perDose: f32, x: vec3f, h: vec3f) -> f32 {
  let size = vec3u(params.nx, params.ny, params.nz);
  let per = select(vec3f(0.0), 1.0 / h, size > vec3u(1u));
  let last = vec3f(size - vec3u(1u));
  let lastCell = cellCounts() - vec3u(1u);
  var best = most;
  var at = clamp(x, vec3f(0.0), last);
  for (var step = 0u; step < DESCENTS; step++) {
    let home = min(vec3u(at), lastCell);
    let cell = cellAt(home.x + params.nx * (home.y + params.ny * home.z), dose, perDose);
    let t = at - vec3f(home);
    let e = valueAt(cell, t);
    let s = (at - x) * h;
    let found = dot(s, s) + e * e;
    if (!(found < best)) {
      break;
    }
    let gain = best - found;
    best = found;
    if (found <= ENOUGH || (step > 0u && gain <= 2.0 * SLACK * sqrt(found))) {
      break;
    }
    let g = slopeAt(cell, t) * per;
    let m = (e - dot(g, s)) / (1.0 + dot(g, g));
    at = clamp(x - m * g * per, vec3f(0.0), last);
  }
  return best;
}

fn leastInCell(start: f32, corner: u32, dose: f32, perDose: f32, origin: vec3f, extent: vec3f) -> f32 {
  var best = start;
  let wide = extent > vec3f(0.0);
  let per = select(vec3f(0.0), 1.0 / max(extent, vec3f(1e-20)), wide);
  let cell = cellAt(corner, dose, perDose);
  let mixed = max(abs(cell.c), abs(cell.c + cell.d));
  let bends = mixed * per * per.yzx;
  let bent = max(bends.x + bends.z, max(bends.x + bends.y, bends.y + bends.z));
  // First the whole cell, then, where it may have several minima, its parts.
  for (var parts = 1u; parts <= SPLIT; parts += SPLIT - 1u) {
    let width = 1.0 / f32(parts);
    let error = 0.25 * (mixed.x + mixed.y + mixed.z) * width * width;
    let counts = select(vec3u(1u), vec3u(parts), wide);
    var ruledOut = true;
    for (var part = 0u; part < counts.x * counts.y * counts.z; part++) {
      let at = vec3f(vec3u(part % counts.x, (part / counts.x) % counts.y, part / (counts.x * counts.y)));
      let low = origin + at * width * extent;
      let high = low + width * extent;
      let gap = max(vec3f(0.0), max(low, -high));
      if (dot(gap, gap) >= best) {
        continue;
      }
      var s = 0.5 * (low + high);
      var here = FAR;
      for (var round = 0u; round < ROUNDS; round++) {
        let t = (s - origin) * per;
        let g = slopeAt(cell, t) * per;
        let c = valueAt(cell, t) - dot(g, s);
        let m = multiplier(c, g, low, high);
        var q = clamp(-m * g, low, high);
        let straight = c + dot(g, q);
        let promised = dot(q, q) + straight * straight;
        if (round == 0u) {
          let bound = sqrt(promised) - error + SLACK;
          if (bound > 0.0 && bound * bound >= best) {
            break;
          }
          ruledOut = false;
        } else if (promised >= here - 2.0 * SLACK * sqrt(here)) {
          break;
        }
        var gained = false;
        for (var half = 0u; half < 4u; half++) {
          let e = valueAt(cell, (q - origin) * per);
          let found = dot(q, q) + e * e;
          if (found < here) {
            here = found;
            s = q;
            gained = true;
            break;
          }
          q = 0.5 * (q + s);
        }
        if (!gained || here <= ENOUGH) {
          break;
        }
      }
      best = min(best, here);
    }
    if (ruledOut || best <= ENOUGH || sqrt(best) * bent < 0.8) {
      break;
    }
  }
  return best;
}

@compute @workgroup_size(THREADS)
fn gammaIndex(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let point = (id.x + id.y * count.x) * THREADS + thread;
  if (point >= params.rx * params.ry * params.rz) {
    return;
  }
  let dose = reference[point];
  if (dose < params.threshold || (params.local != 0u && dose <= 0.0)) {
    gamma[point] = -1.0;
    return;
  }
  let number = vec3f(vec3u(point % params.rx, (point / params.rx) % params.ry, point / (params.rx * params.ry)));
  let x = vec3f(params.startX, params.startY, params.startZ) + number * vec3f(params.stepX, params.stepY, params.stepZ);
  let size = vec3u(params.nx, params.ny, params.nz);
  let wide = size > vec3u(1u);
  let last = vec3f(size - vec3u(1u));
  // An axis of one voxel is a slab as thick as its spacing.
  let slack = select(vec3f(0.501), vec3f(1e-3), wide);
  if (any(x < -slack) || any(x > last + slack)) {
    gamma[point] = -2.0;
    return;
  }
  let h = vec3f(params.hx, params.hy, params.hz);
  let extent = select(vec3f(0.0), h, wide);
  let cells = vec3i(cellCounts());
  let home = clamp(vec3i(floor(x)), vec3i(0), cells - vec3i(1));
  let perDose = select(params.perTolerance, params.perTolerance / dose, params.local != 0u);
  var best = descend(params.most * params.most, dose, perDose, x, h);
  if (best <= ENOUGH) {
    gamma[point] = sqrt(best);
    return;
  }
  for (var n = 0u; n < params.count; n++) {
    let entry = cellList[n];
    if (bitcast<f32>(entry.w) >= best) {
      break;
    }
    let at = home + entry.xyz;
    if (any(at < vec3i(0)) || any(at >= cells)) {
      continue;
    }
    let range = ranges[u32(at.x + cells.x * (at.y + cells.y * at.z))];
    let away = max(0.0, max(range.x - dose, dose - range.y)) * perDose;
    let origin = (vec3f(at) - x) * h;
    let gap = max(vec3f(0.0), max(origin, -(origin + extent)));
    if (dot(gap, gap) + away * away >= best) {
      continue;
    }
    let corner = u32(at.x) + params.nx * (u32(at.y) + params.ny * u32(at.z));
    best = leastInCell(best, corner, dose, perDose, origin, extent);
    if (best <= ENOUGH) {
      break;
    }
  }
  gamma[point] = sqrt(best);
}
