import type { Transform } from '../../engine/core/frames.ts';
import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import type { ToolSpec } from '../../engine/core/tool.ts';
import type { FieldFixture } from '../../planners/guidance/fixtures/fixture.ts';
import type { LoopFigures } from '../../planners/guidance/loop/figures.ts';
import type { RobotAbout, RobotCommand, RobotSample } from '../../planners/guidance/messages.ts';
import type { OwnRobot } from '../../planners/motion/robot/own-robots.ts';
import type { Surface } from '../engine/messages.ts';

/** How a session stands with what it listens to. */
export interface Connection {
  readonly state: 'connecting' | 'connected' | 'refused' | 'ended';
  /** In words, with the reason where there is one. */
  readonly text: string;
}

/** What a session tells the page; the page does not know whether it is live, simulated or recorded. */
export interface RobotListener {
  /** Of the robot that follows; undefined where there is none any more. */
  about(about: RobotAbout | undefined): void;
  connection(connection: Connection): void;
  state(sample: RobotSample): void;
  /** Seven numbers a sample: time [s], the hand as measured and without its tremor [m]. */
  hand(samples: Float64Array): void;
  figures(figures: LoopFigures): void;
  /** Surfaces of what the tip keeps out of, margin included [m, base frame]. */
  keepOuts(surfaces: readonly Surface[]): void;
  /** Distance fields that the robot's side keeps out of, where the page did not make them. */
  fields(fields: readonly FieldFixture[]): void;
}

/** A robot that the page watches and, unless it is a recording, may drive. */
export interface RobotSession {
  readonly kind: 'simulator' | 'server' | 'recording';
  /** @throws IsocenterError `robot/refused` with the reason, `link/...` */
  command(command: RobotCommand): Promise<void>;
  /** Latches: where nobody hears it now, it is said again as soon as somebody does. */
  stop(): void;
  close(): void;
}

/** Something of the patient that the tip keeps out of. */
export interface KeepOutSpec {
  readonly name: string;
  readonly marginMm: number;
  /** Flat indices on the grid. */
  readonly voxels: Uint32Array;
}

/** A robot in a patient, as the workers of the page take it. */
export interface GuideScene {
  /** Which opening of a patient: its structures may have the names of the one before. */
  readonly opening: number;
  readonly robot: string;
  /** The robot itself, where it is none of those that ship. */
  readonly own?: OwnRobot;
  readonly grid: Grid;
  readonly keepOuts: readonly KeepOutSpec[];
  /** From the robot's base frame to the patient frame, both in metres. */
  readonly T_patient_base: Transform;
}

/** A tool whose shaft passes through a trocar, and where its tip begins [m, base frame]. */
export interface ThroughTrocar {
  readonly tool: ToolSpec;
  readonly trocarM: Vec3;
  readonly tipM: Vec3;
}

export interface SimulatorSettings extends GuideScene {
  readonly through: ThroughTrocar | undefined;
  readonly handSeed: number;
  /** Metres of the tool per metre of the hand. */
  readonly scale: number;
}
