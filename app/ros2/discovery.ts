import { inputError } from '../../engine/core/errors.ts';
import { expandName } from '../../engine/ros2/node/names.ts';
import type { Graph, RosNode } from '../../engine/ros2/node/types.ts';

const POLL_MS = 20;

/** Resolves when `ready` holds or the time is over, with the last answer. */
export async function waitUntil(ready: () => boolean, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!ready()) {
    signal.throwIfAborted();
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}

/**
 * Lets discovery go on until somebody else was seen and nothing new for `quietMs`, `mostMs` at most: where nobody answers, all of
 * that time is spent.
 */
export async function settle(graph: Graph, quietMs: number, mostMs: number, signal: AbortSignal): Promise<void> {
  let last = performance.now();
  const stop = graph.onChange(() => {
    last = performance.now();
  });
  const own = new Set(graph.topics().map(({ name }) => name));
  const isAlone = () => graph.nodes().length < 2 && graph.topics().every(({ name }) => own.has(name));
  try {
    await waitUntil(() => performance.now() - last >= quietMs && !isAlone(), mostMs, signal);
  } finally {
    stop();
  }
}

/** How long a command looks for a topic, service or action that it was asked for [ms]. */
export const LOOK_MS = 5000;

/**
 * The type of a topic, as the user gives it or as the graph knows it.
 *
 * @throws IsocenterError `ros2/unknown-topic` where nobody offers it, `ros2/ambiguous-topic` where it has several types
 */
export async function topicType(
  node: RosNode,
  topic: string,
  given: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (given !== undefined) return given;
  const name = expandName(topic, node.name, node.namespace);
  const types = () => node.graph.topics().find((each) => each.name === name)?.types ?? [];
  if (!(await waitUntil(() => types().length > 0, LOOK_MS, signal))) {
    const near = node.graph.topics().map((each) => each.name);
    const seen = near.length === 0 ? 'no topics are seen' : `seen: ${near.slice(0, 20).join(', ')}`;
    throw inputError(
      'ros2/unknown-topic',
      `${name} is not there: nobody published or subscribed to it within ${LOOK_MS / 1000} s on ${node.where}; ${seen}`,
      'give its --type to wait for it, or another --domain or --interface',
    );
  }
  if (types().length > 1) {
    const hint = 'say which by --type';
    throw inputError('ros2/ambiguous-topic', `${name} has the types ${types().join(', ')}`, hint);
  }
  return types()[0];
}
