// AddTwoInts: serve answers, call asks count times.
#include "service.hpp"

#include "messages.hpp"

namespace {

const char *NAME = "add_two_ints", *TYPE = "example_interfaces::srv::dds_::AddTwoInts";

int serve() {
  Server server(NAME, TYPE);
  Waiter waiter({server.reader});
  announce("ready");
  for (const int64_t end = now_ns() + int64_t(number_option("seconds", 60) * 1e9); now_ns() < end;) {
    waiter.wait(SECOND / 5);
    server.take_all<AddTwoIntsRequest>([&](const AddTwoIntsRequest &request, const Identity &from) {
      server.reply(AddTwoIntsResponse{request.a + request.b}, from);
    });
  }
  return 0;
}

int call() {
  Client client(NAME, TYPE);
  Waiter waiter({client.reader});
  announce("ready");
  client.wait_for_server();
  sleep_for(3 * SECOND / 10);
  const int64_t count = int64_t(number_option("count", 100));
  std::vector<int64_t> times;
  int wrong = 0;
  for (int64_t i = 0; i < count; i++) {
    const int64_t start = now_ns();
    const rtps::SequenceNumber_t number = client.send(AddTwoIntsRequest{i, 1000000000000});
    int64_t sum = -1;
    while (sum < 0 && now_ns() < start + 5 * SECOND) {
      waiter.wait(SECOND / 10);
      client.take_all<AddTwoIntsResponse>([&](const AddTwoIntsResponse &response, const rtps::SequenceNumber_t &to) {
        if (to == number) sum = response.sum;
      });
    }
    wrong += sum != i + 1000000000000;
    times.push_back(now_ns() - start);
  }
  event("summary", "\"wrong\":%d,%s", wrong, times_text("callMs", times.data(), times.size()));
  return 0;
}

}  // namespace

const std::vector<Role> service_roles{{"serve", serve}, {"call", call}};
