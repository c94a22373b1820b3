import { McapWriter } from '@mcap/core';
import { inputError } from '../../engine/core/errors.ts';
import { createInterfaceRegistry } from '../../engine/ros2/messages/registry.ts';
import type { MessageType, RosMessage } from '../../engine/ros2/messages/types.ts';
import type { LoopFigures } from '../../planners/guidance/loop/figures.ts';
import type { RobotAbout, RobotSample } from '../../planners/guidance/messages.ts';
import { robotAboutRecord } from '../../planners/guidance/robot-records.ts';
import { RECORDED } from './recorded-topics.ts';

/** A recording that grows beyond this ends [bytes]: some hours. */
const MOST_BYTES = 2 ** 30;
const ABOUT_SEC = 1;

interface Channel {
  readonly id: number;
  readonly type: MessageType;
}

/** Writes what a session tells into an MCAP file of the ROS 2 profile, in the browser's memory. */
export class Recorder {
  readonly #writer: McapWriter;
  readonly #parts: Blob[] = [];
  readonly #channels = new Map<string, Channel>();
  readonly #about: RobotAbout;
  readonly #onFault: (error: unknown) => void;
  /** The writer takes one call at a time. */
  #tail: Promise<void> = Promise.resolve();
  #bytes = 0;
  #sequence = 0;
  /** From the robot's clock to the time of day [s]. */
  #offsetSec = Number.NaN;
  #aboutSec = Number.NEGATIVE_INFINITY;
  #isOver = false;

  private constructor(about: RobotAbout, onFault: (error: unknown) => void) {
    this.#about = about;
    this.#onFault = onFault;
    this.#writer = new McapWriter({
      writable: {
        position: () => BigInt(this.#bytes),
        write: async (bytes) => {
          // A Blob's bytes may go to the disk; an array's stay in memory.
          this.#parts.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
          this.#bytes += bytes.length;
        },
      },
    });
  }

  static async start(about: RobotAbout, onFault: (error: unknown) => void): Promise<Recorder> {
    const recorder = new Recorder(about, onFault);
    await recorder.#open();
    return recorder;
  }

  state(sample: RobotSample): void {
    const { timeSec, measured, setpoint, tip, state, motion, says, keepOutsM, trocarErrorM, insertedM } = sample;
    const name = this.#about.joints;
    if (timeSec - this.#aboutSec >= ABOUT_SEC) {
      this.#aboutSec = timeSec;
      this.#text(RECORDED.about, timeSec, robotAboutRecord(this.#about));
    }
    this.#add(RECORDED.measured, timeSec, { header: header(timeSec), name, position: measured });
    this.#add(RECORDED.setpoint, timeSec, { header: header(timeSec), name, position: setpoint });
    const [x, y, z, w] = tip.rotation;
    this.#pose(RECORDED.tip, timeSec, tip.position, { x, y, z, w });
    this.#text(RECORDED.state, timeSec, { state, motion, says, keepOutsM, trocarErrorM, insertedM });
  }

  hand(samples: Float64Array): void {
    for (let n = 0; n < samples.length; n += 7) {
      this.#pose(RECORDED.hand, samples[n], samples.subarray(n + 1, n + 4), { w: 1 });
      this.#pose(RECORDED.steady, samples[n], samples.subarray(n + 4, n + 7), { w: 1 });
    }
  }

  figures(figures: LoopFigures): void {
    this.#text(RECORDED.figures, figures.timeSec, figures);
  }

  /** The file, whole. */
  async finish(): Promise<Blob> {
    this.#isOver = true;
    await this.#tail;
    await this.#writer.end();
    return new Blob(this.#parts, { type: 'application/octet-stream' });
  }

  async #open(): Promise<void> {
    await this.#writer.start({ profile: 'ros2', library: 'isocenter' });
    const interfaces = createInterfaceRegistry();
    const types = {
      'sensor_msgs/msg/JointState': [RECORDED.measured, RECORDED.setpoint],
      'geometry_msgs/msg/PoseStamped': [RECORDED.tip, RECORDED.hand, RECORDED.steady],
      'std_msgs/msg/String': [RECORDED.about, RECORDED.state, RECORDED.figures],
    };
    for (const [name, topics] of Object.entries(types)) {
      const type = interfaces.message(name);
      const data = new TextEncoder().encode(type.text);
      const schemaId = await this.#writer.registerSchema({ name, encoding: 'ros2msg', data });
      for (const topic of topics) {
        const metadata = new Map([['topic_type_hash', type.hash]]);
        const id = await this.#writer.registerChannel({ schemaId, topic, messageEncoding: 'cdr', metadata });
        this.#channels.set(topic, { id, type });
      }
    }
  }

  #pose(topic: string, timeSec: number, [x, y, z]: ArrayLike<number> & Iterable<number>, orientation: object): void {
    this.#add(topic, timeSec, { header: header(timeSec), pose: { position: { x, y, z }, orientation } });
  }

  #text(topic: string, timeSec: number, value: unknown): void {
    this.#add(topic, timeSec, { data: JSON.stringify(value) });
  }

  #add(topic: string, timeSec: number, message: RosMessage): void {
    const channel = this.#channels.get(topic);
    if (channel === undefined || this.#isOver) return;
    if (Number.isNaN(this.#offsetSec)) {
      this.#offsetSec = (performance.timeOrigin + performance.now()) / 1000 - timeSec;
    }
    // Doubles hold the time of day to 0.2 microseconds.
    const logTime = BigInt(Math.round((this.#offsetSec + timeSec) * 1e6)) * 1000n;
    const data = channel.type.encode(message);
    const sequence = this.#sequence++;
    this.#tail = this.#tail.then(async () => {
      await this.#writer.addMessage({ channelId: channel.id, sequence, logTime, publishTime: logTime, data });
    });
    this.#tail = this.#tail.catch((error: unknown) => this.#fail(error));
    if (this.#bytes > MOST_BYTES) {
      const hint = 'download it, and begin another one';
      this.#fail(
        inputError('guide/recording', `the recording has grown to ${MOST_BYTES / 2 ** 20} MiB and ends`, hint),
      );
    }
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onFault(error);
  }
}

/** Of the base frame; stamps are times of the robot's clock. */
function header(timeSec: number) {
  const sec = Math.floor(timeSec);
  return { stamp: { sec: sec | 0, nanosec: Math.floor(1e9 * (timeSec - sec)) }, frame_id: 'base' };
}
