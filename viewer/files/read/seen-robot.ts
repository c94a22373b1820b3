import { identity, type Transform, transformPoint } from '../../../engine/core/frames.ts';
import type { Vec3 } from '../../../engine/core/grid.ts';
import type { PlacedShape, RobotModel, TriangleMesh } from '../../../engine/core/robot.ts';

/**
 * The robot with its visual meshes as they are drawn: three vertices a triangle, each with its normal, in the frame of the
 * link. That is work for a worker; meshes that are not there are left out.
 */
export function seenRobot(model: RobotModel): RobotModel {
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

/** Of each corner: the mean of the normals of the faces that meet there and are not turned away from its own, by their areas. */
function smoothNormals(corners: Float32Array): Float32Array {
  const faces = corners.length / 9;
  const normals = new Float32Array(3 * faces);
  for (let f = 0; f < faces; f++) {
    const [ax, ay, az, bx, by, bz, cx, cy, cz] = corners.subarray(9 * f, 9 * f + 9);
    const [ux, uy, uz, vx, vy, vz] = [bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az];
    normals.set([uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx], 3 * f);
  }
  // Files of triangles do not say which corners are one: those at the same place are.
  const places = new Map<string, number[]>();
  const keys: string[] = [];
  for (let c = 0; c < 3 * faces; c++) {
    const key = `${corners[3 * c]} ${corners[3 * c + 1]} ${corners[3 * c + 2]}`;
    keys.push(key);
    const meeting = places.get(key);
    const face = Math.floor(c / 3);
    if (meeting === undefined) places.set(key, [face]);
    else meeting.push(face);
  }
  const out = new Float32Array(corners.length);
  for (let c = 0; c < 3 * faces; c++) {
    const own = Math.floor(c / 3);
    let [x, y, z] = [0, 0, 0];
    for (const face of places.get(keys[c]) ?? []) {
      if (cosine(normals, own, face) < SMOOTH_COSINE) continue;
      x += normals[3 * face];
      y += normals[3 * face + 1];
      z += normals[3 * face + 2];
    }
    const length = Math.hypot(x, y, z) || 1;
    out.set([x / length, y / length, z / length], 3 * c);
  }
  return out;
}

function cosine(n: Float32Array, a: number, b: number): number {
  const [x, y, z, u, v, w] = [n[3 * a], n[3 * a + 1], n[3 * a + 2], n[3 * b], n[3 * b + 1], n[3 * b + 2]];
  const lengths = Math.hypot(x, y, z) * Math.hypot(u, v, w);
  return lengths === 0 ? 1 : (x * u + y * v + z * w) / lengths;
}
