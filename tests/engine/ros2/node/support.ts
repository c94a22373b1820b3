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

export async function until(what: () => boolean, timeoutMs = 20_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!what()) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function warningsOf(each: RosNode): string[] {
  const said: string[] = [];
  each.onWarning((message) => said.push(message));
  return said;
}
