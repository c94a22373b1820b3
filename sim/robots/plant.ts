import type { RobotModel } from '../../engine/core/robot.ts';
import { SimulatedRobot } from './simulated-robot.ts';

/** What is driven: takes a set-point a cycle; holds by itself when none come. */
export interface Plant {
  /** [joints] as it is measured. */
  readonly measured: Float64Array;
  /** [joints] at rest: where the next motion begins. */
  readonly rest: Float64Array;
  /** Whether a motion may begin. */
  readonly isAtRest: boolean;
  command(setpoint: Float64Array): void;
  /** Brakes now, whatever was commanded. */
  brake(): void;
  release(): void;
  /** One period. */
  step(): void;
}

/** [rad/s or m/s] */
const REST_SPEED = 1e-6;

/** A robot in this thread. */
export function simulatedPlant(model: RobotModel, start: Float64Array, periodSec: number): Plant {
  const robot = new SimulatedRobot(model, { start, stepSec: periodSec });
  return {
    measured: robot.measured,
    rest: robot.q,
    get isAtRest() {
      return robot.v.every((v) => Math.abs(v) < REST_SPEED);
    },
    command: (setpoint) => robot.command(setpoint),
    brake: () => robot.brake(),
    release: () => robot.release(),
    step: () => robot.step(),
  };
}

/** A robot of elsewhere is looked at so often, and rests if no joint has moved further [steps; rad or m]. */
const LOOK_STEPS = 100;
const REST_CHANGE = 1e-3;

/** A robot that others talk to: set-points go out where the ring is read, and only while it moves; without, it holds by itself. */
export function remotePlant(measured: Float64Array): Plant {
  const before = measured.slice();
  let steps = 0;
  let isAtRest = true;
  return {
    measured,
    rest: measured,
    get isAtRest() {
      return isAtRest;
    },
    command: () => {},
    brake: () => {},
    release: () => {},
    step: () => {
      if (++steps % LOOK_STEPS !== 0) return;
      isAtRest = true;
      for (let i = 0; i < before.length; i++) {
        isAtRest &&= Math.abs(measured[i] - before[i]) <= REST_CHANGE;
        before[i] = measured[i];
      }
    },
  };
}
