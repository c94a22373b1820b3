import { inputError } from '../../core/errors.ts';
import type { ActionType, RosMessage } from '../messages/types.ts';
import { keyOf } from '../node/action-client.ts';
import { guarded } from '../node/guarded.ts';
import {
  type ActionClient,
  type ActionHandlers,
  type ActionServer,
  type CallOptions,
  GOAL_STATUS,
  type GoalHandle,
  type GoalOutcome,
  type GoalStatus,
  type ServerGoal,
} from '../node/types.ts';
import type { Warnings } from '../node/warnings.ts';
import type { RosbridgeLink } from './link.ts';
import type { RosbridgeMessage } from './transport.ts';

/** A goal that does not end so long after it was to be cancelled [ms] makes one think of how the server was started. */
const CANCEL_MS = 2000;
/** How long a refusal may take to come: the protocol has no answer to a goal that is taken [ms]. */
const REFUSAL_MS = 150;

export class RosbridgeActionClient implements ActionClient {
  readonly name: string;
  readonly type: string;
  readonly #link: RosbridgeLink;
  readonly #warnings: Warnings;
  readonly #action: ActionType;
  /** Of the goals that run, one each. */
  readonly #branches = new Set<RosbridgeLink>();
  readonly #onClose: (client: RosbridgeActionClient) => void;

  constructor(
    link: RosbridgeLink,
    warnings: Warnings,
    name: string,
    action: ActionType,
    onClose: (client: RosbridgeActionClient) => void,
  ) {
    this.name = name;
    this.type = action.name;
    this.#link = link;
    this.#warnings = warnings;
    this.#action = action;
    this.#onClose = onClose;
  }

  /** The server does not tell whether an action is there: a connection is all that is asked for. */
  async waitForServer(timeoutMs: number): Promise<boolean> {
    const end = performance.now() + timeoutMs;
    while (!this.#link.isConnected) {
      if (performance.now() >= end) return false;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return true;
  }

  async sendGoal(
    goal: RosMessage,
    onFeedback?: (feedback: RosMessage) => void,
    { signal }: CallOptions = {},
  ): Promise<GoalHandle | undefined> {
    signal?.throwIfAborted();
    const { goal: goalType, result: resultType, feedback: feedbackType } = this.#action;
    const id = this.#link.newId(`goal:${this.name}`);
    const args = goalType.toJson(goalType.decode(goalType.encode(goal)));
    // By itself: a running goal would hold up what comes behind it, a wish to stop among it.
    const link = await this.#link.branch();
    this.#branches.add(link);
    let status: GoalStatus = GOAL_STATUS.accepted;
    let ended = false;
    let refused = false;
    const outcome = new Promise<GoalOutcome>((resolve, reject) => {
      const forget = link.onAnswer(id, {
        take: (answer) => {
          if (answer.op === 'action_feedback') {
            status = GOAL_STATUS.executing;
            if (onFeedback === undefined) return;
            let feedback: RosMessage;
            try {
              feedback = feedbackType.fromJson(answer.values ?? {});
            } catch {
              // Feedback of another definition is no reason to lose the goal.
              return;
            }
            guarded(() => onFeedback(feedback));
            return;
          }
          forget();
          const last = answer.op === 'action_result' ? Number(answer.status ?? GOAL_STATUS.unknown) : 0;
          // Without a status of an end there was no goal: refused, or no such action.
          if (answer.result === false && last < GOAL_STATUS.succeeded) {
            refused = true;
            const hint = 'see whether the action server runs, and its log';
            reject(inputError('ros2/goal-refused', `${this.name}: ${String(answer.values ?? answer.msg)}`, hint));
            return;
          }
          if (answer.op !== 'action_result') {
            refused = true;
            const hint = 'servers before rosbridge_suite 2.0 and ros2-web-bridge have no actions';
            reject(inputError('ros2/goal-refused', `${this.name}: ${String(answer.msg)}`, hint));
            return;
          }
          status = last as GoalStatus;
          // Goals that end in an error have its text in place of a result.
          if (typeof answer.values !== 'object') {
            resolve({ status, result: resultType.zero() });
            return;
          }
          try {
            resolve({ status, result: resultType.fromJson(answer.values ?? {}) });
          } catch (error) {
            reject(error);
          }
        },
        fail: reject,
      });
    });
    const end = () => {
      ended = true;
      this.#branches.delete(link);
      void link.close();
    };
    outcome.then(end, end);
    link.send({
      op: 'send_action_goal',
      id,
      action: this.name,
      action_type: this.type,
      args,
      feedback: onFeedback !== undefined,
    });
    await Promise.race([outcome.catch(() => {}), new Promise((resolve) => setTimeout(resolve, REFUSAL_MS))]);
    if (refused) return undefined;
    return {
      id: crypto.getRandomValues(new Uint8Array(16)),
      get status() {
        return status;
      },
      outcome,
      cancel: async () => {
        if (ended) return false;
        link.send({ op: 'cancel_action_goal', id, action: this.name });
        const late = () => {
          if (ended) return;
          const hint = 'rosbridge_suite reads the wish only then unless send_action_goals_in_new_thread is true';
          this.#warnings.once(`${this.name}: a goal that was to be cancelled has not ended: ${hint}`);
        };
        setTimeout(late, CANCEL_MS).unref();
        return true;
      },
    };
  }

  close(): void {
    for (const branch of this.#branches) void branch.close();
    this.#onClose(this);
  }
}

export class RosbridgeActionServer implements ActionServer {
  readonly name: string;
  readonly type: string;
  readonly #link: RosbridgeLink;
  readonly #warnings: Warnings;
  readonly #action: ActionType;
  readonly #handlers: ActionHandlers;
  readonly #about: string;
  readonly #goals = new Map<string, AbortController>();
  readonly #stop: () => void;
  readonly #onClose: (server: RosbridgeActionServer) => void;

  constructor(
    link: RosbridgeLink,
    warnings: Warnings,
    name: string,
    action: ActionType,
    handlers: ActionHandlers,
    onClose: (server: RosbridgeActionServer) => void,
  ) {
    this.name = name;
    this.type = action.name;
    this.#link = link;
    this.#warnings = warnings;
    this.#action = action;
    this.#handlers = handlers;
    this.#onClose = onClose;
    this.#about = link.newId('advertise_action');
    this.#stop = link.onRequest(`action ${name}`, (message) => {
      if (message.op === 'cancel_action_goal') this.#goals.get(String(message.id))?.abort();
      else void this.#run(message);
    });
    link.stand(this.#about, { op: 'advertise_action', id: this.#about, action: name, type: action.name });
  }

  close(): void {
    this.#stop();
    for (const goal of this.#goals.values()) goal.abort();
    this.#link.withdraw(this.#about, { op: 'unadvertise_action', action: this.name });
    this.#onClose(this);
  }

  async #run({ id = '', args }: RosbridgeMessage): Promise<void> {
    const { goal: goalType, result: resultType, feedback: feedbackType } = this.#action;
    const end = (status: GoalStatus, result: boolean, values: unknown) => {
      this.#link.offer({ op: 'action_result', id, action: this.name, values, status, result });
    };
    const cancel = new AbortController();
    try {
      const wanted = goalType.fromJson(args ?? {});
      const { accept, acceptCancel } = this.#handlers;
      if (accept !== undefined && !(await accept(wanted))) {
        end(GOAL_STATUS.unknown, false, 'the goal is refused');
        return;
      }
      const stop = new AbortController();
      const goal: ServerGoal = {
        id: Uint8Array.from(keyOf(crypto.getRandomValues(new Uint8Array(8))), (c) => c.charCodeAt(0)),
        goal: wanted,
        get status() {
          return stop.signal.aborted ? GOAL_STATUS.canceling : GOAL_STATUS.executing;
        },
        get cancelRequested() {
          return stop.signal.aborted;
        },
        cancelSignal: stop.signal,
        publishFeedback: (feedback) => {
          const values = feedbackType.toJson(feedbackType.decode(feedbackType.encode(feedback)));
          this.#link.offer({ op: 'action_feedback', id, action: this.name, values });
        },
      };
      cancel.signal.addEventListener('abort', () => {
        if (acceptCancel === undefined || acceptCancel(goal)) stop.abort();
      });
      this.#goals.set(id, cancel);
      const { status, result } = await this.#handlers.execute(goal);
      end(status, true, resultType.toJson(resultType.decode(resultType.encode(result))));
    } catch (error) {
      this.#warnings.say(`${this.name}: a goal is aborted: ${(error as Error).message}`);
      end(GOAL_STATUS.aborted, false, (error as Error).message);
    } finally {
      this.#goals.delete(id);
    }
  }
}
