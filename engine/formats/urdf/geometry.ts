import { type Transform, transformFromRpy } from '../../core/frames.ts';
import type { Vec3 } from '../../core/grid.ts';
import type { Inertial, PlacedShape, RobotLink, Shape, TriangleMesh } from '../../core/robot.ts';
import { readMesh } from '../mesh/read.ts';
import type { XmlElement, XmlReader } from '../xml.ts';

/** Bytes of a mesh by the URI that the URDF gives; undefined where they are not at hand. */
export type MeshSource = (uri: string) => Uint8Array | undefined;

/** `<origin xyz rpy>` below an element; the identity where it is left out. */
export function readOrigin(xml: XmlReader, element: XmlElement): Transform {
  const origin = xml.child(element, 'origin');
  if (origin === undefined) return transformFromRpy([0, 0, 0], [0, 0, 0]);
  const position = xml.numbers(origin, 'xyz', 3, [0, 0, 0]) as unknown as Vec3;
  return transformFromRpy(position, xml.numbers(origin, 'rpy', 3, [0, 0, 0]) as unknown as Vec3);
}

/** A `<link>`. Meshes of its collision geometry are read where `meshes` has them. */
export function readLink(xml: XmlReader, element: XmlElement, meshes: MeshSource | undefined): RobotLink {
  const placed = (kind: string, source: MeshSource | undefined): PlacedShape[] =>
    xml.children(element, kind).map((holder) => ({
      shape: readShape(xml, holder, source),
      pose: readOrigin(xml, holder),
    }));
  const inertial = xml.child(element, 'inertial');
  return {
    name: xml.text(element, 'name'),
    visual: placed('visual', undefined),
    collision: placed('collision', meshes),
    ...(inertial === undefined ? {} : { inertial: readInertial(xml, inertial) }),
  };
}

function readShape(xml: XmlReader, holder: XmlElement, meshes: MeshSource | undefined): Shape {
  const geometry = xml.child(holder, 'geometry');
  const element = geometry?.children[0];
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
  const bytes = meshes?.(uri);
  if (bytes === undefined) return { kind: 'mesh', uri, scale };
  const mesh: TriangleMesh = scaled(readMesh(bytes, uri), scale);
  return { kind: 'mesh', uri, scale, mesh };
}

function scaled(mesh: TriangleMesh, scale: Vec3): TriangleMesh {
  return { vertices: mesh.vertices.map((x, i) => x * scale[i % 3]), triangles: mesh.triangles };
}

function requirePositive(xml: XmlReader, element: XmlElement, attribute: string, value: number): number {
  if (value > 0) return value;
  throw xml.fault(
    element,
    'bad-size',
    `${attribute} of <${element.name}> is ${value} m; it must be above 0`,
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
