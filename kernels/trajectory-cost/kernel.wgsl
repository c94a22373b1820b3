// Strides of tables.ts.
const FRAME = 20u;
const GROUP = 8u;
const OBSTACLE = 32u;
const BOX = 0.0;
const CAPSULE = 1.0;
const CYLINDER = 2.0;

struct SampleParams {
  seeds: u32,
  joints: u32,
  free: u32,
  perSegment: u32,
  frames: u32,
  groups: u32,
  spheres: u32,
  pairs: u32,
  obstacles: u32,
  tipFrame: u32,
  stride: u32,
  tissue: u32,
  scratchFloats: u32,
  bufferM: f32,
  collision: f32,
  selfBufferM: f32,
  tipX: f32,
  tipY: f32,
  tipZ: f32,
  tissueBandM: f32,
  shaftFrame: u32,
  rcm: f32,
  trocarX: f32,
  trocarY: f32,
  trocarZ: f32,
  originX: f32,
  originY: f32,
  originZ: f32,
  axisX: f32,
  axisY: f32,
  axisZ: f32,
  shaftFromM: f32,
  shaftToM: f32,
}

@group(0) @binding(0) var<uniform> p: SampleParams;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> ends: array<f32>;
@group(0) @binding(3) var<storage, read> robot: array<f32>;
@group(0) @binding(4) var<storage, read> obstacles: array<f32>;
@group(0) @binding(5) var<storage, read> fields: array<f32>;
@group(0) @binding(6) var<storage, read> basis: array<f32>;
@group(0) @binding(7) var<storage, read_write> scratch: array<f32>;
@group(0) @binding(8) var<storage, read_write> samples: array<f32>;

const THREADS = 64u;
var<workgroup> sums: array<vec2f, THREADS>;

// Sine and cosine as the CPU's: the built-in ones may be off by 5e-4, which is half a millimetre at the end of an arm.
fn sinCos(angle: f32) -> vec2f {
  let n = round(angle * 0.6366197723675814);
  var r = angle - n * 1.5703125;
  r -= n * 4.837512969970703125e-4;
  r -= n * 7.549789948768648e-8;
  let z = r * r;
  let s = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
  let c = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z + (1.0 - 0.5 * z);
  let k = i32(n);
  let odd = (k & 1) == 1;
  let sine = select(s, c, odd);
  let cosine = select(c, s, odd);
  return vec2f(select(sine, -sine, (k & 2) == 2), select(cosine, -cosine, ((k + 1) & 2) == 2));
}

// max(0, v) that keeps NaN.
fn hinge(v: f32) -> f32 {
  return select(v, 0.0, v <= 0.0);
}

fn row3(i: u32) -> vec3f {
  return vec3f(robot[i], robot[i + 1u], robot[i + 2u]);
}

fn scratch3(i: u32) -> vec3f {
  return vec3f(scratch[i], scratch[i + 1u], scratch[i + 2u]);
}

fn put3(i: u32, v: vec3f) {
  scratch[i] = v.x;
  scratch[i + 1u] = v.y;
  scratch[i + 2u] = v.z;
}

// Position of joint j at sample m; before the first sample is the start, behind the last the goal.
fn position(seed: u32, m: i32, j: u32) -> f32 {
  let first = seed * 2u * p.joints + j;
  if (m < 0) {
    return ends[first];
  }
  let segment = u32(m) / p.perSegment;
  if (segment >= p.free + 3u) {
    return ends[first + p.joints];
  }
  let weights = 4u * (u32(m) % p.perSegment);
  var sum = 0.0;
  for (var k = 0u; k < 4u; k++) {
    let i = segment + k;
    var c = 0.0;
    if (i < 3u) {
      c = ends[first];
    } else if (i >= p.free + 3u) {
      c = ends[first + p.joints];
    } else {
      c = x[seed * p.stride + (i - 3u) * p.joints + j];
    }
    sum += basis[weights + k] * c;
  }
  return sum;
}

// Where the tool's tip lies at sample m: up the chain, frame by frame.
fn tipAt(seed: u32, m: i32) -> vec3f {
  var v = vec3f(p.tipX, p.tipY, p.tipZ);
  var f = p.tipFrame;
  while (f > 0u) {
    let row = FRAME * f;
    let q = robot[row + 12u] * position(seed, m, u32(robot[row + 14u])) + robot[row + 13u];
    if (robot[row + 16u] == 1.0) {
      v.z += q;
    } else {
      let sc = sinCos(q);
      v = vec3f(sc.y * v.x - sc.x * v.y, sc.x * v.x + sc.y * v.y, v.z);
    }
    v = row3(row) * v.x + row3(row + 3u) * v.y + row3(row + 6u) * v.z + row3(row + 9u);
    f = u32(robot[row + 15u]);
  }
  return v;
}

// Poses of all frames: columns of the rotation and origin, twelve floats a frame.
fn forward(seed: u32, m: i32, poses: u32) {
  for (var i = 0u; i < 12u; i++) {
    scratch[poses + i] = select(0.0, 1.0, i == 0u || i == 4u || i == 8u);
  }
  for (var f = 1u; f < p.frames; f++) {
    let row = FRAME * f;
    let parent = poses + 12u * u32(robot[row + 15u]);
    let turn = mat3x3f(scratch3(parent), scratch3(parent + 3u), scratch3(parent + 6u));
    let q = robot[row + 12u] * position(seed, m, u32(robot[row + 14u])) + robot[row + 13u];
    var a = turn * row3(row);
    var b = turn * row3(row + 3u);
    let z = turn * row3(row + 6u);
    var origin = turn * row3(row + 9u) + scratch3(parent + 9u);
    if (robot[row + 16u] == 1.0) {
      origin += z * q;
    } else {
      let sc = sinCos(q);
      let turned = sc.y * a + sc.x * b;
      b = sc.y * b - sc.x * a;
      a = turned;
    }
    let pose = poses + 12u * f;
    put3(pose, a);
    put3(pose + 3u, b);
    put3(pose + 6u, z);
    put3(pose + 9u, origin);
  }
}

fn unitOr(v: vec3f) -> vec3f {
  return v / max(length(v), 1e-30);
}

fn signs(v: vec3f) -> vec3f {
  return select(vec3f(1.0), vec3f(-1.0), v < vec3f(0.0));
}

// Signed distance (w) of a point to an obstacle and its gradient; formulas in reference-distance.ts.
fn distanceTo(row: u32, at: vec3f) -> vec4f {
  let x0 = vec3f(obstacles[row + 8u], obstacles[row + 9u], obstacles[row + 10u]);
  let x1 = vec3f(obstacles[row + 11u], obstacles[row + 12u], obstacles[row + 13u]);
  let x2 = vec3f(obstacles[row + 14u], obstacles[row + 15u], obstacles[row + 16u]);
  let v = x0 * at.x + x1 * at.y + x2 * at.z + vec3f(obstacles[row + 17u], obstacles[row + 18u], obstacles[row + 19u]);
  let local = localDistance(row, v);
  let g = local.xyz;
  return vec4f(dot(x0, g), dot(x1, g), dot(x2, g), local.w);
}

fn localDistance(row: u32, v: vec3f) -> vec4f {
  let kind = obstacles[row];
  let half = vec3f(obstacles[row + 1u], obstacles[row + 2u], obstacles[row + 3u]);
  let radius = obstacles[row + 4u];
  if (kind == BOX) {
    let q = abs(v) - half;
    let out = max(q, vec3f(0.0));
    let outside = length(out);
    if (outside > 0.0) {
      return vec4f(out / outside * signs(v), outside);
    }
    let deepest = max(q.x, max(q.y, q.z));
    if (q.x >= q.y && q.x >= q.z) {
      return vec4f(signs(v).x, 0.0, 0.0, deepest);
    }
    if (q.y >= q.z) {
      return vec4f(0.0, signs(v).y, 0.0, deepest);
    }
    return vec4f(0.0, 0.0, signs(v).z, deepest);
  }
  if (kind == CAPSULE) {
    let rest = vec3f(v.xy, v.z - clamp(v.z, -half.z, half.z));
    return vec4f(unitOr(rest), length(rest) - radius);
  }
  if (kind == CYLINDER) {
    let r = length(v.xy);
    let q = vec2f(r - radius, abs(v.z) - half.z);
    let out = max(q, vec2f(0.0));
    let outside = length(out);
    let radial = v.xy / max(r, 1e-30);
    if (outside > 0.0) {
      return vec4f(radial * (out.x / outside), signs(v).z * (out.y / outside), outside);
    }
    if (q.x >= q.y) {
      return vec4f(radial, 0.0, q.x);
    }
    return vec4f(0.0, 0.0, signs(v).z, q.y);
  }
  return fieldDistance(row, v);
}

fn fieldDistance(row: u32, v: vec3f) -> vec4f {
  let size = vec3f(obstacles[row + 24u], obstacles[row + 25u], obstacles[row + 26u]);
  let spacing = vec3f(obstacles[row + 27u], obstacles[row + 28u], obstacles[row + 29u]);
  let scaled = v / spacing;
  let inside = clamp(scaled, vec3f(0.0), size - 1.0);
  let cell = max(vec3f(0.0), min(floor(inside), size - 2.0));
  let t = inside - cell;
  let n = vec3u(size);
  let step = vec3u(select(0u, 1u, n.x > 1u), select(0u, n.x, n.y > 1u), select(0u, n.x * n.y, n.z > 1u));
  let c = vec3u(cell);
  let first = bitcast<u32>(obstacles[row + 20u]) + c.x + n.x * (c.y + n.y * c.z);
  let low = vec4f(fields[first], fields[first + step.y], fields[first + step.z], fields[first + step.y + step.z]);
  let next = first + step.x;
  let high = vec4f(fields[next], fields[next + step.y], fields[next + step.z], fields[next + step.y + step.z]);
  // Along x: rows (0,0), (1,0), (0,1), (1,1) in (y, z).
  let alongX = mix(low, high, t.x);
  let slopeX = high - low;
  let alongY = mix(alongX.xz, alongX.yw, t.y);
  let d = mix(alongY.x, alongY.y, t.z);
  let rowX = mix(slopeX.xz, slopeX.yw, t.y);
  let rowY = alongX.yw - alongX.xz;
  let g = vec3f(mix(rowX.x, rowX.y, t.z), mix(rowY.x, rowY.y, t.z), alongY.y - alongY.x) / spacing;
  let beyond = (scaled - inside) * spacing;
  let away = length(beyond);
  if (!(away > 0.0)) {
    return vec4f(g, d);
  }
  let total = select(sqrt(away * away + d * d), away + d, d < 0.0);
  let along = select(d / total, 1.0, d < 0.0);
  let across = select(total, away, d < 0.0);
  return vec4f(select(along * g, beyond / across, beyond != vec3f(0.0)), total);
}

// 1 deep inside, 0 well outside, a cubic step between; and its slope.
fn insideness(d: f32) -> vec2f {
  let t = clamp((p.tissueBandM - d) / (2.0 * p.tissueBandM), 0.0, 1.0);
  return vec2f(t * t * (3.0 - 2.0 * t), -3.0 * t * (1.0 - t) / p.tissueBandM);
}

// Tissue (w) between the tips at a and b, and its derivative by one of them.
fn tissueStep(row: u32, a: vec3f, b: vec3f, atA: bool) -> vec4f {
  let weight = obstacles[row + 21u];
  let step = b - a;
  let long = sqrt(dot(step, step) + 1e-12);
  let da = distanceTo(row, a);
  let db = distanceTo(row, b);
  let sa = insideness(da.w);
  let sb = insideness(db.w);
  let mean = 0.5 * (sa.x + sb.x);
  let byStep = select(step, -step, atA) * (mean / long);
  let bySelf = select(sb.y * db.xyz, sa.y * da.xyz, atA) * (0.5 * long);
  return vec4f(weight * (byStep + bySelf), weight * long * mean);
}

// From the nearest point of the stretch of shaft that the trocar may sit on to the trocar; the axis is a unit vector.
fn offShaft(pose: u32, trocar: vec3f) -> vec3f {
  let turn = mat3x3f(scratch3(pose), scratch3(pose + 3u), scratch3(pose + 6u));
  let away = trocar - (turn * vec3f(p.originX, p.originY, p.originZ) + scratch3(pose + 9u));
  let axis = turn * vec3f(p.axisX, p.axisY, p.axisZ);
  let along = dot(away, axis);
  let beyond = hinge(along - p.shaftToM) - hinge(p.shaftFromM - along);
  return away - along * axis + beyond * axis;
}

// Workgroup = one sample of a seed.
@compute @workgroup_size(THREADS)
fn trajectorySamples(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let task = id.x + id.y * count.x;
  let perSeed = (p.free + 3u) * p.perSegment;
  if (task >= p.seeds * perSeed) {
    return;
  }
  let seed = task / perSeed;
  let m = i32(task % perSeed);
  let poses = task * p.scratchFloats;
  let wrenches = poses + 12u * p.frames;
  let points = wrenches + 6u * p.frames;
  let forces = points + 3u * p.spheres;
  let groupRows = FRAME * p.frames;
  let sphereRows = groupRows + GROUP * p.groups;
  let pairRows = sphereRows + 4u * p.spheres;
  if (thread == 0u) {
    forward(seed, m, poses);
  }
  storageBarrier();
  workgroupBarrier();
  for (var s = thread; s < p.spheres; s += THREADS) {
    let pose = poses + 12u * u32(robot[groupRows + GROUP * groupOf(s, groupRows)]);
    let c = row3(sphereRows + 4u * s);
    let turned = scratch3(pose) * c.x + scratch3(pose + 3u) * c.y + scratch3(pose + 6u) * c.z;
    put3(points + 3u * s, turned + scratch3(pose + 9u));
  }
  storageBarrier();
  workgroupBarrier();
  let seconds = exp(x[seed * p.stride + p.free * p.joints]) / f32(p.perSegment);
  var mine = vec2f(0.0);
  for (var s = thread; s < p.spheres; s += THREADS) {
    let group = groupOf(s, groupRows);
    let at = scratch3(points + 3u * s);
    let radius = robot[sphereRows + 4u * s + 3u];
    var force = vec3f(0.0);
    if (robot[groupRows + GROUP * group] != 0.0) {
      for (var o = 0u; o < p.obstacles; o++) {
        let row = OBSTACLE * o;
        let margin = obstacles[row + 5u];
        let weight = select(0.0, seconds * obstacles[row + 6u], margin > 0.0);
        let solid = obstacles[row + 7u];
        if (solid == 0.0 && weight == 0.0) {
          continue;
        }
        let d = distanceTo(row, at);
        let inside = solid * hinge(obstacles[row + 22u] + p.bufferM - (d.w - radius));
        var slope = -2.0 * p.collision * inside;
        mine.x += p.collision * inside * inside;
        if (weight != 0.0) {
          let near = hinge((margin - (d.w - radius)) / margin);
          mine += vec2f(weight * near * near);
          slope -= 2.0 * weight / margin * near;
        }
        force += slope * d.xyz;
      }
    }
    for (var k = 0u; k < p.pairs; k++) {
      let a = u32(robot[pairRows + 2u * k]);
      let b = u32(robot[pairRows + 2u * k + 1u]);
      if (a != group && b != group) {
        continue;
      }
      let other = groupRows + GROUP * select(a, b, a == group);
      // Each of the two spheres finds its own force; the cost counts once.
      let share = select(0.0, 1.0, a == group);
      for (var t = u32(robot[other + 1u]); t < u32(robot[other + 2u]); t++) {
        let apart = at - scratch3(points + 3u * t);
        let long = max(length(apart), 1e-9);
        let inside = hinge(radius + robot[sphereRows + 4u * t + 3u] + p.selfBufferM - long);
        mine.x += share * p.collision * inside * inside;
        force -= apart * (2.0 * p.collision * inside / long);
      }
    }
    put3(forces + 3u * s, force);
  }
  sums[thread] = mine;
  storageBarrier();
  workgroupBarrier();
  for (var f = thread; f < p.frames; f += THREADS) {
    var force = vec3f(0.0);
    var moment = vec3f(0.0);
    for (var g = 0u; g < p.groups; g++) {
      let row = groupRows + GROUP * g;
      if (u32(robot[row]) != f) {
        continue;
      }
      for (var s = u32(robot[row + 1u]); s < u32(robot[row + 2u]); s++) {
        let one = scratch3(forces + 3u * s);
        force += one;
        moment += cross(scratch3(points + 3u * s), one);
      }
    }
    put3(wrenches + 6u * f, force);
    put3(wrenches + 6u * f + 3u, moment);
  }
  storageBarrier();
  workgroupBarrier();
  if (thread != 0u) {
    return;
  }
  var total = vec2f(0.0);
  for (var i = 0u; i < THREADS; i++) {
    total += sums[i];
  }
  if (p.tissue != 0u) {
    let tip = tipAt(seed, m);
    let before = tipAt(seed, m - 1);
    let after = tipAt(seed, m + 1);
    var force = vec3f(0.0);
    for (var o = 0u; o < p.obstacles; o++) {
      if (obstacles[OBSTACLE * o + 21u] == 0.0) {
        continue;
      }
      let first = tissueStep(OBSTACLE * o, before, tip, false);
      let second = tissueStep(OBSTACLE * o, tip, after, true);
      force += first.xyz + second.xyz;
      // The step from the start to the first sample belongs to no other sample.
      total.x += second.w + select(0.0, first.w, m == 0);
    }
    let wrench = wrenches + 6u * p.tipFrame;
    put3(wrench, scratch3(wrench) + force);
    put3(wrench + 3u, scratch3(wrench + 3u) + cross(tip, force));
  }
  if (p.shaftFrame != 0u) {
    let trocar = vec3f(p.trocarX, p.trocarY, p.trocarZ);
    let off = offShaft(poses + 12u * p.shaftFrame, trocar);
    total.x += p.rcm * dot(off, off);
    let force = (-2.0 * p.rcm) * off;
    let wrench = wrenches + 6u * p.shaftFrame;
    put3(wrench, scratch3(wrench) + force);
    put3(wrench + 3u, scratch3(wrench + 3u) + cross(trocar, force));
  }
  let out = task * (p.joints + 2u);
  for (var j = 0u; j < p.joints; j++) {
    samples[out + j] = 0.0;
  }
  for (var f = p.frames - 1u; f > 0u; f--) {
    let row = FRAME * f;
    let wrench = wrenches + 6u * f;
    let force = scratch3(wrench);
    let moment = scratch3(wrench + 3u);
    let parent = wrenches + 6u * u32(robot[row + 15u]);
    put3(parent, scratch3(parent) + force);
    put3(parent + 3u, scratch3(parent + 3u) + moment);
    let z = scratch3(poses + 12u * f + 6u);
    let origin = scratch3(poses + 12u * f + 9u);
    let turning = dot(z, moment - cross(origin, force));
    samples[out + u32(robot[row + 14u])] += robot[row + 12u] * select(turning, dot(z, force), robot[row + 16u] == 1.0);
  }
  samples[out + p.joints] = total.x;
  samples[out + p.joints + 1u] = total.y;
}

// The group that a sphere belongs to: groups hold them in order.
fn groupOf(s: u32, groupRows: u32) -> u32 {
  var g = 0u;
  while (s >= u32(robot[groupRows + GROUP * g + 2u])) {
    g++;
  }
  return g;
}

struct TermParams {
  seeds: u32,
  joints: u32,
  free: u32,
  perSegment: u32,
  stride: u32,
  duration: f32,
  jerk: f32,
  limits: f32,
  positions: f32,
}

@group(0) @binding(0) var<uniform> t: TermParams;
@group(0) @binding(1) var<storage, read> termX: array<f32>;
@group(0) @binding(2) var<storage, read> termEnds: array<f32>;
@group(0) @binding(3) var<storage, read> termLimits: array<f32>;
@group(0) @binding(4) var<storage, read> termBasis: array<f32>;
@group(0) @binding(5) var<storage, read> termSamples: array<f32>;
@group(0) @binding(6) var<storage, read_write> termValue: array<f32>;
@group(0) @binding(7) var<storage, read_write> termGradient: array<f32>;

const TERM_THREADS = 128u;
var<workgroup> termSums: array<vec4f, TERM_THREADS>;

fn controlPoint(seed: u32, i: u32, j: u32) -> f32 {
  let first = seed * 2u * t.joints + j;
  if (i < 3u) {
    return termEnds[first];
  }
  if (i >= t.free + 3u) {
    return termEnds[first + t.joints];
  }
  return termX[seed * t.stride + (i - 3u) * t.joints + j];
}

// Velocity, acceleration and jerk over their limits, of the differences that begin at control point i; those that would
// reach beyond the last point are zero.
fn ratios(seed: u32, i: i32, j: u32, h: f32) -> vec3f {
  let points = i32(t.free) + 6;
  var r = vec3f(0.0);
  if (i < 0 || i + 1 >= points) {
    return r;
  }
  let c0 = controlPoint(seed, u32(i), j);
  let c1 = controlPoint(seed, u32(i) + 1u, j);
  r.x = (c1 - c0) / (termLimits[8u * j + 2u] * h);
  if (i + 2 < points) {
    let c2 = controlPoint(seed, u32(i) + 2u, j);
    r.y = (c2 - 2.0 * c1 + c0) / (termLimits[8u * j + 3u] * h * h);
    if (i + 3 < points) {
      let c3 = controlPoint(seed, u32(i) + 3u, j);
      r.z = (c3 - c0 + 3.0 * (c1 - c2)) / (termLimits[8u * j + 4u] * h * h * h);
    }
  }
  return r;
}

fn over(r: vec3f) -> vec3f {
  let excess = abs(r) - 1.0;
  return select(excess, vec3f(0.0), excess <= vec3f(0.0));
}

// Derivative by the three ratios.
fn slopes(r: vec3f, penalty: f32, jerk: f32) -> vec3f {
  return 2.0 * penalty * over(r) * select(vec3f(1.0), vec3f(-1.0), r < vec3f(0.0)) + vec3f(0.0, 0.0, 2.0 * jerk * r.z);
}

// Workgroup = a seed.
@compute @workgroup_size(TERM_THREADS)
fn trajectoryTerms(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let seed = id.x + id.y * count.x;
  if (seed >= t.seeds) {
    return;
  }
  let segments = t.free + 3u;
  let perSeed = segments * t.perSegment;
  let row = t.joints + 2u;
  let first = seed * perSeed * row;
  let h = exp(termX[seed * t.stride + t.free * t.joints]);
  let penalty = t.limits / f32(segments);
  let positions = t.positions / f32(segments);
  // value of the samples, value of the rest without jerk, jerk, derivative by ln h without jerk
  var mine = vec4f(0.0);
  for (var m = thread; m < perSeed; m += TERM_THREADS) {
    mine.x += termSamples[first + m * row + t.joints];
    mine.w += termSamples[first + m * row + t.joints + 1u];
  }
  for (var i = thread; i < (t.free + 5u) * t.joints; i += TERM_THREADS) {
    let r = ratios(seed, i32(i / t.joints), i % t.joints, h);
    let e = over(r);
    mine.y += penalty * dot(e, e);
    mine.z += r.z * r.z;
    mine.w -= dot(vec3f(1.0, 2.0, 3.0) * r, slopes(r, penalty, 0.0));
  }
  for (var v = thread; v < t.free * t.joints; v += TERM_THREADS) {
    let k = v / t.joints;
    let j = v % t.joints;
    let here = i32(k) + 3;
    let jerk = t.jerk * h;
    let g0 = slopes(ratios(seed, here, j, h), penalty, jerk);
    let g1 = slopes(ratios(seed, here - 1, j, h), penalty, jerk);
    let g2 = slopes(ratios(seed, here - 2, j, h), penalty, jerk);
    let g3 = slopes(ratios(seed, here - 3, j, h), penalty, jerk);
    let perV = 1.0 / (termLimits[8u * j + 2u] * h);
    let perA = 1.0 / (termLimits[8u * j + 3u] * h * h);
    let perJ = 1.0 / (termLimits[8u * j + 4u] * h * h * h);
    var sum = perV * (g1.x - g0.x) + perA * (g2.y - 2.0 * g1.y + g0.y) + perJ * (g3.z - 3.0 * g2.z + 3.0 * g1.z - g0.z);
    let c = controlPoint(seed, u32(here), j);
    let above = c - termLimits[8u * j + 1u];
    let below = termLimits[8u * j] - c;
    let beyond = select(above, 0.0, above <= 0.0) - select(below, 0.0, below <= 0.0);
    mine.y += positions * beyond * beyond;
    sum += 2.0 * positions * beyond;
    // Segment here - k holds the point as its k-th.
    for (var back = 0u; back < 4u; back++) {
      let segment = u32(here) - back;
      if (segment >= segments) {
        continue;
      }
      for (var local = 0u; local < t.perSegment; local++) {
        sum += termBasis[4u * local + back] * termSamples[first + (segment * t.perSegment + local) * row + j];
      }
    }
    termGradient[seed * t.stride + v] = sum;
  }
  termSums[thread] = mine;
  for (var half = TERM_THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) {
      mine += termSums[thread + half];
      termSums[thread] = mine;
    }
  }
  if (thread == 0u) {
    let total = f32(segments) * h;
    let jerk = h * mine.z;
    termGradient[seed * t.stride + t.free * t.joints] = mine.w + t.duration * total - 5.0 * t.jerk * jerk;
    termValue[4u * seed] = mine.x + mine.y + t.duration * total + t.jerk * jerk;
    termValue[4u * seed + 1u] = total;
    termValue[4u * seed + 2u] = jerk;
    termValue[4u * seed + 3u] = mine.x;
  }
}
