// What all roles of this peer share: endpoints of raw CDR, their quality of service, messages to and from bytes.
#pragma once

#include <fastcdr/Cdr.h>
#include <fastcdr/FastBuffer.h>

#include <cstdint>
#include <fastdds/dds/core/condition/WaitSet.hpp>
#include <fastdds/dds/publisher/DataWriter.hpp>
#include <fastdds/dds/subscriber/DataReader.hpp>
#include <fastdds/dds/subscriber/SampleInfo.hpp>
#include <string>
#include <vector>

#include "../common/report.h"

namespace fast = eprosima::fastdds::dds;
namespace rtps = eprosima::fastrtps::rtps;
using Duration = eprosima::fastrtps::Duration_t;
using Code = eprosima::fastrtps::types::ReturnCode_t;

struct Role {
  const char *name;
  int (*run)();
};

extern const std::vector<Role> topic_roles, echo_roles, service_roles, action_server_roles, action_client_roles;

// CDR with its encapsulation header.
using Bytes = std::vector<uint8_t>;

struct Quality {
  bool reliable = true, latched = false, all = false;
  int depth = 10;
};

// From reliability, durability, history and depth of the command line; services and actions have those of rcl.
Quality topic_quality();
// Replies to other clients pass through too: ten, as ROS has it, may be overtaken before a busy machine reads its own.
const Quality service_quality{true, false, false, 1000};
fast::DataWriter *writer_of(const std::string &type, const std::string &topic, const Quality &quality);
fast::DataReader *reader_of(const std::string &type, const std::string &topic, const Quality &quality);
// Ends the program with a line that says so where there are fewer after 20 s.
void wait_for_readers(fast::DataWriter *writer, int count);
void wait_for_writers(fast::DataReader *reader, int count);

// Waits for samples of any of the readers.
class Waiter {
 public:
  explicit Waiter(const std::vector<fast::DataReader *> &readers);
  void wait(int64_t ns);

 private:
  fast::WaitSet set;
};

struct Received {
  Bytes bytes;
  fast::SampleInfo info;
};
// False where there is none.
bool take_one(fast::DataReader *reader, Received &received);

template <class Message>
Bytes encode(const Message &message) {
  eprosima::fastcdr::FastBuffer buffer;
  eprosima::fastcdr::Cdr cdr(buffer, eprosima::fastcdr::Cdr::DEFAULT_ENDIAN, eprosima::fastcdr::Cdr::DDS_CDR);
  cdr.serialize_encapsulation();
  cdr << message;
  return Bytes(buffer.getBuffer(), buffer.getBuffer() + cdr.getSerializedDataLength());
}

template <class Message>
Message decode(const Bytes &bytes) {
  eprosima::fastcdr::FastBuffer buffer(reinterpret_cast<char *>(const_cast<uint8_t *>(bytes.data())), bytes.size());
  eprosima::fastcdr::Cdr cdr(buffer, eprosima::fastcdr::Cdr::DEFAULT_ENDIAN, eprosima::fastcdr::Cdr::DDS_CDR);
  cdr.read_encapsulation();
  Message message;
  cdr >> message;
  return message;
}
