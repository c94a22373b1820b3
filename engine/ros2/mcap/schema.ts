import { inputError } from '../../core/errors.ts';
import { fullName } from '../messages/names.ts';
import type { InterfaceRegistry } from '../messages/types.ts';

/** Between the definitions of a schema: a line of `=`, then `MSG: package/Name`. */
const SEPARATOR = /^={10,}\s*\n(?=MSG: )/m;

/**
 * Makes the types of an MCAP schema known, as the file has them: its messages were written by these definitions, which may
 * not be those of this distribution.
 *
 * @returns the ROS name of the type
 * @throws IsocenterError `ros2/bad-mcap`, `ros2/definition`
 */
export function addSchema(
  interfaces: InterfaceRegistry,
  schema: { readonly name: string; readonly data: Uint8Array },
  path: string,
): string {
  const nameOf = (text: string): string => {
    try {
      return fullName(text.trim(), 'msg');
    } catch {
      const message = `${path}: the schema ${JSON.stringify(schema.name)} names a message ${JSON.stringify(text)}`;
      throw inputError('ros2/bad-mcap', message, 'names are like sensor_msgs/msg/JointState');
    }
  };
  const name = nameOf(schema.name);
  const [own, ...parts] = new TextDecoder().decode(schema.data).replaceAll('\r\n', '\n').split(SEPARATOR);
  const others = parts.map((part) => {
    const [head, ...lines] = part.split('\n');
    return { name: nameOf(head.slice('MSG: '.length)), text: lines.join('\n') };
  });
  interfaces.addAll([{ name, text: own }, ...others].map((each) => ({ ...each, file: `${path} (${each.name})` })));
  return name;
}
