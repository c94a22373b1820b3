import { createRosNode } from '../../../../engine/ros2/node/context.ts';
import type { RosNode, RosNodeOptions } from '../../../../engine/ros2/node/types.ts';

/** A domain that this process has to itself as far as chance allows: files and runs side by side do not meet. */
export const DOMAIN = 70 + (process.pid % 30);

const open: RosNode[] = [];

/** A node on loopback; {@link closeNodes} closes it. */
export async function node(options: RosNodeOptions): Promise<RosNode> {
  const created = await createRosNode({ interface: '127.0.0.1', ...options });
  open.push(created);
  return created;
}

export async function closeNodes(): Promise<void> {
  await Promise.all(open.splice(0).map((each) => each.close()));
}

export function warningsOf(each: RosNode): string[] {
  const said: string[] = [];
  each.onWarning((message) => said.push(message));
  return said;
}
