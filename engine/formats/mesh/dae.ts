import { inputError } from '../../core/errors.ts';
import { compose, identity, type Transform, transformPoint } from '../../core/frames.ts';
import type { Vec3 } from '../../core/grid.ts';
import type { TriangleMesh } from '../../core/robot.ts';
import { decimal } from '../text.ts';
import { parseXml, type XmlElement } from '../xml.ts';
import { nodeTransform } from './dae-nodes.ts';
import { cornersOf, numbersOf, PRIMITIVES, positionsOf } from './dae-primitives.ts';
import { refuseEmpty } from './vertices.ts';

type Color = readonly [number, number, number];

/** Nodes that hang on each other; nodes and groups of faces in all, where one may stand in many places; triangles of all of them. */
const DEEPEST = 32;
const MOST_PLACED = 20_000;
const MOST_TRIANGLES = 5_000_000;
/** Of materials that have no plain colour. */
const GREY: Color = [0.7, 0.7, 0.7];

/**
 * Reads the meshes of a COLLADA scene where its nodes place them, in metres by the file's `unit`, with the plain diffuse colours of its
 * materials; textures are not looked at. As ROS does it (RViz, MoveIt), the file's up axis is left as it is: meshes stand in the frame of their
 * link.
 *
 * @throws IsocenterError `xml/malformed`, `mesh/malformed`, `mesh/empty`, `mesh/too-large`
 */
export function readDae(bytes: Uint8Array, name: string): TriangleMesh {
  const root = parseXml(bytes, name, true);
  if (root.name !== 'COLLADA') throw malformed(name, `the document is <${root.name}>, not <COLLADA>`);
  return new DaeScene(root, name).read();
}

/** A group of faces of a geometry. */
interface Faces {
  readonly primitive: XmlElement;
  /** x, y, z of each vertex, in the file's unit. */
  readonly positions: Float64Array;
  /** Numbers of vertices, three a triangle. */
  readonly corners: readonly number[];
}

class DaeScene {
  readonly #root: XmlElement;
  readonly #name: string;
  /** By id. */
  readonly #elements = new Map<string, XmlElement>();
  readonly #vertices: number[] = [];
  readonly #colors: number[] = [];
  readonly #triangles: number[] = [];
  /** What was read already: of vertices, and of geometries, which may stand in many places. */
  readonly #positions = new Map<XmlElement, Float64Array>();
  readonly #faces = new Map<XmlElement, readonly Faces[]>();
  #hasColors = false;
  #placed = 0;

  constructor(root: XmlElement, name: string) {
    this.#root = root;
    this.#name = name;
    this.#index(root);
  }

  read(): TriangleMesh {
    const unit = this.#at(this.#root, 'asset', 'unit')?.attributes.meter;
    const metres = unit === undefined ? 1 : decimal(unit);
    if (!(metres > 0)) throw this.#malformed(`its unit is ${unit} m`);
    const scale = identity();
    for (const axis of [0, 5, 10]) scale[axis] = metres;
    for (const node of this.#scene()) this.#take(node, scale, 0);
    refuseEmpty(this.#triangles.length, this.#name);
    const mesh = { vertices: Float32Array.from(this.#vertices), triangles: Uint32Array.from(this.#triangles) };
    if (mesh.vertices.some((x) => !Number.isFinite(x)))
      throw this.#malformed('a vertex lies beyond what float32 holds');
    return this.#hasColors ? { ...mesh, colors: Float32Array.from(this.#colors) } : mesh;
  }

  /** Nodes of the scene that is shown; of the only one where none is named. */
  #scene(): readonly XmlElement[] {
    const named = this.#at(this.#root, 'scene', 'instance_visual_scene');
    const scene =
      named === undefined ? this.#at(this.#root, 'library_visual_scenes', 'visual_scene') : this.#find(named);
    return scene === undefined ? [] : children(scene, 'node');
  }

  #take(node: XmlElement, parent: Transform, depth: number): void {
    if (depth > DEEPEST) throw this.#malformed(`nodes hang on each other more than ${DEEPEST} deep`);
    this.#count();
    const pose = compose(
      parent,
      nodeTransform(node, (reason) => this.#malformed(reason)),
    );
    for (const instance of children(node, 'instance_geometry')) this.#place(instance, pose);
    for (const child of children(node, 'node')) this.#take(child, pose, depth + 1);
    for (const instance of children(node, 'instance_node')) this.#take(this.#find(instance), pose, depth + 1);
  }

  #place(instance: XmlElement, pose: Transform): void {
    this.#count();
    for (const { primitive, positions, corners } of this.#facesOf(this.#find(instance))) {
      this.#count();
      this.#add(positions, corners, pose, this.#colorOf(primitive, instance));
    }
  }

  #facesOf(geometry: XmlElement): readonly Faces[] {
    const known = this.#faces.get(geometry);
    if (known !== undefined) return known;
    const primitives = this.#at(geometry, 'mesh')?.children.filter(({ name }) => PRIMITIVES.has(name)) ?? [];
    const faces = primitives.map((primitive) => {
      const input = children(primitive, 'input').find(({ attributes }) => attributes.semantic === 'VERTEX');
      if (input === undefined) throw this.#malformed(`<${primitive.name}> has no VERTEX`, primitive);
      const positions = this.#positionsOf(this.#find(input));
      return { primitive, positions, corners: cornersOf(primitive, input, positions.length / 3, this.#lookup) };
    });
    this.#faces.set(geometry, faces);
    return faces;
  }

  #count(): void {
    if (++this.#placed > MOST_PLACED) throw this.#tooLarge(`${MOST_PLACED} nodes and groups of faces`);
  }

  #add(positions: Float64Array, corners: readonly number[], pose: Transform, color: Color | undefined): void {
    if (this.#triangles.length + corners.length > 3 * MOST_TRIANGLES)
      throw this.#tooLarge(`${MOST_TRIANGLES} triangles`);
    const placed = new Map<number, number>();
    // A mirrored mesh is turned over, so that its triangles face outwards again.
    const isMirrored = determinant(pose) < 0;
    for (let n = 0; n < corners.length; n++) {
      const corner = corners[isMirrored && n % 3 > 0 ? n + (n % 3 === 1 ? 1 : -1) : n];
      let at = placed.get(corner);
      if (at === undefined) {
        at = this.#vertices.length / 3;
        placed.set(corner, at);
        const point: Vec3 = [positions[3 * corner], positions[3 * corner + 1], positions[3 * corner + 2]];
        this.#vertices.push(...transformPoint(pose, point));
        this.#colors.push(...(color ?? GREY));
      }
      this.#triangles.push(at);
    }
    this.#hasColors ||= color !== undefined && corners.length > 0;
  }

  /** The diffuse colour of the material that is bound to a primitive. */
  #colorOf(primitive: XmlElement, instance: XmlElement): Color | undefined {
    const symbol = primitive.attributes.material;
    const bound = children(this.#at(instance, 'bind_material', 'technique_common'), 'instance_material').find(
      ({ attributes }) => attributes.symbol === symbol,
    );
    const material = this.#elements.get((bound?.attributes.target ?? `#${symbol}`).slice(1));
    const effect = this.#elements.get(this.#at(material, 'instance_effect')?.attributes.url?.slice(1) ?? '');
    const technique = this.#at(effect, 'profile_COMMON', 'technique');
    for (const shading of technique?.children ?? []) {
      const color = this.#at(shading, 'diffuse', 'color');
      if (color === undefined) continue;
      const [r, g, b] = numbersOf(color, this.#lookup).map((share) => Math.min(1, Math.max(0, share)));
      if (b !== undefined) return [r, g, b];
    }
    return undefined;
  }

  readonly #lookup = {
    find: (element: XmlElement): XmlElement => this.#find(element),
    malformed: (reason: string, element: XmlElement): Error => this.#malformed(reason, element),
  };

  /** What an element names by `url` or `source`. */
  #find(element: XmlElement): XmlElement {
    const name = element.attributes.url ?? element.attributes.source ?? '';
    const found = name.startsWith('#') ? this.#elements.get(name.slice(1)) : undefined;
    if (found !== undefined) return found;
    throw this.#malformed(`<${element.name}> names ${JSON.stringify(name)}, which is not in the file`, element);
  }

  #at(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
    let at = element;
    for (const name of names) at = at?.children.find((child) => child.name === name);
    return at;
  }

  #index(element: XmlElement): void {
    const { id } = element.attributes;
    if (id !== undefined && !this.#elements.has(id)) this.#elements.set(id, element);
    for (const child of element.children) this.#index(child);
  }

  #positionsOf(vertices: XmlElement): Float64Array {
    let known = this.#positions.get(vertices);
    if (known === undefined) {
      known = positionsOf(vertices, this.#lookup);
      this.#positions.set(vertices, known);
    }
    return known;
  }

  #tooLarge(most: string): Error {
    return inputError('mesh/too-large', `${this.#name}: it has more than ${most}`, 'give a coarser mesh');
  }

  #malformed(reason: string, element?: XmlElement): Error {
    return malformed(element === undefined ? this.#name : `${this.#name}, line ${element.line}`, reason);
  }
}

function children(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Of the part that turns and scales. */
function determinant(t: Transform): number {
  return t[0] * (t[5] * t[10] - t[9] * t[6]) - t[4] * (t[1] * t[10] - t[9] * t[2]) + t[8] * (t[1] * t[6] - t[5] * t[2]);
}

function malformed(where: string, reason: string): Error {
  return inputError('mesh/malformed', `${where}: ${reason}`, 'export the mesh again as COLLADA, OBJ or STL');
}
