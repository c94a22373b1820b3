// The topics and types of FollowJointTrajectory, which server and client share.
#pragma once

#include "messages.hpp"
#include "service.hpp"

const std::string ACTION = "arm_controller/follow_joint_trajectory/_action/";
const std::string ACTION_TYPE = "control_msgs::action::dds_::FollowJointTrajectory";
const std::string CANCEL_TYPE = "action_msgs::srv::dds_::CancelGoal";
const std::string STATUS_TYPE = "action_msgs::msg::dds_::GoalStatusArray_";
const Quality status_quality{true, true, false, 1};

enum : int8_t { ACCEPTED = 1, EXECUTING = 2, CANCELING = 3, SUCCEEDED = 4, CANCELED = 5, ABORTED = 6 };
