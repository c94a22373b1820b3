import { inputError } from '../../engine/core/errors.ts';
import type { MessageType, RosMessage } from '../../engine/ros2/messages/types.ts';

/**
 * A message from the JSON of the command line.
 *
 * @throws IsocenterError `ros2/bad-json`, or what does not fit the type
 */
export function messageFromText(type: MessageType, text: string): RosMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const hint = `write one object in JSON, as '${JSON.stringify(type.toJson(type.zero()))}'`;
    throw inputError('ros2/bad-json', `${type.name}: ${(error as Error).message}`, hint);
  }
  return type.fromJson(value);
}
