/* AddTwoInts as rmw_cyclonedds_cpp carries it: requests and replies begin with the client and the request's number. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "peer.h"
#include "ros.h"

typedef example_interfaces_srv_dds__AddTwoInts_Request_ Request;
typedef example_interfaces_srv_dds__AddTwoInts_Response_ Response;
#define REQUEST &example_interfaces_srv_dds__AddTwoInts_Request__desc
#define RESPONSE &example_interfaces_srv_dds__AddTwoInts_Response__desc

/* user_data of both endpoints, by which rmw pairs a client's reader with its writer. */
static dds_qos_t *paired_qos(const char *side) {
  dds_qos_t *qos = service_qos();
  char text[80];
  int length = snprintf(text, sizeof text, "%s=1.10.%x.%x.0.0.0.0.0.0.0.0.0.0.1.4;", side, getpid() & 0xff, getpid() >> 8 & 0xff);
  dds_qset_userdata(qos, text, (size_t)length);
  return qos;
}

static int serve(void) {
  dds_qos_t *qos = paired_qos("serviceid");
  dds_entity_t reader = reader_of(REQUEST, "rq/add_two_intsRequest", qos);
  dds_entity_t writer = writer_of(RESPONSE, "rr/add_two_intsReply", qos), set = waitset_of(&reader, 1);
  announce("ready");
  int64_t end = now_ns() + (int64_t)(number_option("seconds", 60) * 1e9);
  while (now_ns() < end) {
    dds_waitset_wait(set, NULL, 0, DDS_MSECS(200));
    for (Loan loan; take_one(reader, &loan); release(reader, &loan)) {
      const Request *request = loan.sample;
      Response response = {request->client, request->number, request->a + request->b};
      dds_write(writer, &response);
    }
  }
  return 0;
}

/* The sum that the server answers; -1 where it does not within five seconds. */
static int64_t await_sum(dds_entity_t set, dds_entity_t reader, uint64_t client, int64_t number) {
  int64_t sum = -1;
  for (int64_t end = now_ns() + 5 * SECOND; now_ns() < end && sum < 0;) {
    dds_waitset_wait(set, NULL, 0, DDS_MSECS(100));
    for (Loan loan; take_one(reader, &loan); release(reader, &loan)) {
      const Response *response = loan.sample;
      if (response->client == client && response->number == number) sum = response->sum;
    }
  }
  return sum;
}

static int call(void) {
  dds_qos_t *qos = paired_qos("clientid");
  dds_entity_t reader = reader_of(RESPONSE, "rr/add_two_intsReply", qos);
  dds_entity_t writer = writer_of(REQUEST, "rq/add_two_intsRequest", qos), set = waitset_of(&reader, 1);
  announce("ready");
  wait_for_readers(writer, 1);
  wait_for_writers(reader, 1);
  sleep_for(3 * SECOND / 10);
  // As rmw does, the handle of the writer tells the clients apart; mixed with the process, because each counts its own.
  dds_instance_handle_t handle;
  dds_get_instance_handle(writer, &handle);
  uint64_t client = handle ^ (uint64_t)getpid() << 40;
  int64_t count = (int64_t)number_option("count", 100), wrong = 0;
  int64_t *times = malloc((size_t)count * sizeof *times);
  for (int64_t i = 0; i < count; i++) {
    Request request = {client, i + 1, i, 1000000000000};
    int64_t start = now_ns();
    dds_write(writer, &request);
    wrong += await_sum(set, reader, client, i + 1) != i + 1000000000000;
    times[i] = now_ns() - start;
  }
  event("summary", "\"wrong\":%lld,%s", (long long)wrong, times_text("callMs", times, (size_t)count));
  return 0;
}

const Role service_roles[] = {{"serve", serve}, {"call", call}, {NULL, NULL}};
