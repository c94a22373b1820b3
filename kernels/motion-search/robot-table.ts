import { mat4 } from 'gl-matrix';
import { inputError } from '../../engine/core/errors.ts';
import type { RobotJoint, RobotModel } from '../../engine/core/robot.ts';
import { coveringBall } from './ball.ts';
import { PRISMATIC, TILT_ANY, TILT_MINUS, TILT_PLUS, TURNED } from './layout.ts';

/**
 * A part of the robot that moves as one. Its frame is chosen so that its joint turns about or slides along z, and that the
 * joint's fixed part is a translation, a turn about z (most often none) and a tilt about x.
 */
export interface Body {
  readonly parent: number;
  readonly prismatic: boolean;
  /** position = factor * q[index] + offset */
  readonly index: number;
  readonly factor: number;
  offset: number;
  /** Fixed part, in the parent's frame: translation [m], then turn about z, then tilt about x [rad]. */
  translation: [number, number, number];
  turn: number;
  readonly tilt: number;
  /** Limits of the position [rad or m]. */
  readonly lower: number;
  readonly upper: number;
}

/** The collision spheres of one link. */
export interface SphereGroup {
  readonly link: number;
  readonly body: number;
  readonly first: number;
  readonly count: number;
  /** Ball that covers the spheres: x, y, z, radius [m, body frame]. */
  readonly ball: Float64Array;
}

export interface RobotTable {
  readonly dim: number;
  /** Body 0 is the base; its entry stands for no joint. */
  readonly bodies: readonly Body[];
  readonly groups: readonly SphereGroup[];
  /** x, y, z, radius [m, body frame], group by group. */
  readonly spheres: Float64Array;
  /** [bodies][bodies]: how far a sphere centre of the first can be from the joint axis of the second [m]; -1: not moved. */
  readonly reach: Float64Array;
}

const BASE: Body = {
  parent: 0,
  prismatic: false,
  index: -1,
  factor: 0,
  offset: 0,
  translation: [0, 0, 0],
  turn: 0,
  tilt: 0,
  lower: 0,
  upper: 0,
};

/** Brings a robot into the form that the kernel moves: bodies instead of links, sphere centres in the frames of bodies. */
export function robotTable(model: RobotModel): RobotTable {
  const bodies: Body[] = [{ ...BASE }];
  const bodyOf = new Int32Array(model.links.length);
  /** For each link the transform from its frame to its body's. */
  const placed: mat4[] = model.links.map(() => mat4.create());
  const turned = new Set<number>();
  for (const [j, joint] of model.joints.entries()) {
    const parent = bodyOf[joint.parent];
    const origin = mat4.multiply(matrix(), placed[joint.parent], joint.origin as unknown as mat4);
    if (joint.type === 'fixed') {
      bodyOf[joint.child] = parent;
      placed[joint.child] = origin;
      continue;
    }
    const drive = driveOf(model, j);
    const align = rotationOfZTo(joint.axis);
    const fixed = mat4.multiply(matrix(), origin, align);
    const { turn, tilt, rest } = turnTiltTurn(fixed);
    const prismatic = joint.type === 'prismatic';
    const body: Body = {
      ...BASE,
      ...drive,
      parent,
      prismatic,
      translation: [fixed[12], fixed[13], fixed[14]],
      turn,
      tilt,
      ...limitsOf(joint, drive, model),
    };
    // The turn of a body's first child can be taken into the body's own joint.
    if (turn !== 0 && parent !== 0 && !bodies[parent].prismatic && !turned.has(parent)) {
      turnBody(parent, turn, bodies, bodyOf, placed);
      const [x, y, z] = body.translation;
      body.translation = rotatedZ(x, y, z, -turn);
      body.turn = 0;
    }
    turned.add(parent);
    bodyOf[joint.child] = bodies.length;
    placed[joint.child] = mat4.multiply(matrix(), turnZ(rest), mat4.transpose(matrix(), align));
    bodies.push(body);
  }
  const { groups, spheres } = groupSpheres(model, bodyOf, placed);
  return { dim: model.active.length, bodies, groups, spheres, reach: reachTable(bodies, groups, spheres) };
}

function matrix(): mat4 {
  return new Float64Array(16) as unknown as mat4;
}

function turnZ(angle: number): mat4 {
  return mat4.fromZRotation(matrix(), angle);
}

function rotatedZ(x: number, y: number, z: number, angle: number): [number, number, number] {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [c * x - s * y, s * x + c * y, z];
}

/** Turns the frame of a body by `angle` about its joint: its joint's offset, its links and its children follow. */
function turnBody(body: number, angle: number, bodies: Body[], bodyOf: Int32Array, placed: mat4[]): void {
  bodies[body].offset += angle;
  const back = turnZ(-angle);
  for (let l = 0; l < placed.length; l++) {
    if (bodyOf[l] === body) placed[l] = mat4.multiply(matrix(), back, placed[l]);
  }
}

/** Which number of q drives a joint, and how: position = factor * q[index] + offset. */
function driveOf(model: RobotModel, j: number): { index: number; factor: number; offset: number } {
  let factor = 1;
  let offset = 0;
  let at = j;
  for (let m = model.joints[at].mimic; m !== undefined; m = model.joints[at].mimic) {
    offset += factor * m.offset;
    factor *= m.multiplier;
    at = m.joint;
  }
  const index = model.active.indexOf(at);
  if (index >= 0) return { index, factor, offset };
  throw inputError(
    'search/idle-joint',
    `joint ${model.joints[j].name} of robot ${model.name} moves, but no number of a configuration moves it`,
    'make it a fixed joint at the position it is held at, or let it move',
  );
}

function limitsOf(
  joint: RobotJoint,
  drive: { index: number; factor: number; offset: number },
  model: RobotModel,
): { lower: number; upper: number } {
  const limits = model.joints[model.active[drive.index]].limits;
  const ends = [limits?.lower ?? Number.NaN, limits?.upper ?? Number.NaN].map((q) => drive.factor * q + drive.offset);
  const lower = Math.min(...ends);
  const upper = Math.max(...ends);
  if (joint.type === 'prismatic' && !(Number.isFinite(lower) && Number.isFinite(upper))) {
    throw inputError(
      'search/endless-slide',
      `prismatic joint ${joint.name} has the limits ${lower} m and ${upper} m`,
      'give it finite limits: how far the robot reaches must be known',
    );
  }
  return { lower, upper };
}

/** A rotation that carries z to the unit vector `axis`; of whole quarter turns where it can be. */
function rotationOfZTo(axis: readonly number[]): mat4 {
  const least = axis.reduce((best, v, i) => (Math.abs(v) < Math.abs(axis[best]) ? i : best), 0);
  const x = axis[2] > 0.99999999999 ? [1, 0, 0] : [0, 1, 2].map((i) => (i === least ? 1 : 0));
  const along = x[0] * axis[0] + x[1] * axis[1] + x[2] * axis[2];
  const length = Math.sqrt(1 - along * along);
  const u = x.map((v, i) => (v - along * axis[i]) / length);
  const v = [axis[1] * u[2] - axis[2] * u[1], axis[2] * u[0] - axis[0] * u[2], axis[0] * u[1] - axis[1] * u[0]];
  const out = matrix();
  (out as unknown as Float64Array).set([...u, 0, ...v, 0, axis[0], axis[1], axis[2], 0, 0, 0, 0, 1]);
  return out;
}

/** R = Rz(turn) Rx(tilt) Rz(rest), with a turn within a quarter. */
function turnTiltTurn(r: mat4): { turn: number; tilt: number; rest: number } {
  const sine = Math.hypot(r[8], r[9]);
  let tilt = Math.atan2(sine, r[10]);
  let turn = 0;
  if (sine > 1e-9) {
    turn = Math.atan2(r[8], -r[9]);
    if (turn > Math.PI / 2 + 1e-9) turn -= Math.PI;
    else if (turn < -Math.PI / 2 + 1e-9) turn += Math.PI;
    tilt = Math.atan2(Math.sin(turn) * r[8] - Math.cos(turn) * r[9], r[10]);
    if (Math.abs(turn) < 1e-9) turn = 0;
  } else {
    tilt = r[10] > 0 ? 0 : Math.PI;
  }
  const left = mat4.multiply(matrix(), mat4.fromXRotation(matrix(), -tilt), mat4.multiply(matrix(), turnZ(-turn), r));
  return { turn, tilt, rest: Math.atan2(left[1], left[0]) };
}

function groupSpheres(
  model: RobotModel,
  bodyOf: Int32Array,
  placed: readonly mat4[],
): { groups: SphereGroup[]; spheres: Float64Array } {
  const { link, sphere } = model.spheres;
  const spheres = new Float64Array(sphere.length);
  const groups: SphereGroup[] = [];
  let first = 0;
  for (let l = 0; l < model.links.length; l++) {
    let count = 0;
    for (let s = 0; s < link.length; s++) {
      if (link[s] !== l) continue;
      const at = 4 * (first + count++);
      const m = placed[l];
      const [x, y, z, radius] = sphere.subarray(4 * s, 4 * s + 4);
      for (let r = 0; r < 3; r++) spheres[at + r] = m[r] * x + m[4 + r] * y + m[8 + r] * z + m[12 + r];
      spheres[at + 3] = radius;
    }
    if (count === 0) continue;
    const ball = coveringBall(spheres.subarray(4 * first, 4 * (first + count)));
    groups.push({ link: l, body: bodyOf[l], first, count, ball });
    first += count;
  }
  return { groups, spheres };
}

/** Whether body `b` hangs on body `a`, over any number of joints. */
export function carries(bodies: readonly Body[], a: number, b: number): boolean {
  for (let at = b; ; at = bodies[at].parent) {
    if (at === a) return true;
    if (at === 0) return false;
  }
}

/** Ball of places that a ball of a body's frame can take, seen from the parent's frame: its joint moves it first. */
export function ballInParent(body: Body, ball: Float64Array): Float64Array {
  let [x, y, z, radius] = ball;
  if (body.prismatic) {
    z += (body.lower + body.upper) / 2;
    radius += (body.upper - body.lower) / 2;
  } else {
    radius += Math.hypot(x, y);
    x = 0;
    y = 0;
  }
  const c = Math.cos(body.tilt);
  const s = Math.sin(body.tilt);
  [y, z] = [c * y - s * z, s * y + c * z];
  [x, y, z] = rotatedZ(x, y, z, body.turn);
  return Float64Array.of(x + body.translation[0], y + body.translation[1], z + body.translation[2], radius);
}

function reachTable(bodies: readonly Body[], groups: readonly SphereGroup[], spheres: Float64Array): Float64Array {
  const n = bodies.length;
  const reach = new Float64Array(n * n).fill(-1);
  for (let b = 1; b < n; b++) {
    const own = groups.filter(({ body }) => body === b);
    if (own.length === 0) continue;
    const centres = own.flatMap(({ first, count }) => Array.from(spheres.subarray(4 * first, 4 * (first + count))));
    for (let i = 3; i < centres.length; i += 4) centres[i] = 0;
    let ball = coveringBall(Float64Array.from(centres));
    for (let j = b; j !== 0; j = bodies[j].parent) {
      reach[b * n + j] = bodies[j].prismatic ? 1 : Math.hypot(ball[0], ball[1]) + ball[3];
      ball = ballInParent(bodies[j], ball);
    }
  }
  return reach;
}

/** The joint table of the kernel: sixteen four-byte words a body; see space.as.ts. */
export function writeJoints(bodies: readonly Body[], bodyBytes: number, f32: Float32Array, u32: Uint32Array): void {
  for (const [b, body] of bodies.entries()) {
    const at = 16 * b;
    const sine = Math.sin(body.tilt);
    const cosine = Math.cos(body.tilt);
    let flags = body.prismatic ? PRISMATIC : 0;
    if (body.turn !== 0) flags |= TURNED;
    if (Math.abs(cosine) < 1e-9) flags |= sine > 0 ? TILT_PLUS : TILT_MINUS;
    else if (Math.abs(sine) > 1e-9 || cosine < 0) flags |= TILT_ANY;
    u32.set([bodyBytes * body.parent, flags, Math.max(body.index, 0)], at);
    f32.set([body.factor, cosine, sine, Math.cos(body.turn), Math.sin(body.turn), ...body.translation], at + 3);
    f32[at + 11] = body.offset;
    u32[at + 12] = body.parent;
  }
}
