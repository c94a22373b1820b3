import { expect, it } from 'vitest';
import { addSchema } from '../../../engine/ros2/mcap/schema.ts';
import { createInterfaceRegistry } from '../../../engine/ros2/messages/registry.ts';

const schema = (name: string, text: string) => ({ name, data: new TextEncoder().encode(text) });
const rule = '='.repeat(80);

it('a recording is played by the definitions that it was written with', () => {
  const interfaces = createInterfaceRegistry();
  const ours = interfaces.message('std_msgs/msg/Header');
  const text = `std_msgs/Header header\nmy_msgs/Unit unit\n${rule}\nMSG: std_msgs/Header\nuint32 seq\nstring frame_id\n${rule}\r\nMSG: my_msgs/Unit\r\nstring name\r\n`;
  expect(addSchema(interfaces, schema('my_msgs/msg/Reading', text), 'run.mcap')).toBe('my_msgs/msg/Reading');
  const reading = interfaces.message('my_msgs/msg/Reading');
  const value = { header: { seq: 7, frame_id: 'base' }, unit: { name: 'mm' } };
  expect(reading.decode(reading.encode(value))).toEqual(value);
  expect(interfaces.message('std_msgs/msg/Header').hash).not.toBe(ours.hash);
});

it('the definitions of a distribution give its hash, with the comments of a recording or without', () => {
  const interfaces = createInterfaceRegistry();
  const { hash, text } = interfaces.message('sensor_msgs/msg/JointState');
  const commented = `# a comment\n${text
    .replaceAll('\n', '   # another\n')
    .replaceAll(`${rule}   # another`, rule)
    .replace(/^(MSG: \S+) {3}# another$/gm, '$1')}`;
  addSchema(interfaces, schema('sensor_msgs/JointState', commented), 'run.mcap');
  expect(interfaces.message('sensor_msgs/msg/JointState').hash).toBe(hash);
});

it.each([
  ['no name', ''],
  ['what is no name', 'sensor msgs/JointState'],
])('%s is refused', (_, name) => {
  expect(() => addSchema(createInterfaceRegistry(), schema(name, ''), 'run.mcap')).toThrow(/run\.mcap/);
});
