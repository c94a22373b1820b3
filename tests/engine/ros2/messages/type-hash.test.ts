import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../../engine/core/sha256.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import { checkTypeHash, requireTypeHash } from '../../../../engine/ros2/messages/type-hash.ts';
import {
  CONTROLLER_STATE_BEFORE_SPEED_SCALING,
  FOLLOW_JOINT_TRAJECTORY,
  MESSAGE_HASHES,
  SERVICE_HASHES,
} from './published-hashes.ts';

const registry = createInterfaceRegistry({ distro: 'jazzy' });

describe('SHA-256', () => {
  it('is what Node has, at every length around a block', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
      expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });
});

describe('type hash', () => {
  it.each(Object.entries(MESSAGE_HASHES))('of %s is the published one', (name, hash) => {
    expect(registry.message(name).hash).toBe(`RIHS01_${hash}`);
  });

  it.each(Object.entries(SERVICE_HASHES))('of the service %s is the published one', (name, hash) => {
    expect(registry.service(name).hash).toBe(`RIHS01_${hash}`);
  });

  it('of the action FollowJointTrajectory and its services is the published one', () => {
    const action = registry.action('control_msgs/FollowJointTrajectory');
    expect(action.hash).toBe(`RIHS01_${FOLLOW_JOINT_TRAJECTORY.action}`);
    expect(action.sendGoal.hash).toBe(`RIHS01_${FOLLOW_JOINT_TRAJECTORY.sendGoal}`);
    expect(action.getResult.hash).toBe(`RIHS01_${FOLLOW_JOINT_TRAJECTORY.getResult}`);
  });

  it('changes with the definition: kilted has another feedback, humble another state of controllers', () => {
    const kilted = createInterfaceRegistry({ distro: 'kilted' }).action('control_msgs/FollowJointTrajectory');
    const jazzy = registry.action('control_msgs/FollowJointTrajectory');
    expect(kilted.goal.hash).toBe(jazzy.goal.hash);
    expect(kilted.feedbackMessage.hash).not.toBe(jazzy.feedbackMessage.hash);
    expect(kilted.hash).not.toBe(jazzy.hash);
    const own = createInterfaceRegistry();
    const state = own.message('control_msgs/JointTrajectoryControllerState');
    const before = state.definitions[0].definitions
      .map(({ name }) => name)
      .filter((name) => name !== 'speed_scaling_factor');
    const type = (name: string): string =>
      name === 'header'
        ? 'std_msgs/Header'
        : name.endsWith('joint_names')
          ? 'string[]'
          : `trajectory_msgs/${name.startsWith('multi') ? 'MultiDOF' : ''}JointTrajectoryPoint`;
    const text = before.map((name) => `${type(name)} ${name}`).join('\n');
    own.add('control_msgs/msg/JointTrajectoryControllerState', text, 'own.msg');
    expect(own.message('control_msgs/JointTrajectoryControllerState').hash).toBe(
      `RIHS01_${CONTROLLER_STATE_BEFORE_SPEED_SCALING}`,
    );
  });

  it('is compared with what a peer says', () => {
    const { hash } = registry.message('std_msgs/String');
    const other = registry.message('std_msgs/Header').hash;
    expect(checkTypeHash(hash, `typehash=${hash};`)).toBe('match');
    expect(checkTypeHash(hash, `clientid=01.02;typehash=${hash};x=1;`)).toBe('match');
    expect(checkTypeHash(hash, '')).toBe('absent');
    expect(checkTypeHash(hash, 'enclave=/;')).toBe('absent');
    expect(checkTypeHash(hash, `typehash=${other};`)).toEqual({ theirs: other });
    expect(requireTypeHash('std_msgs/msg/String', hash, '', 'talker')).toBe('absent');
    expect(() => requireTypeHash('std_msgs/msg/String', hash, `typehash=${other};`, 'talker')).toThrow(
      expect.objectContaining({
        code: 'ros2/type-hash',
        message: expect.stringMatching(new RegExp(`${other}.*${hash}`)),
      }),
    );
  });
});
