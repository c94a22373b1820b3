import { inputError } from '../../core/errors.ts';
import type { ActionType, RosMessage } from '../messages/types.ts';
import { QOS_PROFILES } from '../rtps/qos.ts';
import type { DdsNode } from './dds-node.ts';
import type { DdsServiceClient } from './service-client.ts';
import {
  type ActionClient,
  type CallOptions,
  GOAL_STATUS,
  type GoalHandle,
  type GoalOutcome,
  type GoalStatus,
  type ServiceClient,
  type Subscription,
} from './types.ts';

interface Goal {
  readonly onFeedback: ((feedback: RosMessage) => void) | undefined;
  status: GoalStatus;
}

/** A cancel request's return codes that let goals end: action_msgs/srv/CancelGoal ERROR_NONE. */
const CANCEL_TAKEN = 0;

export class DdsActionClient implements ActionClient {
  readonly name: string;
  readonly type: string;
  readonly #sendGoal: DdsServiceClient;
  readonly #getResult: ServiceClient;
  readonly #cancelGoal: ServiceClient;
  readonly #subscriptions: readonly Subscription[];
  /** Goals that have not ended, by the hexadecimal digits of their ids. */
  readonly #goals = new Map<string, Goal>();
  readonly #onClose: (client: DdsActionClient) => void;

  constructor(node: DdsNode, name: string, action: ActionType, onClose: (client: DdsActionClient) => void) {
    this.name = name;
    this.type = action.name;
    this.#onClose = onClose;
    this.#sendGoal = node.openClient(`${name}/_action/send_goal`, action.sendGoal);
    this.#getResult = node.openClient(`${name}/_action/get_result`, action.getResult);
    this.#cancelGoal = node.openClient(`${name}/_action/cancel_goal`, action.cancelGoal);
    this.#subscriptions = [
      node.openSubscription(`${name}/_action/feedback`, action.feedbackMessage, QOS_PROFILES.default, (message) =>
        this.#feedback(message),
      ),
      node.openSubscription(`${name}/_action/status`, action.status, QOS_PROFILES.action_status_default, (message) =>
        this.#statuses(message),
      ),
    ];
  }

  async waitForServer(timeoutMs: number): Promise<boolean> {
    const all = [this.#sendGoal, this.#getResult, this.#cancelGoal].map((each) => each.waitForService(timeoutMs));
    return (await Promise.all(all)).every((there) => there);
  }

  async sendGoal(
    goal: RosMessage,
    onFeedback?: (feedback: RosMessage) => void,
    options: CallOptions = {},
  ): Promise<GoalHandle | undefined> {
    const id = crypto.getRandomValues(new Uint8Array(16));
    const key = keyOf(id);
    // Feedback may come before the answer.
    const entry: Goal = { onFeedback, status: GOAL_STATUS.unknown };
    this.#goals.set(key, entry);
    try {
      // A goal that is taken after its sender gave up has nobody to stop it.
      const onLate = ({ accepted }: RosMessage) => {
        if (accepted === true) void this.#cancel(id).catch(() => {});
      };
      const answer = await this.#sendGoal.call({ goal_id: { uuid: id }, goal }, { ...options, onLate });
      if (answer.accepted !== true) {
        this.#goals.delete(key);
        return undefined;
      }
    } catch (error) {
      this.#goals.delete(key);
      throw error;
    }
    if (entry.status === GOAL_STATUS.unknown) entry.status = GOAL_STATUS.accepted;
    const outcome = this.#outcome(id, key, entry);
    // Who does not ask for the outcome must not be stopped by its failure.
    outcome.catch(() => {});
    return {
      id,
      get status() {
        return entry.status;
      },
      outcome,
      cancel: (cancelOptions) => this.#cancel(id, cancelOptions),
    };
  }

  close(): void {
    for (const each of [this.#sendGoal, this.#getResult, this.#cancelGoal, ...this.#subscriptions]) each.close();
    this.#goals.clear();
    this.#onClose(this);
  }

  async #outcome(id: Uint8Array, key: string, entry: Goal): Promise<GoalOutcome> {
    try {
      const answer = await this.#getResult.call({ goal_id: { uuid: id } }, { timeoutMs: Number.POSITIVE_INFINITY });
      const status = Number(answer.status) as GoalStatus;
      if (status === GOAL_STATUS.unknown) {
        const hint = 'the server may have started anew, or kept the result no longer';
        throw inputError('ros2/no-goal', `the server of ${this.name} does not know the goal ${key}`, hint);
      }
      entry.status = status;
      return { status, result: answer.result as RosMessage };
    } finally {
      this.#goals.delete(key);
    }
  }

  async #cancel(id: Uint8Array, options: CallOptions = {}): Promise<boolean> {
    const goal_info = { goal_id: { uuid: id }, stamp: { sec: 0, nanosec: 0 } };
    const answer = await this.#cancelGoal.call({ goal_info }, options);
    return Number(answer.return_code) === CANCEL_TAKEN && (answer.goals_canceling as readonly unknown[]).length > 0;
  }

  #feedback(message: RosMessage): void {
    const goal = this.#goals.get(keyOf((message.goal_id as RosMessage).uuid as Uint8Array));
    goal?.onFeedback?.(message.feedback as RosMessage);
  }

  #statuses(message: RosMessage): void {
    for (const { goal_info, status } of message.status_list as readonly RosMessage[]) {
      const id = ((goal_info as RosMessage).goal_id as RosMessage).uuid as Uint8Array;
      const goal = this.#goals.get(keyOf(id));
      if (goal !== undefined) goal.status = Number(status) as GoalStatus;
    }
  }
}

/** Hexadecimal digits of a goal's id. */
export function keyOf(id: ArrayLike<number>): string {
  return Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
