import { type IsocenterError, inputError } from '../../core/errors.ts';
import { shownValue } from './path.ts';
import type { RosMessage } from './types.ts';

/** A field that is a message itself. @throws IsocenterError `ros2/message`, as all of these */
export function messageIn(message: RosMessage, name: string): RosMessage {
  const value = own(message, name);
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)) {
    return value as RosMessage;
  }
  throw fault(name, value, 'a message');
}

export function messagesIn(message: RosMessage, name: string): readonly RosMessage[] {
  const value = own(message, name);
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'object' && entry !== null)) return value;
  throw fault(name, value, 'an array of messages');
}

export function textIn(message: RosMessage, name: string): string {
  const value = own(message, name);
  if (typeof value === 'string') return value;
  throw fault(name, value, 'a string');
}

export function textsIn(message: RosMessage, name: string): readonly string[] {
  const value = own(message, name);
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw fault(name, value, 'an array of strings');
}

export function numberIn(message: RosMessage, name: string): number {
  const value = own(message, name);
  if (typeof value === 'number') return value;
  throw fault(name, value, 'a number');
}

export function truthIn(message: RosMessage, name: string): boolean {
  const value = own(message, name);
  if (typeof value === 'boolean') return value;
  throw fault(name, value, 'true or false');
}

/** Numbers of a sequence; an empty one where the field is left out. */
export function numbersIn(message: RosMessage, name: string): Float64Array {
  const value = own(message, name) ?? [];
  if (value instanceof Float64Array) return value;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'number')) return Float64Array.from(value);
  throw fault(name, value, 'an array of numbers');
}

function own(message: RosMessage, name: string): unknown {
  return Object.hasOwn(message, name) ? message[name] : undefined;
}

function fault(name: string, value: unknown, wanted: string): IsocenterError {
  return inputError('ros2/message', `${name}: ${shownValue(value)} is not ${wanted}`, 'see the definition of the type');
}
