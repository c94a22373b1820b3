/* The topics and types of FollowJointTrajectory, which server and client share. */
#ifndef ACTION_H
#define ACTION_H

#include "peer.h"
#include "ros.h"

#define ACTION "arm_controller/follow_joint_trajectory/_action/"
#define GOAL_REQUESTS "rq/" ACTION "send_goalRequest"
#define GOAL_REPLIES "rr/" ACTION "send_goalReply"
#define RESULT_REQUESTS "rq/" ACTION "get_resultRequest"
#define RESULT_REPLIES "rr/" ACTION "get_resultReply"
#define CANCEL_REQUESTS "rq/" ACTION "cancel_goalRequest"
#define CANCEL_REPLIES "rr/" ACTION "cancel_goalReply"
#define FEEDBACK "rt/" ACTION "feedback"
#define STATUS "rt/" ACTION "status"

typedef control_msgs_action_dds__FollowJointTrajectory_SendGoal_Request_ GoalRequest;
typedef control_msgs_action_dds__FollowJointTrajectory_SendGoal_Response_ GoalReply;
typedef control_msgs_action_dds__FollowJointTrajectory_GetResult_Request_ ResultRequest;
typedef control_msgs_action_dds__FollowJointTrajectory_GetResult_Response_ ResultReply;
typedef control_msgs_action_dds__FollowJointTrajectory_FeedbackMessage_ FeedbackMessage;
typedef action_msgs_srv_dds__CancelGoal_Request_ CancelRequest;
typedef action_msgs_srv_dds__CancelGoal_Response_ CancelReply;
typedef action_msgs_msg_dds__GoalStatusArray_ StatusArray;
typedef action_msgs_msg_dds__GoalStatus_ Status;
typedef trajectory_msgs_msg_dds__JointTrajectoryPoint_ Point;

#define GOAL_REQUEST &control_msgs_action_dds__FollowJointTrajectory_SendGoal_Request__desc
#define GOAL_REPLY &control_msgs_action_dds__FollowJointTrajectory_SendGoal_Response__desc
#define RESULT_REQUEST &control_msgs_action_dds__FollowJointTrajectory_GetResult_Request__desc
#define RESULT_REPLY &control_msgs_action_dds__FollowJointTrajectory_GetResult_Response__desc
#define FEEDBACK_MESSAGE &control_msgs_action_dds__FollowJointTrajectory_FeedbackMessage__desc
#define CANCEL_REQUEST &action_msgs_srv_dds__CancelGoal_Request__desc
#define CANCEL_REPLY &action_msgs_srv_dds__CancelGoal_Response__desc
#define STATUS_ARRAY &action_msgs_msg_dds__GoalStatusArray__desc

enum { ACCEPTED = 1, EXECUTING = 2, CANCELING = 3, SUCCEEDED = 4, CANCELED = 5, ABORTED = 6 };

/* Of the status topic: what is said last waits for those who come late. */
static inline dds_qos_t *status_qos(void) {
  dds_qos_t *qos = service_qos();
  dds_qset_history(qos, DDS_HISTORY_KEEP_LAST, 1);
  dds_qset_durability(qos, DDS_DURABILITY_TRANSIENT_LOCAL);
  dds_qset_durability_service(qos, 0, DDS_HISTORY_KEEP_LAST, 1, -1, -1, -1);
  return qos;
}

static inline int64_t duration_ns(builtin_interfaces_msg_dds__Duration_ time) {
  return time.sec * SECOND + time.nanosec;
}

static inline builtin_interfaces_msg_dds__Duration_ duration_of(int64_t ns) {
  return (builtin_interfaces_msg_dds__Duration_){(int32_t)(ns / SECOND), (uint32_t)(ns % SECOND)};
}

#endif
