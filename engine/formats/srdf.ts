import { inputError } from '../core/errors.ts';
import { pairKey } from '../core/link-pairs.ts';
import type { RobotModel } from '../core/robot.ts';
import { parseXml, type XmlElement, XmlReader } from './xml.ts';

/** A named set of joints and links of a robot. */
export interface SrdfGroup {
  readonly name: string;
  readonly chains: readonly { readonly base: string; readonly tip: string }[];
  readonly joints: readonly string[];
  readonly links: readonly string[];
  readonly groups: readonly string[];
}

/** Two links, and why their collisions are not checked (or, among `enabled`, why they are). */
export interface SrdfPair {
  readonly a: string;
  readonly b: string;
  readonly reason: string;
}

/** What a robot's designers say of it beyond its URDF. */
export interface Srdf {
  readonly path: string;
  readonly groups: readonly SrdfGroup[];
  /** Named positions of a group's joints [rad or m]; those of virtual joints are left out. */
  readonly states: readonly {
    readonly group: string;
    readonly name: string;
    readonly positions: Readonly<Record<string, number>>;
  }[];
  /** Pairs without checks. */
  readonly disabled: readonly SrdfPair[];
  /** Links without checks against any other, but for the pairs of `enabled`. */
  readonly unchecked: readonly string[];
  readonly enabled: readonly SrdfPair[];
  readonly endEffectors: readonly {
    readonly name: string;
    readonly group: string;
    readonly parentLink: string;
    readonly parentGroup?: string;
  }[];
  /** How the robot's root stands in the world. */
  readonly virtualJoints: readonly {
    readonly name: string;
    readonly type: string;
    readonly parentFrame: string;
    readonly childLink: string;
  }[];
}

/** @throws IsocenterError `xml/malformed` or `srdf/...`, naming file and line */
export function readSrdf(text: string | Uint8Array, path: string): Srdf {
  const xml = new XmlReader(path, 'srdf');
  const root = parseXml(text, path);
  if (root.name !== 'robot') {
    throw xml.fault(root, 'not-a-robot', `the document is <${root.name}>, not <robot>`, 'give an SRDF file');
  }
  const pairs = (kind: string): SrdfPair[] =>
    xml.children(root, kind).map((element) => ({
      a: xml.text(element, 'link1'),
      b: xml.text(element, 'link2'),
      reason: element.attributes.reason ?? '',
    }));
  const virtualJoints = xml.children(root, 'virtual_joint').map((element) => ({
    name: xml.text(element, 'name'),
    type: xml.text(element, 'type'),
    parentFrame: xml.text(element, 'parent_frame'),
    childLink: xml.text(element, 'child_link'),
  }));
  return {
    path,
    groups: readGroups(xml, root),
    states: readStates(xml, root, new Set(virtualJoints.map(({ name }) => name))),
    disabled: pairs('disable_collisions'),
    unchecked: xml.children(root, 'disable_default_collisions').map((element) => xml.text(element, 'link')),
    enabled: pairs('enable_collisions'),
    endEffectors: xml.children(root, 'end_effector').map((element) => ({
      name: xml.text(element, 'name'),
      group: xml.text(element, 'group'),
      parentLink: xml.text(element, 'parent_link'),
      ...(element.attributes.parent_group === undefined ? {} : { parentGroup: xml.text(element, 'parent_group') }),
    })),
    virtualJoints,
  };
}

function readGroups(xml: XmlReader, root: XmlElement): SrdfGroup[] {
  const seen = new Set<string>();
  return xml.children(root, 'group').map((element) => {
    const name = xml.text(element, 'name');
    if (seen.has(name)) {
      throw xml.fault(element, 'duplicate-group', `there are two groups named ${name}`, 'names must differ');
    }
    seen.add(name);
    const names = (kind: string): string[] => xml.children(element, kind).map((member) => xml.text(member, 'name'));
    return {
      name,
      chains: xml.children(element, 'chain').map((chain) => ({
        base: xml.text(chain, 'base_link'),
        tip: xml.text(chain, 'tip_link'),
      })),
      joints: names('joint'),
      links: names('link'),
      groups: names('group'),
    };
  });
}

function readStates(xml: XmlReader, root: XmlElement, virtual: ReadonlySet<string>): Srdf['states'] {
  return xml.children(root, 'group_state').map((element) => {
    const positions = xml
      .children(element, 'joint')
      .filter((joint) => !virtual.has(xml.text(joint, 'name')))
      .map((joint) => [xml.text(joint, 'name'), xml.number(joint, 'value')] as const);
    return {
      group: xml.text(element, 'group'),
      name: xml.text(element, 'name'),
      positions: Object.fromEntries(positions),
    };
  });
}

/**
 * The model with the link pairs that the SRDF disables left out of self-collision checks, and those that it enables by name
 * taken into them.
 *
 * @throws IsocenterError `srdf/unknown-link` with all links that the robot lacks
 */
export function applySrdf(model: RobotModel, srdf: Srdf): RobotModel {
  const index = new Map(model.links.map((link, l) => [link.name, l]));
  const named = [...srdf.disabled, ...srdf.enabled].flatMap(({ a, b }) => [a, b]).concat(srdf.unchecked);
  const unknown = [...new Set(named)].filter((link) => !index.has(link));
  if (unknown.length > 0) {
    throw inputError(
      'srdf/unknown-link',
      `${srdf.path}: its collision pairs name ${unknown.join(', ')}, which robot ${model.name} lacks`,
      'give the SRDF that belongs to the URDF',
    );
  }
  const count = model.links.length;
  const keyOf = (a: string, b: string): number => pairKey(count, index.get(a) as number, index.get(b) as number);
  const ignoredPairs = new Set(model.ignoredPairs);
  for (const a of srdf.unchecked) for (const { name } of model.links) if (name !== a) ignoredPairs.add(keyOf(a, name));
  for (const { a, b } of srdf.enabled) ignoredPairs.delete(keyOf(a, b));
  for (const { a, b } of srdf.disabled) if (a !== b) ignoredPairs.add(keyOf(a, b));
  return { ...model, ignoredPairs };
}

/**
 * Names of the group's joints that move by themselves, in the model's order. A link brings the joint that carries it, a chain
 * all joints between its ends.
 *
 * @throws IsocenterError `srdf/group` for an unknown group, members that the robot lacks, a group that contains itself, or a
 * chain whose tip does not hang on its base
 */
export function groupJoints(model: RobotModel, srdf: Srdf, name: string): string[] {
  const joints = new Set<number>();
  collect(model, srdf, name, joints, []);
  return model.active.filter((j) => joints.has(j)).map((j) => model.joints[j].name);
}

function collect(model: RobotModel, srdf: Srdf, name: string, joints: Set<number>, within: readonly string[]): void {
  const fail = (reason: string): Error =>
    inputError(
      'srdf/group',
      `${srdf.path}: group ${name} ${reason}`,
      `groups of the file: ${srdf.groups.map((g) => g.name).join(', ') || 'none'}`,
    );
  const group = srdf.groups.find((g) => g.name === name);
  if (group === undefined) throw fail('is not there');
  if (within.includes(name)) throw fail('contains itself');
  const linkOf = (name: string): number => {
    const link = model.links.findIndex((candidate) => candidate.name === name);
    if (link < 0) throw fail(`names link ${name}, which robot ${model.name} lacks`);
    return link;
  };
  const carrierOf = (link: number): number => model.joints.findIndex(({ child }) => child === link);
  for (const joint of group.joints) {
    const j = model.joints.findIndex((candidate) => candidate.name === joint);
    if (j < 0 && !srdf.virtualJoints.some((virtual) => virtual.name === joint))
      throw fail(`names joint ${joint}, which robot ${model.name} lacks`);
    joints.add(j);
  }
  for (const link of group.links) joints.add(carrierOf(linkOf(link)));
  for (const { base, tip } of group.chains) {
    const first = linkOf(base);
    let link = linkOf(tip);
    while (link !== first) {
      const j = carrierOf(link);
      if (j < 0) throw fail(`has a chain from ${base} to ${tip}, but ${tip} does not hang on ${base}`);
      joints.add(j);
      link = model.joints[j].parent;
    }
  }
  for (const inner of group.groups) collect(model, srdf, inner, joints, [...within, name]);
}
