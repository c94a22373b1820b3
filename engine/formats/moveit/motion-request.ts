import { compose, transformFromQuaternion } from '../../core/frames.ts';
import type { Vec3 } from '../../core/grid.ts';
import type { MotionGoal, MotionRequest } from '../../core/motion-request.ts';
import { readYaml, type YamlValue } from '../yaml.ts';
import { readPose } from './planning-scene.ts';

/**
 * Reads a MoveIt MotionPlanRequest (moveit_msgs, in YAML): the start by joint names, and one goal: joint constraints, or
 * the position (centre of the first region) and orientation of a link.
 *
 * @throws IsocenterError `request/...` for malformed files and goals that are not supported
 */
export function readMotionRequest(text: string, path: string): MotionRequest {
  const root = readYaml(text, path, 'request');
  const state = root.get('start_state').get('joint_state');
  const names = state.get('name').list();
  const positions = state.get('position').list();
  if (names.length !== positions.length) {
    throw state.fault('start', `${names.length} names and ${positions.length} positions`, 'give each joint a position');
  }
  const start = Object.fromEntries(names.map((name, i) => [name.text(), positions[i].number()]));
  const goals = root.get('goal_constraints').list();
  if (goals.length !== 1) {
    throw root.fault('goal', `${goals.length} goals; one is planned for`, 'give goal_constraints one element');
  }
  const scale = (key: string): number => {
    const value = root.get(key).number(1);
    // MoveIt takes 0, the default of the message, as 1.
    if (value === 0) return 1;
    if (value > 0 && value <= 1) return value;
    throw root.get(key).fault('scale', `${value} is outside 0 to 1`, 'give a share of the limits, as 0.5');
  };
  return {
    group: root.get('group_name').missing ? '' : root.get('group_name').text(),
    start,
    goal: readGoal(goals[0]),
    velocityScale: scale('max_velocity_scaling_factor'),
    accelerationScale: scale('max_acceleration_scaling_factor'),
  };
}

function readGoal(goal: YamlValue): MotionGoal {
  const joints = goal.get('joint_constraints').list();
  const [position] = goal.get('position_constraints').list();
  const [orientation] = goal.get('orientation_constraints').list();
  if (joints.length > 0 && position === undefined && orientation === undefined) {
    const positions = joints.map((joint) => [joint.get('joint_name').text(), joint.get('position').number()]);
    return { kind: 'joints', positions: Object.fromEntries(positions) };
  }
  if (joints.length > 0 || position === undefined) {
    throw goal.fault(
      'goal',
      'a goal is either joint_constraints, or position_constraints with or without orientation_constraints',
      'give one of the two',
    );
  }
  const [region] = position.get('constraint_region').get('primitive_poses').list();
  if (region === undefined) {
    throw position.fault('goal', 'the position has no constraint_region', 'give it one with a primitive and its pose');
  }
  const link = position.get('link_name').text();
  const centre = readPose(region);
  const offset = position.get('target_point_offset').missing
    ? ([0, 0, 0] as const)
    : (['x', 'y', 'z'].map((axis) => position.get('target_point_offset').get(axis).number(0)) as unknown as Vec3);
  const q = orientation === undefined ? ([0, 0, 0, 1] as const) : quaternionOf(orientation.get('orientation'));
  if (orientation !== undefined && orientation.get('link_name').text() !== link) {
    throw orientation.fault('goal', 'position and orientation name different links', `name ${link} in both`);
  }
  const turned = transformFromQuaternion([centre[12], centre[13], centre[14]], q);
  const back = transformFromQuaternion(offset.map((x) => -x) as unknown as Vec3, [0, 0, 0, 1]);
  return { kind: 'pose', link, pose: compose(turned, back), orientation: orientation !== undefined };
}

function quaternionOf(value: YamlValue): readonly [number, number, number, number] {
  if (Array.isArray(value.value)) return value.quaternion();
  const q = ['x', 'y', 'z', 'w'].map((axis) => value.get(axis).number(0));
  const length = Math.hypot(...q);
  if (length < 1e-6) throw value.fault('zero-quaternion', 'the quaternion has length 0', '0, 0, 0, 1 is no turn');
  return q.map((x) => x / length) as unknown as readonly [number, number, number, number];
}
