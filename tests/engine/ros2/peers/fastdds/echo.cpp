// echo answers every JointState of rt/ping on rt/pong.
#include "kinds.hpp"

namespace {

int echo() {
  fast::DataReader *reader = reader_of(joints_kind.type, "rt/ping", topic_quality());
  fast::DataWriter *writer = writer_of(joints_kind.type, "rt/pong", topic_quality());
  Waiter waiter({reader});
  announce("ready");
  Received received;
  for (const int64_t end = now_ns() + int64_t(number_option("seconds", 60) * 1e9); now_ns() < end;) {
    waiter.wait(SECOND / 5);
    while (take_one(reader, received)) writer->write(&received.bytes);
  }
  return 0;
}

}  // namespace

const std::vector<Role> echo_roles{{"echo", echo}};
