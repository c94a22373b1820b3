import { createInterfaceRegistry } from '../messages/registry.ts';
import { createParticipant, type ParticipantOptions } from '../rtps/participant.ts';
import { DdsNode } from './dds-node.ts';
import { NodeDirectory } from './node-directory.ts';
import { createRemapping } from './remap.ts';
import type { RosContext } from './shared.ts';
import { watchTypes } from './type-watch.ts';
import type { RosNode, RosNodeOptions } from './types.ts';
import { Warnings } from './warnings.ts';

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
  const stopWatching = watchTypes({ participant, warnings });
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
        stopWatching();
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
