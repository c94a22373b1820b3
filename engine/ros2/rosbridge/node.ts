import { inputError } from '../../core/errors.ts';
import { createInterfaceRegistry } from '../messages/registry.ts';
import { rosTime, secondsOf } from '../messages/time.ts';
import type { InterfaceRegistry, RosMessage } from '../messages/types.ts';
import { LOG_LEVELS } from '../node/log-levels.ts';
import { join } from '../node/names.ts';
import { NodeParameters } from '../node/parameters.ts';
import { createRemapping, type Remapping } from '../node/remap.ts';
import type {
  ActionClient,
  ActionHandlers,
  ActionServer,
  LogLevel,
  MessageInfo,
  Parameters,
  ParameterValue,
  Publisher,
  QosChoice,
  RosNode,
  RosNodeOptions,
  ServiceClient,
  ServiceServer,
  Subscription,
} from '../node/types.ts';
import { Warnings } from '../node/warnings.ts';
import { RosbridgeActionClient, RosbridgeActionServer } from './actions.ts';
import { RosbridgeGraph } from './graph.ts';
import { RosbridgeLink } from './link.ts';
import { RosbridgeServiceClient, RosbridgeServiceServer } from './services.ts';
import { RosbridgePublisher, RosbridgeSubscription } from './topics.ts';

export interface RosbridgeOptions
  extends Pick<RosNodeOptions, 'name' | 'namespace' | 'distro' | 'interfaces' | 'remap' | 'parameters'> {
  /** `ws://robot:9090` */
  readonly url: string;
  /** Time between signs of life that the server is asked for [ms]; after three without an answer it is taken as gone. Default 3000. */
  readonly pingMs?: number;
}

/**
 * A node through a rosbridge v2 server, with the interface of one over DDS. Its parameters and its name are known to this
 * program alone: the server speaks to ROS under its own.
 *
 * @throws IsocenterError `ros2/rosbridge` for a url that is none or a server that cannot be reached
 */
export async function createRosbridgeNode(options: RosbridgeOptions): Promise<RosNode> {
  const { url, name, namespace, distro, remap = [], parameters = {} } = options;
  if (!/^wss?:\/\/[^\s/]+/.test(url)) {
    throw inputError(
      'ros2/rosbridge',
      `${JSON.stringify(url)} is no address of a server`,
      'give one like ws://robot:9090',
    );
  }
  const interfaces = options.interfaces ?? createInterfaceRegistry({ ...(distro === undefined ? {} : { distro }) });
  const warnings = new Warnings();
  const ping = options.pingMs === undefined ? {} : { pingMs: options.pingMs };
  const link = new RosbridgeLink(url, warnings, ping);
  const calls = new RosbridgeLink(url, warnings, { ...ping, quiet: true });
  const remapping = createRemapping(name, namespace, remap);
  const node = new RosbridgeNode(link, calls, warnings, interfaces, remapping, parameters);
  try {
    await link.open();
    await calls.open();
  } catch (error) {
    await node.close();
    throw error;
  }
  return node;
}

class RosbridgeNode implements RosNode {
  readonly name: string;
  readonly namespace: string;
  readonly fullName: string;
  readonly interfaces: InterfaceRegistry;
  readonly parameters: Parameters;
  readonly graph: RosbridgeGraph;
  readonly where: string;
  readonly #link: RosbridgeLink;
  /** For calls of services: topics do not wait for their answers. */
  readonly #calls: RosbridgeLink;
  readonly #warnings: Warnings;
  readonly #resolve: (name: string) => string;
  readonly #open = new Set<{ close(): void }>();
  #rosout: Publisher | undefined;
  #clock: Subscription | undefined;
  #simulatedSec = 0;

  constructor(
    link: RosbridgeLink,
    calls: RosbridgeLink,
    warnings: Warnings,
    interfaces: InterfaceRegistry,
    { name, namespace, resolve }: Remapping,
    given: Readonly<Record<string, ParameterValue>>,
  ) {
    this.name = name;
    this.namespace = namespace;
    this.fullName = join(namespace, name);
    this.interfaces = interfaces;
    this.graph = new RosbridgeGraph(calls, warnings);
    this.where = `rosbridge ${link.url}`;
    this.#link = link;
    this.#calls = calls;
    this.#warnings = warnings;
    this.#resolve = resolve;
    this.parameters = new NodeParameters(given);
    this.parameters.onChange((changed, value) => {
      if (changed === 'use_sim_time') this.#useSimulatedTime(value === true);
    });
    this.parameters.declare('use_sim_time', false);
  }

  createPublisher(type: string, topic: string, qos?: QosChoice): Publisher {
    const message = this.interfaces.message(type);
    return this.#keep(
      new RosbridgePublisher(this.#link, this.#resolve(topic), message, qos, (each) => this.#open.delete(each)),
    );
  }

  createSubscription(
    type: string,
    topic: string,
    onMessage: (message: RosMessage, info: MessageInfo) => void,
    qos?: QosChoice,
  ): Subscription {
    const message = this.interfaces.message(type);
    const name = this.#resolve(topic);
    const drop = (each: RosbridgeSubscription) => this.#open.delete(each);
    return this.#keep(new RosbridgeSubscription(this.#link, this.#warnings, name, message, qos, onMessage, drop));
  }

  createClient(type: string, service: string): ServiceClient {
    const types = this.interfaces.service(type);
    const isThere = (name: string) => this.graph.hasService(name);
    return this.#keep(
      new RosbridgeServiceClient(this.#calls, this.#resolve(service), types, isThere, (each) =>
        this.#open.delete(each),
      ),
    );
  }

  createService(
    type: string,
    service: string,
    handle: (request: RosMessage) => RosMessage | Promise<RosMessage>,
  ): ServiceServer {
    const types = this.interfaces.service(type);
    const name = this.#resolve(service);
    const drop = (each: RosbridgeServiceServer) => this.#open.delete(each);
    return this.#keep(new RosbridgeServiceServer(this.#link, this.#warnings, name, types, handle, drop));
  }

  createActionClient(type: string, action: string): ActionClient {
    const types = this.interfaces.action(type);
    return this.#keep(
      new RosbridgeActionClient(this.#link, this.#warnings, this.#resolve(action), types, (each) =>
        this.#open.delete(each),
      ),
    );
  }

  createActionServer(type: string, action: string, handlers: ActionHandlers): ActionServer {
    const types = this.interfaces.action(type);
    const name = this.#resolve(action);
    const drop = (each: RosbridgeActionServer) => this.#open.delete(each);
    return this.#keep(new RosbridgeActionServer(this.#link, this.#warnings, name, types, handlers, drop));
  }

  log(level: LogLevel, message: string): void {
    this.#rosout ??= this.createPublisher('rcl_interfaces/msg/Log', '/rosout', 'rosout_default');
    const name = this.fullName.slice(1).replaceAll('/', '.');
    this.#rosout.publish({ stamp: rosTime(this.now()), level: LOG_LEVELS[level], name, msg: message });
    if (LOG_LEVELS[level] >= LOG_LEVELS.warn) this.#warnings.say(`${this.fullName}: ${message}`);
  }

  now(): number {
    return this.#clock === undefined ? Date.now() / 1000 : this.#simulatedSec;
  }

  onWarning(listener: (message: string) => void): () => void {
    return this.#warnings.listen(listener);
  }

  async close(): Promise<void> {
    for (const each of [...this.#open]) each.close();
    this.graph.close();
    await Promise.all([this.#link.close(), this.#calls.close()]);
  }

  #useSimulatedTime(use: boolean): void {
    if (use === (this.#clock !== undefined)) return;
    this.#clock?.close();
    this.#clock = undefined;
    if (!use) return;
    this.#simulatedSec = 0;
    const take = (message: RosMessage) => {
      this.#simulatedSec = secondsOf(message.clock as RosMessage);
    };
    this.#clock = this.createSubscription('rosgraph_msgs/msg/Clock', '/clock', take, 'clock');
  }

  #keep<T extends { close(): void }>(each: T): T {
    this.#open.add(each);
    return each;
  }
}
