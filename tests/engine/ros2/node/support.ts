import { afterEach } from 'vitest';
import { createRosNode } from '../../../../engine/ros2/node/context.ts';
import type { RosNode, RosNodeOptions } from '../../../../engine/ros2/node/types.ts';

/** Files run side by side: each worker has domains of its own, 70 to 84 and 85 to 99. */
const first = 70 + 15 * ((Number(process.env.VITEST_POOL_ID ?? 1) - 1) % 2);
let domain = first;
const open: RosNode[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.close()));
});

/** Nodes of one test are alone in a domain of theirs, and closed after it. */
export function freshDomain(): number {
  domain = domain >= first + 14 ? first : domain + 1;
  return domain;
}

export async function openNode(options: RosNodeOptions): Promise<RosNode & { readonly warned: string[] }> {
  const node = await createRosNode(options);
  open.push(node);
  const warned: string[] = [];
  node.onWarning((warning) => warned.push(warning));
  return Object.assign(node, { warned });
}

export async function until(ready: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 15_000;
  while (!ready()) {
    if (Date.now() > end) throw new Error(`${what}: not within 15 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
