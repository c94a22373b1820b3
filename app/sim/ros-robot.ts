import { mat4, quat, vec3 } from 'gl-matrix';
import type { RobotModel } from '../../engine/core/robot.ts';
import { headerAt, jointReadingOf } from '../../engine/ros2/crtk/motion.ts';
import { type CrtkRobot, createCrtkRobot } from '../../engine/ros2/crtk/robot.ts';
import { createTrajectoryServer } from '../../engine/ros2/crtk/trajectory-action.ts';
import { TRAJECTORY_CODES } from '../../engine/ros2/messages/follow-joint-trajectory.ts';
import { GOAL_STATUS, type Publisher, type RosNode } from '../../engine/ros2/node/types.ts';
import { createWorkspace, setConfiguration } from '../../planners/motion/robot/workspace.ts';
import { positionsAt } from '../../planners/motion/trajectory/spline.ts';
import type { SimulatedRobot } from '../../sim/robots/simulated-robot.ts';
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
/** How long joints may take to arrive after the end of a trajectory [s]. */
const SETTLE_SEC = 1;
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
  /** What runs by itself at each step, as a trajectory does. */
  #course: ((robot: SimulatedRobot) => void) | undefined;
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
      this.#course = undefined;
      robot.command(values);
    });
    this.#serveTrajectories(node);
    // For controllers without CRTK: plain set-points by the names of their joints.
    node.createSubscription('sensor_msgs/msg/JointState', '/joint_commands', (message) => {
      const { names, positions } = jointReadingOf(message);
      const order = robot.names.map((name) => names.indexOf(name));
      if (order.some((at) => at < 0) || positions.length !== names.length) return;
      this.#course = undefined;
      robot.command(Float64Array.from(order, (at) => positions[at]));
    });
  }

  /** One step of the simulation, and what is published with it. */
  step(index: number): void {
    const robot = this.#robot;
    this.#course?.(robot);
    robot.step();
    if (robot.isHolding !== this.#wasHolding) {
      this.#wasHolding = robot.isHolding;
      if (robot.isHolding) this.#options.onHold?.(performance.now() - this.#commandedMs);
      this.#node.log('info', robot.isHolding ? 'commands stopped: braking and holding' : 'following commands');
    }
    const every = Math.max(1, Math.round(1 / (this.#options.rateHz * robot.stepSec)));
    if (index % every === 0) this.#publish();
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
    const pose = this.#workspace.linkPoses.subarray(16 * this.#tip, 16 * this.#tip + 16) as unknown as mat4;
    const [x, y, z] = mat4.getTranslation(vec3.create(), pose);
    const [rx, ry, rz, rw] = mat4.getRotation(quat.create(), pose);
    this.#crtk.publishPose('measured_cp', { position: [x, y, z], rotation: [rx, ry, rz, rw] }, 'base');
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
      execute: ({ goal, order, cancelSignal, publishFeedback }) =>
        new Promise((resolve) => {
          const { trajectory } = goal;
          const end = trajectory.timeSec[trajectory.timeSec.length - 1];
          const wanted = new Float64Array(order.length);
          const target = new Float64Array(order.length);
          let time = 0;
          let steps = 0;
          let settle = 0;
          const course = () => {
            time = Math.min(end, time + robot.stepSec);
            positionsAt(trajectory, time, wanted);
            for (let i = 0; i < order.length; i++) target[i] = wanted[order[i]];
            const taken = robot.command(target);
            const actual = Float64Array.from(order, (_, i) => robot.measured[order.indexOf(i)]);
            if (++steps % 50 === 0) publishFeedback(time, wanted, actual);
            if (cancelSignal.aborted) finish(GOAL_STATUS.canceled, TRAJECTORY_CODES.successful, 'cancelled');
            else if (!taken)
              finish(GOAL_STATUS.aborted, TRAJECTORY_CODES.pathToleranceViolated, 'a point is outside the limits');
            else if (time >= end) {
              settle += robot.stepSec;
              if (arrived(target)) finish(GOAL_STATUS.succeeded, TRAJECTORY_CODES.successful, '');
              else if (settle > SETTLE_SEC) {
                finish(GOAL_STATUS.aborted, TRAJECTORY_CODES.goalToleranceViolated, 'a joint did not arrive');
              }
            }
          };
          const finish = (status: 4 | 5 | 6, code: number, message: string) => {
            if (this.#course === course) this.#course = undefined;
            resolve({ status, code, message });
          };
          const arrived = (q: Float64Array) => q.every((value, i) => Math.abs(value - robot.q[i]) < 1e-3);
          // Whoever commands next takes over; the goal ends then.
          this.#course = course;
          const lost = setInterval(() => {
            if (this.#course === course) return;
            clearInterval(lost);
            finish(
              cancelSignal.aborted ? GOAL_STATUS.canceled : GOAL_STATUS.aborted,
              TRAJECTORY_CODES.pathToleranceViolated,
              'another command took over',
            );
          }, 20);
        }),
    });
  }
}
