import { inputError } from '../../core/errors.ts';
import { rosTime, secondsOf } from '../messages/time.ts';
import type { InterfaceRegistry, MessageType, RosMessage, ServiceType } from '../messages/types.ts';
import { QOS_PROFILES } from '../rtps/qos.ts';
import type { Qos } from '../rtps/types.ts';
import { DdsActionClient } from './action-client.ts';
import { DdsActionServer } from './action-server.ts';
import { DdsGraph } from './graph.ts';
import { LOG_LEVELS } from './log-levels.ts';
import { join } from './names.ts';
import type { NodeEntry } from './node-directory.ts';
import { serveParameters } from './parameter-services.ts';
import { NodeParameters } from './parameters.ts';
import { DdsPublisher } from './publisher.ts';
import type { Remapping } from './remap.ts';
import { DdsServiceClient } from './service-client.ts';
import { DdsServiceServer } from './service-server.ts';
import { type RosContext, wholeQos } from './shared.ts';
import { DdsSubscription } from './subscription.ts';
import type {
  ActionClient,
  ActionHandlers,
  ActionServer,
  Graph,
  LogLevel,
  MessageInfo,
  Parameters,
  ParameterValue,
  Publisher,
  QosChoice,
  RosNode,
  ServiceClient,
  ServiceServer,
  Subscription,
} from './types.ts';

/** A node over DDS. Names that users give are expanded and remapped; `open...` take whole names. */
export class DdsNode implements RosNode {
  readonly name: string;
  readonly namespace: string;
  readonly fullName: string;
  readonly interfaces: InterfaceRegistry;
  readonly parameters: Parameters;
  readonly graph: Graph;
  readonly where: string;
  /** What else to close with the node. */
  onClose: () => Promise<void> = async () => {};
  readonly #context: RosContext;
  readonly #resolve: (name: string) => string;
  readonly #entry: NodeEntry;
  readonly #open = new Set<{ close(): void }>();
  readonly #rosout: Publisher;
  readonly #dispose: () => void;
  #clock: Subscription | undefined;
  #simulatedSec = 0;
  #closed = false;

  constructor(
    context: RosContext,
    { name, namespace, resolve }: Remapping,
    given: Readonly<Record<string, ParameterValue>>,
    onDispose: () => void,
  ) {
    this.name = name;
    this.namespace = namespace;
    this.fullName = join(namespace, name);
    this.interfaces = context.interfaces;
    this.graph = new DdsGraph(context);
    const { domain, interfaces } = context.participant;
    const { unicastOnly } = context.participant;
    const reach = unicastOnly === undefined ? '' : `, by unicast only: ${unicastOnly}`;
    this.where = `DDS domain ${domain} on ${interfaces.join(', ')}${reach}`;
    this.#context = context;
    this.#resolve = resolve;
    this.#entry = { name, namespace, readers: new Set(), writers: new Set() };
    context.directory.add(this.#entry);
    const rosout = context.interfaces.message('rcl_interfaces/msg/Log');
    this.#rosout = this.openPublisher('/rosout', rosout, QOS_PROFILES.rosout_default);
    const parameters = new NodeParameters(given);
    this.parameters = parameters;
    const stopServing = serveParameters(this, parameters);
    parameters.onChange((changed, value) => {
      if (changed === 'use_sim_time') this.#useSimulatedTime(value === true);
    });
    this.#dispose = () => {
      stopServing();
      onDispose();
    };
    parameters.declare('use_sim_time', false);
  }

  createPublisher(type: string, topic: string, qos?: QosChoice): Publisher {
    return this.openPublisher(this.#resolve(topic), this.interfaces.message(type), wholeQos(qos));
  }

  createSubscription(
    type: string,
    topic: string,
    onMessage: (message: RosMessage, info: MessageInfo) => void,
    qos?: QosChoice,
  ): Subscription {
    return this.openSubscription(this.#resolve(topic), this.interfaces.message(type), wholeQos(qos), onMessage);
  }

  createClient(type: string, service: string): ServiceClient {
    return this.openClient(this.#resolve(service), this.interfaces.service(type));
  }

  createService(
    type: string,
    service: string,
    handle: (request: RosMessage) => RosMessage | Promise<RosMessage>,
  ): ServiceServer {
    return this.openService(this.#resolve(service), this.interfaces.service(type), handle);
  }

  createActionClient(type: string, action: string): ActionClient {
    this.#requireOpen();
    return this.#keep(
      new DdsActionClient(this, this.#resolve(action), this.interfaces.action(type), (each) => this.#open.delete(each)),
    );
  }

  createActionServer(type: string, action: string, handlers: ActionHandlers): ActionServer {
    this.#requireOpen();
    const types = this.interfaces.action(type);
    return this.#keep(
      new DdsActionServer(this, this.#resolve(action), types, handlers, (each) => this.#open.delete(each)),
    );
  }

  openPublisher(topic: string, message: MessageType, qos: Qos): Publisher {
    this.#requireOpen();
    const publisher = new DdsPublisher(this.#context, topic, message, qos, (each) => {
      this.#drop(each, [], [each.writer.info.guid]);
    });
    this.#told([], [publisher.writer.info.guid]);
    return this.#keep(publisher);
  }

  openSubscription(
    topic: string,
    message: MessageType,
    qos: Qos,
    onMessage: (message: RosMessage, info: MessageInfo) => void,
  ): Subscription {
    this.#requireOpen();
    const subscription = new DdsSubscription(this.#context, topic, message, qos, onMessage, (each) => {
      this.#drop(each, [each.reader.info.guid], []);
    });
    this.#told([subscription.reader.info.guid], []);
    return this.#keep(subscription);
  }

  openClient(name: string, service: ServiceType): DdsServiceClient {
    this.#requireOpen();
    const drop = (each: DdsServiceClient) => this.#drop(each, [each.reader.info.guid], [each.writerGuid]);
    const client = new DdsServiceClient(this.#context, name, service, drop, (before, after) => {
      this.#entry.writers.delete(before);
      this.#told([], [after]);
    });
    this.#told([client.reader.info.guid], [client.writerGuid]);
    return this.#keep(client);
  }

  openService(
    name: string,
    service: ServiceType,
    handle: (request: RosMessage) => RosMessage | Promise<RosMessage>,
  ): ServiceServer {
    this.#requireOpen();
    const server = new DdsServiceServer(this.#context, name, service, handle, (each) => {
      this.#drop(each, [each.reader.info.guid], [each.writer.info.guid]);
    });
    this.#told([server.reader.info.guid], [server.writer.info.guid]);
    return this.#keep(server);
  }

  log(level: LogLevel, message: string): void {
    const entry = {
      stamp: rosTime(this.now()),
      level: LOG_LEVELS[level],
      name: this.fullName.slice(1).replaceAll('/', '.'),
    };
    if (!this.#closed) this.#rosout.publish({ ...entry, msg: message });
    if (LOG_LEVELS[level] >= LOG_LEVELS.warn) this.#context.warnings.say(`${this.fullName}: ${message}`);
  }

  now(): number {
    return this.#clock === undefined ? Date.now() / 1000 : this.#simulatedSec;
  }

  onWarning(listener: (message: string) => void): () => void {
    return this.#context.warnings.listen(listener);
  }

  async close(): Promise<void> {
    this.dispose();
    await this.onClose();
  }

  /** Closes all that the node opened; the participant stays for other nodes. */
  dispose(): void {
    if (this.#closed) return;
    this.#dispose();
    for (const each of [...this.#open]) each.close();
    this.#closed = true;
    this.#context.directory.remove(this.#entry);
  }

  #useSimulatedTime(use: boolean): void {
    if (use === (this.#clock !== undefined)) return;
    this.#clock?.close();
    this.#clock = undefined;
    if (!use) return;
    const clock = this.interfaces.message('rosgraph_msgs/msg/Clock');
    this.#simulatedSec = 0;
    this.#clock = this.openSubscription('/clock', clock, QOS_PROFILES.clock, (message) => {
      this.#simulatedSec = secondsOf(message.clock as RosMessage);
    });
  }

  #requireOpen(): void {
    if (!this.#closed) return;
    throw inputError('ros2/closed', `the node ${this.fullName} is closed`, 'create another');
  }

  #keep<T extends { close(): void }>(each: T): T {
    this.#open.add(each);
    return each;
  }

  #drop(each: { close(): void }, readers: readonly string[], writers: readonly string[]): void {
    this.#open.delete(each);
    for (const guid of readers) this.#entry.readers.delete(guid);
    for (const guid of writers) this.#entry.writers.delete(guid);
    this.#context.directory.changed();
  }

  #told(readers: readonly string[], writers: readonly string[]): void {
    for (const guid of readers) this.#entry.readers.add(guid);
    for (const guid of writers) this.#entry.writers.add(guid);
    this.#context.directory.changed();
  }
}
