import { inputError } from '../../engine/core/errors.ts';
import { toJson } from '../../engine/core/json.ts';
import { GOAL_STATUS, type GoalHandle, type RosNode } from '../../engine/ros2/node/types.ts';
import { messageFromText } from './json.ts';
import { messageText } from './text.ts';

export interface CallOptions {
  /** [s] */
  readonly timeout: number;
  readonly json?: boolean;
}

/** `isocenter ros2 call`: one request, one answer. */
export async function callService(
  node: RosNode,
  service: string,
  type: string,
  text: string,
  { timeout, json }: CallOptions,
  signal: AbortSignal,
): Promise<void> {
  const { request, response } = node.interfaces.service(type);
  const message = messageFromText(request, text);
  const client = node.createClient(type, service);
  const timeoutMs = 1000 * timeout;
  if (!(await client.waitForService(timeoutMs))) throw nobody('service', client.name, timeout, node.where);
  const answer = response.toJson(await client.call(message, { timeoutMs, signal }));
  process.stdout.write(json ? toJson(answer) : messageText(answer));
}

export interface ActionOptions extends CallOptions {
  readonly feedback?: boolean;
}

/**
 * `isocenter ros2 action`: sends a goal and waits for its end; the first Ctrl-C asks the server to cancel it. JSON: one line
 * for each feedback, one for the result.
 *
 * @returns whether the goal succeeded
 */
export async function runAction(
  node: RosNode,
  action: string,
  type: string,
  text: string,
  { timeout, json, feedback }: ActionOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const types = node.interfaces.action(type);
  const goal = messageFromText(types.goal, text);
  const client = node.createActionClient(type, action);
  const timeoutMs = 1000 * timeout;
  if (!(await client.waitForServer(timeoutMs))) throw nobody('action', client.name, timeout, node.where);
  const print = (kind: string, value: unknown) => {
    process.stdout.write(json ? toJson({ [kind]: value }) : `${kind}:\n${messageText(value)}---\n`);
  };
  const handle = await client.sendGoal(
    goal,
    feedback ? (message) => print('feedback', types.feedback.toJson(message)) : undefined,
    { timeoutMs, signal },
  );
  if (handle === undefined) {
    const hint = 'see the log of the server for why';
    throw inputError('ros2/goal-refused', `the server of ${client.name} refuses the goal`, hint);
  }
  print('accepted', Buffer.from(handle.id).toString('hex'));
  const { status, result } = await outcome(handle, signal, (message) => process.stderr.write(`${message}\n`));
  const name = Object.entries(GOAL_STATUS).find(([, code]) => code === status)?.[0] ?? String(status);
  const plain = types.result.toJson(result);
  if (json) process.stdout.write(toJson({ status: name, result: plain }));
  else process.stdout.write(`${name}:\n${messageText(plain)}`);
  return status === GOAL_STATUS.succeeded;
}

async function outcome(handle: GoalHandle, signal: AbortSignal, say: (message: string) => void) {
  const cancel = () => {
    say('asking the server to cancel the goal; Ctrl-C again leaves it running');
    handle.cancel({ timeoutMs: 5000 }).then(
      (taken) => taken || say('the server does not cancel the goal'),
      (error: Error) => say(error.message),
    );
  };
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    return await handle.outcome;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function nobody(what: 'service' | 'action', name: string, timeout: number, where: string): Error {
  return inputError(
    `ros2/no-${what}`,
    `nobody offers the ${what} ${name} within ${timeout} s on ${where}`,
    `start its server, or see isocenter ros2 ${what}s; --domain and --interface must be its own`,
  );
}
