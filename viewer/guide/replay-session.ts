import { signal } from '@preact/signals';
import { inputError } from '../../engine/core/errors.ts';
import type { PlayOptions, RecordedMessage } from '../../engine/ros2/mcap/recording.ts';
import { RecordedRobot } from './recorded-robot.ts';
import type { RobotListener, RobotSession } from './session.ts';

/** Messages of a recording, whether it is a file of the user's or one of the server's. */
export interface MessageSource {
  readonly name: string;
  readonly durationSec: number;
  /** When it begins [s since 1970]. */
  readonly beginSec: number;
  readonly topics: readonly string[];
  play(options: PlayOptions, deliver: (message: RecordedMessage) => boolean | Promise<boolean>): Promise<void>;
}

/** How the recording stands that is played; undefined without one. */
export const playback = signal<
  | {
      readonly name: string;
      readonly durationSec: number;
      readonly timeSec: number;
      readonly isPlaying: boolean;
      readonly topics: readonly string[];
    }
  | undefined
>(undefined);
export const playSpeed = signal(1);
export const playsLoop = signal(false);

const recordedListeners = new Set<(message: RecordedMessage) => void>();

/** Tells of every message that is played. */
export function onRecorded(listener: (message: RecordedMessage) => void): void {
  recordedListeners.add(listener);
}

/** The player's clock is shown no more often than that [s of the recording at its own pace]. */
const SHOWN_SEC = 0.1;

/** A recording as a session: what it tells is what a live robot would tell. */
export class ReplaySession implements RobotSession {
  readonly kind = 'recording';
  readonly #source: MessageSource;
  readonly #listener: RobotListener;
  readonly #onFault: (error: unknown) => void;
  #playing: AbortController | undefined;
  #timeSec = 0;

  constructor(source: MessageSource, listener: RobotListener, onFault: (error: unknown) => void) {
    this.#source = source;
    this.#listener = listener;
    this.#onFault = onFault;
    listener.connection({ state: 'connected', text: `recording ${source.name}` });
    this.play();
  }

  async command(): Promise<void> {
    throw inputError('guide/recording', 'a recording cannot be moved', 'simulate a robot, or connect to a server');
  }

  stop(): void {
    this.pause();
  }

  /** From where it stands; from the beginning where it is at its end. */
  play(): void {
    if (this.#timeSec >= this.#source.durationSec - 1e-3) this.#timeSec = 0;
    void this.#run(playSpeed.peek());
  }

  pause(): void {
    this.#playing?.abort();
    this.#show(false);
  }

  /** Goes on from there if it plays; else shows what was then. */
  seek(timeSec: number): void {
    const wasPlaying = playback.peek()?.isPlaying === true;
    this.#timeSec = Math.min(this.#source.durationSec, Math.max(0, timeSec));
    if (wasPlaying) void this.#run(playSpeed.peek());
    else void this.#run(0, true);
  }

  close(): void {
    this.#playing?.abort();
    playback.value = undefined;
    this.#listener.connection({ state: 'ended', text: 'it was closed' });
  }

  /** @param isGlance whether the first state is all that is wanted */
  async #run(speed: number, isGlance = false): Promise<void> {
    this.#playing?.abort();
    const playing = new AbortController();
    this.#playing = playing;
    const robot = new RecordedRobot(this.#listener, this.#source);
    const { beginSec, durationSec } = this.#source;
    const from = this.#timeSec;
    let any = false;
    let unread: unknown;
    this.#show(!isGlance);
    try {
      await this.#source.play({ speed, startSec: from, signal: playing.signal }, (message) => {
        if (playing.signal.aborted) return false;
        for (const tell of recordedListeners) tell(message);
        let isState = false;
        try {
          isState = robot.take(message);
        } catch (error) {
          // The source tells of its own faults only.
          unread = error;
          return false;
        }
        any ||= isState;
        if (isGlance) return !isState;
        this.#timeSec = Math.min(durationSec, Math.max(0, message.timeSec - beginSec));
        if (Math.abs(this.#timeSec - (playback.peek()?.timeSec ?? 0)) > SHOWN_SEC) this.#show(true);
        return true;
      });
    } catch (error) {
      if (!playing.signal.aborted) this.#onFault(error);
    }
    if (playing.signal.aborted) return;
    if (unread !== undefined) {
      this.#onFault(unread);
      this.#show(false);
      return;
    }
    if (isGlance) return;
    this.#timeSec = durationSec;
    this.#show(false);
    if (!any && from === 0) {
      const hint = `joint states of a robot that this page knows are needed (open its URDF first); it has ${this.#source.topics.join(', ') || 'no topics of ROS 2'}`;
      this.#onFault(inputError('guide/recording', `${this.#source.name} has no robot that is known here`, hint));
    } else if (playsLoop.peek()) this.play();
  }

  #show(isPlaying: boolean): void {
    const { name, durationSec, topics } = this.#source;
    playback.value = { name, durationSec, topics, timeSec: this.#timeSec, isPlaying };
  }
}
