import type { StreamSink } from '../../engine/link/stream.ts';
import { type TopicMessage, topicRequestSchema } from '../../engine/link/topics.ts';
import { shortened } from '../../engine/ros2/messages/shortened.ts';
import { subscribeAdaptively } from '../../engine/ros2/node/adaptive-subscription.ts';
import type { RosNode } from '../../engine/ros2/node/types.ts';
import { topicType } from '../ros2/discovery.ts';
import { checked } from './checked.ts';

/** Topics of ROS 2 for viewers: decoded, and no faster than they ask for. */
export function topicList(node: RosNode): unknown {
  return node.graph.topics().map(({ name, types, publishers }) => ({ name, types, publishers }));
}

/** @throws IsocenterError `ros2/unknown-topic`, `ros2/ambiguous-topic` */
export async function streamTopic(node: RosNode, params: unknown, sink: StreamSink): Promise<unknown> {
  const { topic, type: given, rateHz } = checked(topicRequestSchema, params, 'topic');
  const type = await topicType(node, topic, given, sink.signal);
  const definition = node.interfaces.message(type);
  let dueMs = 0;
  let count = 0;
  const subscription = subscribeAdaptively(node, type, topic, (message, info) => {
    const now = performance.now();
    count++;
    if (now < dueMs) return;
    dueMs = now + 1000 / rateHz;
    sink.publish({
      topic,
      type,
      timeSec: info.receivedTimeSec,
      message: definition.toJson(shortened(message)),
      count,
    } satisfies TopicMessage);
  });
  sink.signal.addEventListener('abort', () => subscription.close());
  if (sink.signal.aborted) subscription.close();
  return { topic, type };
}
