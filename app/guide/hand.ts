import { clockSec } from '../../engine/compute/platform.ts';
import { inputError } from '../../engine/core/errors.ts';
import { readTracks } from '../../engine/formats/tracks/csv.ts';
import type { RosMessage } from '../../engine/ros2/messages/types.ts';
import type { MessageInfo, RosNode } from '../../engine/ros2/node/types.ts';
import { HAND_ARRIVED, HAND_SEQUENCE, type SharedLoop } from '../../planners/guidance/loop/layout.ts';
import type { LoopSettings } from '../../planners/guidance/loop/loop-settings.ts';
import { readInput } from '../inputs/files.ts';
import { waitUntil } from '../ros2/discovery.ts';
import { SenderClock } from './sender-clock.ts';

/** Where the hand comes from: a topic, or a source of the loop's own that may end. */
export interface HandChoice {
  readonly topic?: string;
  readonly source?: LoopSettings['hand'];
  readonly durationSec?: number;
}

/** What `--hand` names. */
export async function loadHand(text: string): Promise<HandChoice> {
  const [, kind, rest] = /^(topic|csv|synthetic):(.+)$/.exec(text) ?? [];
  if (kind === 'topic') return { topic: rest.startsWith('/') ? rest : `/${rest}` };
  if (kind === 'synthetic' && /^\d+$/.test(rest)) return { source: { kind: 'synthetic', seed: Number(rest) } };
  if (kind === 'csv') {
    const bytes = await readInput(rest, 'hand', 'give a CSV with the columns t_s, x_m, y_m and z_m');
    const { timesSec, values } = readTracks(bytes, rest, ['t_s', 'x_m', 'y_m', 'z_m']);
    const durationSec = timesSec[timesSec.length - 1] - timesSec[0];
    const rateHz = (timesSec.length - 1) / durationSec;
    return { source: { kind: 'recording', tracks: values, rateHz }, durationSec };
  }
  const hint = 'give topic:NAME (geometry_msgs/msg/PoseStamped), csv:FILE or synthetic:SEED';
  throw inputError('guide/hand', `--hand: ${JSON.stringify(text)}`, hint);
}

/** Rates that a tremor filter can work at [Hz]. */
const RATES_HZ = [50, 20_000] as const;
/** So many samples tell the rate, and so long they may take [ms]. */
const RATE_SAMPLES = 100;
const RATE_MS = 5000;

/**
 * A hand on a topic: puts each sample into the loop's memory, timed by its sender (header.stamp, else the time that DDS sends
 * along, else when it came). `TOPIC/clutch` and `TOPIC/operator_present` (std_msgs/msg/Bool) count as closed and present until
 * they say otherwise.
 */
export class HandTopic {
  readonly #node: RosNode;
  readonly #topic: string;
  readonly #shared: SharedLoop;
  readonly #clock = new SenderClock();
  readonly #timesSec: number[] = [];
  #clutch = true;
  #present = true;

  constructor(node: RosNode, topic: string, shared: SharedLoop) {
    this.#node = node;
    this.#topic = topic;
    this.#shared = shared;
    const flag = (name: string, set: (value: boolean) => void) =>
      node.createSubscription('std_msgs/msg/Bool', `${topic}/${name}`, ({ data }) => set(data === true));
    flag('clutch', (value) => {
      this.#clutch = value;
    });
    flag('operator_present', (value) => {
      this.#present = value;
    });
    const type = 'geometry_msgs/msg/PoseStamped';
    node.createSubscription(type, topic, (message, info) => this.#take(message, info), {
      reliability: 'best_effort',
      depth: 1,
    });
  }

  /** Rate of the first samples [Hz]: from the median of the time between them, which missing ones leave alone. */
  async rateHz(signal: AbortSignal): Promise<number> {
    const times = this.#timesSec;
    await waitUntil(() => times.length >= RATE_SAMPLES, RATE_MS, signal);
    const where = `${this.#topic} on ${this.#node.where}`;
    if (times.length < RATE_SAMPLES) {
      const came = times.length === 0 ? 'no' : `only ${times.length}`;
      throw inputError(
        'guide/no-hand',
        `${came} poses came within ${RATE_MS / 1000} s on ${where}`,
        'start the hand, or give its rate with --hand-rate; isocenter ros2 hz TOPIC shows what comes',
      );
    }
    const steps = times.slice(1).map((time, k) => time - times[k]);
    steps.sort((a, b) => a - b);
    const rate = 1 / steps[steps.length >> 1];
    if (rate >= RATES_HZ[0] && rate <= RATES_HZ[1]) return rate;
    throw inputError(
      'guide/hand-rate',
      `poses come at ${rate.toFixed(1)} Hz on ${where}, outside ${RATES_HZ[0]} to ${RATES_HZ[1]} Hz`,
      'a hand that is followed without its tremor has to be measured more often; 200 Hz to 1 kHz are usual',
    );
  }

  #take(message: RosMessage, info: MessageInfo): void {
    const { control, hand } = this.#shared;
    const { position, orientation } = message.pose as Readonly<Record<string, Readonly<Record<string, number>>>>;
    const arrivedSec = clockSec();
    const timeSec = this.#clock.toOurs(stampOf(message) ?? info.sourceTimeSec, arrivedSec);
    if (this.#timesSec.length < RATE_SAMPLES) this.#timesSec.push(timeSec);
    Atomics.add(control, HAND_SEQUENCE, 1);
    hand[0] = timeSec;
    hand[1] = position.x;
    hand[2] = position.y;
    hand[3] = position.z;
    hand[4] = orientation.x;
    hand[5] = orientation.y;
    hand[6] = orientation.z;
    hand[7] = orientation.w;
    hand[8] = this.#clutch ? 1 : 0;
    hand[9] = this.#present ? 1 : 0;
    hand[HAND_ARRIVED] = arrivedSec;
    Atomics.add(control, HAND_SEQUENCE, 1);
  }
}

/** header.stamp [s]; undefined where the sender left it at zero. */
function stampOf(message: RosMessage): number | undefined {
  const { stamp } = (message.header ?? {}) as { readonly stamp?: { readonly sec: number; readonly nanosec: number } };
  if (stamp === undefined || (stamp.sec === 0 && stamp.nanosec === 0)) return undefined;
  return stamp.sec + 1e-9 * stamp.nanosec;
}
