#include "peer.hpp"

#include <cstring>
#include <fastdds/dds/core/condition/StatusCondition.hpp>
#include <fastdds/dds/domain/DomainParticipant.hpp>
#include <fastdds/dds/domain/DomainParticipantFactory.hpp>
#include <fastdds/dds/publisher/Publisher.hpp>
#include <fastdds/dds/subscriber/Subscriber.hpp>
#include <fastdds/dds/topic/TopicDataType.hpp>
#include <fastdds/rtps/transport/UDPv4TransportDescriptor.h>

namespace {

fast::DomainParticipant *participant;
fast::Publisher *publisher;
fast::Subscriber *subscriber;

// A type whose samples are bytes as they go over the wire, as rmw_fastrtps has for serialized messages.
class RawType : public fast::TopicDataType {
 public:
  explicit RawType(const std::string &name) {
    setName(name.c_str());
    m_typeSize = 1024;
    m_isGetKeyDefined = false;
    auto_fill_type_object(false);
    auto_fill_type_information(false);
  }
  bool serialize(void *data, rtps::SerializedPayload_t *payload) override {
    const Bytes &bytes = *static_cast<Bytes *>(data);
    if (payload->max_size < bytes.size()) return false;
    memcpy(payload->data, bytes.data(), bytes.size());
    payload->length = uint32_t(bytes.size());
    payload->encapsulation = CDR_LE;
    return true;
  }
  bool deserialize(rtps::SerializedPayload_t *payload, void *data) override {
    static_cast<Bytes *>(data)->assign(payload->data, payload->data + payload->length);
    return true;
  }
  std::function<uint32_t()> getSerializedSizeProvider(void *data) override {
    return [data] { return uint32_t(static_cast<Bytes *>(data)->size()); };
  }
  void *createData() override { return new Bytes(); }
  void deleteData(void *data) override { delete static_cast<Bytes *>(data); }
  bool getKey(void *, rtps::InstanceHandle_t *, bool) override { return false; }
};

fast::Topic *topic_of(const std::string &type, const std::string &name) {
  if (fast::TopicDescription *known = participant->lookup_topicdescription(name)) return static_cast<fast::Topic *>(known);
  fast::TypeSupport support(new RawType(type));
  support.register_type(participant);
  fast::Topic *topic = participant->create_topic(name, type, fast::TOPIC_QOS_DEFAULT);
  if (topic == nullptr) fail("topic", name.c_str());
  return topic;
}

// What writers and readers have in common.
template <class Qos>
Qos with_quality(Qos qos, const Quality &quality) {
  qos.reliability().kind = quality.reliable ? fast::RELIABLE_RELIABILITY_QOS : fast::BEST_EFFORT_RELIABILITY_QOS;
  qos.reliability().max_blocking_time = Duration(600, 0);
  qos.durability().kind = quality.latched ? fast::TRANSIENT_LOCAL_DURABILITY_QOS : fast::VOLATILE_DURABILITY_QOS;
  qos.history().kind = quality.all ? fast::KEEP_ALL_HISTORY_QOS : fast::KEEP_LAST_HISTORY_QOS;
  qos.history().depth = quality.depth;
  qos.resource_limits().max_samples = std::max(5000, quality.depth);
  qos.resource_limits().max_samples_per_instance = std::max(5000, quality.depth);
  qos.endpoint().history_memory_policy = rtps::PREALLOCATED_WITH_REALLOC_MEMORY_MODE;
  qos.data_sharing().off();
  return qos;
}

void create_participant(uint32_t domain) {
  fast::DomainParticipantQos qos;
  auto udp = std::make_shared<eprosima::fastdds::rtps::UDPv4TransportDescriptor>();
  udp->interfaceWhiteList.push_back("127.0.0.1");
  udp->sendBufferSize = udp->receiveBufferSize = 4 << 20;
  qos.transport().use_builtin_transports = false;
  qos.transport().user_transports.push_back(udp);
  const double lease = number_option("lease", 0);
  if (lease > 0) {
    qos.wire_protocol().builtin.discovery_config.leaseDuration = Duration(lease);
    qos.wire_protocol().builtin.discovery_config.leaseDuration_announcementperiod = Duration(lease / 4);
  }
  const char *user_data = "enclave=/;";
  qos.user_data().setValue({user_data, user_data + strlen(user_data)});
  participant = fast::DomainParticipantFactory::get_instance()->create_participant(domain, qos);
  if (participant == nullptr) fail("participant", "not created");
  publisher = participant->create_publisher(fast::PUBLISHER_QOS_DEFAULT);
  subscriber = participant->create_subscriber(fast::SUBSCRIBER_QOS_DEFAULT);
}

template <class Count>
void wait_until_matched(int count, const char *what, Count current) {
  for (int64_t end = now_ns() + 20 * SECOND; current() < count; sleep_for(2 * SECOND / 1000))
    if (now_ns() > end) fail("match", what);
}

}  // namespace

Quality topic_quality() {
  return {!option_is("reliability", "best_effort"), option_is("durability", "transient_local"),
          option_is("history", "keep_all"), int(number_option("depth", 10))};
}

fast::DataWriter *writer_of(const std::string &type, const std::string &topic, const Quality &quality) {
  fast::DataWriterQos qos = with_quality(fast::DATAWRITER_QOS_DEFAULT, quality);
  // What is larger than a datagram goes in fragments, which only this mode sends.
  const bool large = option_is("kind", "cloud") || option_is("kind", "text");
  qos.publish_mode().kind = large ? fast::ASYNCHRONOUS_PUBLISH_MODE : fast::SYNCHRONOUS_PUBLISH_MODE;
  fast::DataWriter *writer = publisher->create_datawriter(topic_of(type, topic), qos);
  if (writer == nullptr) fail("writer", topic.c_str());
  return writer;
}

fast::DataReader *reader_of(const std::string &type, const std::string &topic, const Quality &quality) {
  fast::DataReader *reader =
      subscriber->create_datareader(topic_of(type, topic), with_quality(fast::DATAREADER_QOS_DEFAULT, quality));
  if (reader == nullptr) fail("reader", topic.c_str());
  return reader;
}

void wait_for_readers(fast::DataWriter *writer, int count) {
  wait_until_matched(count, "too few readers", [writer] {
    fast::PublicationMatchedStatus status;
    writer->get_publication_matched_status(status);
    return status.current_count;
  });
}

void wait_for_writers(fast::DataReader *reader, int count) {
  wait_until_matched(count, "too few writers", [reader] {
    fast::SubscriptionMatchedStatus status;
    reader->get_subscription_matched_status(status);
    return status.current_count;
  });
}

Waiter::Waiter(const std::vector<fast::DataReader *> &readers) {
  for (fast::DataReader *reader : readers) {
    reader->get_statuscondition().set_enabled_statuses(fast::StatusMask::data_available());
    set.attach_condition(reader->get_statuscondition());
  }
}

void Waiter::wait(int64_t ns) {
  fast::ConditionSeq active;
  set.wait(active, Duration(int32_t(ns / SECOND), uint32_t(ns % SECOND)));
}

bool take_one(fast::DataReader *reader, Received &received) {
  while (reader->take_next_sample(&received.bytes, &received.info) == Code::RETCODE_OK)
    if (received.info.valid_data) return true;
  return false;
}

int main(int count, char **arguments) {
  start_reports(count, arguments);
  create_participant(uint32_t(number_option("domain", 0)));
  const char *name = count < 2 ? "" : arguments[1];
  for (const std::vector<Role> *roles : {&topic_roles, &echo_roles, &service_roles, &action_server_roles, &action_client_roles})
    for (const Role &role : *roles) {
      if (strcmp(role.name, name) != 0) continue;
      int code = role.run();
      participant->delete_contained_entities();
      fast::DomainParticipantFactory::get_instance()->delete_participant(participant);
      return code;
    }
  fail("role", "unknown");
}
