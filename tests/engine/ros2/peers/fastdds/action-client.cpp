// A client of FollowJointTrajectory as rclcpp_action and rmw_fastrtps make it: sends one goal of joints and points that
// lasts duration [s], asks for its result, follows feedback and status; cancel=n cancels after n feedbacks.
#include <cstring>

#include "action.hpp"

namespace {

SendGoalRequest goal_of(const Uuid &id, size_t joints, size_t points, double duration) {
  SendGoalRequest request;
  request.goal_id = id;
  for (size_t j = 0; j < joints; j++) request.trajectory.joint_names.push_back("joint" + std::to_string(j + 1));
  for (size_t p = 0; p < points; p++) {
    const double part = points > 1 ? double(p) / double(points - 1) : 1;
    JointTrajectoryPoint point;
    for (size_t j = 0; j < joints; j++) point.positions.push_back(part * double(j + 1) / 10);
    point.time_from_start = Time::of(int64_t(part * duration * 1e9));
    request.trajectory.points.push_back(point);
  }
  request.path_tolerance.push_back({"joint1", 0.05, 0, 0});
  request.goal_time_tolerance = Time::of(SECOND / 2);
  return request;
}

class Follower {
 public:
  Follower()
      : goals(ACTION + "send_goal", ACTION_TYPE + "_SendGoal"),
        results(ACTION + "get_result", ACTION_TYPE + "_GetResult"),
        cancels(ACTION + "cancel_goal", CANCEL_TYPE),
        feedback_reader(reader_of(ACTION_TYPE + "_FeedbackMessage_", "rt/" + ACTION + "feedback", service_quality)),
        status_reader(reader_of(STATUS_TYPE, "rt/" + ACTION + "status", status_quality)) {}

  int run() {
    Waiter waiter({goals.reader, results.reader, cancels.reader, feedback_reader, status_reader});
    announce("ready");
    for (Client *client : {&goals, &results, &cancels}) client->wait_for_server();
    wait_for_writers(feedback_reader, 1);
    wait_for_writers(status_reader, 1);
    sleep_for(3 * SECOND / 10);
    const int64_t seed = now_ns();
    memcpy(id.data(), &seed, sizeof seed);
    id[15] = 7;
    goals.send(goal_of(id, size_t(number_option("joints", 6)), size_t(number_option("points", 50)), number_option("duration", 1)));
    for (const int64_t end = now_ns() + int64_t(number_option("seconds", 20) * 1e9); !done && now_ns() < end;) {
      waiter.wait(SECOND / 10);
      take_all();
    }
    // The last status may come after the result.
    sleep_for(SECOND / 10);
    take_all();
    event("statuses", "\"seen\":[%s]", statuses.c_str());
    return done ? 0 : 1;
  }

 private:
  Client goals, results, cancels;
  fast::DataReader *feedback_reader, *status_reader;
  Uuid id{};
  uint32_t feedbacks = 0;
  bool cancelled = false, done = false;
  std::string statuses;

  void take_all() {
    goals.take_all<SendGoalResponse>([this](const SendGoalResponse &response, const rtps::SequenceNumber_t &) {
      event("goal", "\"accepted\":%s", response.accepted ? "true" : "false");
      done = !response.accepted;
      if (response.accepted) results.send(GetResultRequest{id});
    });
    Received received;
    while (take_one(feedback_reader, received)) on_feedback(decode<FeedbackMessage>(received.bytes));
    while (take_one(status_reader, received)) on_status(decode<GoalStatusArray>(received.bytes));
    cancels.take_all<CancelResponse>([](const CancelResponse &response, const rtps::SequenceNumber_t &) {
      event("cancel", "\"code\":%d,\"goals\":%zu", response.return_code, response.goals_canceling.size());
    });
    results.take_all<GetResultResponse>([this](const GetResultResponse &response, const rtps::SequenceNumber_t &) {
      event("result", "\"status\":%d,\"code\":%d,\"text\":\"%s\",\"feedbacks\":%u", response.status, response.error_code,
            response.error_string.c_str(), feedbacks);
      done = true;
    });
  }

  void on_feedback(const FeedbackMessage &message) {
    if (message.goal_id != id) return;
    if (++feedbacks == 1 && !message.desired.positions.empty())
      event("feedback", "\"joints\":%zu,\"name\":\"%s\",\"desired\":%.6f,\"time\":%.6f", message.joint_names.size(),
            message.joint_names[0].c_str(), message.desired.positions[0], double(message.desired.time_from_start.ns()) / 1e9);
    const uint32_t limit = uint32_t(number_option("cancel", 0));
    if (limit == 0 || feedbacks < limit || cancelled) return;
    cancelled = true;
    cancels.send(CancelRequest{{id, {}}});
  }

  void on_status(const GoalStatusArray &array) {
    for (const GoalStatus &status : array.status_list) {
      if (status.goal_info.goal_id != id) continue;
      statuses += (statuses.empty() ? "" : ",") + std::to_string(status.status);
    }
  }
};

int send_action() { return Follower().run(); }

}  // namespace

const std::vector<Role> action_client_roles{{"send-action", send_action}};
