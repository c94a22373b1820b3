/**
 * What a message of ROS 2 costs to encode and decode, beside @foxglove/rosmsg2-serialization:
 *
 *   npm run --silent build && node dist/bench/ros2-messages.js
 *
 * Prints the time of one call [us] as median and minimum over 15 batches.
 */
import { MessageReader, MessageWriter } from '@foxglove/rosmsg2-serialization';
import { createInterfaceRegistry } from '../engine/ros2/messages/registry.ts';
import type { RosMessage } from '../engine/ros2/messages/types.ts';

const BATCHES = 15;

interface Case {
  readonly label: string;
  readonly type: string;
  readonly value: RosMessage;
  /** Calls in a batch. */
  readonly calls: number;
}

function joints(count: number): RosMessage {
  return {
    header: { stamp: { sec: 1, nanosec: 5 }, frame_id: 'base' },
    name: Array.from({ length: count }, (_, i) => `joint_${i}`),
    position: new Float64Array(count),
    velocity: new Float64Array(count),
    effort: new Float64Array(count),
  };
}

const row = (): Float64Array => new Float64Array(7);
const CASES: readonly Case[] = [
  { label: 'JointState, 7 joints', type: 'sensor_msgs/JointState', value: joints(7), calls: 20_000 },
  { label: 'JointState, 40 joints', type: 'sensor_msgs/JointState', value: joints(40), calls: 20_000 },
  {
    label: 'JointTrajectory, 200 points of 7 joints',
    type: 'trajectory_msgs/JointTrajectory',
    value: {
      joint_names: joints(7).name,
      points: Array.from({ length: 200 }, () => ({ positions: row(), velocities: row(), accelerations: row() })),
    },
    calls: 300,
  },
  {
    label: 'PointCloud2, 1 MiB',
    type: 'sensor_msgs/PointCloud2',
    value: { data: new Uint8Array(2 ** 20) },
    calls: 100,
  },
];

const registry = createInterfaceRegistry();
for (const { label, type, value, calls } of CASES) {
  const message = registry.message(type);
  const bytes = message.encode(value);
  const writer = new MessageWriter([...message.definitions]);
  const reader = new MessageReader([...message.definitions]);
  console.log(`${label}, ${bytes.length} bytes`);
  report('encode', calls, () => message.encode(value));
  report('decode', calls, () => message.decode(bytes));
  report('encode, library', calls, () => writer.writeMessage(value));
  report('decode, library', calls, () => reader.readMessage(bytes));
}

function report(name: string, calls: number, call: () => unknown): void {
  const microseconds: number[] = [];
  for (let batch = -3; batch < BATCHES; batch++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    if (batch >= 0) microseconds.push(((performance.now() - start) * 1000) / calls);
  }
  microseconds.sort((a, b) => a - b);
  const [least, median] = [microseconds[0], microseconds[(BATCHES - 1) / 2]];
  console.log(`  ${name.padEnd(16)} ${median.toFixed(2).padStart(9)} us   least ${least.toFixed(2)}`);
}
