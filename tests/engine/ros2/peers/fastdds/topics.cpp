// publish and subscribe: topic=rt/.. kind=joints|cloud|text and the quality of service.
#include "kinds.hpp"

namespace {

// count samples at rate [Hz, 0 as fast as may be] from each of the writers, once each has so many readers and a line comes
// on the standard input; with readers=0 at once.
int publish() {
  const Kind &kind = chosen_kind();
  const int readers = int(number_option("readers", 1));
  const uint32_t count = uint32_t(number_option("count", 100));
  const double rate = number_option("rate", 100);
  const size_t bytes = size_t(number_option("bytes", 1000));
  std::vector<fast::DataWriter *> writers(size_t(number_option("writers", 1)));
  for (fast::DataWriter *&writer : writers) writer = writer_of(kind.type, option("topic", "rt/joint_states"), topic_quality());
  announce("ready");
  for (fast::DataWriter *writer : writers) wait_for_readers(writer, readers);
  announce("matched");
  // The other side may not have matched yet, and what is volatile is not sent again for it.
  if (readers > 0) await_go();

  const int64_t start = now_ns();
  for (uint32_t i = 0; i < count; i++) {
    for (size_t w = 0; w < writers.size(); w++) {
      Bytes sample = kind.write(uint32_t(w), i, bytes);
      // A full history refuses, now and then before its time to wait is over.
      while (!writers[w]->write(&sample)) sleep_for(SECOND / 1000);
    }
    if (rate > 0) sleep_until(start + int64_t((i + 1) * 1e9 / rate));
  }
  event("published", "\"count\":%u,\"seconds\":%.3f", count, double(now_ns() - start) / 1e9);
  const int64_t end = now_ns() + int64_t(number_option("linger", 5) * 1e9);
  bool acknowledged = true;
  for (fast::DataWriter *writer : writers) {
    const double left = double(end - now_ns()) / 1e9;
    acknowledged &= writer->wait_for_acknowledgments(Duration(left)) == Code::RETCODE_OK;
  }
  event("acknowledged", "\"all\":%s", acknowledged ? "true" : "false");
  // What is latched stays for those who come late.
  if (option_is("durability", "transient_local")) sleep_until(end);
  return 0;
}

// Until count samples have come and a little longer, or for so many seconds after the writers are there.
int subscribe() {
  const Kind &kind = chosen_kind();
  const size_t count = size_t(number_option("count", 1e6));
  fast::DataReader *reader = reader_of(kind.type, option("topic", "rt/joint_states"), topic_quality());
  Waiter waiter({reader});
  announce("ready");
  wait_for_writers(reader, int(number_option("writers", 1)));
  announce("matched");
  int64_t end = now_ns() + int64_t(number_option("seconds", 20) * 1e9);
  bool complete = false;
  start_tally(count);
  Received received;
  while (now_ns() < end && !stopped()) {
    waiter.wait(SECOND / 20);
    while (take_one(reader, received)) {
      Reading reading = kind.read(received.bytes);
      tally(&reading);
    }
    if (complete || tallied() < count) continue;
    // A sample that comes twice would come soon.
    complete = true;
    end = now_ns() + SECOND / 5;
  }
  summarize();
  return 0;
}

}  // namespace

const std::vector<Role> topic_roles{{"publish", publish}, {"subscribe", subscribe}};
