import { processorCount } from '../../engine/compute/platform.ts';
import { openDevice } from '../../kernels/device.ts';
import type { PlannerRequest } from './messages.ts';
import { Planner } from './planner.ts';

/** More than these do not help. */
const MOST_THREADS = 16;

/** The planner in a worker, on the wasm device. One processor is left to the page, which has a dose to draw. */
const planner = new Planner({
  say: (event) => postMessage(event),
  openDevice: () => openDevice({ prefer: 'wasm', threads: Math.min(MOST_THREADS, Math.max(1, processorCount() - 1)) }),
});
addEventListener('message', ({ data }: MessageEvent<PlannerRequest>) => planner.take(data));
