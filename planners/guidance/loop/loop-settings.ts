import type { ToolSpec } from '../../../engine/core/tool.ts';
import { createTool } from '../../motion/rcm/tool.ts';
import { robotNamed } from '../../motion/robot/own-robots.ts';
import type { Fixture } from '../fixtures/fixture.ts';
import { createGuidance, type Guidance } from '../servo/guidance.ts';
import { PoseSteadier } from '../tremor/pose.ts';

/** What the loop is made of; plain data, to be sent to its thread. */
export interface LoopSettings {
  readonly robot: string;
  readonly tool: ToolSpec;
  readonly trocarM?: readonly [number, number, number];
  readonly fixtures: readonly Fixture[];
  readonly scale: number;
  readonly periodSec: number;
  readonly horizonSec: number;
  /** Rate of the hand's samples [Hz]. */
  readonly handRateHz: number;
  /** [joints] where the arm is. */
  readonly start: Float64Array;
  /** A hand of the loop's own; without one samples come through the shared memory. */
  readonly hand?:
    | { readonly kind: 'synthetic'; readonly seed: number }
    | { readonly kind: 'recording'; readonly tracks: readonly Float64Array[]; readonly rateHz: number };
}

/** A hand is stale after so many of its periods, but not before {@link LEAST_STALE_SEC}. */
const STALE_PERIODS = 3;
const LEAST_STALE_SEC = 0.03;

/**
 * The guidance that the loop steps. The loop takes the newest sample of each of its cycles: a hand that is faster than the
 * loop comes to the tremor filter at the loop's rate.
 *
 * @throws IsocenterError for settings that make no sense
 */
export function guidanceOf(settings: LoopSettings): Guidance {
  const { robot, tool, trocarM, fixtures, scale, periodSec, horizonSec, handRateHz } = settings;
  const model = robotNamed(robot);
  return createGuidance({
    model,
    tool: createTool(model, tool),
    fixtures,
    scale,
    periodSec,
    filter: new PoseSteadier({ rateHz: Math.min(handRateHz, 1 / periodSec), horizonSec }),
    hand: { staleSec: Math.max(LEAST_STALE_SEC, STALE_PERIODS / handRateHz) },
    ...(trocarM === undefined ? {} : { trocarM }),
  });
}
