import { type Command, Option } from 'commander';
import { DISTROS, type Distro } from '../../engine/ros2/messages/types.ts';
import { wholeNumberOption } from '../inputs/numbers.ts';

/** How a command becomes a node of ROS 2. */
export interface DdsNodeOptions {
  readonly domain?: number;
  readonly interface?: string;
  readonly distro?: Distro;
  /** Folders or files with a user's own .msg, .srv and .action. */
  readonly interfaces: readonly string[];
}

export interface NodeOptions extends DdsNodeOptions {
  readonly rosbridge?: string;
}

export function addNodeOptions(command: Command, { rosbridge }: { readonly rosbridge: boolean }): Command {
  command
    .option('--domain <n>', 'domain (default: ROS_DOMAIN_ID, or 0)', wholeNumberOption('domain', 0, 232))
    .option('--interface <names>', 'network interfaces by name or address, separated by commas (default: loopback)')
    .addOption(
      new Option('--distro <name>', 'whose message definitions (default: ROS_DISTRO, or jazzy)').choices(DISTROS),
    )
    .option(
      '--interfaces <path>',
      'folder or file of own .msg, .srv and .action definitions; may be repeated',
      (path: string, list: readonly string[]) => [...list, path],
      [] as readonly string[],
    );
  if (rosbridge)
    command.option('--rosbridge <url>', 'go through a rosbridge server, as ws://robot:9090, instead of DDS');
  return command;
}
