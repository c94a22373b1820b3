/** A command of the rosbridge v2 protocol as it comes from a client. */
export interface Command {
  readonly op: string;
  readonly id?: string;
  readonly topic?: string;
  readonly service?: string;
  readonly type?: string;
  readonly args?: unknown;
  readonly msg?: unknown;
  readonly values?: unknown;
  readonly level?: string;
  readonly timeout?: number;
}

/** What ros2-web-bridge has no answer for, and what to do instead. */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  send_action_goal: 'the bridge has no actions: call the services of the action, or use isocenter ros2 action',
  cancel_action_goal: 'the bridge has no actions',
  advertise_action: 'the bridge has no actions',
  unadvertise_action: 'the bridge has no actions',
  action_feedback: 'the bridge has no actions',
  action_result: 'the bridge has no actions',
  fragment: 'the bridge takes whole messages: send them unfragmented',
  png: 'the bridge takes plain JSON: send it uncompressed',
  auth: 'the bridge has no authentication: it listens where --host says, on loopback by default',
};

const SHAPES = {
  op: 'string',
  id: 'string',
  topic: 'string',
  service: 'string',
  type: 'string',
  level: 'string',
  timeout: 'number',
} as const;

/** A command, or what is wrong with the text. */
export function readCommand(text: string): Command | { readonly fault: string; readonly id?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: `this is not JSON: ${(error as Error).message}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { fault: 'a message is a JSON object with the field op' };
  }
  const fields = value as Record<string, unknown>;
  const id = typeof fields.id === 'string' ? { id: fields.id } : {};
  if (fields.op === undefined) return { fault: 'the message has no field op', ...id };
  for (const [name, kind] of Object.entries(SHAPES)) {
    if (fields[name] === undefined || fields[name] === null) continue;
    if (name === 'id' && typeof fields.id === 'number') continue;
    const actual = Array.isArray(fields[name]) ? 'array' : typeof fields[name];
    if (actual !== kind) return { fault: `the field ${name} is a ${actual} where a ${kind} must be`, ...id };
  }
  return fields as unknown as Command;
}

/** A status message of the rosbridge protocol. */
export function statusText(level: 'error' | 'warning' | 'info', msg: string, id?: string): string {
  return JSON.stringify({ op: 'status', level, msg, id });
}

/** The answer to a call that failed. */
export function failedCall(service: string | undefined, id: string | undefined, reason: string): string {
  return JSON.stringify({ op: 'service_response', service, id, values: reason, result: false });
}
