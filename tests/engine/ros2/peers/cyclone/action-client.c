/* A client of FollowJointTrajectory as rclcpp_action and rmw_cyclonedds_cpp make it: sends one goal of joints and points
 * that lasts duration [s], asks for its result, follows feedback and status; cancel=n cancels after n feedbacks. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "action.h"

enum { GOALS, RESULTS, CANCELS, FEEDBACKS, STATUSES, READERS };

static dds_entity_t readers[READERS], goal_writer, result_writer, cancel_writer;
static unique_identifier_msgs_msg_dds__UUID_ id;
static uint64_t client;
static uint32_t feedbacks;
static bool cancelled, done;
static char statuses[200];

static void send_goal(uint32_t joints, uint32_t points, double duration) {
  GoalRequest request = {.client = client, .number = 1, .goal_id = id};
  char **names = calloc(joints, sizeof *names);
  for (uint32_t j = 0; j < joints; j++) {
    names[j] = malloc(16);
    snprintf(names[j], 16, "joint%u", j + 1);
  }
  Point *list = calloc(points, sizeof *list);
  for (uint32_t p = 0; p < points; p++) {
    double part = points > 1 ? (double)p / (points - 1) : 1, *positions = calloc(joints, sizeof *positions);
    for (uint32_t j = 0; j < joints; j++) positions[j] = part * (j + 1) / 10;
    list[p].positions._length = list[p].positions._maximum = joints;
    list[p].positions._buffer = positions;
    list[p].time_from_start = duration_of((int64_t)(part * duration * 1e9));
  }
  trajectory_msgs_msg_dds__JointTrajectory_ *trajectory = &request.goal.trajectory;
  trajectory->header.frame_id = request.goal.multi_dof_trajectory.header.frame_id = "";
  trajectory->joint_names._length = trajectory->joint_names._maximum = joints;
  trajectory->joint_names._buffer = names;
  trajectory->points._length = trajectory->points._maximum = points;
  trajectory->points._buffer = list;
  control_msgs_msg_dds__JointTolerance_ tolerance = {"joint1", 0.05, 0, 0};
  request.goal.path_tolerance._length = request.goal.path_tolerance._maximum = 1;
  request.goal.path_tolerance._buffer = &tolerance;
  request.goal.goal_time_tolerance = duration_of(SECOND / 2);
  dds_write(goal_writer, &request);
}

static void on_goal_reply(const GoalReply *reply) {
  if (reply->client != client) return;
  event("goal", "\"accepted\":%s", reply->accepted ? "true" : "false");
  done = !reply->accepted;
  ResultRequest request = {.client = client, .number = 2, .goal_id = id};
  if (reply->accepted) dds_write(result_writer, &request);
}

static void on_feedback(const FeedbackMessage *message) {
  if (memcmp(&message->goal_id, &id, sizeof id) != 0) return;
  const Point *desired = &message->feedback.desired;
  if (++feedbacks == 1 && desired->positions._length > 0)
    event("feedback", "\"joints\":%u,\"name\":\"%s\",\"desired\":%.6f,\"time\":%.6f", message->feedback.joint_names._length,
          message->feedback.joint_names._buffer[0], desired->positions._buffer[0],
          (double)duration_ns(desired->time_from_start) / 1e9);
  uint32_t limit = (uint32_t)number_option("cancel", 0);
  if (limit == 0 || feedbacks < limit || cancelled) return;
  cancelled = true;
  CancelRequest request = {.client = client, .number = 3, .goal_info = {.goal_id = id}};
  dds_write(cancel_writer, &request);
}

static void on_status(const StatusArray *array) {
  for (uint32_t i = 0; i < array->status_list._length; i++) {
    const Status *status = &array->status_list._buffer[i];
    if (memcmp(&status->goal_info.goal_id, &id, sizeof id) != 0) continue;
    size_t used = strlen(statuses);
    snprintf(statuses + used, sizeof statuses - used, "%s%d", used == 0 ? "" : ",", status->status);
  }
}

static void on_cancel_reply(const CancelReply *reply) {
  if (reply->client == client) event("cancel", "\"code\":%d,\"goals\":%u", reply->return_code, reply->goals_canceling._length);
}

static void on_result(const ResultReply *reply) {
  if (reply->client != client) return;
  event("result", "\"status\":%d,\"code\":%d,\"text\":\"%s\",\"feedbacks\":%u", reply->status, reply->result.error_code,
        reply->result.error_string, feedbacks);
  done = true;
}

static void take_all(void) {
  Loan loan;
  for (; take_one(readers[GOALS], &loan); release(readers[GOALS], &loan)) on_goal_reply(loan.sample);
  for (; take_one(readers[FEEDBACKS], &loan); release(readers[FEEDBACKS], &loan)) on_feedback(loan.sample);
  for (; take_one(readers[STATUSES], &loan); release(readers[STATUSES], &loan)) on_status(loan.sample);
  for (; take_one(readers[CANCELS], &loan); release(readers[CANCELS], &loan)) on_cancel_reply(loan.sample);
  for (; take_one(readers[RESULTS], &loan); release(readers[RESULTS], &loan)) on_result(loan.sample);
}

static int send_action(void) {
  dds_qos_t *qos = service_qos();
  readers[GOALS] = reader_of(GOAL_REPLY, GOAL_REPLIES, qos);
  readers[RESULTS] = reader_of(RESULT_REPLY, RESULT_REPLIES, qos);
  readers[CANCELS] = reader_of(CANCEL_REPLY, CANCEL_REPLIES, qos);
  readers[FEEDBACKS] = reader_of(FEEDBACK_MESSAGE, FEEDBACK, qos);
  readers[STATUSES] = reader_of(STATUS_ARRAY, STATUS, status_qos());
  goal_writer = writer_of(GOAL_REQUEST, GOAL_REQUESTS, qos);
  result_writer = writer_of(RESULT_REQUEST, RESULT_REQUESTS, qos);
  cancel_writer = writer_of(CANCEL_REQUEST, CANCEL_REQUESTS, qos);
  dds_entity_t set = waitset_of(readers, READERS), writers[] = {goal_writer, result_writer, cancel_writer};
  announce("ready");
  for (size_t i = 0; i < 3; i++) wait_for_readers(writers[i], 1);
  for (size_t i = 0; i < READERS; i++) wait_for_writers(readers[i], 1);
  sleep_for(3 * SECOND / 10);

  client = (uint64_t)now_ns() ^ (uint64_t)getpid() << 40;
  memcpy(id.uuid, &client, sizeof client);
  id.uuid[15] = 7;
  send_goal((uint32_t)number_option("joints", 6), (uint32_t)number_option("points", 50), number_option("duration", 1));
  for (int64_t end = now_ns() + (int64_t)(number_option("seconds", 20) * 1e9); !done && now_ns() < end;) {
    dds_waitset_wait(set, NULL, 0, DDS_MSECS(100));
    take_all();
  }
  // The last status may come after the result.
  sleep_for(SECOND / 10);
  take_all();
  event("statuses", "\"seen\":[%s]", statuses);
  return done ? 0 : 1;
}

const Role action_client_roles[] = {{"send-action", send_action}, {NULL, NULL}};
