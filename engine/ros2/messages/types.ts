import type { MessageDefinition } from '@foxglove/message-definition';

/** Distributions whose definitions differ. */
export const DISTROS = ['humble', 'jazzy', 'kilted', 'rolling'] as const;
export type Distro = (typeof DISTROS)[number];

/** A message of ROS as an object with the fields' names; 64-bit integers as bigint, arrays of numbers as typed arrays. */
export type RosMessage = Readonly<Record<string, unknown>>;

/** One definition as it stands in a package. */
export interface InterfaceSource {
  /** Full name: `std_srvs/srv/SetBool`. */
  readonly name: string;
  readonly text: string;
  /** For errors. */
  readonly file: string;
}

export interface MessageType {
  /** `sensor_msgs/msg/JointState`; parts of services and actions as ROS names them: `std_srvs/srv/SetBool_Request`. */
  readonly name: string;
  /** On the wire: `sensor_msgs::msg::dds_::JointState_`. */
  readonly ddsName: string;
  /** The type and all that it is made of, its own first. */
  readonly definitions: readonly MessageDefinition[];
  /** The text of the definition and of those it is made of, between lines of `=`, as MCAP and ros2bag keep it. */
  readonly text: string;
  /** `RIHS01_` and 64 hexadecimal digits (REP-2011). */
  readonly hash: string;
  /**
   * CDR, little endian, with its 4-byte encapsulation header. Fields that are left out are zero or empty.
   *
   * @throws IsocenterError `ros2/message` for a value that does not fit its field
   */
  encode(value: RosMessage): Uint8Array;
  /** @throws IsocenterError `ros2/cdr` for bytes that end too early or sequences longer than them; unknown encapsulation */
  decode(bytes: Uint8Array): RosMessage;
  /** A message of zeros, empty strings and empty arrays, or the defaults of its definition. */
  zero(): RosMessage;
  /** From JSON: plain arrays, numbers for 64-bit integers, base64 for uint8[] are taken; names and kinds are checked. */
  fromJson(value: unknown): RosMessage;
  /** To what JSON can hold: plain arrays, bigint as number where it is exact, else as string. */
  toJson(value: RosMessage): unknown;
}

export interface ServiceType {
  /** `std_srvs/srv/SetBool` */
  readonly name: string;
  readonly request: MessageType;
  readonly response: MessageType;
  readonly hash: string;
}

export interface ActionType {
  /** `control_msgs/action/FollowJointTrajectory` */
  readonly name: string;
  readonly goal: MessageType;
  readonly result: MessageType;
  readonly feedback: MessageType;
  readonly sendGoal: ServiceType;
  readonly getResult: ServiceType;
  readonly cancelGoal: ServiceType;
  readonly feedbackMessage: MessageType;
  readonly status: MessageType;
  readonly hash: string;
}

/** All interfaces known: those of a distribution, and a user's own. Names with or without `/msg/`, `/srv/`, `/action/`. */
export interface InterfaceRegistry {
  readonly distro: Distro;
  /** @throws IsocenterError `ros2/unknown-type` with the nearest names */
  message(name: string): MessageType;
  service(name: string): ServiceType;
  action(name: string): ActionType;
  has(kind: 'msg' | 'srv' | 'action', name: string): boolean;
  names(kind: 'msg' | 'srv' | 'action'): readonly string[];
  /**
   * Adds a user's interface; of a name that is known already it takes the place, for types asked for from then on.
   *
   * @param name `my_msgs/msg/Thing`
   * @throws IsocenterError `ros2/definition` with file and line, also where a type that it needs is not known yet
   */
  add(name: string, text: string, file: string): void;
  /** Adds several that may need each other, in any order: all, or none where one is faulty. */
  addAll(sources: readonly InterfaceSource[]): void;
  /** The ROS name of a type on the wire: `sensor_msgs::msg::dds_::JointState_` is `sensor_msgs/msg/JointState`; undefined where it is none. */
  fromDdsName(ddsName: string): string | undefined;
}
