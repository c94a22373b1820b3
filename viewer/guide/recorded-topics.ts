/** What a recording of this page holds; the player also takes JointState of any topic. */
export const RECORDED = {
  /** sensor_msgs/msg/JointState */
  measured: '/isocenter/measured_js',
  setpoint: '/isocenter/setpoint_js',
  /** geometry_msgs/msg/PoseStamped, base frame */
  tip: '/isocenter/measured_cp',
  hand: '/isocenter/hand/measured_cp',
  steady: '/isocenter/hand/steady_cp',
  /** std_msgs/msg/String with JSON: what does not change, once a second; the state without its numbers; the figures of the loop. */
  about: '/isocenter/about',
  state: '/isocenter/state',
  figures: '/isocenter/figures',
} as const;
