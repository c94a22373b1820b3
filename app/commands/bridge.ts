import type { Command } from 'commander';
import { wholeNumberOption } from '../inputs/numbers.ts';
import { addNodeOptions, type NodeOptions } from '../ros2/options.ts';
import type { Session } from '../session.ts';

interface BridgeOptions extends NodeOptions {
  readonly port: number;
  readonly host: string;
  readonly allowOrigin: readonly string[];
  readonly statusLevel: string;
}

/** `isocenter bridge`: a rosbridge server for web clients, ros2-web-bridge over our own DDS. */
export function registerBridge(program: Command, session: Session): void {
  const command = program
    .command('bridge')
    .description('let web clients (roslib) reach ROS 2: ros2-web-bridge, with or without ROS 2 installed')
    .option('--port <n>', 'port to listen on; 0 takes a free one', wholeNumberOption('port', 0, 65535), 9090)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--allow-origin <origin>',
      'let pages of this origin connect too, `*` for all; may be repeated',
      (origin: string, list: readonly string[]) => [...list, origin],
      [] as readonly string[],
    )
    .option('--status-level <level>', 'what clients are told: error, warning, info or none', 'error');
  addNodeOptions(command, { rosbridge: false }).action(async (options: BridgeOptions) => {
    const { runBridge } = await import('../bridge/run.ts');
    await runBridge(options, session);
  });
}
