import { compose, inverse } from '../../engine/core/frames.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import { headerAt } from '../../engine/ros2/crtk/motion.ts';
import type { RosMessage } from '../../engine/ros2/messages/types.ts';
import { linkPose, poseOf } from '../../planners/motion/robot/poses.ts';
import { createWorkspace, setConfiguration } from '../../planners/motion/robot/workspace.ts';

/** tf2_msgs/TFMessage of a robot: moving joints, and those that never move. */
export class RobotTransforms {
  readonly #model: RobotModel;
  readonly #workspace: ReturnType<typeof createWorkspace>;

  constructor(model: RobotModel) {
    this.#model = model;
    this.#workspace = createWorkspace(model);
  }

  moving(q: ArrayLike<number>, timeSec: number): RosMessage {
    return this.#message(q, timeSec, false);
  }

  fixed(timeSec: number): RosMessage {
    return this.#message(new Float64Array(this.#model.active.length), timeSec, true);
  }

  #message(q: ArrayLike<number>, timeSec: number, isFixed: boolean): RosMessage {
    setConfiguration(this.#workspace, q);
    const { links, joints } = this.#model;
    const transforms = joints
      .filter(({ type }) => (type === 'fixed') === isFixed)
      .map(({ parent, child }) => ({
        header: headerAt(timeSec, links[parent].name),
        child_frame_id: links[child].name,
        transform: this.#between(parent, child),
      }));
    return { transforms };
  }

  #between(parent: number, child: number): RosMessage {
    const { linkPoses } = this.#workspace;
    const relative = compose(inverse(linkPose(linkPoses, parent)), linkPose(linkPoses, child));
    const { position, rotation } = poseOf(relative);
    const [x, y, z] = position;
    const [rx, ry, rz, rw] = rotation;
    return { translation: { x, y, z }, rotation: { x: rx, y: ry, z: rz, w: rw } };
  }
}
