import type { LoopFigures } from '../../planners/guidance/loop/figures.ts';
import type { HandPacket, RobotAbout, RobotCommand } from '../../planners/guidance/messages.ts';
import type { RobotView } from '../../sim/robots/robot-observer.ts';
import type { Fault, Surface } from '../engine/messages.ts';
import type { SimulatorSettings } from './session.ts';

export type SimulatorRequest =
  | { readonly kind: 'start'; readonly settings: SimulatorSettings }
  | { readonly kind: 'command'; readonly id: number; readonly command: RobotCommand }
  /** The main thread lives; while its page is hidden the robot holds. */
  | { readonly kind: 'beat'; readonly hidden: boolean };

export type SimulatorEvent =
  | { readonly kind: 'started'; readonly about: RobotAbout; readonly surfaces: readonly Surface[] }
  | { readonly kind: 'state'; readonly view: RobotView }
  | { readonly kind: 'hand'; readonly packet: HandPacket }
  | { readonly kind: 'figures'; readonly figures: LoopFigures }
  | { readonly kind: 'answer'; readonly id: number; readonly refused: string | undefined }
  | { readonly kind: 'fault'; readonly fault: Fault };
