import { inputError } from '../core/errors.ts';
import { pairKey } from '../core/link-pairs.ts';
import type { RobotModel } from '../core/robot.ts';
import { parseXml, XmlReader } from './xml.ts';

/** A named set of joints and links of a robot. */
export interface SrdfGroup {
  readonly name: string;
  readonly chains: readonly { readonly base: string; readonly tip: string }[];
  readonly joints: readonly string[];
  readonly links: readonly string[];
  readonly groups: readonly string[];
}

/** What a robot's designers say of it beyond its URDF. */
export interface Srdf {
  readonly path: string;
  readonly groups: readonly SrdfGroup[];
  /** Named positions of a group's joints [rad or m]. */
  readonly states: readonly {
    readonly group: string;
    readonly name: string;
    readonly positions: Readonly<Record<string, number>>;
  }[];
  readonly disabled: readonly { readonly a: string; readonly b: string; readonly reason: string }[];
  readonly endEffectors: readonly { readonly name: string; readonly group: string; readonly parentLink: string }[];
}

/** @throws IsocenterError `xml/malformed` or `srdf/...`, naming file and line */
export function readSrdf(text: string, path: string): Srdf {
  const xml = new XmlReader(path, 'srdf');
  const root = parseXml(text, path);
  if (root.name !== 'robot') {
    throw xml.fault(root, 'not-a-robot', `the document is <${root.name}>, not <robot>`, 'give an SRDF file');
  }
  const groups = xml
    .children(root, 'group')
    .filter((element) => element.children.length > 0)
    .map((element) => ({
      name: xml.text(element, 'name'),
      chains: xml.children(element, 'chain').map((chain) => ({
        base: xml.text(chain, 'base_link'),
        tip: xml.text(chain, 'tip_link'),
      })),
      joints: xml.children(element, 'joint').map((joint) => xml.text(joint, 'name')),
      links: xml.children(element, 'link').map((link) => xml.text(link, 'name')),
      groups: xml.children(element, 'group').map((group) => xml.text(group, 'name')),
    }));
  const states = xml.children(root, 'group_state').map((element) => ({
    group: xml.text(element, 'group'),
    name: xml.text(element, 'name'),
    positions: Object.fromEntries(
      xml.children(element, 'joint').map((joint) => [xml.text(joint, 'name'), xml.number(joint, 'value')]),
    ),
  }));
  const disabled = xml.children(root, 'disable_collisions').map((element) => ({
    a: xml.text(element, 'link1'),
    b: xml.text(element, 'link2'),
    reason: element.attributes.reason ?? '',
  }));
  const endEffectors = xml.children(root, 'end_effector').map((element) => ({
    name: xml.text(element, 'name'),
    group: xml.text(element, 'group'),
    parentLink: xml.text(element, 'parent_link'),
  }));
  return { path, groups, states, disabled, endEffectors };
}

/** The model with the link pairs that the SRDF disables left out of self-collision checks. */
export function applySrdf(model: RobotModel, srdf: Srdf): RobotModel {
  const index = new Map(model.links.map((link, l) => [link.name, l]));
  const ignoredPairs = new Set(model.ignoredPairs);
  for (const { a, b } of srdf.disabled) {
    const [la, lb] = [index.get(a), index.get(b)];
    if (la === undefined || lb === undefined) {
      throw inputError(
        'srdf/unknown-link',
        `${srdf.path}: disable_collisions names link ${la === undefined ? a : b}, which robot ${model.name} lacks`,
        'give the SRDF that belongs to the URDF',
      );
    }
    if (la !== lb) ignoredPairs.add(pairKey(model.links.length, la, lb));
  }
  return { ...model, ignoredPairs };
}

/** Names of the group's joints that move by themselves, in the model's order. */
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
  const jointOf = (link: string): number => {
    const child = model.links.findIndex((l) => l.name === link);
    if (child < 0) throw fail(`names link ${link}, which robot ${model.name} lacks`);
    return child - 1;
  };
  for (const joint of group.joints) {
    const j = model.joints.findIndex((candidate) => candidate.name === joint);
    if (j < 0) throw fail(`names joint ${joint}, which robot ${model.name} lacks`);
    joints.add(j);
  }
  for (const link of group.links) if (jointOf(link) >= 0) joints.add(jointOf(link));
  for (const { base, tip } of group.chains) {
    const last = jointOf(base);
    let j = jointOf(tip);
    for (; j >= 0 && j !== last; j = model.joints[j].parent - 1) joints.add(j);
    if (j !== last) throw fail(`has a chain from ${base} to ${tip}, but ${tip} does not hang on ${base}`);
  }
  for (const inner of group.groups) collect(model, srdf, inner, joints, [...within, name]);
}
