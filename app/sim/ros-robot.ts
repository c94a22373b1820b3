import type { RobotModel } from '../../engine/core/robot.ts';
import { headerAt, jointReadingOf } from '../../engine/ros2/crtk/motion.ts';
import { type CrtkRobot, createCrtkRobot } from '../../engine/ros2/crtk/robot.ts';
import { createTrajectoryServer } from '../../engine/ros2/crtk/trajectory-action.ts';
import type { Publisher, RosNode } from '../../engine/ros2/node/types.ts';
import { linkPose, poseOf } from '../../planners/motion/robot/poses.ts';
import { createWorkspace, setConfiguration } from '../../planners/motion/robot/workspace.ts';
import type { SimulatedRobot } from '../../sim/robots/simulated-robot.ts';
import { TrajectoryCourse } from './trajectory-course.ts';
import { RobotTransforms } from './transforms.ts';

export interface RosRobotOptions {
  /** Namespace of the CRTK topics, as /PSM1. */
  readonly namespace: string;
  /** Name of the link that measured_cp is of. */
  readonly tip: string;
  readonly urdf: string;
  /** Messages a second of joint_states, tf and CRTK's measured state. */
  readonly rateHz: number;
  /** The robot begins to hold: so long after the last command came [ms]. */
  readonly onHold?: (sinceCommandMs: number) => void;
}

/** Between two words about commands that are not taken [ms]. */
const REFUSAL_MS = 2000;
/** Farthest that the robot may be from a trajectory's first point [rad or m]. */
const START_TOLERANCE = 0.05;

/**
 * A simulated robot as ROS 2 sees one: /joint_states, /robot_description, /tf and /tf_static, FollowJointTrajectory, and CRTK
 * under its namespace (operating_state, state_command, measured_js, setpoint_js, measured_cp, servo_jp, move_jp).
 */
export class RosRobot {
  readonly #node: RosNode;
  readonly #robot: SimulatedRobot;
  readonly #options: RosRobotOptions;
  readonly #transforms: RobotTransforms;
  readonly #workspace: ReturnType<typeof createWorkspace>;
  readonly #joints: Publisher;
  readonly #tf: Publisher;
  readonly #crtk: CrtkRobot;
  readonly #tip: number;
  /** What leads the robot by itself, until somebody else does. */
  #course: TrajectoryCourse | undefined;
  #wasHolding = true;
  #commandedMs = 0;
  readonly #refusedMs = new Map<string, number>();

  constructor(node: RosNode, model: RobotModel, robot: SimulatedRobot, options: RosRobotOptions) {
    this.#node = node;
    this.#robot = robot;
    this.#options = options;
    this.#transforms = new RobotTransforms(model);
    this.#workspace = createWorkspace(model);
    this.#tip = Math.max(
      0,
      model.links.findIndex(({ name }) => name === options.tip),
    );
    node.createPublisher('std_msgs/msg/String', '/robot_description', 'latched').publish({ data: options.urdf });
    const fixed = node.createPublisher('tf2_msgs/msg/TFMessage', '/tf_static', 'latched');
    fixed.publish(this.#transforms.fixed(node.now()));
    this.#joints = node.createPublisher('sensor_msgs/msg/JointState', '/joint_states');
    this.#tf = node.createPublisher('tf2_msgs/msg/TFMessage', '/tf');
    this.#crtk = createCrtkRobot(node, options.namespace, {
      jointNames: robot.names,
      initial: { state: 'ENABLED', isHomed: true, isBusy: false },
      onCommand: (command, next) => {
        if (next.state === 'ENABLED') robot.release();
        else robot.brake();
        node.log('info', `${options.namespace}: ${command}: ${next.state}`);
        return next;
      },
      onRefused: (what, why) => this.#refuse(what, why),
    });
    this.#crtk.onJoints('servo_jp', (values) => {
      this.#commandedMs = performance.now();
      this.#lead(undefined);
      robot.command(values);
    });
    this.#serveTrajectories(node);
    // For controllers without CRTK: plain set-points by the names of their joints.
    node.createSubscription('sensor_msgs/msg/JointState', '/joint_commands', (message) => {
      const { names, positions } = jointReadingOf(message);
      const order = robot.names.map((name) => names.indexOf(name));
      if (order.some((at) => at < 0) || positions.length !== names.length) return;
      this.#lead(undefined);
      robot.command(Float64Array.from(order, (at) => positions[at]));
    });
  }

  /** One step of the simulation, and what is published with it. */
  step(index: number): void {
    const robot = this.#robot;
    this.#course?.step();
    robot.step();
    if (robot.isHolding !== this.#wasHolding) {
      this.#wasHolding = robot.isHolding;
      if (robot.isHolding) this.#options.onHold?.(performance.now() - this.#commandedMs);
      this.#node.log('info', robot.isHolding ? 'commands stopped: braking and holding' : 'following commands');
    }
    const every = Math.max(1, Math.round(1 / (this.#options.rateHz * robot.stepSec)));
    if (index % every === 0) this.#publish();
  }

  /** Whoever commands next takes over. */
  #lead(course: TrajectoryCourse | undefined): void {
    this.#course?.takenOver();
    this.#course = course;
  }

  /** Commands come a thousand times a second: what is wrong with them is said once in a while. */
  #refuse(what: string, why: string): void {
    const now = performance.now();
    if (now - (this.#refusedMs.get(what) ?? Number.NEGATIVE_INFINITY) < REFUSAL_MS) return;
    this.#refusedMs.set(what, now);
    this.#node.log('warn', `${this.#options.namespace}/${what} is not taken: ${why}`);
  }

  #publish(): void {
    const { names, measured, v, setpoint } = this.#robot;
    const now = this.#node.now();
    const header = headerAt(now, 'base');
    this.#joints.publish({ header, name: names, position: measured, velocity: v });
    this.#tf.publish(this.#transforms.moving(measured, now));
    const reading = { timeSec: now, frameId: '', names, velocities: v, efforts: new Float64Array(0) };
    this.#crtk.publishJoints('measured_js', { ...reading, positions: measured });
    this.#crtk.publishJoints('setpoint_js', { ...reading, positions: setpoint, velocities: new Float64Array(0) });
    setConfiguration(this.#workspace, measured);
    this.#crtk.publishPose('measured_cp', poseOf(linkPose(this.#workspace.linkPoses, this.#tip)), 'base');
  }

  #serveTrajectories(node: RosNode): void {
    const robot = this.#robot;
    createTrajectoryServer(node, `${this.#options.namespace}/follow_joint_trajectory`, {
      jointNames: robot.names,
      refuse: ({ trajectory }) => {
        const far = trajectory.jointNames.findIndex((name, i) => {
          return Math.abs(trajectory.positions[i] - robot.q[robot.names.indexOf(name)]) > START_TOLERANCE;
        });
        return far < 0 ? undefined : `it begins too far from where ${trajectory.jointNames[far]} is`;
      },
      execute: (task) =>
        new Promise((resolve) => {
          this.#lead(
            new TrajectoryCourse(robot, task, (end) => {
              this.#course = undefined;
              resolve(end);
            }),
          );
        }),
    });
  }
}
