import { signal } from '@preact/signals';
import type { FoundGpu } from '../../engine/compute/webgpu/adapter.ts';
import { faultOf } from '../engine/fault.ts';
import { type DeviceWish, findGraphics } from '../engine/graphics.ts';
import { fault, planner, resumePlan } from './workspace.ts';

/** Where the page draws and plans: on a GPU that renderer and planner share, or else with WebGL 2 and wasm in workers. */
export interface Place {
  /** Grows with every place; the canvas of an earlier one is of no more use. */
  readonly number: number;
  readonly gpu: FoundGpu | undefined;
}

export const place = signal<Place | undefined>(undefined);
/** What the page says of the place itself: a device that was lost, threads that cannot be had. */
export const notice = signal<string | undefined>(undefined);

/** What is lost so often in one session, WebGPU or WebGL 2, is not asked for again. */
const MOST_LOSSES = 3;
/** Of the kind of {@link place}. */
let losses = 0;
let wish: DeviceWish = 'auto';

/** Finds where to draw and plan. */
export async function settle(wanted: DeviceWish): Promise<void> {
  wish = wanted;
  if (globalThis.crossOriginIsolated !== true) {
    notice.value =
      'This page was served without cross-origin isolation (COOP, COEP): it plans on one thread, and doses are copied. `isocenter view` serves it isolated.';
  }
  let found: FoundGpu | undefined;
  try {
    found = await findGraphics(wish);
  } catch (error) {
    fault.value = faultOf(error);
  }
  take(found);
}

/** The renderer has lost what it draws with; what the user has made stays. */
export async function rebuild(reason: string): Promise<void> {
  const isGpu = place.value?.gpu !== undefined;
  const mayAgain = ++losses < MOST_LOSSES;
  if (!isGpu && !mayAgain) {
    stopDrawing(`the graphics device was lost ${MOST_LOSSES} times (${reason})`);
    return;
  }
  // What a planner says of a device that is gone is said here.
  if (isGpu) planner.close();
  const found = isGpu && mayAgain ? await findGraphics(wish).catch(() => undefined) : undefined;
  if (isGpu && found === undefined) losses = 0;
  const instead = found === undefined ? 'with WebGL 2 and wasm' : 'with a new WebGPU device';
  notice.value = `The graphics device was lost (${reason}). The page goes on ${instead}; objectives, plan and kept plans are as they were.`;
  take(found);
}

/** There is nothing left to draw with. */
export function stopDrawing(reason: string): void {
  notice.value = undefined;
  fault.value = {
    code: 'viewer/no-drawing',
    message: `The page cannot draw: ${reason}. What is open is kept, and the plan goes on.`,
    hint: 'Save the session (File) and load the page again; the browser needs WebGL 2 or WebGPU.',
    origin: 'internal',
  };
}

function take(gpu: FoundGpu | undefined): void {
  const hadPlace = place.value !== undefined;
  const staysInWorker = hadPlace && place.value?.gpu === undefined && gpu === undefined;
  place.value = { number: (place.value?.number ?? 0) + 1, gpu };
  gpu?.gpu.lost.then(({ reason, message }) => {
    if (place.value?.gpu === gpu) void rebuild(message || reason);
  });
  if (!hadPlace) planner.settle(gpu);
  else if (!staysInWorker) {
    planner.moveTo(gpu);
    resumePlan();
  }
}
