// From collaborative-robotics/crtk_msgs (package.xml: BSD).
// Fields and constants of the public interface, without the comments of the original.

import type { DefinitionTexts } from './texts.ts';

export const CRTK_MSGS: DefinitionTexts = {
  'crtk_msgs/msg/CartesianImpedance': `
std_msgs/Header header
geometry_msgs/Quaternion force_orientation
geometry_msgs/Vector3 force_position
geometry_msgs/Quaternion torque_orientation
crtk_msgs/CartesianImpedanceHalfPlaneGains position_positive
crtk_msgs/CartesianImpedanceHalfPlaneGains position_negative
crtk_msgs/CartesianImpedanceHalfPlaneGains orientation_positive
crtk_msgs/CartesianImpedanceHalfPlaneGains orientation_negative
`,
  'crtk_msgs/msg/CartesianImpedanceHalfPlaneGains': `
geometry_msgs/Vector3 p
geometry_msgs/Vector3 d
geometry_msgs/Vector3 bias
geometry_msgs/Vector3 deadband
`,
  'crtk_msgs/msg/CartesianServo': `
std_msgs/Header header
geometry_msgs/Transform task_frame
geometry_msgs/Pose pose
geometry_msgs/Twist twist
geometry_msgs/Wrench wrench
crtk_msgs/SetpointMode[6] axis_mode
`,
  'crtk_msgs/msg/CartesianState': `
std_msgs/Header header
geometry_msgs/Pose pose
std_msgs/Bool pose_is_valid
geometry_msgs/Twist twist
std_msgs/Bool twist_is_valid
geometry_msgs/Wrench wrench
std_msgs/Bool wrench_is_valid
`,
  'crtk_msgs/msg/JointServo': `
std_msgs/Header header
string[] name
float64[] position
float64[] velocity
float64[] effort
crtk_msgs/SetpointMode[] mode
`,
  'crtk_msgs/msg/OperatingState': `
std_msgs/Header header
string state
bool is_homed
bool is_busy
`,
  'crtk_msgs/msg/SetpointMode': `
uint8 POSITION=1
uint8 VELOCITY=2
uint8 EFFORT=4
uint8 NONE=0
uint8 P=1
uint8 V=2
uint8 PV=3
uint8 F=4
uint8 PF=5
uint8 VF=6
uint8 PVF=7
uint8 value
`,
  'crtk_msgs/msg/StringStamped': `
std_msgs/Header header
string string
`,
  'crtk_msgs/srv/QueryForwardKinematics': `
float64[] jp
geometry_msgs/Pose cp
---
geometry_msgs/Pose cp
bool result
string message
`,
  'crtk_msgs/srv/QueryInverseKinematics': `
geometry_msgs/Pose cp
float64[] jp
---
float64[] jp
bool result
string message
`,
  'crtk_msgs/srv/TriggerOperatingState': `
---
crtk_msgs/OperatingState operating_state
`,
};
