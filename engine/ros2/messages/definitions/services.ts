// From ros2/common_interfaces, ros2/rcl_interfaces and ros2/example_interfaces (Apache-2.0).
// Fields and constants of the public interface, without the comments of the original.

import type { DefinitionTexts } from './texts.ts';

export const SERVICES: DefinitionTexts = {
  'std_srvs/srv/Empty': `
---
`,
  'std_srvs/srv/SetBool': `
bool data
---
bool success
string message
`,
  'std_srvs/srv/Trigger': `
---
bool success
string message
`,
  'action_msgs/srv/CancelGoal': `
GoalInfo goal_info
---
int8 ERROR_NONE=0
int8 ERROR_REJECTED=1
int8 ERROR_UNKNOWN_GOAL_ID=2
int8 ERROR_GOAL_TERMINATED=3
int8 return_code
GoalInfo[] goals_canceling
`,
  'rcl_interfaces/srv/GetParameters': `
string[] names
---
ParameterValue[] values
`,
  'rcl_interfaces/srv/SetParameters': `
Parameter[] parameters
---
SetParametersResult[] results
`,
  'rcl_interfaces/srv/SetParametersAtomically': `
Parameter[] parameters
---
SetParametersResult result
`,
  'rcl_interfaces/srv/ListParameters': `
uint64 DEPTH_RECURSIVE=0
string[] prefixes
uint64 depth
---
ListParametersResult result
`,
  'rcl_interfaces/srv/DescribeParameters': `
string[] names
---
ParameterDescriptor[] descriptors
`,
  'rcl_interfaces/srv/GetParameterTypes': `
string[] names
---
uint8[] types
`,
  'lifecycle_msgs/srv/ChangeState': `
Transition transition
---
bool success
`,
  'lifecycle_msgs/srv/GetState': `
---
State current_state
`,
  'lifecycle_msgs/srv/GetAvailableStates': `
---
State[] available_states
`,
  'lifecycle_msgs/srv/GetAvailableTransitions': `
---
TransitionDescription[] available_transitions
`,
  'example_interfaces/srv/AddTwoInts': `
int64 a
int64 b
---
int64 sum
`,
  'example_interfaces/action/Fibonacci': `
int32 order
---
int32[] sequence
---
int32[] sequence
`,
  'service_msgs/msg/ServiceEventInfo': `
uint8 REQUEST_SENT=0
uint8 REQUEST_RECEIVED=1
uint8 RESPONSE_SENT=2
uint8 RESPONSE_RECEIVED=3
uint8 event_type
builtin_interfaces/Time stamp
char[16] client_gid
int64 sequence_number
`,
};

export const SERVICES_SINCE_JAZZY: DefinitionTexts = {
  'rcl_interfaces/srv/GetLoggerLevels': `
string[] names
---
LoggerLevel[] levels
`,
  'rcl_interfaces/srv/SetLoggerLevels': `
LoggerLevel[] levels
---
SetLoggerLevelsResult[] results
`,
};
