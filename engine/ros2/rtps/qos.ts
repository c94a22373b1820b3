import type { Qos } from './types.ts';

const DEFAULT: Qos = {
  reliability: 'reliable',
  durability: 'volatile',
  history: 'keep_last',
  depth: 10,
  deadlineSec: Number.POSITIVE_INFINITY,
  lifespanSec: Number.POSITIVE_INFINITY,
  liveliness: 'automatic',
  livelinessLeaseSec: Number.POSITIVE_INFINITY,
};

/** The profiles of ROS 2 (rmw/qos_profiles.h, rcl_action/default_qos.h) by their names there. */
export const QOS_PROFILES = {
  default: DEFAULT,
  sensor_data: { ...DEFAULT, reliability: 'best_effort', depth: 5 },
  services_default: DEFAULT,
  parameters: { ...DEFAULT, depth: 1000 },
  parameter_events: { ...DEFAULT, depth: 1000 },
  rosout_default: { ...DEFAULT, durability: 'transient_local', depth: 1000, lifespanSec: 10 },
  action_status_default: { ...DEFAULT, durability: 'transient_local', depth: 1 },
  latched: { ...DEFAULT, durability: 'transient_local', depth: 1 },
  clock: { ...DEFAULT, reliability: 'best_effort', depth: 1 },
} as const satisfies Readonly<Record<string, Qos>>;

export type QosProfile = keyof typeof QOS_PROFILES;
