import { parse, stringify } from 'yaml';
import type { Qos } from '../../engine/ros2/rtps/types.ts';

/** How rosbag2 writes QoS into the metadata of a channel: policies by number up to jazzy, by name since. */
const HISTORY = ['unknown', 'keep_last', 'keep_all'] as const;
const RELIABILITY = ['system_default', 'reliable', 'best_effort'] as const;
const DURABILITY = ['system_default', 'transient_local', 'volatile'] as const;
const LIVELINESS = ['system_default', 'automatic', 'unknown', 'manual_by_topic'] as const;
/** rmw's "no bound" [s, ns]. */
const UNBOUNDED = { sec: 9223372036, nsec: 854775807 };

/** `offered_qos_profiles` of a channel. */
export function qosYaml(offered: readonly Qos[]): string {
  return stringify(
    offered.map((qos) => ({
      history: HISTORY.indexOf(qos.history),
      depth: qos.depth,
      reliability: RELIABILITY.indexOf(qos.reliability),
      durability: DURABILITY.indexOf(qos.durability),
      deadline: duration(qos.deadlineSec),
      lifespan: duration(qos.lifespanSec),
      liveliness: LIVELINESS.indexOf(qos.liveliness),
      liveliness_lease_duration: duration(qos.livelinessLeaseSec),
      avoid_ros_namespace_conventions: false,
    })),
  );
}

/** Reliability, durability and history of the first profile; nothing where the text is none. */
export function readQosYaml(text: string | undefined): Partial<Qos> {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return {};
  }
  const [first] = Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
  if (typeof first !== 'object' || first === null) return {};
  const history = policy(first.history, HISTORY);
  const reliability = policy(first.reliability, RELIABILITY);
  const durability = policy(first.durability, DURABILITY);
  const depth = typeof first.depth === 'number' && first.depth > 0 && first.depth <= 100_000 ? first.depth : undefined;
  return {
    ...(history === 'keep_last' || history === 'keep_all' ? { history } : {}),
    ...(reliability === 'reliable' || reliability === 'best_effort' ? { reliability } : {}),
    ...(durability === 'transient_local' || durability === 'volatile' ? { durability } : {}),
    ...(depth === undefined ? {} : { depth }),
  };
}

function policy<T extends string>(value: unknown, names: readonly T[]): T | undefined {
  return typeof value === 'number' ? names[value] : names.find((name) => name === value);
}

function duration(seconds: number): { readonly sec: number; readonly nsec: number } {
  if (!Number.isFinite(seconds)) return UNBOUNDED;
  const sec = Math.floor(seconds);
  return { sec, nsec: Math.round((seconds - sec) * 1e9) };
}
