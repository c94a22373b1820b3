// From ros-controls/control_msgs (BSD-3-Clause).
// Fields and constants of the public interface, without the comments of the original.

import type { DefinitionTexts } from './texts.ts';

const GOAL_AND_RESULT = `
trajectory_msgs/JointTrajectory trajectory
trajectory_msgs/MultiDOFJointTrajectory multi_dof_trajectory
JointTolerance[] path_tolerance
JointComponentTolerance[] component_path_tolerance
JointTolerance[] goal_tolerance
JointComponentTolerance[] component_goal_tolerance
builtin_interfaces/Duration goal_time_tolerance
---
int32 error_code
int32 SUCCESSFUL=0
int32 INVALID_GOAL=-1
int32 INVALID_JOINTS=-2
int32 OLD_HEADER_TIMESTAMP=-3
int32 PATH_TOLERANCE_VIOLATED=-4
int32 GOAL_TOLERANCE_VIOLATED=-5
string error_string
---
`;

export const CONTROL_MSGS: DefinitionTexts = {
  'control_msgs/action/FollowJointTrajectory': `${GOAL_AND_RESULT}
std_msgs/Header header
string[] joint_names
trajectory_msgs/JointTrajectoryPoint desired
trajectory_msgs/JointTrajectoryPoint actual
trajectory_msgs/JointTrajectoryPoint error
string[] multi_dof_joint_names
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_desired
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_actual
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_error
`,
  'control_msgs/msg/JointTolerance': `
string name
float64 position
float64 velocity
float64 acceleration
`,
  'control_msgs/msg/JointComponentTolerance': `
uint16 X_AXIS=1
uint16 Y_AXIS=2
uint16 Z_AXIS=3
uint16 TRANSLATION=4
uint16 ROTATION=5
string joint_name
uint16 component
float64 position
float64 velocity
float64 acceleration
`,
  'control_msgs/msg/JointTrajectoryControllerState': `
std_msgs/Header header
string[] joint_names
trajectory_msgs/JointTrajectoryPoint reference
trajectory_msgs/JointTrajectoryPoint feedback
trajectory_msgs/JointTrajectoryPoint error
trajectory_msgs/JointTrajectoryPoint output
string[] multi_dof_joint_names
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_reference
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_feedback
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_error
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_output
float64 speed_scaling_factor
`,
  'control_msgs/msg/JointJog': `
std_msgs/Header header
string[] joint_names
float64[] displacements
float64[] velocities
float64 duration
`,
  'control_msgs/msg/InterfaceValue': `
string[] interface_names
float64[] values
`,
  'control_msgs/msg/DynamicJointState': `
std_msgs/Header header
string[] joint_names
InterfaceValue[] interface_values
`,
  'control_msgs/msg/GripperCommand': `
float64 position
float64 max_effort
`,
  'control_msgs/action/GripperCommand': `
GripperCommand command
---
float64 position
float64 effort
bool stalled
bool reached_goal
---
float64 position
float64 effort
bool stalled
bool reached_goal
`,
  'control_msgs/action/ParallelGripperCommand': `
sensor_msgs/JointState command
---
sensor_msgs/JointState state
bool stalled
bool reached_goal
---
sensor_msgs/JointState state
`,
  'control_msgs/srv/QueryTrajectoryState': `
builtin_interfaces/Time time
---
bool success
string message
string[] name
float64[] position
float64[] velocity
float64[] acceleration
`,
};

/** Version 6.3.0 and later: feedback says which point is being executed. */
export const CONTROL_MSGS_SINCE_KILTED: DefinitionTexts = {
  'control_msgs/action/FollowJointTrajectory': `${GOAL_AND_RESULT}
std_msgs/Header header
string[] joint_names
trajectory_msgs/JointTrajectoryPoint desired
trajectory_msgs/JointTrajectoryPoint actual
trajectory_msgs/JointTrajectoryPoint error
int32 index
string[] multi_dof_joint_names
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_desired
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_actual
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_error
int32 multi_dof_index
`,
};

/** Version 4: the state of a controller also under its old names, without the speed scaling. */
export const CONTROL_MSGS_OF_HUMBLE: DefinitionTexts = {
  'control_msgs/msg/JointTrajectoryControllerState': `
std_msgs/Header header
string[] joint_names
trajectory_msgs/JointTrajectoryPoint reference
trajectory_msgs/JointTrajectoryPoint feedback
trajectory_msgs/JointTrajectoryPoint error
trajectory_msgs/JointTrajectoryPoint output
trajectory_msgs/JointTrajectoryPoint desired
trajectory_msgs/JointTrajectoryPoint actual
string[] multi_dof_joint_names
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_reference
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_feedback
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_error
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_output
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_desired
trajectory_msgs/MultiDOFJointTrajectoryPoint multi_dof_actual
`,
};
