import { inputError } from '../../engine/core/errors.ts';
import { createInterfaceRegistry } from '../../engine/ros2/messages/registry.ts';
import { DISTROS, type Distro, type InterfaceRegistry } from '../../engine/ros2/messages/types.ts';
import { createRosNode } from '../../engine/ros2/node/context.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { createRosbridgeNode } from '../../engine/ros2/rosbridge/node.ts';
import { readDefinitions } from './definitions.ts';
import type { NodeOptions } from './options.ts';

/** A node of ROS 2 for one command: over DDS, or through a rosbridge server. */
export async function openNode(options: NodeOptions, name: string): Promise<RosNode> {
  const interfaces = await openInterfaces(options);
  if (options.rosbridge !== undefined) {
    const dds = (['domain', 'interface'] as const).find((field) => options[field] !== undefined);
    if (dds !== undefined) {
      const hint = 'leave one of the two out';
      throw inputError('ros2/bad-options', `--${dds} is for DDS, --rosbridge goes through a server`, hint);
    }
    return createRosbridgeNode({ url: options.rosbridge, name, interfaces });
  }
  const { domain, interface: names } = options;
  return createRosNode({
    name,
    interfaces,
    ...(domain === undefined ? {} : { domain }),
    ...(names === undefined ? {} : { interface: names }),
  });
}

/** The definitions of a distribution and a user's own. */
export async function openInterfaces(options: Pick<NodeOptions, 'distro' | 'interfaces'>): Promise<InterfaceRegistry> {
  const registry = createInterfaceRegistry({ distro: options.distro ?? environmentDistro() });
  for (const path of options.interfaces) await readDefinitions(registry, path);
  return registry;
}

function environmentDistro(): Distro {
  const wanted = process.env.ROS_DISTRO;
  return DISTROS.find((distro) => distro === wanted) ?? 'jazzy';
}
