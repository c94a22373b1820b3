// The messages of ROS 2 that the peer speaks, with Fast CDR doing the bytes.
#pragma once

#include <fastcdr/Cdr.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

using eprosima::fastcdr::Cdr;

template <class Act, class... Fields>
void each_field(Act act, Fields &...fields) {
  (act(fields), ...);
}

// The fields of a message in the order of its definition; what Fast CDR calls.
#define FIELDS(...)                                                            \
  void serialize(Cdr &cdr) const {                                             \
    each_field([&](const auto &field) { cdr << field; }, __VA_ARGS__);         \
  }                                                                            \
  void deserialize(Cdr &cdr) {                                                 \
    each_field([&](auto &field) { cdr >> field; }, __VA_ARGS__);               \
  }

struct Time {
  int32_t sec = 0;
  uint32_t nanosec = 0;
  FIELDS(sec, nanosec)
  bool operator==(const Time &other) const { return sec == other.sec && nanosec == other.nanosec; }
  int64_t ns() const { return sec * 1000000000LL + nanosec; }
  static Time of(int64_t ns) { return {int32_t(ns / 1000000000LL), uint32_t(ns % 1000000000LL)}; }
};

struct Header {
  Time stamp;
  std::string frame_id;
  FIELDS(stamp, frame_id)
};

struct JointState {
  Header header;
  std::vector<std::string> name;
  std::vector<double> position, velocity, effort;
  FIELDS(header, name, position, velocity, effort)
};

struct PointField {
  std::string name;
  uint32_t offset = 0;
  uint8_t datatype = 0;
  uint32_t count = 0;
  FIELDS(name, offset, datatype, count)
};

struct PointCloud2 {
  Header header;
  uint32_t height = 0, width = 0;
  std::vector<PointField> fields;
  bool is_bigendian = false;
  uint32_t point_step = 0, row_step = 0;
  std::vector<uint8_t> data;
  bool is_dense = false;
  FIELDS(header, height, width, fields, is_bigendian, point_step, row_step, data, is_dense)
};

struct String {
  std::string data;
  FIELDS(data)
};

struct AddTwoIntsRequest {
  int64_t a = 0, b = 0;
  FIELDS(a, b)
};

struct AddTwoIntsResponse {
  int64_t sum = 0;
  FIELDS(sum)
};

using Uuid = std::array<uint8_t, 16>;

struct GoalInfo {
  Uuid goal_id{};
  Time stamp;
  FIELDS(goal_id, stamp)
};

struct GoalStatus {
  GoalInfo goal_info;
  int8_t status = 0;
  FIELDS(goal_info, status)
};

struct GoalStatusArray {
  std::vector<GoalStatus> status_list;
  FIELDS(status_list)
};

struct CancelRequest {
  GoalInfo goal_info;
  FIELDS(goal_info)
};

struct CancelResponse {
  int8_t return_code = 0;
  std::vector<GoalInfo> goals_canceling;
  FIELDS(return_code, goals_canceling)
};

struct Vector3 {
  double x = 0, y = 0, z = 0;
  FIELDS(x, y, z)
};

struct Quaternion {
  double x = 0, y = 0, z = 0, w = 1;
  FIELDS(x, y, z, w)
};

struct Transform {
  Vector3 translation;
  Quaternion rotation;
  FIELDS(translation, rotation)
};

struct Twist {
  Vector3 linear, angular;
  FIELDS(linear, angular)
};

struct JointTrajectoryPoint {
  std::vector<double> positions, velocities, accelerations, effort;
  Time time_from_start;
  FIELDS(positions, velocities, accelerations, effort, time_from_start)
};

struct JointTrajectory {
  Header header;
  std::vector<std::string> joint_names;
  std::vector<JointTrajectoryPoint> points;
  FIELDS(header, joint_names, points)
};

struct MultiDofPoint {
  std::vector<Transform> transforms;
  std::vector<Twist> velocities, accelerations;
  Time time_from_start;
  FIELDS(transforms, velocities, accelerations, time_from_start)
};

struct MultiDofTrajectory {
  Header header;
  std::vector<std::string> joint_names;
  std::vector<MultiDofPoint> points;
  FIELDS(header, joint_names, points)
};

struct JointTolerance {
  std::string name;
  double position = 0, velocity = 0, acceleration = 0;
  FIELDS(name, position, velocity, acceleration)
};

struct JointComponentTolerance {
  std::string joint_name;
  uint16_t component = 0;
  double position = 0, velocity = 0, acceleration = 0;
  FIELDS(joint_name, component, position, velocity, acceleration)
};

struct SendGoalRequest {
  Uuid goal_id{};
  JointTrajectory trajectory;
  MultiDofTrajectory multi_dof_trajectory;
  std::vector<JointTolerance> path_tolerance;
  std::vector<JointComponentTolerance> component_path_tolerance;
  std::vector<JointTolerance> goal_tolerance;
  std::vector<JointComponentTolerance> component_goal_tolerance;
  Time goal_time_tolerance;
  FIELDS(goal_id, trajectory, multi_dof_trajectory, path_tolerance, component_path_tolerance, goal_tolerance,
         component_goal_tolerance, goal_time_tolerance)
};

struct SendGoalResponse {
  bool accepted = false;
  Time stamp;
  FIELDS(accepted, stamp)
};

struct GetResultRequest {
  Uuid goal_id{};
  FIELDS(goal_id)
};

struct GetResultResponse {
  int8_t status = 0;
  int32_t error_code = 0;
  std::string error_string;
  FIELDS(status, error_code, error_string)
};

// As in humble and jazzy: later versions have an index beside each of the two groups.
struct FeedbackMessage {
  Uuid goal_id{};
  Header header;
  std::vector<std::string> joint_names;
  JointTrajectoryPoint desired, actual, error;
  std::vector<std::string> multi_dof_joint_names;
  MultiDofPoint multi_dof_desired, multi_dof_actual, multi_dof_error;
  FIELDS(goal_id, header, joint_names, desired, actual, error, multi_dof_joint_names, multi_dof_desired,
         multi_dof_actual, multi_dof_error)
};
