import type { Graph, GraphNode, TopicInfo } from '../node/types.ts';
import type { Warnings } from '../node/warnings.ts';
import type { RosbridgeLink } from './link.ts';
import { ask } from './services.ts';

type Named = { readonly name: string; readonly types: readonly string[] };

const POLL_MS = 1000;
const ANSWER_MS = 3000;

/** What a server's rosapi node knows, asked for every second while somebody looks; empty where the server has none. */
export class RosbridgeGraph implements Graph {
  readonly #link: RosbridgeLink;
  readonly #warnings: Warnings;
  readonly #listeners = new Set<() => void>();
  #topics: readonly TopicInfo[] = [];
  #services: readonly Named[] = [];
  #nodes: readonly GraphNode[] = [];
  #timer: NodeJS.Timeout | undefined;
  #has: boolean | undefined;

  constructor(link: RosbridgeLink, warnings: Warnings) {
    this.#link = link;
    this.#warnings = warnings;
  }

  topics(): readonly TopicInfo[] {
    return this.#topics;
  }

  services(): readonly Named[] {
    return this.#services.filter(({ name }) => !name.includes('/_'));
  }

  actions(): readonly Named[] {
    const suffix = '/_action/send_goal';
    return this.#services
      .filter(({ name }) => name.endsWith(suffix))
      .map(({ name, types }) => ({
        name: name.slice(0, -suffix.length),
        types: types.map((type) => type.replace(/_SendGoal$/, '')),
      }));
  }

  nodes(): readonly GraphNode[] {
    return this.#nodes;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#poll();
    return () => this.#listeners.delete(listener);
  }

  /** Whether a service is there; undefined where the server cannot say. */
  async hasService(name: string): Promise<boolean | undefined> {
    const type = await this.#call('service_type', 'rosapi_msgs/srv/ServiceType', { service: name });
    return type === undefined ? undefined : String(type.type) !== '';
  }

  async refresh(): Promise<void> {
    const topics = await this.#call('topics', 'rosapi_msgs/srv/Topics', {});
    if (topics === undefined) return;
    const names = topics.topics as readonly string[];
    const types = topics.types as readonly string[];
    const found = names.map((name, i) => {
      return { name, types: [types[i] ?? ''], publishers: 0, subscribers: 0, publisherQos: [] };
    });
    const services = await this.#call('services', 'rosapi_msgs/srv/Services', {});
    const listed = (services?.services ?? []) as readonly string[];
    const nodes = await this.#call('nodes', 'rosapi_msgs/srv/Nodes', {});
    const before = JSON.stringify([this.#topics, this.#services.map(({ name }) => name), this.#nodes]);
    this.#topics = found;
    const known = new Map(this.#services.map((each) => [each.name, each]));
    this.#services = await Promise.all(listed.map(async (name) => known.get(name) ?? (await this.#typed(name))));
    this.#nodes = ((nodes?.nodes ?? []) as readonly string[]).map((full) => {
      const at = full.lastIndexOf('/');
      return { name: full.slice(at + 1), namespace: at > 0 ? full.slice(0, at) : '/' };
    });
    const after = JSON.stringify([this.#topics, this.#services.map(({ name }) => name), this.#nodes]);
    if (before !== after) for (const listener of this.#listeners) listener();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  async #typed(name: string): Promise<Named> {
    const type = await this.#call('service_type', 'rosapi_msgs/srv/ServiceType', { service: name });
    return { name, types: type === undefined ? [] : [String(type.type)] };
  }

  #poll(): void {
    if (this.#timer !== undefined) return;
    const again = () => {
      this.#timer = undefined;
      if (this.#listeners.size > 0) this.#poll();
    };
    this.#timer = setTimeout(() => void this.refresh().then(again, again), this.#topics.length === 0 ? 0 : POLL_MS);
  }

  async #call(name: string, type: string, args: object): Promise<Readonly<Record<string, unknown>> | undefined> {
    if (this.#has === false || !this.#link.isConnected) return undefined;
    const id = this.#link.newId(`rosapi:${name}`);
    const message = { op: 'call_service', id, service: `/rosapi/${name}`, type, args };
    try {
      return await ask(this.#link, message, { timeoutMs: ANSWER_MS }, message.service, (answer) => {
        if (answer.op !== 'service_response' || answer.result === false) throw new Error('no rosapi');
        this.#has = true;
        return (answer.values ?? {}) as Readonly<Record<string, unknown>>;
      });
    } catch {
      // A server that answered once has it; it may only be busy now.
      if (this.#has !== true && this.#link.isConnected) {
        this.#has = false;
        const what = 'the topics, services and nodes of others are not known';
        this.#warnings.once(`${this.#link.url}: the server has no rosapi: ${what}`);
      }
      return undefined;
    }
  }
}
