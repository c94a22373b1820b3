import { inputError } from '../../../engine/core/errors.ts';
import { identity, type Transform, transformPoint } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { PlacedShape, RobotModel, TriangleMesh } from '../../../engine/core/robot.ts';

/** Triangles that are drawn of all links together; each takes 72 bytes and more. */
const MOST_TRIANGLES = 2_000_000;

/**
 * The robot with its visual meshes as they are drawn: three vertices a triangle, each with its normal, in the frame of the
 * link. That is work for a worker; meshes that are not there are left out.
 *
 * @param path of the URDF
 * @throws IsocenterError `robot/too-large`
 */
export function seenRobot(model: RobotModel, path: string): RobotModel {
  let triangles = 0;
  for (const { shape } of model.links.flatMap(({ visual }) => visual)) {
    if (shape.kind === 'mesh') triangles += (shape.mesh?.triangles.length ?? 0) / 3;
  }
  if (triangles > MOST_TRIANGLES) {
    const what = `${path}: its visual meshes have ${triangles} triangles; ${MOST_TRIANGLES} at most are drawn`;
    throw inputError('robot/too-large', what, 'give coarser visual meshes');
  }
  const links = model.links.map((link) => ({ ...link, visual: link.visual.flatMap(seen) }));
  return { ...model, links };
}

function seen(placed: PlacedShape): PlacedShape[] {
  const { shape, pose } = placed;
  if (shape.kind !== 'mesh') return [placed];
  if (shape.mesh === undefined) return [];
  return [{ ...placed, shape: { ...shape, mesh: facets(shape.mesh, pose) }, pose: identity() }];
}

/** Edges that are sharper than this stay edges: the cosine of the angle between normals. */
const SMOOTH_COSINE = Math.cos((40 * Math.PI) / 180);

function facets({ vertices, triangles, colors }: TriangleMesh, pose: Transform): TriangleMesh {
  const count = triangles.length;
  const out = new Float32Array(3 * count);
  for (let n = 0; n < count; n++) {
    const at = 3 * triangles[n];
    const point: Vec3 = [vertices[at], vertices[at + 1], vertices[at + 2]];
    out.set(transformPoint(pose, point), 3 * n);
  }
  return {
    vertices: out,
    triangles: Uint32Array.from({ length: count }, (_, n) => n),
    normals: smoothNormals(out),
    ...(colors === undefined ? {} : { colors: spread(colors, triangles) }),
  };
}

function spread(colors: Float32Array, triangles: Uint32Array): Float32Array {
  return Float32Array.from(
    { length: 3 * triangles.length },
    (_, n) => colors[3 * triangles[Math.floor(n / 3)] + (n % 3)],
  );
}

/** Where more faces meet than this, each keeps its own normal: tips of fans, and files made to keep a page busy. */
const MOST_MEETING = 64;

/** Of each corner: the mean of the normals of the faces that meet there and are not turned away from its own, by their areas. */
function smoothNormals(corners: Float32Array): Float32Array {
  const faces = corners.length / 9;
  const normals = new Float32Array(3 * faces);
  for (let f = 0; f < faces; f++) {
    const [a, b, c] = [9 * f, 9 * f + 3, 9 * f + 6];
    const [ux, uy, uz] = [corners[b] - corners[a], corners[b + 1] - corners[a + 1], corners[b + 2] - corners[a + 2]];
    const [vx, vy, vz] = [corners[c] - corners[a], corners[c + 1] - corners[a + 1], corners[c + 2] - corners[a + 2]];
    normals[3 * f] = uy * vz - uz * vy;
    normals[3 * f + 1] = uz * vx - ux * vz;
    normals[3 * f + 2] = ux * vy - uy * vx;
  }
  const { place, starts, meeting } = cornersByPlace(corners);
  const out = new Float32Array(corners.length);
  for (let c = 0; c < 3 * faces; c++) {
    const own = Math.floor(c / 3);
    const [from, to] = [starts[place[c]], starts[place[c] + 1]];
    let [x, y, z] = [normals[3 * own], normals[3 * own + 1], normals[3 * own + 2]];
    for (let n = from; n < to && to - from <= MOST_MEETING; n++) {
      const face = Math.floor(meeting[n] / 3);
      if (meeting[n] === c || cosine(normals, own, face) < SMOOTH_COSINE) continue;
      x += normals[3 * face];
      y += normals[3 * face + 1];
      z += normals[3 * face + 2];
    }
    const length = Math.hypot(x, y, z) || 1;
    out[3 * c] = x / length;
    out[3 * c + 1] = y / length;
    out[3 * c + 2] = z / length;
  }
  return out;
}

/**
 * Files of triangles do not say which corners are one: those at the same place are.
 *
 * @returns the number of each corner's place; and where the corners of each place, in `meeting`, start
 */
function cornersByPlace(corners: Float32Array): { place: Uint32Array; starts: Uint32Array; meeting: Uint32Array } {
  const count = corners.length / 3;
  // Minus nothing is nothing.
  const bits = new Uint32Array(corners.map((value) => value + 0).buffer);
  const slots = 2 ** Math.ceil(Math.log2(2 * count + 1));
  /** Open addressing: the first corner of a place and one, 0 where there is none. */
  const table = new Uint32Array(slots);
  const place = new Uint32Array(count);
  let places = 0;
  for (let c = 0; c < count; c++) {
    const [x, y, z] = [bits[3 * c], bits[3 * c + 1], bits[3 * c + 2]];
    let slot = hashOf(x, y, z) & (slots - 1);
    for (let first = table[slot]; ; first = table[slot]) {
      if (first === 0) {
        table[slot] = c + 1;
        place[c] = places++;
        break;
      }
      const at = 3 * (first - 1);
      if (bits[at] === x && bits[at + 1] === y && bits[at + 2] === z) {
        place[c] = place[first - 1];
        break;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }
  const starts = new Uint32Array(places + 1);
  for (const p of place) starts[p + 1]++;
  for (let p = 0; p < places; p++) starts[p + 1] += starts[p];
  const meeting = new Uint32Array(count);
  const next = starts.slice(0, places);
  for (let c = 0; c < count; c++) meeting[next[place[c]]++] = c;
  return { place, starts, meeting };
}

/** Of the bits of three float32; the end is that of MurmurHash3. */
function hashOf(x: number, y: number, z: number): number {
  let h =
    Math.imul(x, 0x9e3779b1) ^
    Math.imul((y << 13) | (y >>> 19), 0x85ebca77) ^
    Math.imul((z << 7) | (z >>> 25), 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function cosine(n: Float32Array, a: number, b: number): number {
  const [ax, ay, az] = [n[3 * a], n[3 * a + 1], n[3 * a + 2]];
  const [bx, by, bz] = [n[3 * b], n[3 * b + 1], n[3 * b + 2]];
  const lengths = Math.hypot(ax, ay, az) * Math.hypot(bx, by, bz);
  return lengths === 0 ? 1 : (ax * bx + ay * by + az * bz) / lengths;
}
