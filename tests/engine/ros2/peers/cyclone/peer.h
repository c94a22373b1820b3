/* What all roles of this peer share: endpoints, their quality of service, samples on loan. */
#ifndef PEER_H
#define PEER_H

#include <string.h>

#include "../common/report.h"
#include "dds/dds.h"

typedef struct {
  const char *name;
  int (*run)(void);
} Role;

extern const Role topic_roles[], echo_roles[], service_roles[], action_server_roles[], action_client_roles[];

extern dds_entity_t participant;
/* From reliability, durability, history and depth of the command line; services and actions have those of rcl. */
dds_qos_t *topic_qos(void);
dds_qos_t *service_qos(void);
dds_entity_t writer_of(const dds_topic_descriptor_t *type, const char *topic, const dds_qos_t *qos);
dds_entity_t reader_of(const dds_topic_descriptor_t *type, const char *topic, const dds_qos_t *qos);
/* Ends the program with a line that says so where there are fewer after 20 s. */
void wait_for_readers(dds_entity_t writer, uint32_t count);
void wait_for_writers(dds_entity_t reader, uint32_t count);
dds_entity_t waitset_of(const dds_entity_t *readers, size_t count);

/* One sample on loan from a reader. */
typedef struct {
  void *sample;
  dds_sample_info_t info;
} Loan;
/* False where there is none; give back with release. */
bool take_one(dds_entity_t reader, Loan *loan);
void release(dds_entity_t reader, Loan *loan);

#endif
