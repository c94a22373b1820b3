import { describe, expect, it } from 'vitest';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';
import { DISTROS } from '../../../../engine/ros2/messages/types.ts';

describe('interface registry', () => {
  it.each(DISTROS)('has every definition of %s whole: each encodes and decodes its zeros', (distro) => {
    const registry = createInterfaceRegistry({ distro });
    for (const name of registry.names('msg')) {
      const type = registry.message(name);
      expect(type.decode(type.encode(type.zero())), name).toEqual(type.zero());
      expect(type.hash).toMatch(/^RIHS01_[0-9a-f]{64}$/);
    }
    for (const name of registry.names('srv')) expect(registry.service(name).hash).toMatch(/^RIHS01_[0-9a-f]{64}$/);
    for (const name of registry.names('action')) expect(registry.action(name).hash).toMatch(/^RIHS01_[0-9a-f]{64}$/);
  });

  it('takes names with and without their folder', () => {
    const registry = createInterfaceRegistry();
    expect(registry.message('sensor_msgs/JointState')).toBe(registry.message('sensor_msgs/msg/JointState'));
    expect(registry.service('std_srvs/SetBool')).toBe(registry.service('std_srvs/srv/SetBool'));
    expect(registry.message('std_srvs/srv/SetBool_Request').ddsName).toBe('std_srvs::srv::dds_::SetBool_Request_');
    expect(registry.action('control_msgs/FollowJointTrajectory').sendGoal.request.ddsName).toBe(
      'control_msgs::action::dds_::FollowJointTrajectory_SendGoal_Request_',
    );
    expect(registry.fromDdsName('sensor_msgs::msg::dds_::JointState_')).toBe('sensor_msgs/msg/JointState');
    expect(registry.fromDdsName('HelloWorld')).toBeUndefined();
  });

  it('names the nearest types of one that it does not know', () => {
    const registry = createInterfaceRegistry();
    expect(() => registry.message('sensor_msgs/JointStat')).toThrow(
      expect.objectContaining({
        code: 'ros2/unknown-type',
        hint: expect.stringContaining('sensor_msgs/msg/JointState'),
      }),
    );
    expect(() => registry.service('std_srvs/SetBol')).toThrow(expect.objectContaining({ code: 'ros2/unknown-type' }));
    expect(() => registry.message('std_srvs/srv/SetBool')).toThrow(
      expect.objectContaining({ code: 'ros2/unknown-type', hint: expect.stringContaining('SetBool_Request') }),
    );
    expect(() => registry.message('nonsense')).toThrow(expect.objectContaining({ code: 'ros2/name' }));
  });
});
