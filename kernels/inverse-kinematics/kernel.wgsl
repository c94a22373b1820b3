// Invocation = one start: damped least squares within the limits (reference.ts has the method).

struct Params {
  joints: u32,
  dofs: u32,
  starts: u32,
  startsPerTarget: u32,
  iterations: u32,
  task: u32,
  lengthM: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> arm: array<f32>;
@group(0) @binding(2) var<storage, read> limits: array<vec4f>;
@group(0) @binding(3) var<storage, read> targets: array<f32>;
@group(0) @binding(4) var<storage, read> starts: array<f32>;
@group(0) @binding(5) var<storage, read_write> solution: array<f32>;
@group(0) @binding(6) var<storage, read_write> residual: array<vec2f>;

const THREADS = 64u;
const DOFS = 8u;
const JOINTS = 12u;

var<private> x: array<f32, DOFS>;
var<private> trial: array<f32, DOFS>;
var<private> gradient: array<f32, DOFS>;
var<private> step: array<f32, DOFS>;
var<private> axes: array<vec3f, JOINTS>;
var<private> origins: array<vec3f, JOINTS>;
var<private> moves: array<vec3f, DOFS>;
var<private> turns: array<vec3f, DOFS>;
var<private> normal: array<f32, 64>;
var<private> factor: array<f32, 64>;
var<private> tip: vec3f;
var<private> tipRotation: mat3x3f;
var<private> positionError: vec3f;
var<private> turnError: vec3f;

fn vectorAt(base: u32, at: u32) -> vec3f {
  return vec3f(arm[base + at], arm[base + at + 1u], arm[base + at + 2u]);
}

// Cosine and sine to float32: WGSL's own may be wrong by 2^-11. pi / 2 in three parts (Cody and Waite).
fn turned(angle: f32) -> vec2f {
  let quarters = round(angle * 0.6366197723675814);
  var r = fma(quarters, -1.5703125, angle);
  r = fma(quarters, -4.837512969970703e-4, r);
  r = fma(quarters, -7.549789948768648e-8, r);
  let z = r * r;
  let s = fma(fma(fma(-1.9515295891e-4, z, 8.3321608736e-3), z, -1.6666654611e-1) * z, r, r);
  let c = fma(fma(fma(2.443315711809948e-5, z, -1.388731625493765e-3), z, 4.166664568298827e-2), z * z, 1.0 - 0.5 * z);
  let quarter = i32(quarters) & 3;
  let even = select(vec2f(-s, c), vec2f(c, s), (quarter & 1) == 0);
  return select(-even, even, quarter < 2);
}

// Forward kinematics and error at `trial`; returns half the squared error.
fn evaluate(aim: u32) -> f32 {
  var rotation = mat3x3f(1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0);
  var place = vec3f(0.0);
  for (var k = 0u; k <= params.joints; k++) {
    let row = 16u * k;
    place += rotation * vectorAt(row, 9u);
    rotation = rotation * mat3x3f(vectorAt(row, 0u), vectorAt(row, 3u), vectorAt(row, 6u));
    if (k == params.joints) {
      break;
    }
    axes[k] = rotation[2];
    origins[k] = place;
    let position = arm[row + 14u] * trial[u32(arm[row + 13u])] + arm[row + 15u];
    if (arm[row + 12u] > 0.0) {
      place += position * rotation[2];
    } else {
      let t = turned(position);
      rotation = mat3x3f(t.x * rotation[0] + t.y * rotation[1], t.x * rotation[1] - t.y * rotation[0], rotation[2]);
    }
  }
  tip = place;
  tipRotation = rotation;
  let t = 12u * aim;
  let wantedPlace = vec3f(targets[t + 9u], targets[t + 10u], targets[t + 11u]);
  positionError = (wantedPlace - place) / params.lengthM;
  turnError = vec3f(0.0);
  if (params.task > 0u) {
    let wz = vec3f(targets[t + 6u], targets[t + 7u], targets[t + 8u]);
    var turn = cross(rotation[2], wz);
    var half = (1.0 + dot(rotation[2], wz)) / 2.0;
    if (params.task == 2u) {
      let wx = vec3f(targets[t], targets[t + 1u], targets[t + 2u]);
      let wy = vec3f(targets[t + 3u], targets[t + 4u], targets[t + 5u]);
      turn = (cross(rotation[0], wx) + cross(rotation[1], wy) + turn) / 2.0;
      half = (1.0 + dot(rotation[0], wx) + dot(rotation[1], wy) + dot(rotation[2], wz)) / 4.0;
    }
    turnError = turn / max(0.1, sqrt(max(0.0, half)));
  }
  return (dot(positionError, positionError) + dot(turnError, turnError)) / 2.0;
}

// J'J and J'e at `x`, which `evaluate` saw last as `trial`; joints that want to leave a limit are left out.
fn linearise() {
  let n = params.dofs;
  for (var i = 0u; i < n; i++) {
    moves[i] = vec3f(0.0);
    turns[i] = vec3f(0.0);
  }
  for (var k = 0u; k < params.joints; k++) {
    let row = 16u * k;
    let dof = u32(arm[row + 13u]);
    let weight = arm[row + 14u] * limits[dof].z;
    if (arm[row + 12u] > 0.0) {
      moves[dof] += weight * axes[k] / params.lengthM;
    } else {
      moves[dof] += weight * cross(axes[k], tip - origins[k]) / params.lengthM;
      var turn = axes[k];
      if (params.task == 1u) {
        turn -= dot(turn, tipRotation[2]) * tipRotation[2];
      }
      turns[dof] += weight * turn;
    }
  }
  for (var i = 0u; i < n; i++) {
    if (params.task == 0u) {
      turns[i] = vec3f(0.0);
    }
    let g = dot(moves[i], positionError) + dot(turns[i], turnError);
    let held = (g < 0.0 && x[i] <= limits[i].x) || (g > 0.0 && x[i] >= limits[i].y);
    if (held) {
      moves[i] = vec3f(0.0);
      turns[i] = vec3f(0.0);
    }
    gradient[i] = select(g, 0.0, held);
    for (var j = 0u; j <= i; j++) {
      normal[DOFS * i + j] = dot(moves[i], moves[j]) + dot(turns[i], turns[j]);
    }
  }
}

// step = (J'J + damping I)^-1 J'e by Cholesky's decomposition.
fn solve(damping: f32) {
  let n = params.dofs;
  for (var i = 0u; i < n; i++) {
    for (var j = 0u; j <= i; j++) {
      var sum = normal[DOFS * i + j];
      if (i == j) {
        sum += damping;
      }
      for (var k = 0u; k < j; k++) {
        sum -= factor[DOFS * i + k] * factor[DOFS * j + k];
      }
      if (i == j) {
        factor[DOFS * i + i] = 1.0 / sqrt(max(sum, 1e-12));
      } else {
        factor[DOFS * i + j] = sum * factor[DOFS * j + j];
      }
    }
  }
  for (var i = 0u; i < n; i++) {
    var sum = gradient[i];
    for (var k = 0u; k < i; k++) {
      sum -= factor[DOFS * i + k] * step[k];
    }
    step[i] = sum * factor[DOFS * i + i];
  }
  for (var down = 0u; down < n; down++) {
    let i = n - 1u - down;
    var sum = step[i];
    for (var k = i + 1u; k < n; k++) {
      sum -= factor[DOFS * k + i] * step[k];
    }
    step[i] = sum * factor[DOFS * i + i];
  }
}

@compute @workgroup_size(THREADS)
fn inverseKinematics(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let start = (id.x + id.y * count.x) * THREADS + thread;
  if (start >= params.starts) {
    return;
  }
  let n = params.dofs;
  let aim = start / params.startsPerTarget;
  for (var i = 0u; i < n; i++) {
    x[i] = clamp(starts[n * start + i], limits[i].x, limits[i].y);
    trial[i] = x[i];
  }
  var cost = evaluate(aim);
  var ends = vec2f(params.lengthM * length(positionError), length(turnError));
  linearise();
  var damping = 1.0;
  for (var it = 0u; it < params.iterations && !(cost < 1e-12); it++) {
    solve(damping * cost + 1e-7);
    var largest = 0.0;
    for (var i = 0u; i < n; i++) {
      largest = max(largest, abs(step[i]));
    }
    let shorten = 1.0 / max(1.0, largest);
    for (var i = 0u; i < n; i++) {
      trial[i] = clamp(x[i] + shorten * step[i] * limits[i].z, limits[i].x, limits[i].y);
    }
    let next = evaluate(aim);
    if (next < cost) {
      cost = next;
      ends = vec2f(params.lengthM * length(positionError), length(turnError));
      for (var i = 0u; i < n; i++) {
        x[i] = trial[i];
      }
      linearise();
      damping = max(1e-3, damping / 4.0);
    } else {
      damping = min(1e6, damping * 6.0);
    }
  }
  for (var i = 0u; i < n; i++) {
    solution[n * start + i] = x[i];
  }
  residual[start] = ends;
}
