import Benchmark from 'benchmark';
import type { Device, Launch } from '../engine/compute/device.ts';

export interface Timing {
  readonly name: string;
  readonly medianMs: number;
  readonly meanMs: number;
  readonly minMs: number;
  /** Relative margin of error of the mean [percent]. */
  readonly rmePercent: number;
  readonly samples: number;
}

/** Times an asynchronous function with Benchmark.js. */
export function time(name: string, body: () => Promise<void> | void, maxTimeSec = 2): Promise<Timing> {
  return new Promise((resolve, reject) => {
    const benchmark = new Benchmark(name, {
      defer: true,
      maxTime: maxTimeSec,
      minSamples: 5,
      fn: (deferred: Benchmark.Deferred) => {
        Promise.resolve(body()).then(() => deferred.resolve(), reject);
      },
      onComplete: () => {
        const sample = [...benchmark.stats.sample].sort((a, b) => a - b);
        resolve({
          name,
          medianMs: sample[Math.floor(sample.length / 2)] * 1000,
          meanMs: benchmark.stats.mean * 1000,
          minMs: sample[0] * 1000,
          rmePercent: benchmark.stats.rme,
          samples: sample.length,
        });
      },
      onError: (event: { target: { error: unknown } }) => reject(event.target.error),
    });
    benchmark.run({ async: false });
  });
}

/** Times a list of launches, the wait for their end included. */
export function timeLaunches(
  name: string,
  device: Device,
  launches: readonly Launch[],
  maxTimeSec = 2,
): Promise<Timing> {
  return time(
    name,
    () => {
      for (const launch of launches) device.run(launch);
      return device.finish();
    },
    maxTimeSec,
  );
}
