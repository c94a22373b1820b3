import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../../engine/core/sha256.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';

// Published by ROS 2 itself: in bags' metadata, key expressions of rmw_zenoh and generated sources (*__description.c).
const PUBLISHED: readonly (readonly [string, string])[] = [
  ['std_msgs/msg/String', 'df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18'],
  ['std_msgs/msg/Header', 'f49fb3ae2cf070f793645ff749683ac6b06203e41c891e17701b1cb597ce6a01'],
  ['builtin_interfaces/msg/Time', 'b106235e25a4c5ed35098aa0a61a3ee9c9b18d197f398b0e4206cea9acf9c197'],
  ['geometry_msgs/msg/Twist', '9c45bf16fe0983d80e3cfe750d6835843d265a9a6c46bd2e609fcddde6fb8d2a'],
  ['geometry_msgs/msg/TwistStamped', '5f0fcd4f81d5d06ad9b4c4c63e3ea51b82d6ae4d0558f1d475229b1121db6f64'],
  ['nav_msgs/msg/Odometry', '3cc97dc7fb7502f8714462c526d369e35b603cfc34d946e3f2eda2766dfec6e0'],
  ['rosgraph_msgs/msg/Clock', '692f7a66e93a3c83e71765d033b60349ba68023a8c689a79e48078bcb5c58564'],
  ['diagnostic_msgs/msg/KeyValue', 'd68081eaa540288c5440753baecef0c4e16e81a5f78ad68902ded5100413bb42'],
  ['sensor_msgs/msg/Range', 'b42b62562e93cbfe9d42b82fe5994dfa3d63d7d5c90a317981703f7388adff3a'],
];

describe('type hash', () => {
  it('is SHA-256 as Node has it, at every length around a block', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
      expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });

  it.each(PUBLISHED)('of %s is the published one', (name, hash) => {
    expect(createInterfaceRegistry().message(name).hash).toBe(`RIHS01_${hash}`);
  });

  it('of example_interfaces/srv/AddTwoInts is the published one', () => {
    expect(createInterfaceRegistry().service('example_interfaces/AddTwoInts').hash).toBe(
      'RIHS01_e118de6bf5eeb66a2491b5bda11202e7b68f198d6f67922cf30364858239c81a',
    );
  });
});
