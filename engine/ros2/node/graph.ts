import { nameOfDds } from '../messages/names.ts';
import type { EndpointInfo, Qos } from '../rtps/types.ts';
import type { RosContext } from './shared.ts';
import type { Graph, GraphNode, TopicInfo } from './types.ts';

type Named = { readonly name: string; readonly types: readonly string[] };

/** The topics, services, actions and nodes that discovery has found, with the names of ROS; ours among them. */
export class DdsGraph implements Graph {
  readonly #context: RosContext;

  constructor(context: RosContext) {
    this.#context = context;
  }

  topics(): readonly TopicInfo[] {
    const found = new Map<string, { types: Set<string>; publishers: number; subscribers: number; qos: Qos[] }>();
    for (const endpoint of this.#context.participant.endpoints) {
      const name = topicOf(endpoint, 'rt');
      if (name === undefined || isHidden(name)) continue;
      const entry = found.get(name) ?? { types: new Set(), publishers: 0, subscribers: 0, qos: [] };
      entry.types.add(nameOfDds(endpoint.type) ?? endpoint.type);
      if (endpoint.kind === 'writer') {
        entry.publishers++;
        entry.qos.push(endpoint.qos);
      } else entry.subscribers++;
      found.set(name, entry);
    }
    return [...found].map(([name, { types, publishers, subscribers, qos }]) => ({
      name,
      types: [...types],
      publishers,
      subscribers,
      publisherQos: qos,
    }));
  }

  services(): readonly Named[] {
    return this.#servers().filter(({ name }) => !isHidden(name));
  }

  actions(): readonly Named[] {
    const suffix = '/_action/send_goal';
    return this.#servers()
      .filter(({ name }) => name.endsWith(suffix))
      .map(({ name, types }) => ({
        name: name.slice(0, -suffix.length),
        types: types.map((type) => type.replace(/_SendGoal$/, '')),
      }));
  }

  nodes(): readonly GraphNode[] {
    return this.#context.directory.nodes();
  }

  onChange(listener: () => void): () => void {
    const stops = [this.#context.participant.onGraphChange(listener), this.#context.directory.onChange(listener)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Services with a server: somebody reads their requests. */
  #servers(): Named[] {
    const found = new Map<string, Set<string>>();
    for (const endpoint of this.#context.participant.endpoints) {
      if (endpoint.kind !== 'reader') continue;
      const topic = topicOf(endpoint, 'rq');
      if (!topic?.endsWith('Request')) continue;
      const name = topic.slice(0, -'Request'.length);
      const types = found.get(name) ?? new Set();
      types.add((nameOfDds(endpoint.type) ?? endpoint.type).replace(/_Request_?$/, ''));
      found.set(name, types);
    }
    return [...found].map(([name, types]) => ({ name, types: [...types] }));
  }
}

/** `/joint_states` of `rt/joint_states`; undefined for what has another prefix. */
function topicOf({ topic }: EndpointInfo, prefix: string): string | undefined {
  return topic.startsWith(`${prefix}/`) ? topic.slice(prefix.length) : undefined;
}

/** Names with a part that begins with an underscore are ROS's own. */
function isHidden(name: string): boolean {
  return name.includes('/_');
}
