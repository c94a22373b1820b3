#include "kinds.hpp"

#include <cstdio>
#include <cstring>

#include "messages.hpp"

namespace {

// Seven joints; position[0] is the number, position[1] the writer, all else is fixed.
JointState joints(uint32_t writer, uint32_t number) {
  JointState state;
  state.header.frame_id = "base_link";
  for (int i = 0; i < 7; i++) {
    state.name.push_back("panda_joint" + std::to_string(i + 1));
    state.position.push_back(i);
    state.velocity.push_back(7 + i);
    state.effort.push_back(14 + i);
  }
  state.position[0] = number;
  state.position[1] = writer;
  return state;
}

Bytes write_joints(uint32_t writer, uint32_t number, size_t) {
  static JointState state = joints(0, 0);
  state.position[0] = number;
  state.position[1] = writer;
  state.header.stamp = Time::of(now_ns());
  return encode(state);
}

Reading read_joints(const Bytes &bytes) {
  static const JointState expected = joints(0, 0);
  JointState state = decode<JointState>(bytes);
  Reading reading = {0, 0, state.header.stamp.ns(), bytes.size(), false};
  if (state.position.size() != 7) return reading;
  reading.number = uint32_t(state.position[0]);
  reading.writer = uint32_t(state.position[1]);
  state.position[0] = state.position[1] = 0;
  reading.intact = state.header.frame_id == expected.header.frame_id && state.name == expected.name &&
                   state.position == expected.position && state.velocity == expected.velocity && state.effort == expected.effort;
  return reading;
}

// data: number, writer (little-endian words), then bytes that depend on place and number.
constexpr size_t WORDS = 2 * sizeof(uint32_t);

const uint8_t *pattern(size_t bytes) {
  static Bytes made;
  for (size_t i = made.size(); i < bytes + 256; i++) made.push_back(uint8_t(i * 7));
  return made.data();
}

Bytes write_cloud(uint32_t writer, uint32_t number, size_t bytes) {
  static PointCloud2 cloud;
  const uint8_t *from = pattern(bytes) + number % 256;
  const uint32_t words[] = {number, writer};
  cloud.header = {Time::of(now_ns()), "lidar"};
  cloud.height = 1;
  cloud.width = uint32_t(bytes / 16);
  cloud.fields = {{"x", 0, 7, 1}, {"y", 4, 7, 1}, {"z", 8, 7, 1}, {"intensity", 12, 7, 1}};
  cloud.point_step = 16;
  cloud.row_step = uint32_t(bytes);
  cloud.data.assign(from, from + bytes);
  memcpy(cloud.data.data(), words, WORDS);
  cloud.is_dense = true;
  return encode(cloud);
}

Reading read_cloud(const Bytes &bytes) {
  PointCloud2 cloud = decode<PointCloud2>(bytes);
  size_t length = cloud.data.size();
  Reading reading = {0, 0, cloud.header.stamp.ns(), length, false};
  if (length < WORDS) return reading;
  memcpy(&reading.number, cloud.data.data(), sizeof(uint32_t));
  memcpy(&reading.writer, cloud.data.data() + sizeof(uint32_t), sizeof(uint32_t));
  const uint8_t *expected = pattern(length) + reading.number % 256;
  reading.intact = memcmp(cloud.data.data() + WORDS, expected + WORDS, length - WORDS) == 0 &&
                   cloud.row_step == length && cloud.fields.size() == 4 && cloud.fields[3].name == "intensity";
  return reading;
}

// `writer number uuuu..`
Bytes write_text(uint32_t writer, uint32_t number, size_t bytes) {
  std::string text = std::to_string(writer) + " " + std::to_string(number) + " ";
  if (text.size() < bytes) text.resize(bytes, 'u');
  return encode(String{text});
}

Reading read_text(const Bytes &bytes) {
  String text = decode<String>(bytes);
  Reading reading = {0, 0, 0, text.data.size(), false};
  int head = 0;
  if (sscanf(text.data.c_str(), "%u %u %n", &reading.writer, &reading.number, &head) < 2 || head == 0) return reading;
  reading.intact = text.data.find_first_not_of('u', size_t(head)) == std::string::npos;
  return reading;
}

const Kind cloud_kind{"cloud", "sensor_msgs::msg::dds_::PointCloud2_", write_cloud, read_cloud};
const Kind text_kind{"text", "std_msgs::msg::dds_::String_", write_text, read_text};

}  // namespace

const Kind joints_kind{"joints", "sensor_msgs::msg::dds_::JointState_", write_joints, read_joints};

const Kind &chosen_kind() {
  for (const Kind *kind : {&joints_kind, &cloud_kind, &text_kind})
    if (strcmp(option("kind", "joints"), kind->name) == 0) return *kind;
  fail("kind", "unknown");
}
