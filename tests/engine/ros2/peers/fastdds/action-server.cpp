// FollowJointTrajectory as a controller serves it with rclcpp_action and rmw_fastrtps. It follows the time of the
// trajectory, with feedback every period; end=succeed|abort|reject says how goals end that nobody cancels.
#include <deque>
#include <optional>

#include "action.hpp"

namespace {

constexpr int64_t PERIOD = SECOND / 50;

struct Goal {
  GoalInfo info;
  JointTrajectory trajectory;
  int64_t start;
  int8_t status;
  // Who waits for the result.
  std::optional<Identity> asked;

  bool active() const { return status < SUCCEEDED; }
  int64_t duration() const { return trajectory.points.back().time_from_start.ns(); }
};

class Controller {
 public:
  Controller()
      : goal_service(ACTION + "send_goal", ACTION_TYPE + "_SendGoal"),
        result_service(ACTION + "get_result", ACTION_TYPE + "_GetResult"),
        cancel_service(ACTION + "cancel_goal", CANCEL_TYPE),
        feedback_writer(writer_of(ACTION_TYPE + "_FeedbackMessage_", "rt/" + ACTION + "feedback", service_quality)),
        status_writer(writer_of(STATUS_TYPE, "rt/" + ACTION + "status", status_quality)) {
    publish_status();
  }

  void run(int64_t end) {
    Waiter waiter({goal_service.reader, result_service.reader, cancel_service.reader});
    announce("ready");
    for (int64_t next = now_ns(); now_ns() < end;) {
      const int64_t wait = next - now_ns();
      waiter.wait(wait > 0 ? wait : 0);
      goal_service.take_all<SendGoalRequest>([this](const auto &request, const Identity &from) { on_goal(request, from); });
      result_service.take_all<GetResultRequest>([this](const auto &request, const Identity &from) { on_result(request, from); });
      cancel_service.take_all<CancelRequest>([this](const auto &request, const Identity &from) { on_cancel(request, from); });
      if (now_ns() < next) continue;
      next = now_ns() + PERIOD;
      for (Goal &goal : goals)
        if (goal.active()) advance(goal);
    }
  }

 private:
  Server goal_service, result_service, cancel_service;
  fast::DataWriter *feedback_writer, *status_writer;
  std::deque<Goal> goals;

  Goal *find(const Uuid &id) {
    for (Goal &goal : goals)
      if (goal.info.goal_id == id) return &goal;
    return nullptr;
  }

  void publish_status() {
    GoalStatusArray array;
    for (const Goal &goal : goals) array.status_list.push_back({goal.info, goal.status});
    Bytes bytes = encode(array);
    status_writer->write(&bytes);
  }

  void set_status(Goal &goal, int8_t status) {
    goal.status = status;
    event("status", "\"status\":%d", status);
    publish_status();
  }

  void reply_result(Goal &goal) {
    const bool aborted = goal.status == ABORTED;
    const char *why = aborted ? "elbow left the path" : goal.status == CANCELED ? "stopped" : "";
    result_service.reply(GetResultResponse{goal.status, aborted ? -4 : 0, why}, *goal.asked);
    goal.asked.reset();
  }

  void finish(Goal &goal, int8_t status) {
    set_status(goal, status);
    if (goal.asked) reply_result(goal);
  }

  void on_goal(const SendGoalRequest &request, const Identity &from) {
    const JointTrajectory &trajectory = request.trajectory;
    const size_t joints = trajectory.joint_names.size();
    bool accepted = !option_is("end", "reject") && joints > 0 && !trajectory.points.empty();
    for (const JointTrajectoryPoint &point : trajectory.points) accepted &= point.positions.size() == joints;
    event("goal", "\"accepted\":%s,\"joints\":%zu,\"points\":%zu,\"tolerances\":%zu,\"goalTimeTolerance\":%.9f",
          accepted ? "true" : "false", joints, trajectory.points.size(), request.path_tolerance.size(),
          double(request.goal_time_tolerance.ns()) / 1e9);
    goal_service.reply(SendGoalResponse{accepted, {1, 2}}, from);
    if (!accepted) return;
    goals.push_back({{request.goal_id, {1, 2}}, trajectory, now_ns(), ACCEPTED, std::nullopt});
    set_status(goals.back(), ACCEPTED);
    set_status(goals.back(), EXECUTING);
  }

  void on_result(const GetResultRequest &request, const Identity &from) {
    Goal *goal = find(request.goal_id);
    if (goal == nullptr) {
      result_service.reply(GetResultResponse{}, from);
      return;
    }
    goal->asked = from;
    if (!goal->active()) reply_result(*goal);
  }

  // No id and no time mean all goals (action_msgs/srv/CancelGoal).
  void on_cancel(const CancelRequest &request, const Identity &from) {
    const bool every = request.goal_info.goal_id == Uuid{} && request.goal_info.stamp == Time{};
    const Goal *named = find(request.goal_info.goal_id);
    CancelResponse response;
    for (Goal &goal : goals) {
      if (!goal.active() || !(every || &goal == named)) continue;
      response.goals_canceling.push_back(goal.info);
      set_status(goal, CANCELING);
    }
    // ERROR_REJECTED 1, ERROR_UNKNOWN_GOAL_ID 2, ERROR_GOAL_TERMINATED 3
    response.return_code = !response.goals_canceling.empty() ? 0 : every ? 1 : named == nullptr ? 2 : 3;
    cancel_service.reply(response, from);
    event("cancel", "\"code\":%d,\"goals\":%zu", response.return_code, response.goals_canceling.size());
  }

  void publish_feedback(const Goal &goal, int64_t time) {
    const JointTrajectoryPoint &first = goal.trajectory.points.front(), &last = goal.trajectory.points.back();
    const double part = double(time) / double(goal.duration());
    FeedbackMessage message;
    message.goal_id = goal.info.goal_id;
    message.joint_names = goal.trajectory.joint_names;
    message.desired.time_from_start = message.actual.time_from_start = message.error.time_from_start = Time::of(time);
    for (size_t j = 0; j < message.joint_names.size(); j++) {
      const double desired = first.positions[j] + part * (last.positions[j] - first.positions[j]);
      message.desired.positions.push_back(desired);
      message.actual.positions.push_back(desired - 0.001);
      message.error.positions.push_back(0.001);
    }
    Bytes bytes = encode(message);
    feedback_writer->write(&bytes);
  }

  void advance(Goal &goal) {
    const int64_t time = now_ns() - goal.start;
    if (goal.status == CANCELING) finish(goal, CANCELED);
    else if (option_is("end", "abort") && time > goal.duration() / 2) finish(goal, ABORTED);
    else if (time >= goal.duration()) finish(goal, SUCCEEDED);
    else publish_feedback(goal, time);
  }
};

int serve_action() {
  Controller().run(now_ns() + int64_t(number_option("seconds", 60) * 1e9));
  return 0;
}

}  // namespace

const std::vector<Role> action_server_roles{{"serve-action", serve_action}};
