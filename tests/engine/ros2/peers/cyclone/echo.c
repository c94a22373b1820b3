/* echo answers every JointState of rt/ping on rt/pong; ping measures how long that takes. */
#include <stdlib.h>

#include "kinds.h"
#include "ros.h"

static int echo(void) {
  dds_qos_t *qos = topic_qos();
  dds_entity_t reader = reader_of(joints_kind.type, "rt/ping", qos), writer = writer_of(joints_kind.type, "rt/pong", qos);
  dds_entity_t set = waitset_of(&reader, 1);
  announce("ready");
  int64_t end = now_ns() + (int64_t)(number_option("seconds", 60) * 1e9);
  while (now_ns() < end) {
    dds_waitset_wait(set, NULL, 0, DDS_MSECS(200));
    for (Loan loan; take_one(reader, &loan); release(reader, &loan)) dds_write(writer, loan.sample);
  }
  return 0;
}

static bool await_answer(dds_entity_t set, dds_entity_t reader, uint32_t number, int64_t end) {
  for (bool found = false; now_ns() < end;) {
    dds_waitset_wait(set, NULL, 0, DDS_MSECS(100));
    for (Loan loan; take_one(reader, &loan); release(reader, &loan))
      found |= joints_kind.read(loan.sample).number == number;
    if (found) return true;
  }
  return false;
}

static int ping(void) {
  dds_qos_t *qos = topic_qos();
  dds_entity_t reader = reader_of(joints_kind.type, "rt/pong", qos), writer = writer_of(joints_kind.type, "rt/ping", qos);
  dds_entity_t set = waitset_of(&reader, 1);
  announce("ready");
  wait_for_readers(writer, 1);
  wait_for_writers(reader, 1);
  sleep_for(3 * SECOND / 10);
  uint32_t count = (uint32_t)number_option("count", 1000);
  double rate = number_option("rate", 1000);
  int64_t *times = malloc(count * sizeof *times), start = now_ns();
  size_t answered = 0;
  void *sample = joints_kind.create(0);
  for (uint32_t i = 0; i < count; i++) {
    joints_kind.fill(sample, 0, i);
    int64_t sent = now_ns();
    dds_write(writer, sample);
    if (await_answer(set, reader, i, sent + SECOND)) times[answered++] = now_ns() - sent;
    sleep_until(start + (int64_t)((i + 1) * 1e9 / rate));
  }
  event("summary", "\"missed\":%zu,%s", count - answered, times_text("roundTripMs", times, answered));
  return 0;
}

const Role echo_roles[] = {{"echo", echo}, {"ping", ping}, {NULL, NULL}};
