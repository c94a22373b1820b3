import {
  AxesHelper,
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  CapsuleGeometry,
  Color,
  CylinderGeometry,
  Group,
  InstancedMesh,
  type Material,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  SphereGeometry,
  SRGBColorSpace,
} from 'three/webgpu';
import { identity } from '../../engine/core/frames.ts';
import type { PlacedShape, RobotModel, Shape, TriangleMesh } from '../../engine/core/robot.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import { shaftSolid } from '../../planners/motion/robot/tool-shaft.ts';
import { createWorkspace, type RobotWorkspace, setConfiguration } from '../../planners/motion/robot/workspace.ts';

/** Length of the axes of a frame [m]. */
const AXES_M = 0.03;

/** What a robot looks like: one piece of triangles for each link [m, link frame]; figures of it share them. */
export class RobotShapes {
  readonly model: RobotModel;
  readonly links: readonly (BufferGeometry | undefined)[];

  /** @param tool whose shaft is drawn with the link that carries it */
  constructor(model: RobotModel, tool: ToolSpec | undefined) {
    this.model = model;
    const solids = model.links.map(({ visual, collision }) => (visual.some(isDrawn) ? visual : collision));
    // A robot of nothing but meshes that are not there is drawn by the spheres that it is planned with.
    const isBare = solids.every((shapes) => !shapes.some(isDrawn));
    this.links = model.links.map(({ name }, link) => {
      const shapes = isBare ? spheresOf(model, link) : solids[link];
      return merged(tool?.link === name ? [...shapes, shaftSolid(model, tool)] : shapes);
    });
  }

  dispose(): void {
    for (const geometry of this.links) geometry?.dispose();
  }
}

/** A robot in space, in metres in its base frame; moved by {@link setPose}. */
export class RobotFigure {
  readonly group = new Group();
  readonly #links: readonly Group[];
  readonly #workspace: RobotWorkspace;
  readonly #frames: AxesHelper[] = [];
  #spheres: InstancedMesh | undefined;

  /** @param told what it is called by who points at one of its links; nothing for what cannot be pointed at */
  constructor(shapes: RobotShapes, material: Material, told?: string) {
    this.#workspace = createWorkspace(shapes.model);
    this.#links = shapes.links.map((geometry, link) => {
      const group = new Group();
      group.matrixAutoUpdate = false;
      this.group.add(group);
      if (geometry === undefined) return group;
      const solid = new Mesh(geometry, material);
      if (told !== undefined) solid.userData.told = `${told}, ${shapes.model.links[link].name}`;
      group.add(solid);
      return group;
    });
  }

  /** @param q [joints] rad or m */
  setPose(q: ArrayLike<number>): void {
    setConfiguration(this.#workspace, q);
    const { linkPoses } = this.#workspace;
    this.#links.forEach((group, link) => {
      group.matrix.fromArray(linkPoses, 16 * link);
      group.matrixWorldNeedsUpdate = true;
    });
    this.#placeSpheres();
  }

  showFrames(isShown: boolean): void {
    if (isShown && this.#frames.length === 0) {
      for (const group of this.#links) {
        const axes = new AxesHelper(AXES_M);
        this.#frames.push(axes);
        group.add(axes);
      }
    }
    for (const axes of this.#frames) axes.visible = isShown;
  }

  /** The spheres that motions are checked with. */
  showSpheres(isShown: boolean): void {
    if (isShown && this.#spheres === undefined) {
      const { link } = this.#workspace.model.spheres;
      const geometry = new SphereGeometry(1, 10, 6);
      const material = new MeshBasicMaterial({ color: 0x60d0a0, wireframe: true });
      this.#spheres = new InstancedMesh(geometry, material, Math.max(1, link.length));
      this.#spheres.frustumCulled = false;
      this.group.add(this.#spheres);
      this.#placeSpheres();
    }
    if (this.#spheres !== undefined) this.#spheres.visible = isShown;
  }

  dispose(): void {
    for (const axes of this.#frames) axes.dispose();
    if (this.#spheres === undefined) return;
    this.#spheres.geometry.dispose();
    this.#spheres.dispose();
  }

  #placeSpheres(): void {
    const mesh = this.#spheres;
    if (mesh === undefined) return;
    const { link, sphere } = this.#workspace.model.spheres;
    const pose = new Matrix4();
    const own = new Matrix4();
    for (let s = 0; s < link.length; s++) {
      const [x, y, z, radius] = sphere.subarray(4 * s, 4 * s + 4);
      own.makeScale(radius, radius, radius).setPosition(x, y, z);
      mesh.setMatrixAt(s, pose.fromArray(this.#workspace.linkPoses, 16 * link[s]).multiply(own));
    }
    mesh.instanceMatrix.needsUpdate = true;
  }
}

function spheresOf({ spheres }: RobotModel, link: number): PlacedShape[] {
  const found: PlacedShape[] = [];
  for (let s = 0; s < spheres.link.length; s++) {
    if (spheres.link[s] !== link) continue;
    const pose = identity();
    pose.set(spheres.sphere.subarray(4 * s, 4 * s + 3), 12);
    found.push({ shape: { kind: 'sphere', radiusM: spheres.sphere[4 * s + 3] }, pose });
  }
  return found;
}

const isDrawn = ({ shape }: PlacedShape): boolean => shape.kind !== 'mesh' || shape.mesh !== undefined;

/** Where neither file nor material says another colour. */
const PLAIN = new Color(0xb8c4d0);

/** Placed solids as one piece, with the colours of their vertices; undefined where there are none. */
function merged(shapes: readonly PlacedShape[]): BufferGeometry | undefined {
  const parts = shapes.flatMap(({ shape, pose, color }) => {
    const whole = geometryOf(shape);
    if (whole === undefined) return [];
    const part = whole.index === null ? whole : whole.toNonIndexed();
    part.applyMatrix4(new Matrix4().fromArray(pose));
    if (part !== whole) whole.dispose();
    paint(part, shape, color);
    return [part];
  });
  if (parts.length === 0) return undefined;
  const out = new BufferGeometry();
  for (const name of ['position', 'normal', 'color']) {
    const arrays = parts.map((part) => part.getAttribute(name).array as Float32Array);
    const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const array of arrays) {
      all.set(array, at);
      at += array.length;
    }
    out.setAttribute(name, new BufferAttribute(all, 3));
  }
  for (const part of parts) part.dispose();
  return out;
}

/** With the material's colour, else that of the mesh: the renderer computes with linear shares. */
function paint(part: BufferGeometry, shape: Shape, material: PlacedShape['color']): void {
  const count = part.getAttribute('position').count;
  const own = shape.kind === 'mesh' ? shape.mesh?.colors : undefined;
  const plain =
    material === undefined ? PLAIN : new Color().setRGB(material[0], material[1], material[2], SRGBColorSpace);
  const all = new Float32Array(3 * count);
  const one = new Color();
  for (let n = 0; n < count; n++) {
    const at = 3 * n;
    if (own === undefined || material !== undefined) plain.toArray(all, at);
    else one.setRGB(own[at], own[at + 1], own[at + 2], SRGBColorSpace).toArray(all, at);
  }
  part.setAttribute('color', new BufferAttribute(all, 3));
}

/** A solid as triangles; cylinders and capsules stand along z, as in URDF, not along y, as in three.js. */
export function geometryOf(shape: Shape): BufferGeometry | undefined {
  switch (shape.kind) {
    case 'box':
      return new BoxGeometry(...shape.sizeM);
    case 'sphere':
      return new SphereGeometry(shape.radiusM, 20, 12);
    case 'cylinder':
      return new CylinderGeometry(shape.radiusM, shape.radiusM, shape.lengthM, 20).rotateX(Math.PI / 2);
    case 'capsule':
      return new CapsuleGeometry(shape.radiusM, shape.lengthM, 6, 16).rotateX(Math.PI / 2);
    case 'mesh':
      return shape.mesh && geometryOfMesh(shape.mesh);
  }
}

function geometryOfMesh({ vertices, triangles, normals }: TriangleMesh): BufferGeometry {
  const geometry = new BufferGeometry();
  // Copies: a geometry that is moved into its link writes over them.
  geometry.setAttribute('position', new BufferAttribute(vertices.slice(), 3));
  if (normals !== undefined) {
    geometry.setAttribute('normal', new BufferAttribute(normals.slice(), 3));
    return geometry;
  }
  geometry.setIndex(new BufferAttribute(triangles, 1));
  const flat = geometry.toNonIndexed();
  flat.computeVertexNormals();
  return flat;
}
