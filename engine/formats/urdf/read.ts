import { adjacentPairs } from '../../core/link-pairs.ts';
import type { CollisionSpheres, RobotJoint, RobotLink, RobotModel } from '../../core/robot.ts';
import { type JointLimitsFile, limitsOf, refuseUnknownJoints } from '../joint-limits.ts';
import { parseXml, RUN_XACRO, type XmlElement, XmlReader } from '../xml.ts';
import { type MeshSource, readLink, readMaterials } from './geometry.ts';
import { readJoint, type UrdfJoint } from './joints.ts';

export interface UrdfOptions {
  /** What messages call the file. */
  readonly path: string;
  /** Where the bytes of collision meshes come from. */
  readonly meshes?: MeshSource;
  /** Where those of visual geometry come from; without it only their names are kept. */
  readonly visualMeshes?: MeshSource;
  /** Limits that go before those of the file, or stand in for those that it lacks. */
  readonly limits?: JointLimitsFile;
}

/** Pairs of links grow with the square. */
const MOST_LINKS = 1000;

/**
 * Reads a robot from URDF (SI units; a joint's frame and rpy as ROS defines them), text or bytes in UTF-8. Links come root
 * first, and joint j carries link j + 1. Links whose collision geometry is spheres alone bring their collision spheres along; for others
 * they are fitted later. Links that a joint connects are not checked against each other.
 *
 * @throws IsocenterError `xml/malformed` or `urdf/...`, naming file and line; `mesh/...`; `limits/unknown-joint`
 */
export function readUrdf(text: string | Uint8Array, options: UrdfOptions): RobotModel {
  const xml = new XmlReader(options.path, 'urdf');
  const root = parseXml(text, options.path);
  if (root.name !== 'robot') {
    throw xml.fault(root, 'not-a-robot', `the document is <${root.name}>, not <robot>`, 'give a URDF file');
  }
  refuseMacros(xml, root);
  const elements = xml.children(root, 'link');
  if (elements.length > MOST_LINKS) {
    throw xml.fault(root, 'too-large', `the robot has ${elements.length} links`, `at most ${MOST_LINKS} are read`);
  }
  const { meshes, visualMeshes } = options;
  const sources = { meshes, visualMeshes, materials: readMaterials(xml, root) };
  const links = named(xml, elements, 'link', (element) => readLink(xml, element, sources));
  if (links.size === 0) throw xml.fault(root, 'no-link', 'the robot has no link', 'a robot has one link at least');
  const joints = named(xml, xml.children(root, 'joint'), 'joint', (element) =>
    readJoint(xml, element, (name) => limitsOf(options.limits, name)),
  );
  const sorted = sortFromRoot(xml, root, links, [...joints.values()]);
  const placed = placeJoints(xml, sorted);
  const model = {
    name: root.attributes.name ?? options.path,
    links: sorted.links,
    joints: placed,
    active: placed.flatMap((joint, j) => (joint.type === 'fixed' || joint.mimic !== undefined ? [] : [j])),
    spheres: spheresOf(sorted.links),
  };
  if (options.limits !== undefined) refuseUnknownJoints(model, options.limits);
  return { ...model, ignoredPairs: adjacentPairs(model) };
}

function refuseMacros(xml: XmlReader, element: XmlElement): void {
  if (element.name.startsWith('xacro:')) {
    throw xml.fault(element, 'xacro', `<${element.name}> is a macro of xacro`, RUN_XACRO);
  }
  for (const child of element.children) refuseMacros(xml, child);
}

function named<T>(
  xml: XmlReader,
  elements: readonly XmlElement[],
  what: string,
  read: (element: XmlElement) => T,
): Map<string, T> {
  const found = new Map<string, T>();
  for (const element of elements) {
    const name = xml.text(element, 'name');
    if (found.has(name)) {
      throw xml.fault(element, `duplicate-${what}`, `there are two ${what}s named ${name}`, 'names must differ');
    }
    found.set(name, read(element));
  }
  return found;
}

interface Tree {
  readonly links: readonly RobotLink[];
  /** joints[j] carries links[j + 1]. */
  readonly joints: readonly UrdfJoint[];
  readonly linkIndex: ReadonlyMap<string, number>;
}

function sortFromRoot(
  xml: XmlReader,
  robot: XmlElement,
  links: ReadonlyMap<string, RobotLink>,
  joints: readonly UrdfJoint[],
): Tree {
  const carriedBy = new Map<string, UrdfJoint>();
  const hangingOn = new Map<string, UrdfJoint[]>();
  for (const joint of joints) {
    for (const link of [joint.parentName, joint.childName]) {
      if (links.has(link)) continue;
      const known = [...links.keys()].slice(0, 8).join(', ');
      throw xml.fault(
        joint.element,
        'missing-link',
        `joint ${joint.name} names link ${link}, which is not there`,
        `links of the file: ${known}${links.size > 8 ? ', ...' : ''}`,
      );
    }
    const other = carriedBy.get(joint.childName);
    if (other !== undefined) {
      throw xml.fault(
        joint.element,
        'two-parents',
        `link ${joint.childName} is the child of joints ${other.name} and ${joint.name}`,
        'a robot is a tree: every link hangs on one joint',
      );
    }
    carriedBy.set(joint.childName, joint);
    hangingOn.set(joint.parentName, [...(hangingOn.get(joint.parentName) ?? []), joint]);
  }
  const roots = [...links.keys()].filter((name) => !carriedBy.has(name));
  if (roots.length > 1) {
    throw xml.fault(
      robot,
      'two-roots',
      `links ${roots.join(' and ')} hang on no joint`,
      'connect all links by joints to one base link',
    );
  }
  const order: UrdfJoint[] = [];
  const reached = [...roots];
  for (let at = 0; at < reached.length; at++) {
    for (const joint of hangingOn.get(reached[at]) ?? []) {
      order.push(joint);
      reached.push(joint.childName);
    }
  }
  if (reached.length < links.size) {
    const left = [...links.keys()].filter((name) => !reached.includes(name));
    throw xml.fault(
      carriedBy.get(left[0])?.element ?? robot,
      'cycle',
      `links ${left.slice(0, 6).join(', ')} hang on each other in a circle`,
      'a robot is a tree: cut the loop, and let the cut joint mimic another',
    );
  }
  const linkIndex = new Map(reached.map((name, i) => [name, i]));
  return { links: reached.map((name) => links.get(name) as RobotLink), joints: order, linkIndex };
}

function placeJoints(xml: XmlReader, tree: Tree): RobotJoint[] {
  const index = new Map(tree.joints.map((joint, j) => [joint.name, j]));
  return tree.joints.map((joint, j) => {
    const { element: _, parentName, childName: __, mimicOf: ___, ...rest } = joint;
    const mimic = followMimic(xml, tree.joints, index, joint);
    const parent = tree.linkIndex.get(parentName) as number;
    return { ...rest, parent, child: j + 1, ...(mimic === undefined ? {} : { mimic }) };
  });
}

/** The joint that moves by itself at the end of a chain of mimicking ones. */
function followMimic(
  xml: XmlReader,
  joints: readonly UrdfJoint[],
  index: ReadonlyMap<string, number>,
  joint: UrdfJoint,
): RobotJoint['mimic'] {
  let multiplier = 1;
  let offset = 0;
  let at = joint;
  let target: number | undefined;
  for (let steps = 0; at.mimicOf !== undefined; steps++) {
    target = index.get(at.mimicOf.name);
    const fault = (message: string) =>
      xml.fault(joint.element, 'mimic', `joint ${joint.name} ${message}`, 'let it mimic a joint that moves by itself');
    if (target === undefined) throw fault(`mimics joint ${at.mimicOf.name}, which is not there`);
    if (steps > joints.length) throw fault('mimics itself by way of others');
    offset += multiplier * at.mimicOf.offset;
    multiplier *= at.mimicOf.multiplier;
    at = joints[target];
    if (at.type === 'fixed') throw fault(`mimics joint ${at.name}, which is fixed`);
  }
  if (!Number.isFinite(multiplier) || !Number.isFinite(offset)) {
    throw xml.fault(joint.element, 'mimic', `joint ${joint.name} mimics by ${multiplier} and ${offset}`, 'use less');
  }
  return target === undefined ? undefined : { joint: target, multiplier, offset };
}

/** Spheres of the links whose collision geometry is nothing else. */
function spheresOf(links: readonly RobotLink[]): CollisionSpheres {
  const link: number[] = [];
  const sphere: number[] = [];
  links.forEach(({ collision }, l) => {
    if (!collision.every(({ shape }) => shape.kind === 'sphere')) return;
    for (const { shape, pose } of collision) {
      if (shape.kind !== 'sphere') continue;
      link.push(l);
      sphere.push(pose[12], pose[13], pose[14], shape.radiusM);
    }
  });
  return { link: Uint16Array.from(link), sphere: Float64Array.from(sphere) };
}
