/* FollowJointTrajectory as a controller serves it with rclcpp_action and rmw_cyclonedds_cpp. It follows the time of the
 * trajectory, with feedback every period; end=succeed|abort|reject says how goals end that nobody cancels. */
#include <stdio.h>
#include <stdlib.h>

#include "action.h"

#define MOST_GOALS 8
#define MOST_JOINTS 16
#define PERIOD (SECOND / 50)

typedef struct {
  action_msgs_msg_dds__GoalInfo_ info;
  int8_t status;
  int64_t start, duration;
  uint32_t joints;
  char *names[MOST_JOINTS];
  double first[MOST_JOINTS], last[MOST_JOINTS];
  /* Who waits for the result. */
  bool asked;
  uint64_t client;
  int64_t number;
} Goal;

static Goal goals[MOST_GOALS];
static size_t goal_count;
static dds_entity_t goal_writer, result_writer, cancel_writer, feedback_writer, status_writer;

static Goal *find(const unique_identifier_msgs_msg_dds__UUID_ *id) {
  for (size_t i = 0; i < goal_count; i++)
    if (memcmp(&goals[i].info.goal_id, id, sizeof *id) == 0) return &goals[i];
  return NULL;
}

static bool is_active(const Goal *goal) { return goal->status < SUCCEEDED; }

static void publish_status(void) {
  Status list[MOST_GOALS];
  for (size_t i = 0; i < goal_count; i++) list[i] = (Status){goals[i].info, goals[i].status};
  StatusArray array = {{._length = (uint32_t)goal_count, ._maximum = MOST_GOALS, ._buffer = list}};
  dds_write(status_writer, &array);
}

static void set_status(Goal *goal, int8_t status) {
  goal->status = status;
  event("status", "\"status\":%d", status);
  publish_status();
}

static void reply_result(Goal *goal) {
  ResultReply reply = {.client = goal->client, .number = goal->number, .status = goal->status};
  reply.result.error_code = goal->status == ABORTED ? -4 : 0;
  reply.result.error_string = goal->status == ABORTED ? "elbow left the path" : goal->status == CANCELED ? "stopped" : "";
  dds_write(result_writer, &reply);
  goal->asked = false;
}

static void finish(Goal *goal, int8_t status) {
  set_status(goal, status);
  if (goal->asked) reply_result(goal);
}

static void on_goal(const GoalRequest *request) {
  const trajectory_msgs_msg_dds__JointTrajectory_ *trajectory = &request->goal.trajectory;
  uint32_t joints = trajectory->joint_names._length, points = trajectory->points._length;
  bool accepted = !option_is("end", "reject") && joints > 0 && joints <= MOST_JOINTS && points > 0 && goal_count < MOST_GOALS;
  for (uint32_t p = 0; p < points; p++) accepted &= trajectory->points._buffer[p].positions._length == joints;
  event("goal", "\"accepted\":%s,\"joints\":%u,\"points\":%u,\"tolerances\":%u,\"goalTimeTolerance\":%.9f",
        accepted ? "true" : "false", joints, points, request->goal.path_tolerance._length,
        (double)duration_ns(request->goal.goal_time_tolerance) / 1e9);
  GoalReply reply = {.client = request->client, .number = request->number, .accepted = accepted, .stamp = {1, 2}};
  dds_write(goal_writer, &reply);
  if (!accepted) return;
  Goal *goal = &goals[goal_count++];
  const Point *first = &trajectory->points._buffer[0], *last = &trajectory->points._buffer[points - 1];
  *goal = (Goal){.info = {request->goal_id, {1, 2}}, .start = now_ns(), .duration = duration_ns(last->time_from_start)};
  goal->joints = joints;
  for (uint32_t j = 0; j < joints; j++) {
    goal->names[j] = strdup(trajectory->joint_names._buffer[j]);
    goal->first[j] = first->positions._buffer[j];
    goal->last[j] = last->positions._buffer[j];
  }
  set_status(goal, ACCEPTED);
  set_status(goal, EXECUTING);
}

static void on_result_request(const ResultRequest *request) {
  Goal *goal = find(&request->goal_id);
  if (goal == NULL) {
    ResultReply unknown = {.client = request->client, .number = request->number, .result.error_string = ""};
    dds_write(result_writer, &unknown);
    return;
  }
  goal->asked = true;
  goal->client = request->client;
  goal->number = request->number;
  if (!is_active(goal)) reply_result(goal);
}

/* No id and no time mean all goals (action_msgs/srv/CancelGoal). */
static void on_cancel(const CancelRequest *request) {
  static const action_msgs_msg_dds__GoalInfo_ all;
  bool every = memcmp(&request->goal_info, &all, sizeof all) == 0;
  action_msgs_msg_dds__GoalInfo_ canceling[MOST_GOALS];
  uint32_t count = 0;
  Goal *named = find(&request->goal_info.goal_id);
  for (size_t i = 0; i < goal_count; i++) {
    if (!is_active(&goals[i]) || !(every || &goals[i] == named)) continue;
    canceling[count++] = goals[i].info;
    set_status(&goals[i], CANCELING);
  }
  /* ERROR_REJECTED 1, ERROR_UNKNOWN_GOAL_ID 2, ERROR_GOAL_TERMINATED 3 */
  int8_t code = count > 0 ? 0 : every ? 1 : named == NULL ? 2 : 3;
  CancelReply reply = {.client = request->client, .number = request->number, .return_code = code};
  reply.goals_canceling._length = reply.goals_canceling._maximum = count;
  reply.goals_canceling._buffer = canceling;
  dds_write(cancel_writer, &reply);
  event("cancel", "\"code\":%d,\"goals\":%u", code, count);
}

static void fill_point(Point *point, double *positions, uint32_t joints, int64_t time) {
  point->positions._length = point->positions._maximum = joints;
  point->positions._buffer = positions;
  point->time_from_start = duration_of(time);
}

static void publish_feedback(const Goal *goal, int64_t time) {
  double desired[MOST_JOINTS], actual[MOST_JOINTS], error[MOST_JOINTS];
  double part = goal->duration > 0 ? (double)time / (double)goal->duration : 1;
  for (uint32_t j = 0; j < goal->joints; j++) {
    desired[j] = goal->first[j] + part * (goal->last[j] - goal->first[j]);
    error[j] = 0.001;
    actual[j] = desired[j] - error[j];
  }
  FeedbackMessage message = {.goal_id = goal->info.goal_id};
  message.feedback.header.frame_id = "";
  message.feedback.joint_names._length = message.feedback.joint_names._maximum = goal->joints;
  message.feedback.joint_names._buffer = (char **)goal->names;
  fill_point(&message.feedback.desired, desired, goal->joints, time);
  fill_point(&message.feedback.actual, actual, goal->joints, time);
  fill_point(&message.feedback.error, error, goal->joints, time);
  dds_write(feedback_writer, &message);
}

static void advance(Goal *goal) {
  int64_t time = now_ns() - goal->start;
  if (goal->status == CANCELING) finish(goal, CANCELED);
  else if (option_is("end", "abort") && time > goal->duration / 2) finish(goal, ABORTED);
  else if (time >= goal->duration) finish(goal, SUCCEEDED);
  else publish_feedback(goal, time);
}

static int serve_action(void) {
  dds_qos_t *qos = service_qos();
  dds_entity_t readers[] = {reader_of(GOAL_REQUEST, GOAL_REQUESTS, qos), reader_of(RESULT_REQUEST, RESULT_REQUESTS, qos),
                            reader_of(CANCEL_REQUEST, CANCEL_REQUESTS, qos)};
  goal_writer = writer_of(GOAL_REPLY, GOAL_REPLIES, qos);
  result_writer = writer_of(RESULT_REPLY, RESULT_REPLIES, qos);
  cancel_writer = writer_of(CANCEL_REPLY, CANCEL_REPLIES, qos);
  feedback_writer = writer_of(FEEDBACK_MESSAGE, FEEDBACK, qos);
  status_writer = writer_of(STATUS_ARRAY, STATUS, status_qos());
  dds_entity_t set = waitset_of(readers, 3);
  publish_status();
  announce("ready");
  int64_t end = now_ns() + (int64_t)(number_option("seconds", 60) * 1e9), next = now_ns();
  while (now_ns() < end) {
    int64_t wait = next - now_ns();
    dds_waitset_wait(set, NULL, 0, wait > 0 ? wait : 0);
    Loan loan;
    for (; take_one(readers[0], &loan); release(readers[0], &loan)) on_goal(loan.sample);
    for (; take_one(readers[1], &loan); release(readers[1], &loan)) on_result_request(loan.sample);
    for (; take_one(readers[2], &loan); release(readers[2], &loan)) on_cancel(loan.sample);
    if (now_ns() < next) continue;
    next = now_ns() + PERIOD;
    for (size_t i = 0; i < goal_count; i++)
      if (is_active(&goals[i])) advance(&goals[i]);
  }
  return 0;
}

const Role action_server_roles[] = {{"serve-action", serve_action}, {NULL, NULL}};
