/* The kinds of messages that topics carry: each holds who wrote it, its number and when it was written. */
#ifndef KINDS_H
#define KINDS_H

#include "peer.h"

typedef struct {
  const char *name;
  const dds_topic_descriptor_t *type;
  /* A sample of about so many bytes, where the kind can be of any size. */
  void *(*create)(size_t bytes);
  void (*fill)(void *sample, uint32_t writer, uint32_t number);
  Reading (*read)(const void *sample);
} Kind;

/* From the command line: kind=joints, cloud or text. */
const Kind *chosen_kind(void);
extern const Kind joints_kind;

#endif
