import { openNode } from '../ros2/open.ts';
import type { DdsNodeOptions } from '../ros2/options.ts';
import type { Session } from '../session.ts';
import { openGateway } from './gateway.ts';

/** Runs until the user stops it. */
export async function runBridge(
  options: DdsNodeOptions & {
    readonly host: string;
    readonly port: number;
    readonly allowOrigin: readonly string[];
    readonly statusLevel: string;
  },
  session: Session,
): Promise<void> {
  const node = await openNode(options, 'ros2_web_bridge');
  try {
    node.onWarning((warning) => process.stderr.write(`${warning}\n`));
    const gateway = await openGateway(node, {
      host: options.host,
      port: options.port,
      origins: options.allowOrigin,
      statusLevel: options.statusLevel,
      onClient: (count, what) => process.stderr.write(`${what}; ${count} connected\n`),
    });
    process.stdout.write(`rosbridge on ws://${gateway.host}:${gateway.port}, ${node.where}\n`);
    try {
      await new Promise<void>((resolve) => session.signal.addEventListener('abort', () => resolve(), { once: true }));
    } finally {
      await gateway.close();
    }
  } finally {
    await node.close();
  }
}
