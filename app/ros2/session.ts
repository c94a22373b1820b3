import type { RosNode } from '../../engine/ros2/node/types.ts';
import type { Session } from '../session.ts';
import { openNode } from './open.ts';
import type { NodeOptions } from './options.ts';

/** Gives a command a node of its own, shows the node's warnings, and says farewell to the peers at the end. */
export async function withNode(
  options: NodeOptions & { readonly json?: boolean },
  session: Session,
  run: (open: () => Promise<RosNode>) => Promise<void>,
): Promise<void> {
  let node: RosNode | undefined;
  try {
    await run(async () => {
      node = await openNode(options, `isocenter_${process.pid}`);
      node.onWarning((warning) => process.stderr.write(`${warning}\n`));
      if (process.stderr.isTTY && !options.json) process.stderr.write(`on ${node.where}\n`);
      return node;
    });
  } finally {
    await node?.close();
  }
  // A command that ran until it was stopped has done what it was asked for.
  if (session.signal.aborted && process.exitCode === undefined) process.exitCode = 0;
}
