import { createInterfaceRegistry } from '../messages/registry.ts';
import { checkTypeHash } from '../messages/type-hash.ts';
import type { InterfaceRegistry, MessageType } from '../messages/types.ts';
import { createParticipant, type ParticipantOptions } from '../rtps/participant.ts';
import { QOS_PROFILES } from '../rtps/qos.ts';
import type { DdsParticipant, DdsReader, DdsWriter, EndpointInfo, Qos, WriterOptions } from '../rtps/types.ts';
import { NodeDirectory } from './node-directory.ts';
import { createRemapping } from './remap.ts';
import { DdsNode } from './dds-node.ts';
import type { QosChoice, RosNode, RosNodeOptions } from './types.ts';
import { Warnings } from './warnings.ts';

/** A DDS participant that nodes share, as the processes of ROS 2 do. */
export interface RosContext {
  readonly participant: DdsParticipant;
  readonly interfaces: InterfaceRegistry;
  readonly warnings: Warnings;
  readonly directory: NodeDirectory;
  /** @throws IsocenterError `ros2/bad-name`, `ros2/bad-remap` */
  createNode(options: Pick<RosNodeOptions, 'name' | 'namespace' | 'remap' | 'parameters'>): RosNode;
  close(): Promise<void>;
}

export type RosContextOptions = Pick<RosNodeOptions, 'domain' | 'interface' | 'distro' | 'interfaces'> &
  Pick<ParticipantOptions, 'dropIn' | 'dropOut' | 'peers' | 'environment' | 'name'>;

/**
 * Opens DDS for one or several nodes.
 *
 * @throws IsocenterError as {@link createParticipant}
 */
export async function openRosContext(options: RosContextOptions = {}): Promise<RosContext> {
  const { interface: names, domain, distro, ...rest } = options;
  const interfaces = options.interfaces ?? createInterfaceRegistry({ ...(distro === undefined ? {} : { distro }) });
  const wanted = names?.split(',').map((each) => each.trim());
  const participant = await createParticipant({
    ...rest,
    ...(domain === undefined ? {} : { domain }),
    ...(wanted === undefined ? {} : { interfaces: wanted }),
  } as ParticipantOptions);
  const warnings = new Warnings();
  const nodes = new Set<DdsNode>();
  const directory = new NodeDirectory(participant, interfaces);
  let closing: Promise<void> | undefined;
  const context: RosContext = {
    participant,
    interfaces,
    warnings,
    directory,
    createNode: ({ name, namespace, remap = [], parameters = {} }) => {
      const node = new DdsNode(context, createRemapping(name, namespace, remap), parameters, () => nodes.delete(node));
      nodes.add(node);
      return node;
    },
    close: () => {
      closing ??= (async () => {
        for (const node of [...nodes]) node.dispose();
        directory.close();
        await participant.close();
      })();
      return closing;
    },
  };
  return context;
}

/** A node with a DDS participant of its own, which closes with it. */
export async function createRosNode(options: RosNodeOptions): Promise<RosNode> {
  const context = await openRosContext({ ...options, name: options.name });
  try {
    const node = context.createNode(options) as DdsNode;
    node.onClose = () => context.close();
    return node;
  } catch (error) {
    await context.close();
    throw error;
  }
}

/** The whole QoS of a choice. */
export function wholeQos(choice: QosChoice | undefined, base: Qos = QOS_PROFILES.default): Qos {
  if (choice === undefined) return base;
  return typeof choice === 'string' ? QOS_PROFILES[choice] : { ...base, ...choice };
}

/** Options of an endpoint whose type hash must not differ from the peer's. */
export function checkedEndpoint(
  { warnings }: Pick<RosContext, 'warnings'>,
  type: MessageType,
  extra = '',
): Pick<WriterOptions, 'userData' | 'accepts' | 'onIncompatibleQos'> {
  return {
    userData: `typehash=${type.hash};${extra}`,
    accepts: (remote) => {
      const check = checkTypeHash(type.hash, remote.userData);
      if (check === 'match') return true;
      if (check === 'absent') {
        if (remote.vendor !== 'isocenter') {
          warnings.once(`${remote.topic}: a peer gives no type hash; ${type.name} is taken by its name`);
        }
        return true;
      }
      warnings.once(
        `${remote.topic}: refused a ${remote.kind} whose ${type.name} has the type hash ${check.theirs}, ours is ${type.hash}: its definition differs, choose its --distro or give it by --interfaces`,
      );
      return false;
    },
    onIncompatibleQos: ({ remote, policy }) => {
      warnings.once(`${remote.topic}: a ${remote.kind} has an incompatible QoS policy: ${policy}`);
    },
  };
}

/** Endpoints of one participant share the first 24 digits of their GUIDs. */
export function participantOf(endpoint: EndpointInfo): string {
  return endpoint.guid.slice(0, 24);
}

export type { DdsReader, DdsWriter };
