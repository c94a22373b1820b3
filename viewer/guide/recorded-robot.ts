import { inputError } from '../../engine/core/errors.ts';
import { z } from '../../engine/core/schema.ts';
import type { RecordedMessage } from '../../engine/ros2/mcap/recording.ts';
import type { RobotAbout, RobotSample } from '../../planners/guidance/messages.ts';
import { loopFiguresSchema, robotAboutSchema, robotSaidSchema } from '../../planners/guidance/robot-records.ts';
import { bareTip } from '../../planners/motion/rcm/tool.ts';
import { ToolWatch } from '../../planners/motion/rcm/tool-watch.ts';
import { knownRobots, robotNamed } from '../../planners/motion/robot/own-robots.ts';
import { misfitOf } from './check-about.ts';
import { RECORDED } from './recorded-topics.ts';
import { RobotGuesses } from './robot-guesses.ts';
import type { RobotListener } from './session.ts';

const JOINT_STATE = 'sensor_msgs/msg/JointState';

type Said = Pick<RobotSample, 'state' | 'motion' | 'says' | 'keepOutsM'>;

/** Not every number is one. */
const coordinate = z.unknown().transform((value) => (typeof value === 'number' ? value : Number.NaN));

/** A recording brings its own definitions: what is called a JointState need not be one. */
const jointStateSchema = z.object({ name: z.array(z.string()), position: z.array(coordinate) });
const textSchema = z.object({ data: z.string() });
const poseSchema = z.object({
  header: z.object({ stamp: z.object({ sec: z.number(), nanosec: z.number() }) }),
  pose: z.object({ position: z.object({ x: coordinate, y: coordinate, z: coordinate }) }),
});

/** Makes of the messages of a recording what a live robot tells: of this page's own, and of any that have joint states. */
export class RecordedRobot {
  readonly #listener: RobotListener;
  readonly #file: string;
  readonly #hasAbout: boolean;
  readonly #guesses = new RobotGuesses();
  #about: RobotAbout | undefined;
  #watch: ToolWatch | undefined;
  #setpoint: readonly number[] | undefined;
  #hand: readonly number[] = [0, 0, 0];
  #steady: readonly number[] = [0, 0, 0];
  #said: Said = {
    state: 'DISABLED',
    motion: 'hold',
    says: 'recorded',
    keepOutsM: {},
  };

  constructor(
    listener: RobotListener,
    { name, topics }: { readonly name: string; readonly topics: readonly string[] },
  ) {
    this.#listener = listener;
    this.#file = name;
    this.#hasAbout = topics.includes(RECORDED.about);
  }

  /**
   * @returns whether it was a state of the joints
   * @throws IsocenterError `guide/recording` for a message that is not what its topic says
   */
  take(recorded: RecordedMessage): boolean {
    const { topic, type, timeSec } = recorded;
    switch (topic) {
      case RECORDED.about:
        if (this.#about === undefined) this.#begin(this.#json(robotAboutSchema, recorded), recorded);
        return false;
      case RECORDED.state:
        this.#said = this.#json(robotSaidSchema, recorded);
        return false;
      case RECORDED.figures:
        this.#listener.figures(this.#json(loopFiguresSchema, recorded));
        return false;
      case RECORDED.hand:
        this.#hand = positionOf(this.#read(poseSchema, recorded));
        return false;
      case RECORDED.steady: {
        const steady = this.#read(poseSchema, recorded);
        this.#steady = positionOf(steady);
        const { sec, nanosec } = steady.header.stamp;
        this.#listener.hand(Float64Array.of(sec + 1e-9 * nanosec, ...this.#hand, ...this.#steady));
        return false;
      }
      default:
        return type === JOINT_STATE && this.#takeJoints(topic, timeSec, this.#read(jointStateSchema, recorded));
    }
  }

  #takeJoints(topic: string, timeSec: number, { name, position }: z.output<typeof jointStateSchema>): boolean {
    if (this.#about === undefined && !this.#hasAbout) this.#begin(this.#guesses.of(name));
    const about = this.#about;
    const watch = this.#watch;
    if (about === undefined || watch === undefined) return false;
    const q = about.joints.map((joint) => position[name.indexOf(joint)] ?? Number.NaN);
    if (!q.every(Number.isFinite)) return false;
    if (/(setpoint_js|servo_jp)$/.test(topic)) {
      this.#setpoint = q;
      return false;
    }
    watch.set(q);
    this.#listener.state({
      timeSec,
      ...this.#said,
      armedBy: 'nobody',
      measured: q,
      setpoint: this.#setpoint ?? q,
      tip: watch.tip,
      ...watch.inTrocar,
      hand: { measured: this.#hand, steady: this.#steady },
      beatAgeMs: null,
    });
    return true;
  }

  #begin(about: RobotAbout | undefined, recorded?: RecordedMessage): void {
    if (about === undefined || !knownRobots().includes(about.robot)) return;
    const misfit = misfitOf(about);
    if (recorded !== undefined && misfit !== undefined) throw this.#bad(recorded, misfit);
    const model = robotNamed(about.robot);
    const tool = about.tool ?? bareTip(about.tip);
    this.#about = about;
    this.#watch = new ToolWatch(model, tool, about.trocarM);
    this.#listener.about(about);
  }

  #json<T extends z.ZodType>(schema: T, recorded: RecordedMessage): z.output<T> {
    const { data } = this.#read(textSchema, recorded);
    let message: unknown;
    try {
      message = JSON.parse(data);
    } catch (error) {
      throw this.#bad(recorded, (error as Error).message);
    }
    return this.#read(schema, { ...recorded, message });
  }

  #read<T extends z.ZodType>(schema: T, recorded: RecordedMessage): z.output<T> {
    const parsed = schema.safeParse(recorded.message);
    if (parsed.success) return parsed.data;
    const [{ path, message }] = parsed.error.issues;
    throw this.#bad(recorded, `${path.join('.') || 'it'}: ${message}`);
  }

  #bad({ topic, timeSec }: RecordedMessage, why: string): Error {
    const message = `${this.#file}: ${topic} at ${timeSec.toFixed(3)} s is not what this page records: ${why}`;
    return inputError('guide/recording', message, 'record it again, or leave this topic out: mcap filter');
  }
}

function positionOf({ pose }: z.output<typeof poseSchema>): readonly number[] {
  const { x, y, z } = pose.position;
  return [x, y, z];
}
