import type { Vec3 } from '../../engine/core/grid.ts';
import { z } from '../../engine/core/schema.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import type { Fixture } from './fixtures/fixture.ts';

/** What a viewer tells a robot over the link, and what it sees of it; see docs/link.md. */

const finite = z.number().min(-1e3).max(1e3);
const point = z.tuple([finite, finite, finite]);

/** Joints of a robot that is driven. */
export const MOST_DRIVEN_JOINTS = 16;
/** Longest trajectory; that of so many joints fits into one frame of the link. */
export const MOST_POINTS = 2000;
const state = z
  .array(finite)
  .min(2)
  .max(MOST_DRIVEN_JOINTS * MOST_POINTS);

const trajectorySchema = z.object({
  /** The joints follow it in its own time, or not at all where any of it is outside their limits or begins elsewhere. */
  command: z.literal('trajectory'),
  /** [points] s, ascending from 0. */
  timeSec: z.array(z.number().min(0).max(600)).min(2).max(MOST_POINTS),
  /** [points][joints] rad or m, per s, per s^2; a cubic joins two points. */
  positions: state,
  velocities: state,
  accelerations: z
    .array(z.number().min(-1e5).max(1e5))
    .min(2)
    .max(MOST_DRIVEN_JOINTS * MOST_POINTS),
});

export const robotCommandSchema = z.discriminatedUnion('command', [
  /** Motors on, the robot may move: for one viewer at a time. */
  z.object({ command: z.literal('arm') }),
  /** Brakes; also leads out of a stop. */
  z.object({ command: z.literal('disarm') }),
  /** Brakes, and stays so until disarmed. Anybody may stop. */
  z.object({ command: z.literal('stop') }),
  /** Comes to rest where it is, and stays armed. */
  z.object({ command: z.literal('hold') }),
  /** Closed: the tool follows the hand. */
  z.object({ command: z.literal('clutch'), closed: z.boolean() }),
  /** Where the hand is [m, base frame]; a hand of the server's own leads until one comes. */
  z.object({ command: z.literal('hand'), positionM: point }),
  /** The tip goes there in a straight line, as the fixtures allow [m, base frame]. */
  z.object({ command: z.literal('tip'), positionM: point, speedMps: z.number().min(0.001).max(0.25).optional() }),
  /** The joints go there together [rad or m]. */
  z.object({
    command: z.literal('joints'),
    positions: z.array(finite).min(1).max(MOST_DRIVEN_JOINTS),
    /** Of the joints' greatest velocity and acceleration; default 0.2. */
    share: z.number().min(0.01).max(1).optional(),
  }),
  trajectorySchema,
]);
/** As it crosses the link. */
export const robotRequestSchema = z.intersection(
  robotCommandSchema,
  z.object({
    /** Number of the last beat of this viewer before the command; what arms or moves the robot is refused once that is old. */
    sentBeat: z.int().min(0).optional(),
  }),
);
export type RobotRequest = z.infer<typeof robotRequestSchema>;
export type RobotCommand = z.infer<typeof robotCommandSchema>;
export type TrajectoryCommand = z.infer<typeof trajectorySchema>;

/** Whether the robot may move; the names are those of CRTK's states. */
export const ROBOT_STATES = ['DISABLED', 'ENABLED', 'PAUSED', 'FAULT'] as const;
export type RobotState = (typeof ROBOT_STATES)[number];

/** What moves it. */
export const ROBOT_MOTIONS = ['hold', 'hand', 'tip', 'joints', 'trajectory'] as const;
export type RobotMotion = (typeof ROBOT_MOTIONS)[number];

/** A sample of the stream `robot`. */
export interface RobotSample {
  /** On the server's clock [s]. */
  readonly timeSec: number;
  readonly state: RobotState;
  readonly motion: RobotMotion;
  /** Why it holds, follows or waits, in words. */
  readonly says: string;
  /** Whether this viewer has armed it, or another one. */
  readonly armedBy: 'you' | 'other' | 'nobody';
  /** [joints] rad or m */
  readonly measured: readonly number[];
  readonly setpoint: readonly number[];
  /** Measured place of the tip, the tool's where there is one [m, base frame], and quaternion x, y, z, w of the tool's frame. */
  readonly tip: { readonly position: readonly number[]; readonly rotation: readonly number[] };
  /** The hand as it was measured and without its tremor [m]. */
  readonly hand: { readonly measured: readonly number[]; readonly steady: readonly number[] };
  /** From the tip to each keep-out, margin taken off [m]. */
  readonly keepOutsM: Readonly<Record<string, number>>;
  /** Where there is a trocar: how far the measured shaft is from it, and how much of the shaft is through it [m]. */
  readonly trocarErrorM?: number;
  readonly insertedM?: number;
  /** Since the last beat of the viewer that has armed it [ms]. */
  readonly beatAgeMs: number | null;
}

/** What does not change of a robot that viewers watch. */
export interface RobotAbout {
  /** Of the built-in ones. */
  readonly robot: string;
  readonly isSimulated: boolean;
  readonly joints: readonly string[];
  /** Name of the tip link. */
  readonly tip: string;
  /** What the arm holds; left out where the tip link leads by itself. */
  readonly tool?: ToolSpec;
  /** Where the tool's shaft passes through [m, base frame]; left out where the mechanism keeps its remote centre, or there is none. */
  readonly trocarM?: Vec3;
  readonly rateHz: number;
  /** Names of what the tip keeps out of. */
  readonly keepOuts: readonly string[];
  /** Those of them that are boxes, balls and cylinders. */
  readonly shapes: readonly Fixture[];
}

/** A packet of the stream `robot.hand`. */
export interface HandPacket {
  /** Float64, little endian: seven a sample: time [s], hand as measured and without tremor [m]. */
  readonly samples: Uint8Array;
}
