// A service as rmw_fastrtps carries it: the identity of the request goes beside the messages, not in them.
#pragma once

#include "peer.hpp"

// Where a reply goes.
using Identity = rtps::SampleIdentity;

class Server {
 public:
  // name as in rq/nameRequest, type as in pkg::srv::dds_::Type
  Server(const std::string &name, const std::string &type)
      : reader(reader_of(type + "_Request_", "rq/" + name + "Request", service_quality)),
        writer(writer_of(type + "_Response_", "rr/" + name + "Reply", service_quality)) {}

  template <class Request, class Handle>
  void take_all(Handle handle) {
    for (Received received; take_one(reader, received);) {
      // rmw_request.cpp: the reply goes to the reader that the request names, where it names one.
      Identity identity = received.info.sample_identity;
      const rtps::GUID_t &named = received.info.related_sample_identity.writer_guid();
      if (named != rtps::GUID_t::unknown()) identity.writer_guid(named);
      handle(decode<Request>(received.bytes), identity);
    }
  }

  template <class Response>
  void reply(const Response &response, const Identity &to) {
    Bytes bytes = encode(response);
    rtps::WriteParams parameters;
    parameters.related_sample_identity(to);
    writer->write(&bytes, parameters);
  }

  fast::DataReader *const reader;
  fast::DataWriter *const writer;
};

class Client {
 public:
  Client(const std::string &name, const std::string &type)
      : reader(reader_of(type + "_Response_", "rr/" + name + "Reply", service_quality)),
        writer(writer_of(type + "_Request_", "rq/" + name + "Request", service_quality)) {}

  void wait_for_server() {
    wait_for_readers(writer, 1);
    wait_for_writers(reader, 1);
  }

  // The number by which the reply names the request.
  template <class Request>
  rtps::SequenceNumber_t send(const Request &request) {
    Bytes bytes = encode(request);
    rtps::WriteParams parameters;
    parameters.related_sample_identity().writer_guid(reader->guid());
    writer->write(&bytes, parameters);
    return parameters.sample_identity().sequence_number();
  }

  template <class Response, class Handle>
  void take_all(Handle handle) {
    for (Received received; take_one(reader, received);) {
      const Identity &identity = received.info.related_sample_identity;
      if (identity.writer_guid() != reader->guid() && identity.writer_guid() != writer->guid()) continue;
      handle(decode<Response>(received.bytes), identity.sequence_number());
    }
  }

  fast::DataReader *const reader;
  fast::DataWriter *const writer;
};
