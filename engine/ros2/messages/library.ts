import type { MessageDefinition } from '@foxglove/message-definition';
import { ros2humble, ros2jazzy } from '@foxglove/rosmsg-msgs-common';
import { fieldOf, withFullNames } from './definition.ts';
import type { Structure } from './structure.ts';
import { renderText } from './text.ts';
import type { Distro } from './types.ts';

/** Fields that are `byte` in ROS: the library has them as uint8, which is the same on the wire but not in the type hash. */
const BYTE_FIELDS: readonly string[] = [
  'std_msgs/msg/Byte.data',
  'std_msgs/msg/ByteMultiArray.data',
  'diagnostic_msgs/msg/DiagnosticStatus.level',
  'rcl_interfaces/msg/ParameterValue.byte_array_value',
];

/** Packages that are no interfaces of ROS 2 robots: tests of the library itself. */
const LEFT_OUT = /^test_msgs\//;

/** The common messages of a distribution by full name, each made when it is asked for. */
export function commonMessages(distro: Distro): Map<string, () => Structure> {
  const definitions: Readonly<Record<string, MessageDefinition>> = distro === 'humble' ? ros2humble : ros2jazzy;
  const messages = new Map<string, () => Structure>();
  for (const [key, definition] of Object.entries(definitions)) {
    if (LEFT_OUT.test(key)) continue;
    const name = key.replace('/', '/msg/');
    messages.set(name, () => commonMessage(name, definition));
  }
  return messages;
}

function commonMessage(name: string, { definitions }: MessageDefinition): Structure {
  const file = `${name}.msg`;
  const named = definitions.map((definition) => withFullNames(definition, name));
  const fields = named
    .filter((definition) => definition.isConstant !== true)
    .map((definition) => fieldOf(definition, BYTE_FIELDS.includes(`${name}.${definition.name}`), file, 0));
  return { name, fields, definitions: named, text: renderText(named, fields), file };
}
