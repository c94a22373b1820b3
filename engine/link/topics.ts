import { z } from '../core/schema.ts';

/** What viewers ask of ROS 2 and of recordings; live and recorded messages are items of the same form, {@link TopicMessage}. */

const topic = z.string().min(1).max(500);

/** Stream `topic`: the messages of a topic, newest kept where they come faster than that. */
export const topicRequestSchema = z.object({
  topic,
  type: z.string().max(300).optional(),
  /** Messages a second at most. */
  rateHz: z.number().min(0.1).max(200).default(30),
});

/** Stream `recording`: the messages of a file at its pace. */
export const recordingRequestSchema = z.object({
  recording: z.string().min(1).max(500),
  topics: z.array(topic).max(1000).default([]),
  /** Times the pace of the recording; 0: as fast as they are taken. */
  speed: z.number().min(0).max(100).default(1),
  /** Time left out at the beginning [s]. */
  startSec: z.number().min(0).default(0),
});

export interface TopicMessage {
  readonly topic: string;
  readonly type: string;
  /** When it came, or was recorded [s since 1970]. */
  readonly timeSec: number;
  /** As JSON holds it, arrays no longer than 1000. */
  readonly message: unknown;
  /** Messages of the topic that came so far, those among them that were left out to keep the rate that was asked for. */
  readonly count?: number;
}
