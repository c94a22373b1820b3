import { processorCount } from '../../engine/compute/platform.ts';
import { RemoteDevice } from '../../engine/compute/remote/device.ts';
import type { RemoteEnd } from '../../engine/compute/remote/messages.ts';
import { openDevice } from '../../kernels/device.ts';
import type { PlannerEvent, PlannerRequest } from './messages.ts';
import { Planner } from './planner.ts';

/** More than these do not help. */
const MOST_THREADS = 16;

const say = (event: PlannerEvent): void => postMessage(event);

/** On the wasm device. One processor is left to the page, which has a dose to draw. */
function planOnProcessors(): Planner {
  const threads = Math.min(MOST_THREADS, Math.max(1, processorCount() - 1));
  return new Planner({ say, openDevice: () => openDevice({ prefer: 'wasm', threads }) });
}

/** On the GPU that the page draws with. */
function planOnShared(end: RemoteEnd): Planner {
  const device = new RemoteDevice(end);
  return new Planner({
    say,
    openDevice: async () => device,
    showDeviceDose: (dose, isLast) => device.show(dose, isLast),
  });
}

let planner: Planner | undefined;
addEventListener('message', ({ data }: MessageEvent<PlannerRequest>) => {
  if (data.kind === 'share') planner = planOnShared(data.end);
  else {
    planner ??= planOnProcessors();
    planner.take(data);
  }
});
