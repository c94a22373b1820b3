import type { Qos } from '../types.ts';

/** On the wire a second has 2^32 parts, inside peers a milliard: the same duration differs by rounding [s]. */
const ROUNDING_SEC = 2e-9;

/**
 * The first policy in which a writer offers less than a reader asks for (DDS 1.4, 2.2.3), by its name in ROS; undefined where all
 * fit.
 */
export function incompatiblePolicy(offered: Qos, requested: Qos): string | undefined {
  if (requested.reliability === 'reliable' && offered.reliability !== 'reliable') return 'RELIABILITY';
  if (requested.durability === 'transient_local' && offered.durability !== 'transient_local') return 'DURABILITY';
  if (offered.deadlineSec > requested.deadlineSec + ROUNDING_SEC) return 'DEADLINE';
  if (requested.liveliness === 'manual_by_topic' && offered.liveliness !== 'manual_by_topic') return 'LIVELINESS';
  if (offered.livelinessLeaseSec > requested.livelinessLeaseSec + ROUNDING_SEC) return 'LIVELINESS';
  return undefined;
}

/** Whether a reader and a writer speak of the same: topic and type by name. */
export function sameTopic(a: { topic: string; type: string }, b: { topic: string; type: string }): boolean {
  return a.topic === b.topic && a.type === b.type;
}
