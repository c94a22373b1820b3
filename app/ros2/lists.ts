import { toJson } from '../../engine/core/json.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { settle } from './discovery.ts';

export interface ListOptions {
  readonly wait: number;
  readonly json?: boolean;
}

/** Without news for this long everything is taken to be seen: participants announce themselves and their endpoints in a burst [ms]. */
const QUIET_MS = 400;

/** `isocenter ros2 topics`: what is published and subscribed to. */
export async function listTopics(node: RosNode, { wait, json }: ListOptions, signal: AbortSignal): Promise<string> {
  await settle(node.graph, Math.min(QUIET_MS, 1000 * wait), 1000 * wait, signal);
  const topics = [...node.graph.topics()].sort(byName);
  if (json) return toJson({ where: node.where, topics });
  if (topics.length === 0) return `no topics on ${node.where}\n`;
  const width = Math.max(...topics.map(({ name }) => name.length));
  const lines = topics.map(({ name, types, publishers, subscribers }) => {
    return `${name.padEnd(width)}  ${types.join(', ')}  ${publishers} publishing, ${subscribers} subscribed`;
  });
  return `${lines.join('\n')}\n`;
}

/** `isocenter ros2 services`, `actions` and `nodes`. */
export async function listNamed(
  node: RosNode,
  what: 'services' | 'actions' | 'nodes',
  { wait, json }: ListOptions,
  signal: AbortSignal,
): Promise<string> {
  await settle(node.graph, Math.min(QUIET_MS, 1000 * wait), 1000 * wait, signal);
  if (what === 'nodes') {
    const names = node.graph.nodes().map(({ name, namespace }) => `${namespace === '/' ? '' : namespace}/${name}`);
    names.sort();
    return json ? toJson({ where: node.where, nodes: names }) : `${names.join('\n')}\n`;
  }
  const list = [...node.graph[what]()].sort(byName);
  if (json) return toJson({ where: node.where, [what]: list });
  if (list.length === 0) return `no ${what} on ${node.where}\n`;
  return `${list.map(({ name, types }) => `${name}  ${types.join(', ')}`).join('\n')}\n`;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
