import { compose, type Transform, transformFromQuaternion } from '../../core/frames.ts';
import type { Vec3 } from '../../core/grid.ts';
import type { MotionGoal } from '../../core/motion-request.ts';
import type { Shape } from '../../core/robot.ts';
import type { YamlValue } from '../yaml.ts';
import { type FrameLookup, readPose } from './frames.ts';
import { readPrimitive } from './primitive.ts';

/** A moveit_msgs/Constraints that names a goal. */
export function readGoal(goal: YamlValue, frames: FrameLookup): MotionGoal {
  goal.entries();
  const joints = goal.get('joint_constraints').list();
  const positions = goal.get('position_constraints').list();
  const orientations = goal.get('orientation_constraints').list();
  const [position] = positions;
  if (goal.get('visibility_constraints').list().length > 0) {
    throw goal.fault('goal', 'visibility_constraints are not supported', 'give joint positions or the pose of a link');
  }
  if (joints.length > 0 && positions.length + orientations.length === 0) return readJoints(joints);
  if (joints.length > 0 || positions.length !== 1 || orientations.length > 1) {
    throw goal.fault(
      'goal',
      'a goal is either joint_constraints, or one of position_constraints with at most one of orientation_constraints; ' +
        `this one has ${joints.length}, ${positions.length} and ${orientations.length} of them`,
      'give the positions of joints, or the pose of one link',
    );
  }
  return readPoseGoal(position, orientations[0], frames);
}

function readJoints(joints: readonly YamlValue[]): MotionGoal {
  const positions = new Map<string, number>();
  for (const joint of joints) {
    const name = joint.get('joint_name').name();
    if (positions.has(name)) throw joint.fault('goal', `joint ${name} is there twice`, 'give each joint one position');
    positions.set(name, joint.get('position').number());
    tolerance(joint.get('tolerance_above'));
    tolerance(joint.get('tolerance_below'));
  }
  return { kind: 'joints', positions: Object.fromEntries(positions) };
}

function readPoseGoal(position: YamlValue, orientation: YamlValue | undefined, frames: FrameLookup): MotionGoal {
  const link = position.get('link_name').name();
  const region = readRegion(position);
  const centre = compose(frames(position.get('header')), region.pose);
  const offset = position.get('target_point_offset').position();
  const near = region.toleranceM === undefined ? {} : { positionToleranceM: region.toleranceM };
  if (orientation === undefined) {
    if (offset.some((x) => x !== 0)) {
      throw position.fault(
        'goal',
        'target_point_offset without an orientation is not supported',
        'give an orientation, or name a link whose origin is the point',
      );
    }
    const pose = transformFromQuaternion([centre[12], centre[13], centre[14]], [0, 0, 0, 1]);
    return { kind: 'pose', link, pose, orientation: false, ...near };
  }
  if (orientation.get('link_name').name() !== link) {
    throw orientation.fault('goal', 'position and orientation name different links', `name ${link} in both`);
  }
  const turned = compose(
    frames(orientation.get('header')),
    transformFromQuaternion([0, 0, 0], orientation.get('orientation').quaternion()),
  );
  turned.set(centre.subarray(12, 15), 12);
  const back = transformFromQuaternion([-offset[0], -offset[1], -offset[2]], [0, 0, 0, 1]);
  const axes = ['x', 'y', 'z'].map((axis) => tolerance(orientation.get(`absolute_${axis}_axis_tolerance`)));
  return {
    kind: 'pose',
    link,
    pose: compose(turned, back),
    orientation: true,
    ...near,
    orientationToleranceRad: axes as unknown as Vec3,
  };
}

function tolerance(value: YamlValue): number {
  const given = value.number(0);
  if (given >= 0) return given;
  throw value.fault('tolerance', `the tolerance ${given} is negative`, 'give a tolerance of 0 or above');
}

/** The first solid of a region: regions are unions, so its centre is in them, and so is the ball inside it. */
function readRegion(position: YamlValue): { pose: Transform; toleranceM: number | undefined } {
  const region = position.get('constraint_region');
  const solids = region.get('primitives').list();
  const poses = region.get('primitive_poses').list();
  if (poses.length === 0) {
    throw region.fault('goal', 'the region of the position has no primitive', 'give it a primitive and its pose');
  }
  if (solids.length > 0 && solids.length !== poses.length) {
    throw region.fault('goal', `${solids.length} primitives and ${poses.length} poses`, 'give each primitive a pose');
  }
  return { pose: readPose(poses[0]), toleranceM: solids.length === 0 ? undefined : ballIn(readPrimitive(solids[0])) };
}

function ballIn(shape: Shape): number {
  if (shape.kind === 'box') return Math.min(...shape.sizeM) / 2;
  if (shape.kind === 'cylinder') return Math.min(shape.radiusM, shape.lengthM / 2);
  return shape.kind === 'sphere' ? shape.radiusM : 0;
}
