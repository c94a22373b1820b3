import { rosTime } from '../messages/time.ts';
import type { ActionType, RosMessage } from '../messages/types.ts';
import { QOS_PROFILES } from '../rtps/qos.ts';
import { keyOf } from './action-client.ts';
import type { DdsNode } from './dds-node.ts';
import {
  type ActionHandlers,
  type ActionServer,
  GOAL_STATUS,
  type GoalOutcome,
  type GoalStatus,
  type Publisher,
  type ServerGoal,
  type ServiceServer,
} from './types.ts';

/** How long results are kept for clients that ask late [ms]; ROS 2 has 15 minutes by default (10 s since jazzy). */
const RESULT_MS = 15 * 60_000;
/** Goals that are kept, running or ended. */
const MOST_GOALS = 10_000;

/** action_msgs/srv/CancelGoal */
const CANCEL = { none: 0, rejected: 1, unknownGoal: 2, goalTerminated: 3 } as const;

const ENDS: readonly GoalStatus[] = [GOAL_STATUS.succeeded, GOAL_STATUS.canceled, GOAL_STATUS.aborted];

class Goal implements ServerGoal {
  readonly id: Uint8Array;
  readonly goal: RosMessage;
  readonly acceptedSec: number;
  readonly outcome: Promise<GoalOutcome>;
  status: GoalStatus = GOAL_STATUS.accepted;
  end: (outcome: GoalOutcome) => void = () => {};
  expiry: NodeJS.Timeout | undefined;
  readonly #cancel = new AbortController();
  readonly #feedback: (goal: Goal, feedback: RosMessage) => void;

  constructor(
    id: Uint8Array,
    goal: RosMessage,
    acceptedSec: number,
    feedback: (goal: Goal, feedback: RosMessage) => void,
  ) {
    this.id = id;
    this.goal = goal;
    this.acceptedSec = acceptedSec;
    this.#feedback = feedback;
    this.outcome = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  get cancelRequested(): boolean {
    return this.#cancel.signal.aborted;
  }

  get cancelSignal(): AbortSignal {
    return this.#cancel.signal;
  }

  get isActive(): boolean {
    return this.status === GOAL_STATUS.accepted || this.status === GOAL_STATUS.executing || this.isCanceling;
  }

  get isCanceling(): boolean {
    return this.status === GOAL_STATUS.canceling;
  }

  requestCancel(): void {
    this.status = GOAL_STATUS.canceling;
    this.#cancel.abort();
  }

  publishFeedback(feedback: RosMessage): void {
    if (this.isActive) this.#feedback(this, feedback);
  }
}

export class DdsActionServer implements ActionServer {
  readonly name: string;
  readonly type: string;
  readonly #node: DdsNode;
  readonly #action: ActionType;
  readonly #handlers: ActionHandlers;
  readonly #goals = new Map<string, Goal>();
  readonly #services: readonly ServiceServer[];
  readonly #feedback: Publisher;
  readonly #status: Publisher;
  readonly #onClose: (server: DdsActionServer) => void;
  #closed = false;

  constructor(
    node: DdsNode,
    name: string,
    action: ActionType,
    handlers: ActionHandlers,
    onClose: (server: DdsActionServer) => void,
  ) {
    this.name = name;
    this.type = action.name;
    this.#node = node;
    this.#action = action;
    this.#handlers = handlers;
    this.#onClose = onClose;
    const at = (part: string) => `${name}/_action/${part}`;
    this.#feedback = node.openPublisher(at('feedback'), action.feedbackMessage, QOS_PROFILES.default);
    this.#status = node.openPublisher(at('status'), action.status, QOS_PROFILES.action_status_default);
    this.#services = [
      node.openService(at('send_goal'), action.sendGoal, (request) => this.#take(request)),
      node.openService(at('get_result'), action.getResult, (request) => this.#result(request)),
      node.openService(at('cancel_goal'), action.cancelGoal, (request) => this.#cancel(request)),
    ];
    this.#publishStatus();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const goal of this.#goals.values()) {
      clearTimeout(goal.expiry);
      if (goal.isActive) goal.requestCancel();
    }
    this.#goals.clear();
    for (const each of [...this.#services, this.#feedback, this.#status]) each.close();
    this.#onClose(this);
  }

  async #take(request: RosMessage): Promise<RosMessage> {
    const id = Uint8Array.from((request.goal_id as RosMessage).uuid as Uint8Array);
    const key = keyOf(id);
    const now = this.#node.now();
    const answer = (accepted: boolean) => ({ accepted, stamp: rosTime(now) });
    // An id that is used already, as by a request that came twice, is no new goal.
    if (this.#goals.has(key)) return answer(false);
    const wanted = request.goal as RosMessage;
    if (!(await this.#accepts(key, wanted))) return answer(false);
    if (this.#closed || this.#goals.has(key) || !this.#makeRoom()) return answer(false);
    const goal = new Goal(id, wanted, now, (each, feedback) => {
      this.#feedback.publish({ goal_id: { uuid: each.id }, feedback });
    });
    this.#goals.set(key, goal);
    // After the answer is on its way: clients know of a goal by it.
    setImmediate(() => void this.#execute(key, goal));
    return answer(true);
  }

  /** A handler that fails refuses: its client must not wait for an answer. */
  async #accepts(key: string, wanted: RosMessage): Promise<boolean> {
    const { accept } = this.#handlers;
    try {
      return accept === undefined || (await accept(wanted));
    } catch (error) {
      this.#node.log('error', `${this.name}: goal ${key} is refused: ${(error as Error).message}`);
      return false;
    }
  }

  #acceptsCancel(goal: Goal): boolean {
    const { acceptCancel } = this.#handlers;
    try {
      return acceptCancel === undefined || acceptCancel(goal);
    } catch (error) {
      this.#node.log('error', `${this.name}: goal ${keyOf(goal.id)} is not cancelled: ${(error as Error).message}`);
      return false;
    }
  }

  /** Results that were kept longest make room for a new goal; false where all goals run. */
  #makeRoom(): boolean {
    if (this.#goals.size < MOST_GOALS) return true;
    for (const [key, goal] of this.#goals) {
      if (goal.isActive) continue;
      clearTimeout(goal.expiry);
      this.#goals.delete(key);
      return true;
    }
    return false;
  }

  async #execute(key: string, goal: Goal): Promise<void> {
    if (this.#closed) return;
    if (goal.status === GOAL_STATUS.accepted) goal.status = GOAL_STATUS.executing;
    this.#publishStatus();
    let outcome: GoalOutcome;
    try {
      outcome = await this.#handlers.execute(goal);
      // A status that is no end, or a result that does not fit its type, must not leave the client waiting.
      if (!ENDS.includes(outcome.status)) throw new Error(`its status is ${outcome.status}, which is no end`);
      this.#action.result.encode(outcome.result);
    } catch (error) {
      this.#node.log('error', `${this.name}: goal ${key} is aborted: ${(error as Error).message}`);
      outcome = { status: GOAL_STATUS.aborted, result: this.#action.result.zero() };
    }
    if (this.#closed) return;
    goal.status = outcome.status;
    goal.end(outcome);
    this.#publishStatus();
    goal.expiry = setTimeout(() => {
      this.#goals.delete(key);
      this.#publishStatus();
    }, RESULT_MS);
    goal.expiry.unref();
  }

  async #result(request: RosMessage): Promise<RosMessage> {
    const goal = this.#goals.get(keyOf((request.goal_id as RosMessage).uuid as Uint8Array));
    if (goal === undefined) return { status: GOAL_STATUS.unknown, result: this.#action.result.zero() };
    const { status, result } = await goal.outcome;
    return { status, result };
  }

  /**
   * Goals by id and time, as action_msgs/srv/CancelGoal has it: all without either, those accepted at or before the time,
   * the one of the id, or both.
   */
  #cancel(request: RosMessage): RosMessage {
    const info = request.goal_info as RosMessage;
    const id = (info.goal_id as RosMessage).uuid as Uint8Array;
    const stamp = info.stamp as { readonly sec: number; readonly nanosec: number };
    const key = keyOf(id);
    const anyId = id.every((byte) => byte === 0);
    const anyTime = stamp.sec === 0 && stamp.nanosec === 0;
    const until = stamp.sec + stamp.nanosec * 1e-9;
    const chosen = [...this.#goals].filter(([each, goal]) => {
      if (!anyId && each === key) return true;
      return anyTime ? anyId : goal.acceptedSec <= until;
    });
    const taken = chosen.map(([, goal]) => goal).filter((goal) => goal.isActive && this.#acceptsCancel(goal));
    for (const goal of taken) if (!goal.isCanceling) goal.requestCancel();
    if (taken.length > 0) this.#publishStatus();
    const one = anyId ? undefined : this.#goals.get(key);
    let code: number = CANCEL.none;
    if (taken.length === 0) {
      if (!anyId && anyTime && one === undefined) code = CANCEL.unknownGoal;
      else if (!anyId && anyTime && one?.isActive === false) code = CANCEL.goalTerminated;
      else code = CANCEL.rejected;
    }
    return { return_code: code, goals_canceling: taken.map((goal) => this.#info(goal)) };
  }

  #info(goal: Goal): RosMessage {
    return { goal_id: { uuid: goal.id }, stamp: rosTime(goal.acceptedSec) };
  }

  #publishStatus(): void {
    if (this.#closed) return;
    const status_list = [...this.#goals.values()].map((goal) => ({ goal_info: this.#info(goal), status: goal.status }));
    this.#status.publish({ status_list });
  }
}
