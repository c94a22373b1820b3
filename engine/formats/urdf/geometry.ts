import { type Transform, transformFromRpy } from '../../core/frames.ts';
import type { Vec3 } from '../../core/grid.ts';
import type { Inertial, PlacedShape, RobotLink, Shape, TriangleMesh } from '../../core/robot.ts';
import { FARTHEST_M, withinReach } from '../extent.ts';
import { readMesh } from '../mesh/read.ts';
import { decimal } from '../text.ts';
import type { XmlElement, XmlReader } from '../xml.ts';

/** Bytes of meshes by the URI that the URDF gives; undefined for those that are not at hand. */
export type MeshSource = ReadonlyMap<string, Uint8Array> | ((uri: string) => Uint8Array | undefined);

/** `<origin xyz rpy>` below an element; the identity where it is left out. */
export function readOrigin(xml: XmlReader, element: XmlElement): Transform {
  const origin = xml.child(element, 'origin');
  if (origin === undefined) return transformFromRpy([0, 0, 0], [0, 0, 0]);
  const position = xml.numbers(origin, 'xyz', 3, [0, 0, 0]) as unknown as Vec3;
  if (!withinReach(position)) {
    throw xml.fault(origin, 'too-far', `xyz ${position.join(' ')} lies beyond ${FARTHEST_M} m`, 'give it in metres');
  }
  return transformFromRpy(position, xml.numbers(origin, 'rpy', 3, [0, 0, 0]) as unknown as Vec3);
}

export interface LinkSources {
  /** Of collision geometry. */
  readonly meshes: MeshSource | undefined;
  /** Of what is seen. */
  readonly visualMeshes: MeshSource | undefined;
  /** Colours of materials by their names. */
  readonly materials: ReadonlyMap<string, Color>;
}

type Color = NonNullable<PlacedShape['color']>;

/** A `<link>`. Meshes are read where there is a source that has them. */
export function readLink(xml: XmlReader, element: XmlElement, sources: LinkSources): RobotLink {
  const placed = (kind: string, source: MeshSource | undefined): PlacedShape[] =>
    xml.children(element, kind).map((holder) => ({
      shape: readShape(xml, holder, source),
      pose: readOrigin(xml, holder),
    }));
  const inertial = xml.child(element, 'inertial');
  const visuals = xml.children(element, 'visual').map((holder) => readMaterial(xml, holder, sources.materials));
  return {
    name: xml.text(element, 'name'),
    visual: placed('visual', sources.visualMeshes).map((shape, n) => {
      const color = visuals[n];
      return color === undefined ? shape : { ...shape, color };
    }),
    collision: placed('collision', sources.meshes),
    ...(inertial === undefined ? {} : { inertial: readInertial(xml, inertial) }),
  };
}

/** Colours of the materials that the robot names, for the links that use them. */
export function readMaterials(xml: XmlReader, robot: XmlElement): Map<string, Color> {
  const colors = new Map<string, Color>();
  for (const material of xml.children(robot, 'material')) {
    const color = readColor(xml, material);
    if (color !== undefined) colors.set(material.attributes.name ?? '', color);
  }
  return colors;
}

function readMaterial(xml: XmlReader, visual: XmlElement, named: ReadonlyMap<string, Color>): Color | undefined {
  const [material] = xml.children(visual, 'material');
  if (material === undefined) return undefined;
  return readColor(xml, material) ?? named.get(material.attributes.name ?? '');
}

/** undefined where there is none, or none that makes sense: a robot is not refused for its looks. */
function readColor(xml: XmlReader, material: XmlElement): Color | undefined {
  const [color] = xml.children(material, 'color');
  const [r, g, b, a = 1] = (color?.attributes.rgba ?? '').trim().split(/\s+/).map(decimal);
  if (b === undefined || [r, g, b, a].some(Number.isNaN)) return undefined;
  const share = (value: number): number => Math.min(1, Math.max(0, value));
  return [share(r), share(g), share(b), share(a)];
}

function readShape(xml: XmlReader, holder: XmlElement, meshes: MeshSource | undefined): Shape {
  const geometry = xml.child(holder, 'geometry');
  const element = geometry?.children[0];
  if (geometry !== undefined && geometry.children.length > 1) {
    throw xml.fault(
      geometry.children[1],
      'two-shapes',
      `one <geometry> holds <${geometry.children.map(({ name }) => name).join('> and <')}>`,
      `give each shape a <${holder.name}> of its own`,
    );
  }
  if (element === undefined) {
    throw xml.fault(holder, 'no-geometry', `<${holder.name}> has no geometry`, 'give it a <geometry> with one shape');
  }
  const positive = (attribute: string): number =>
    requirePositive(xml, element, attribute, xml.number(element, attribute));
  switch (element.name) {
    case 'box': {
      const size = xml.numbers(element, 'size', 3);
      for (const side of size) requirePositive(xml, element, 'size', side);
      return { kind: 'box', sizeM: size as unknown as Vec3 };
    }
    case 'sphere':
      return { kind: 'sphere', radiusM: positive('radius') };
    case 'cylinder':
      return { kind: 'cylinder', radiusM: positive('radius'), lengthM: positive('length') };
    case 'capsule':
      return { kind: 'capsule', radiusM: positive('radius'), lengthM: positive('length') };
    case 'mesh':
      return readMeshShape(xml, element, meshes);
    default:
      throw xml.fault(
        element,
        'unsupported-geometry',
        `geometry <${element.name}> is not supported`,
        'use box, sphere, cylinder, capsule or mesh',
      );
  }
}

function readMeshShape(xml: XmlReader, element: XmlElement, meshes: MeshSource | undefined): Shape {
  const uri = xml.text(element, 'filename');
  const scale = xml.numbers(element, 'scale', 3, [1, 1, 1]) as unknown as Vec3;
  if (scale.includes(0)) {
    throw xml.fault(element, 'bad-size', `the scale of mesh ${uri} is ${scale.join(' ')}`, 'no factor may be 0');
  }
  const bytes = typeof meshes === 'function' ? meshes(uri) : meshes?.get(uri);
  if (bytes === undefined) return { kind: 'mesh', uri, scale };
  const mesh = scaled(readMesh(bytes, uri), scale);
  if (withinReach(mesh.vertices)) return { kind: 'mesh', uri, scale: [1, 1, 1], mesh };
  throw xml.fault(
    element,
    'too-far',
    `mesh ${uri}, scaled by ${scale.join(' ')}, goes beyond ${FARTHEST_M} m`,
    'check the scale; lengths are in metres',
  );
}

/** The mesh in metres; a mirrored one gets its triangles turned over, so that they face outwards again. */
function scaled({ vertices, triangles, colors }: TriangleMesh, scale: Vec3): TriangleMesh {
  const mirrored = scale[0] * scale[1] * scale[2] < 0;
  const turned = (i: number): number => triangles[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1];
  return {
    vertices: vertices.map((x, i) => x * scale[i % 3]),
    triangles: mirrored ? triangles.map((_, i) => turned(i)) : triangles,
    ...(colors === undefined ? {} : { colors }),
  };
}

function requirePositive(xml: XmlReader, element: XmlElement, attribute: string, value: number): number {
  if (value > 0 && value <= FARTHEST_M) return value;
  throw xml.fault(
    element,
    'bad-size',
    `${attribute} of <${element.name}> is ${value} m; it must be above 0 and at most ${FARTHEST_M} m`,
    'give sizes in metres',
  );
}

function readInertial(xml: XmlReader, element: XmlElement): Inertial {
  const mass = xml.child(element, 'mass');
  const inertia = xml.child(element, 'inertia');
  const massKg = mass === undefined ? 0 : xml.number(mass, 'value');
  if (massKg < 0) {
    throw xml.fault(element, 'bad-mass', `the mass is ${massKg} kg; it must not be negative`, 'give the mass in kg');
  }
  const moment = (name: string): number => (inertia === undefined ? 0 : xml.number(inertia, name, 0));
  return {
    massKg,
    pose: readOrigin(xml, element),
    inertia: [moment('ixx'), moment('ixy'), moment('ixz'), moment('iyy'), moment('iyz'), moment('izz')],
  };
}
