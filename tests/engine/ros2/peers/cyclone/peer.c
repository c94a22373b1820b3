#include "peer.h"

dds_entity_t participant;

static dds_entity_t checked(dds_entity_t entity, const char *what) {
  if (entity >= 0) return entity;
  fail(what, dds_strretcode(-entity));
}

dds_qos_t *topic_qos(void) {
  dds_qos_t *qos = dds_create_qos();
  bool reliable = !option_is("reliability", "best_effort"), latched = option_is("durability", "transient_local");
  bool all = option_is("history", "keep_all");
  int32_t depth = (int32_t)number_option("depth", 10);
  dds_qset_reliability(qos, reliable ? DDS_RELIABILITY_RELIABLE : DDS_RELIABILITY_BEST_EFFORT, DDS_INFINITY);
  dds_qset_history(qos, all ? DDS_HISTORY_KEEP_ALL : DDS_HISTORY_KEEP_LAST, all ? 0 : depth);
  dds_qset_durability(qos, latched ? DDS_DURABILITY_TRANSIENT_LOCAL : DDS_DURABILITY_VOLATILE);
  if (latched) dds_qset_durability_service(qos, 0, DDS_HISTORY_KEEP_LAST, depth, -1, -1, -1);
  dds_qset_writer_data_lifecycle(qos, false);
  return qos;
}

dds_qos_t *service_qos(void) {
  dds_qos_t *qos = dds_create_qos();
  dds_qset_reliability(qos, DDS_RELIABILITY_RELIABLE, DDS_INFINITY);
  // Replies to other clients pass through too: ten, as ROS has it, may be overtaken before a busy machine reads its own.
  dds_qset_history(qos, DDS_HISTORY_KEEP_LAST, 1000);
  dds_qset_writer_data_lifecycle(qos, false);
  return qos;
}

static dds_entity_t topic_of(const dds_topic_descriptor_t *type, const char *topic) {
  return checked(dds_create_topic(participant, type, topic, NULL, NULL), topic);
}

dds_entity_t writer_of(const dds_topic_descriptor_t *type, const char *topic, const dds_qos_t *qos) {
  return checked(dds_create_writer(participant, topic_of(type, topic), qos, NULL), topic);
}

dds_entity_t reader_of(const dds_topic_descriptor_t *type, const char *topic, const dds_qos_t *qos) {
  return checked(dds_create_reader(participant, topic_of(type, topic), qos, NULL), topic);
}

static void wait_for(dds_entity_t entity, uint32_t count, bool is_writer) {
  int64_t end = now_ns() + 20 * SECOND;
  for (;;) {
    dds_publication_matched_status_t readers = {0};
    dds_subscription_matched_status_t writers = {0};
    if (is_writer) dds_get_publication_matched_status(entity, &readers);
    else dds_get_subscription_matched_status(entity, &writers);
    if (readers.current_count + writers.current_count >= count) return;
    if (now_ns() > end) fail("match", is_writer ? "too few readers" : "too few writers");
    sleep_for(2 * SECOND / 1000);
  }
}

void wait_for_readers(dds_entity_t writer, uint32_t count) { wait_for(writer, count, true); }
void wait_for_writers(dds_entity_t reader, uint32_t count) { wait_for(reader, count, false); }

dds_entity_t waitset_of(const dds_entity_t *readers, size_t count) {
  dds_entity_t set = dds_create_waitset(participant);
  for (size_t i = 0; i < count; i++)
    dds_waitset_attach(set, dds_create_readcondition(readers[i], DDS_ANY_STATE), (dds_attach_t)i);
  return set;
}

bool take_one(dds_entity_t reader, Loan *loan) {
  for (;;) {
    loan->sample = NULL;
    if (dds_take(reader, &loan->sample, &loan->info, 1, 1) <= 0) return false;
    if (loan->info.valid_data) return true;
    release(reader, loan);
  }
}

void release(dds_entity_t reader, Loan *loan) { dds_return_loan(reader, &loan->sample, 1); }

static int run(const Role *roles, const char *name) {
  for (; roles->name != NULL; roles++)
    if (strcmp(roles->name, name) == 0) return roles->run();
  return -1;
}

int main(int count, char **arguments) {
  start_reports(count, arguments);
  dds_qos_t *qos = dds_create_qos();
  dds_qset_userdata(qos, "enclave=/;", 10);
  dds_domainid_t domain = (dds_domainid_t)number_option("domain", 0);
  participant = checked(dds_create_participant(domain, qos, NULL), "participant");
  dds_delete_qos(qos);
  const Role *all[] = {topic_roles, echo_roles, service_roles, action_server_roles, action_client_roles};
  int code = -1;
  for (size_t i = 0; i < sizeof all / sizeof *all && code < 0; i++) code = run(all[i], count < 2 ? "" : arguments[1]);
  if (code < 0) fail("role", "unknown");
  dds_delete(participant);
  return code;
}
