import { effect } from '@preact/signals';
import { inputError } from '../../engine/core/errors.ts';
import type { ClientState } from '../../engine/link/client.ts';
import { SILENCE_MS } from '../../engine/link/limits.ts';
import type { LinkPeer } from '../../engine/link/peer.ts';
import type { LoopFigures } from '../../planners/guidance/loop/figures.ts';
import type { HandPacket, RobotAbout, RobotCommand, RobotSample } from '../../planners/guidance/messages.ts';
import { faultOf } from '../engine/fault.ts';
import { fault } from '../state/workspace.ts';
import { checkAbout } from './check-about.ts';
import { fetchFields, surfacesOf } from './server-keep-outs.ts';
import { linkState, onServerSession, openLink, type ServerAbout, serverAddress } from './server-link.ts';
import type { Connection, RobotListener, RobotSession } from './session.ts';

/** All others, told too late, would move the robot when nobody expects it. */
const HALTING: ReadonlySet<string> = new Set(['stop', 'hold', 'disarm']);

/** A robot behind `isocenter serve`, the server of this page. */
export class ServerSession implements RobotSession {
  readonly kind = 'server';
  readonly #client = openLink();
  readonly #listener: RobotListener;
  readonly #leaves: (() => void)[];
  #streams: readonly (() => void)[] = [];
  /** The user wants it stopped, and the server has not confirmed it yet. */
  #wantsStop = false;
  /** This page has armed it, and nobody stopped it since. */
  #isOurs = false;

  constructor(listener: RobotListener) {
    this.#listener = listener;
    this.#leaves = [
      effect(() => {
        const state = linkState.value;
        if (state === undefined) return;
        listener.connection(connectionOf(state));
        if (state.kind === 'connected' && this.#wantsStop) this.stop();
      }),
      onServerSession((peer, about) => this.#begin(peer, about)),
    ];
  }

  async command(command: RobotCommand): Promise<void> {
    // What waits for a connection would move the robot when nobody expects it any longer.
    if (!isConnected() && command.command !== 'stop') {
      const hint = 'wait until it is back';
      throw inputError('link/closed', `${command.command}: there is no connection to the server`, hint);
    }
    if (!HALTING.has(command.command) && this.#client.ageMs > SILENCE_MS) {
      const what = `${command.command}: the server was silent for ${Math.round(this.#client.ageMs)} ms, above ${SILENCE_MS}`;
      throw inputError('link/silent', what, 'give it again when the connection is back');
    }
    await this.#client.peer.request('robot', { ...command, sentBeat: this.#client.sentBeat });
    if (command.command === 'arm') this.#isOurs = true;
  }

  stop(): void {
    this.#wantsStop = true;
    if (!isConnected()) return;
    this.command({ command: 'stop' }).then(
      () => {
        this.#wantsStop = false;
      },
      // The next connection says it again.
      () => {},
    );
  }

  /** The link stays, and the page beats on: what this page has armed is disarmed. */
  close(): void {
    // A stop stays latched, and what others have armed is theirs.
    if (isConnected() && this.#isOurs) this.command({ command: 'disarm' }).catch(() => {});
    for (const leave of [...this.#leaves, ...this.#streams]) leave();
    this.#listener.connection({ state: 'ended', text: 'it was closed' });
  }

  #state(sample: RobotSample): void {
    this.#isOurs = sample.armedBy === 'you' && sample.state !== 'FAULT';
    this.#listener.state(sample);
  }

  #begin(peer: LinkPeer, { robot, mayControl }: ServerAbout): void {
    const listener = this.#listener;
    for (const leave of this.#streams) leave();
    this.#streams = [];
    if (robot === null) {
      listener.about(undefined);
      listener.connection({ state: 'ended', text: 'the server has no robot: start it with --robot psm' });
      return;
    }
    // Fields of before may be of another registration under the same names.
    listener.fields([]);
    listener.keepOuts([]);
    try {
      checkAbout(robot);
    } catch (error) {
      fault.value = faultOf(error);
      listener.about(undefined);
      listener.connection({ state: 'ended', text: faultOf(error).message });
      return;
    }
    if (!mayControl) {
      const text = 'to look and to stop only: open the address that the server printed, with its token, to drive';
      listener.connection({ state: 'connected', text });
    }
    listener.about(robot);
    const hasFields = robot.keepOuts.some((name) => robot.shapes.every((shape) => shape.name !== name));
    if (mayControl && hasFields) void this.#fetchFields(peer);
    this.#streams = [
      peer.subscribe('robot', {}, { onSample: (value) => isSampleOf(robot, value) && this.#state(value) }),
      peer.subscribe('robot.hand', {}, { onSample: (value) => isHandPacket(value) && listener.hand(numbersOf(value)) }),
      peer.subscribe('robot.figures', {}, { onSample: (value) => listener.figures(value as LoopFigures) }),
    ];
  }

  /** Until they are there, and where they do not come, no motion is planned. */
  async #fetchFields(peer: LinkPeer): Promise<void> {
    try {
      const fields = await fetchFields(peer);
      if (peer !== this.#client.peer) return;
      this.#listener.fields(fields);
      const surfaces = await surfacesOf(fields);
      if (peer === this.#client.peer) this.#listener.keepOuts(surfaces);
    } catch (error) {
      if (peer === this.#client.peer) fault.value = faultOf(error);
    }
  }
}

function isConnected(): boolean {
  return linkState.peek()?.kind === 'connected';
}

function connectionOf(state: ClientState): Connection {
  switch (state.kind) {
    case 'connecting': {
      const text = state.attempt === 0 ? serverAddress() : `the server does not answer, attempt ${state.attempt}`;
      return { state: 'connecting', text };
    }
    case 'connected':
      return { state: 'connected', text: state.welcome.server };
    case 'refused':
      return { state: 'refused', text: state.error.message };
    case 'closed':
      return { state: 'ended', text: 'it was closed' };
  }
}

/** What is none is left out: the age of the last message tells. */
function isSampleOf({ joints }: RobotAbout, value: unknown): value is RobotSample {
  const { measured, setpoint, tip } = (value ?? {}) as Partial<RobotSample>;
  const isState = (list: unknown): boolean =>
    Array.isArray(list) && list.length === joints.length && list.every(Number.isFinite);
  return isState(measured) && isState(setpoint) && Array.isArray(tip?.position) && Array.isArray(tip?.rotation);
}

/** Seven f64 a sample. */
function isHandPacket(value: unknown): value is HandPacket {
  const { samples } = (value ?? {}) as Partial<HandPacket>;
  return samples instanceof Uint8Array && samples.length % (7 * 8) === 0;
}

/** A copy, since bytes of a frame need not be aligned. */
function numbersOf({ samples }: HandPacket): Float64Array {
  return new Float64Array(samples.slice().buffer as ArrayBuffer);
}
