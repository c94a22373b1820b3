import { compose, type Transform, transformFromQuaternion } from '../../core/frames.ts';
import type { Vec3 } from '../../core/grid.ts';
import type { GoalTolerance, MotionGoal } from '../../core/motion-request.ts';
import type { PlacedShape } from '../../core/robot.ts';
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
  const { poses, regions } = readRegion(position, frames(position.get('header')));
  const centre: Vec3 = [poses[0][12], poses[0][13], poses[0][14]];
  const offset = position.get('target_point_offset').position();
  const point = offset.some((x) => x !== 0) ? { pointM: offset } : {};
  if (orientation === undefined) {
    const pose = transformFromQuaternion(centre, [0, 0, 0, 1]);
    return {
      kind: 'pose',
      link,
      ...point,
      pose,
      orientation: false,
      ...(regions.length > 0 ? { tolerance: { regions } } : {}),
    };
  }
  if (orientation.get('link_name').name() !== link) {
    throw orientation.fault('goal', 'position and orientation name different links', `name ${link} in both`);
  }
  const pose = compose(
    frames(orientation.get('header')),
    transformFromQuaternion([0, 0, 0], orientation.get('orientation').quaternion()),
  );
  pose.set(centre, 12);
  const rotation = readRotation(orientation);
  const near = regions.length > 0 || rotation !== undefined;
  const tolerance = { regions, ...(rotation === undefined ? {} : { rotation }) };
  return { kind: 'pose', link, ...point, pose, orientation: true, ...(near ? { tolerance } : {}) };
}

/** Names of moveit_msgs/OrientationConstraint.parameterization by number. */
const ROTATIONS = ['euler', 'vector'] as const;

function readRotation(orientation: YamlValue): GoalTolerance['rotation'] {
  const [x, y, z] = ['x', 'y', 'z'].map((axis) => tolerance(orientation.get(`absolute_${axis}_axis_tolerance`)));
  const given = orientation.get('parameterization');
  const as = ROTATIONS[given.number(0)];
  if (as === undefined) {
    throw given.fault(
      'goal',
      `there is no parameterization ${given.number()}`,
      'give 0 (angles) or 1 (rotation vector)',
    );
  }
  return x > 0 || y > 0 || z > 0 ? { rad: [x, y, z], as } : undefined;
}

function tolerance(value: YamlValue): number {
  const given = value.number(0);
  if (given >= 0) return given;
  throw value.fault('tolerance', `the tolerance ${given} is negative`, 'give a tolerance of 0 or above');
}

/** A region is the union of its solids; its middle is that of the first. Poses without solids are places alone. */
function readRegion(position: YamlValue, frame: Transform): { poses: Transform[]; regions: PlacedShape[] } {
  const region = position.get('constraint_region');
  const solids = region.get('primitives').list();
  const poses = region.get('primitive_poses').list();
  if (poses.length === 0) {
    throw region.fault('goal', 'the region of the position has no primitive', 'give it a primitive and its pose');
  }
  if (solids.length > 0 && solids.length !== poses.length) {
    throw region.fault('goal', `${solids.length} primitives and ${poses.length} poses`, 'give each primitive a pose');
  }
  const placed = poses.map((pose) => compose(frame, readPose(pose)));
  return { poses: placed, regions: solids.map((solid, i) => ({ shape: readPrimitive(solid), pose: placed[i] })) };
}
