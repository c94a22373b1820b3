// The kinds of messages that topics carry: each holds who wrote it, its number and when it was written.
#pragma once

#include "peer.hpp"

struct Kind {
  const char *name, *type;
  // A sample of about so many bytes, where the kind can be of any size.
  Bytes (*write)(uint32_t writer, uint32_t number, size_t bytes);
  Reading (*read)(const Bytes &bytes);
};

// From the command line: kind=joints, cloud or text.
const Kind &chosen_kind();
extern const Kind joints_kind;
