import { openDevice } from '../../kernels/device.ts';
import type { PlannerRequest } from './messages.ts';
import { Planner } from './planner.ts';

/** The planner in a worker, on the wasm device with its own pool of threads. */
const planner = new Planner({
  say: (event) => postMessage(event),
  openDevice: () => openDevice({ prefer: 'wasm' }),
});
addEventListener('message', ({ data }: MessageEvent<PlannerRequest>) => planner.take(data));
