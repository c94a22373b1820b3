/**
 * A motion of several joints in time, in the form of ROS trajectory_msgs/JointTrajectory: `points` states at ascending
 * times, each with `joints` numbers [rad or m, per s, per s^2].
 */
export interface JointTrajectory {
  readonly jointNames: readonly string[];
  /** [points] s, from the start. */
  readonly timeSec: Float64Array;
  /** [points][joints] */
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly accelerations: Float64Array;
}
