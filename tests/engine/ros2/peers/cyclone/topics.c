/* publish and subscribe: topic=rt/.. kind=joints|cloud|text and the quality of service. */
#include <stdio.h>
#include <stdlib.h>

#include "kinds.h"

#define MOST_WRITERS 8

/* count samples at rate [Hz, 0 as fast as may be] from each of the writers, once each has so many readers and a line comes
 * on the standard input; with readers=0 at once. */
static int publish(void) {
  const Kind *kind = chosen_kind();
  int writers = (int)number_option("writers", 1), readers = (int)number_option("readers", 1);
  uint32_t count = (uint32_t)number_option("count", 100);
  double rate = number_option("rate", 100);
  dds_qos_t *qos = topic_qos();
  dds_entity_t writer[MOST_WRITERS];
  for (int w = 0; w < writers; w++) writer[w] = writer_of(kind->type, option("topic", "rt/joint_states"), qos);
  announce("ready");
  for (int w = 0; w < writers; w++) wait_for_readers(writer[w], (uint32_t)readers);
  announce("matched");
  // The other side may not have matched yet, and what is volatile is not sent again for it.
  if (readers > 0) await_go();

  void *sample = kind->create((size_t)number_option("bytes", 1000));
  int64_t start = now_ns();
  for (uint32_t i = 0; i < count; i++) {
    for (int w = 0; w < writers; w++) {
      kind->fill(sample, (uint32_t)w, i);
      dds_return_t result = dds_write(writer[w], sample);
      if (result != DDS_RETCODE_OK) event("refused", "\"number\":%u,\"why\":\"%s\"", i, dds_strretcode(-result));
    }
    if (rate > 0) sleep_until(start + (int64_t)((i + 1) * 1e9 / rate));
  }
  event("published", "\"count\":%u,\"seconds\":%.3f", count, (double)(now_ns() - start) / 1e9);
  int64_t end = now_ns() + (int64_t)(number_option("linger", 5) * 1e9);
  bool acknowledged = true;
  for (int w = 0; w < writers; w++) acknowledged &= dds_wait_for_acks(writer[w], end - now_ns()) == DDS_RETCODE_OK;
  event("acknowledged", "\"all\":%s", acknowledged ? "true" : "false");
  // What is latched stays for those who come late.
  if (option_is("durability", "transient_local")) sleep_until(end);
  return 0;
}

/* Until count samples have come and a little longer, or for so many seconds after the writers are there. */
static int subscribe(void) {
  const Kind *kind = chosen_kind();
  size_t count = (size_t)number_option("count", 1e6);
  dds_qos_t *qos = topic_qos();
  dds_entity_t reader = reader_of(kind->type, option("topic", "rt/joint_states"), qos), set = waitset_of(&reader, 1);
  announce("ready");
  wait_for_writers(reader, (uint32_t)number_option("writers", 1));
  announce("matched");
  int64_t end = now_ns() + (int64_t)(number_option("seconds", 20) * 1e9);
  bool complete = false;
  start_tally(count);
  while (now_ns() < end && !stopped()) {
    dds_waitset_wait(set, NULL, 0, DDS_MSECS(50));
    for (Loan loan; take_one(reader, &loan); release(reader, &loan)) {
      Reading reading = kind->read(loan.sample);
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

const Role topic_roles[] = {{"publish", publish}, {"subscribe", subscribe}, {NULL, NULL}};
