import type { Distro, InterfaceRegistry, RosMessage } from '../messages/types.ts';
import type { QosProfile } from '../rtps/qos.ts';
import type { Qos } from '../rtps/types.ts';

/** A profile by its name in ROS, or single policies over the default. */
export type QosChoice = QosProfile | Partial<Qos>;

export interface MessageInfo {
  readonly topic: string;
  /** Of the publisher [s since 1970]; undefined where it sent none. */
  readonly sourceTimeSec: number | undefined;
  readonly receivedTimeSec: number;
  /** The message as it came: CDR with its encapsulation header; undefined through rosbridge. */
  readonly bytes: Uint8Array | undefined;
}

export interface Publisher {
  readonly topic: string;
  readonly type: string;
  /** Subscriptions that get what is published from now on. */
  readonly subscriptionCount: number;
  /** @returns false where keep_all has no room for it yet (await {@link Publisher.room}) */
  publish(message: RosMessage): boolean;
  /** Publishes CDR with its encapsulation header as it is. */
  publishBytes(bytes: Uint8Array): boolean;
  room(): Promise<void>;
  acknowledged(timeoutMs: number): Promise<boolean>;
  close(): void;
}

export interface Subscription {
  readonly topic: string;
  readonly type: string;
  readonly publisherCount: number;
  close(): void;
}

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ServiceClient {
  readonly name: string;
  readonly type: string;
  /** Resolves with whether a server is there, within the time. */
  waitForService(timeoutMs: number): Promise<boolean>;
  /** @throws IsocenterError `ros2/no-service`, `ros2/timeout` */
  call(request: RosMessage, options?: CallOptions): Promise<RosMessage>;
  close(): void;
}

export interface ServiceServer {
  readonly name: string;
  readonly type: string;
  close(): void;
}

/** action_msgs/msg/GoalStatus */
export const GOAL_STATUS = {
  unknown: 0,
  accepted: 1,
  executing: 2,
  canceling: 3,
  succeeded: 4,
  canceled: 5,
  aborted: 6,
} as const;
export type GoalStatus = (typeof GOAL_STATUS)[keyof typeof GOAL_STATUS];

export interface GoalOutcome {
  readonly status: GoalStatus;
  readonly result: RosMessage;
}

/** A goal that a server has accepted, as its client sees it. */
export interface GoalHandle {
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly status: GoalStatus;
  /** Resolves when the server says how the goal ended; rejects when the server goes away. */
  readonly outcome: Promise<GoalOutcome>;
  /** Resolves with whether the server takes the wish to cancel. */
  cancel(options?: CallOptions): Promise<boolean>;
}

export interface ActionClient {
  readonly name: string;
  readonly type: string;
  waitForServer(timeoutMs: number): Promise<boolean>;
  /** @returns undefined where the server refuses the goal */
  sendGoal(
    goal: RosMessage,
    onFeedback?: (feedback: RosMessage) => void,
    options?: CallOptions,
  ): Promise<GoalHandle | undefined>;
  close(): void;
}

/** A goal as its server sees it. */
export interface ServerGoal {
  readonly id: Uint8Array;
  readonly goal: RosMessage;
  readonly status: GoalStatus;
  readonly cancelRequested: boolean;
  /** Fires when a client asks to cancel and the server has agreed. */
  readonly cancelSignal: AbortSignal;
  publishFeedback(feedback: RosMessage): void;
}

export interface ActionHandlers {
  /** Whether a goal is taken; all are where it is left out. */
  readonly accept?: (goal: RosMessage) => boolean | Promise<boolean>;
  /** Whether a goal may be cancelled; all may where it is left out. */
  readonly acceptCancel?: (goal: ServerGoal) => boolean;
  /** Carries the goal out; the status is succeeded, canceled or aborted. A rejection aborts the goal. */
  readonly execute: (goal: ServerGoal) => Promise<GoalOutcome>;
}

export interface ActionServer {
  readonly name: string;
  readonly type: string;
  close(): void;
}

export type ParameterValue =
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly boolean[]
  | readonly bigint[]
  | Float64Array
  | readonly string[];

export interface Parameters {
  /** @param type of the value, where a number may be an integer: `integer` for bigint, `double` for number */
  declare(name: string, value: ParameterValue, check?: (value: ParameterValue) => string | undefined): void;
  get(name: string): ParameterValue | undefined;
  /** @returns why it was refused, or undefined */
  set(name: string, value: ParameterValue): string | undefined;
  readonly names: readonly string[];
  onChange(listener: (name: string, value: ParameterValue) => void): () => void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface TopicInfo {
  readonly name: string;
  readonly types: readonly string[];
  readonly publishers: number;
  readonly subscribers: number;
  /** Of each publisher where discovery tells; empty through rosbridge. */
  readonly publisherQos: readonly Qos[];
}

export interface GraphNode {
  readonly name: string;
  readonly namespace: string;
}

export interface Graph {
  topics(): readonly TopicInfo[];
  services(): readonly { readonly name: string; readonly types: readonly string[] }[];
  actions(): readonly { readonly name: string; readonly types: readonly string[] }[];
  nodes(): readonly GraphNode[];
  onChange(listener: () => void): () => void;
}

/** A node of ROS 2, over DDS or through a rosbridge server. */
export interface RosNode {
  readonly name: string;
  readonly namespace: string;
  readonly fullName: string;
  readonly interfaces: InterfaceRegistry;
  readonly parameters: Parameters;
  readonly graph: Graph;
  /** Network interface or server in use, for start-up lines: `DDS domain 0 on lo 127.0.0.1`. */
  readonly where: string;
  createPublisher(type: string, topic: string, qos?: QosChoice): Publisher;
  createSubscription(
    type: string,
    topic: string,
    onMessage: (message: RosMessage, info: MessageInfo) => void,
    qos?: QosChoice,
  ): Subscription;
  createClient(type: string, service: string): ServiceClient;
  createService(
    type: string,
    service: string,
    handle: (request: RosMessage) => RosMessage | Promise<RosMessage>,
  ): ServiceServer;
  createActionClient(type: string, action: string): ActionClient;
  createActionServer(type: string, action: string, handlers: ActionHandlers): ActionServer;
  /** To /rosout and the process' own log. */
  log(level: LogLevel, message: string): void;
  /** Time [s since 1970], or of /clock where use_sim_time is set. */
  now(): number;
  /** QoS that does not match, type hashes that differ, messages that cannot be read: for people to see. */
  onWarning(listener: (message: string) => void): () => void;
  close(): Promise<void>;
}

export interface RosNodeOptions {
  readonly name: string;
  /** Default `/`. */
  readonly namespace?: string;
  /** Default: ROS_DOMAIN_ID, or 0. */
  readonly domain?: number;
  /** Name or address of a network interface, several by comma; default: loopback (see ROS_AUTOMATIC_DISCOVERY_RANGE). */
  readonly interface?: string;
  readonly distro?: Distro;
  readonly interfaces?: InterfaceRegistry;
  /** Remapping rules of ROS: `from:=to`, `__node:=name`, `__ns:=/space`. */
  readonly remap?: readonly string[];
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
}
