import { messageIn, textIn, truthIn } from '../messages/fields.ts';
import { rosTime, secondsOf } from '../messages/time.ts';
import type { RosMessage } from '../messages/types.ts';

/** Motor power off; on and able to move; on and kept from moving; off because of a fault. */
export const CRTK_STATES = ['DISABLED', 'ENABLED', 'PAUSED', 'FAULT'] as const;
export type CrtkState = (typeof CRTK_STATES)[number];

export const CRTK_COMMANDS = ['enable', 'disable', 'pause', 'resume', 'home', 'unhome'] as const;
export type CrtkCommand = (typeof CRTK_COMMANDS)[number];

export interface OperatingState {
  /** CRTK's own four, or a state that a robot has besides. */
  readonly state: CrtkState | (string & {});
  readonly isHomed: boolean;
  /** A command is being carried out, moving or not. */
  readonly isBusy: boolean;
  /** [s since 1970]; 0 where the state is not known now. */
  readonly timeSec: number;
}

/** Where a command leads, from CRTK's table of transitions. */
const TRANSITIONS: Readonly<Record<CrtkState, Partial<Record<CrtkCommand, CrtkState>>>> = {
  DISABLED: { enable: 'ENABLED', disable: 'DISABLED' },
  ENABLED: { enable: 'ENABLED', disable: 'DISABLED', pause: 'PAUSED' },
  PAUSED: { disable: 'DISABLED', pause: 'PAUSED', resume: 'ENABLED' },
  FAULT: { enable: 'ENABLED', disable: 'DISABLED' },
};

export type Transition =
  | { readonly ok: true; readonly state: CrtkState; readonly isHomed: boolean }
  | { readonly ok: false; readonly why: string };

/**
 * What a command makes of a state. No command leads to FAULT: a robot enters it by itself. From FAULT, enable and disable
 * are attempts, which a robot that still sees the fault answers with FAULT again.
 *
 * CRTK leaves homing to the robot: here `home` needs ENABLED and `isHomed` says how it is once that is done; neither it
 * nor `unhome` is taken while the robot is busy.
 */
export function commandTransition(
  now: { readonly state: CrtkState; readonly isHomed: boolean; readonly isBusy: boolean },
  command: CrtkCommand,
): Transition {
  const { state, isHomed, isBusy } = now;
  if (command === 'home' || command === 'unhome') {
    if (isBusy) return { ok: false, why: `${command} is not taken while a command is carried out` };
    if (command === 'home' && state !== 'ENABLED') return { ok: false, why: `home needs ENABLED, not ${state}` };
    return { ok: true, state, isHomed: command === 'home' };
  }
  const next = TRANSITIONS[state][command];
  return next === undefined
    ? { ok: false, why: `${command} is not taken in ${state}` }
    : { ok: true, state: next, isHomed };
}

/** Whether motion commands are taken: motor power on, homed. */
export function isReady({ state, isHomed }: Pick<OperatingState, 'state' | 'isHomed'>): boolean {
  return state === 'ENABLED' && isHomed;
}

/** The command that a client has sent; undefined where CRTK has none of that name. */
export function commandOf(message: RosMessage): CrtkCommand | undefined {
  const text = textIn(message, 'string');
  return CRTK_COMMANDS.find((command) => command === text);
}

/** @throws IsocenterError `ros2/message` for what is no crtk_msgs/msg/OperatingState */
export function operatingStateOf(message: RosMessage): OperatingState {
  return {
    state: textIn(message, 'state'),
    isHomed: truthIn(message, 'is_homed'),
    isBusy: truthIn(message, 'is_busy'),
    timeSec: secondsOf(messageIn(messageIn(message, 'header'), 'stamp')),
  };
}

export function operatingStateMessage({ state, isHomed, isBusy, timeSec }: OperatingState): RosMessage {
  return {
    header: { stamp: rosTime(timeSec), frame_id: '' },
    state,
    is_homed: isHomed,
    is_busy: isBusy,
  };
}
