/* Reads lines of `type hex`, lets Cyclone DDS check the CDR, read it into its own structures and write it again, and
 * answers with what it wrote. No network. all.h and table.h are made by idl.ts and idlc. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dds/dds.h"
#include "dds/ddsi/ddsi_cdrstream.h"

#include "all.h"

static const struct {
  const char *name;
  const dds_topic_descriptor_t *descriptor;
} table[] = {
#include "table.h"
};

static const dds_topic_descriptor_t *find(const char *name) {
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strcmp(table[i].name, name) == 0) return table[i].descriptor;
  return NULL;
}

static void answer(const dds_topic_descriptor_t *type, const char *hex, size_t size) {
  char *bytes = aligned_alloc(16, (size + 31) & ~(size_t)15);
  for (size_t i = 0; i < size; i++) {
    unsigned value;
    sscanf(hex + 2 * i, "%2x", &value);
    bytes[i] = (char)value;
  }
  uint32_t used = 0;
  if (!dds_stream_normalize_data(bytes, &used, (uint32_t)size, false, 1, type->m_ops)) {
    printf("refused\n");
  } else if (used != size) {
    printf("used %u of %zu\n", used, size);
  } else {
    dds_istream_t in;
    dds_istream_init(&in, (uint32_t)size, bytes, 1);
    char *sample = calloc(1, type->m_size + 16);
    dds_stream_read(&in, sample, type->m_ops);
    dds_ostreamLE_t out;
    dds_ostreamLE_init(&out, 0, 1);
    dds_stream_writeLE(&out, sample, type->m_ops);
    for (uint32_t i = 0; i < out.x.m_index; i++) printf("%02x", (unsigned char)out.x.m_buffer[i]);
    printf("\n");
    dds_ostreamLE_fini(&out);
    dds_stream_free_sample(sample, type->m_ops);
    free(sample);
  }
  free(bytes);
}

int main(void) {
  static char line[1 << 22];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *hex = strchr(line, ' ');
    if (hex == NULL) return 1;
    *hex++ = '\0';
    const dds_topic_descriptor_t *type = find(line);
    if (type == NULL) printf("unknown\n");
    else answer(type, hex, strcspn(hex, "\n") / 2);
  }
  return 0;
}
