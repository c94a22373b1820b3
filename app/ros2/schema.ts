import { inputError } from '../../engine/core/errors.ts';
import type { InterfaceRegistry } from '../../engine/ros2/messages/types.ts';

/** Between the definitions of a schema: a line of `=`, then `MSG: package/Name`. */
const SEPARATOR = /^={10,}\s*\n(?=MSG: )/m;

/**
 * Makes the types of an MCAP schema known: those of the distribution count where it has them, and the file's own are added.
 *
 * @returns the ROS name of the type
 * @throws IsocenterError `ros2/bad-mcap`, `ros2/definition`
 */
export function addSchema(
  interfaces: InterfaceRegistry,
  schema: { readonly name: string; readonly data: Uint8Array },
  path: string,
): string {
  const name = full(schema.name);
  if (name === undefined) {
    const message = `${path}: the schema ${JSON.stringify(schema.name)} is no name of a message`;
    throw inputError('ros2/bad-mcap', message, 'names are like sensor_msgs/msg/JointState');
  }
  if (interfaces.has('msg', name)) return name;
  const [own, ...parts] = new TextDecoder().decode(schema.data).replaceAll('\r\n', '\n').split(SEPARATOR);
  const definitions = [{ name, text: own, file: `${path} (${name})` }];
  for (const part of parts) {
    const end = part.indexOf('\n');
    const inner = full(part.slice('MSG: '.length, end < 0 ? undefined : end).trim());
    if (inner === undefined || interfaces.has('msg', inner)) continue;
    definitions.push({ name: inner, text: end < 0 ? '' : part.slice(end + 1), file: `${path} (${inner})` });
  }
  interfaces.addAll(definitions);
  return name;
}

function full(name: string): string | undefined {
  const match = /^([a-z][a-z0-9_]*)\/(?:msg\/)?([A-Za-z][A-Za-z0-9_]*)$/.exec(name);
  return match === null ? undefined : `${match[1]}/msg/${match[2]}`;
}
