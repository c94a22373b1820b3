import { compose, identity, inverse, type Transform, transformFromQuaternion } from '../../core/frames.ts';
import type { YamlValue } from '../yaml.ts';

/** How the files of MoveIt name frames. */
export interface MoveItOptions {
  /** Frame id of the robot's base, the name of its root link: poses in it are taken as they are. */
  readonly baseFrame?: string;
}

/** A geometry_msgs/Pose: position and orientation as lists or as x, y, z(, w); what is left out is zero or no turn. */
export function readPose(pose: YamlValue): Transform {
  pose.entries();
  return transformFromQuaternion(pose.get('position').position(), pose.get('orientation').quaternion());
}

/** A geometry_msgs/Transform, likewise. */
export function readTransform(transform: YamlValue): Transform {
  transform.entries();
  return transformFromQuaternion(transform.get('translation').position(), transform.get('rotation').quaternion());
}

/** From a frame of the file to the robot's base frame. */
export type FrameLookup = (header: YamlValue) => Transform;

/**
 * Frames that a file may name in its headers: nothing, `world` and the frame that `fixed_frame_transforms` count from mean
 * the world; children of these transforms stand where they say; the robot's base stands in the world where the virtual joint
 * of `state` (a RobotState, in its multi_dof_joint_state) has it, at the origin where it says nothing.
 *
 * @throws IsocenterError `AREA/frame` for other frames, and for transforms that contradict each other
 */
export function readFrames(root: YamlValue, state: YamlValue, options: MoveItOptions): FrameLookup {
  const worldFromBase = baseInWorld(state);
  const baseFromWorld = inverse(worldFromBase);
  const frames = new Map<string, Transform>();
  let origin = '';
  for (const fixed of root.get('fixed_frame_transforms').list()) {
    const parent = frameOf(fixed.get('header'));
    if (parent !== '' && origin !== '' && parent !== origin) {
      throw fixed.fault('frame', `it counts from ${parent}, others from ${origin}`, 'give all from one frame');
    }
    if (parent !== '') origin = parent;
    const child = plain(fixed.get('child_frame_id').name());
    if (frames.has(child)) throw fixed.fault('frame', `frame ${child} is there twice`, 'leave one of them out');
    frames.set(child, compose(baseFromWorld, readTransform(fixed.get('transform'))));
  }
  if (options.baseFrame !== undefined && !frames.has(options.baseFrame)) frames.set(options.baseFrame, identity());
  for (const world of ['', 'world', origin]) if (!frames.has(world)) frames.set(world, baseFromWorld);
  return (header) => {
    const name = frameOf(header);
    const frame = frames.get(name);
    if (frame !== undefined) return frame;
    const known = [...frames.keys()].filter((frameName) => frameName !== '').join(', ');
    throw header.fault('frame', `frame ${name} is not known`, `give the pose in one of these frames: ${known}`);
  };
}

function frameOf(header: YamlValue): string {
  const id = header.get('frame_id');
  return id.missing ? '' : plain(id.text());
}

/** ROS 1 wrote frames with a leading slash. */
function plain(frame: string): string {
  return frame.trim().replace(/^\//, '');
}

/** Where the virtual joint of a RobotState has the robot's base in the world. */
function baseInWorld(state: YamlValue): Transform {
  const joints = state.get('multi_dof_joint_state');
  const transforms = joints.get('transforms').list();
  if (transforms.length > 1) {
    throw joints.fault('frame', `${transforms.length} joints of several axes`, 'give one, from the world to the base');
  }
  return transforms.length === 0 ? identity() : readTransform(transforms[0]);
}

/** Objects that the robot carries are not planned for: they must not be dropped silently. */
export function refuseAttached(state: YamlValue): void {
  const [attached] = state.get('attached_collision_objects').list();
  if (attached === undefined) return;
  const id = attached.get('object').get('id');
  throw attached.fault(
    'attached-object',
    `object ${id.missing ? '' : `${id.text()} `}is attached to the robot, which is not supported`,
    'add it to the URDF as a link, or take it out of the file',
  );
}
