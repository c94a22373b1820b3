#include "kinds.h"

#include <stdio.h>
#include <stdlib.h>

#include "ros.h"

typedef sensor_msgs_msg_dds__JointState_ JointState;
typedef sensor_msgs_msg_dds__PointCloud2_ PointCloud2;
typedef std_msgs_msg_dds__String_ String;

static void stamp(builtin_interfaces_msg_dds__Time_ *time) {
  int64_t now = now_ns();
  time->sec = (int32_t)(now / SECOND);
  time->nanosec = (uint32_t)(now % SECOND);
}

static int64_t stamp_ns(const builtin_interfaces_msg_dds__Time_ *time) { return time->sec * SECOND + time->nanosec; }

/* Seven joints; position[0] is the number, position[1] the writer, all else is fixed. */
#define JOINTS 7
static char *joint_names[JOINTS] = {"panda_joint1", "panda_joint2", "panda_joint3", "panda_joint4",
                                    "panda_joint5", "panda_joint6", "panda_joint7"};

static void *create_joints(size_t bytes) {
  (void)bytes;
  JointState *state = calloc(1, sizeof *state);
  double *values = calloc(3 * JOINTS, sizeof *values);
  for (int i = 0; i < 3 * JOINTS; i++) values[i] = i;
  state->header.frame_id = "base_link";
  state->name._length = state->name._maximum = JOINTS;
  state->name._buffer = joint_names;
  state->position._length = state->velocity._length = state->effort._length = JOINTS;
  state->position._maximum = state->velocity._maximum = state->effort._maximum = JOINTS;
  state->position._buffer = values;
  state->velocity._buffer = values + JOINTS;
  state->effort._buffer = values + 2 * JOINTS;
  return state;
}

static void fill_joints(void *sample, uint32_t writer, uint32_t number) {
  JointState *state = sample;
  state->position._buffer[0] = number;
  state->position._buffer[1] = writer;
  stamp(&state->header.stamp);
}

static Reading read_joints(const void *sample) {
  const JointState *state = sample;
  Reading reading = {.bytes = sizeof(double) * 3 * JOINTS};
  if (state->name._length != JOINTS || state->position._length != JOINTS || state->velocity._length != JOINTS ||
      state->effort._length != JOINTS)
    return reading;
  reading.number = (uint32_t)state->position._buffer[0];
  reading.writer = (uint32_t)state->position._buffer[1];
  reading.time_ns = stamp_ns(&state->header.stamp);
  reading.intact = strcmp(state->header.frame_id, "base_link") == 0;
  for (int i = 0; i < JOINTS; i++) {
    reading.intact &= strcmp(state->name._buffer[i], joint_names[i]) == 0;
    reading.intact &= i < 2 || state->position._buffer[i] == i;
    reading.intact &= state->velocity._buffer[i] == JOINTS + i && state->effort._buffer[i] == 2 * JOINTS + i;
  }
  return reading;
}

/* data: number, writer (little-endian words), then bytes that depend on place and number. */
#define WORDS (2 * sizeof(uint32_t))
static const uint8_t *pattern(size_t bytes) {
  static uint8_t *made;
  static size_t size;
  if (size < bytes + 256) {
    size = bytes + 256;
    made = realloc(made, size);
    for (size_t i = 0; i < size; i++) made[i] = (uint8_t)(i * 7);
  }
  return made;
}

static void *create_cloud(size_t bytes) {
  static sensor_msgs_msg_dds__PointField_ fields[] = {
      {"x", 0, 7, 1}, {"y", 4, 7, 1}, {"z", 8, 7, 1}, {"intensity", 12, 7, 1}};
  PointCloud2 *cloud = calloc(1, sizeof *cloud);
  cloud->header.frame_id = "lidar";
  cloud->height = 1;
  cloud->width = (uint32_t)(bytes / 16);
  cloud->point_step = 16;
  cloud->row_step = (uint32_t)bytes;
  cloud->is_dense = true;
  cloud->fields._length = cloud->fields._maximum = 4;
  cloud->fields._buffer = fields;
  cloud->data._length = cloud->data._maximum = (uint32_t)bytes;
  cloud->data._buffer = malloc(bytes);
  return cloud;
}

static void fill_cloud(void *sample, uint32_t writer, uint32_t number) {
  PointCloud2 *cloud = sample;
  uint32_t words[] = {number, writer};
  memcpy(cloud->data._buffer, pattern(cloud->data._length) + number % 256, cloud->data._length);
  memcpy(cloud->data._buffer, words, WORDS);
  stamp(&cloud->header.stamp);
}

static Reading read_cloud(const void *sample) {
  const PointCloud2 *cloud = sample;
  size_t length = cloud->data._length;
  Reading reading = {.bytes = length};
  if (length < WORDS) return reading;
  memcpy(&reading.number, cloud->data._buffer, sizeof(uint32_t));
  memcpy(&reading.writer, cloud->data._buffer + sizeof(uint32_t), sizeof(uint32_t));
  const uint8_t *expected = pattern(length) + reading.number % 256;
  reading.intact = memcmp(cloud->data._buffer + WORDS, expected + WORDS, length - WORDS) == 0 &&
                   cloud->fields._length == 4 && cloud->row_step == length &&
                   strcmp(cloud->fields._buffer[3].name, "intensity") == 0;
  reading.time_ns = stamp_ns(&cloud->header.stamp);
  return reading;
}

/* `writer number uuuu..` */
static void *create_text(size_t bytes) {
  String *text = calloc(1, sizeof *text);
  text->data = malloc(bytes + 1);
  memset(text->data, 'u', bytes);
  text->data[bytes] = '\0';
  return text;
}

static void fill_text(void *sample, uint32_t writer, uint32_t number) {
  String *text = sample;
  char head[32];
  int length = snprintf(head, sizeof head, "%u %u ", writer, number);
  if ((size_t)length < strlen(text->data)) memcpy(text->data, head, (size_t)length);
}

static Reading read_text(const void *sample) {
  const String *text = sample;
  Reading reading = {.bytes = strlen(text->data)};
  int head = 0;
  if (sscanf(text->data, "%u %u %n", &reading.writer, &reading.number, &head) < 2 || head == 0) return reading;
  reading.intact = strspn(text->data + head, "u") == reading.bytes - (size_t)head;
  return reading;
}

const Kind joints_kind = {"joints", &sensor_msgs_msg_dds__JointState__desc, create_joints, fill_joints, read_joints};
static const Kind cloud_kind = {"cloud", &sensor_msgs_msg_dds__PointCloud2__desc, create_cloud, fill_cloud, read_cloud};
static const Kind text_kind = {"text", &std_msgs_msg_dds__String__desc, create_text, fill_text, read_text};

const Kind *chosen_kind(void) {
  const Kind *all[] = {&joints_kind, &cloud_kind, &text_kind};
  for (size_t i = 0; i < 3; i++)
    if (strcmp(all[i]->name, option("kind", "joints")) == 0) return all[i];
  fail("kind", "unknown");
}
