import type { Device } from '../engine/compute/device.ts';
import { openDevice } from '../kernels/device.ts';
import { runFilter } from '../planners/guidance/scoring/score.ts';
import { type BankRequest, isBankKind, runBank } from '../planners/guidance/tremor/bank.ts';
import { tremorFilterNames } from '../planners/guidance/tremor/create.ts';
import { syntheticCase } from '../sim/sources/synthetic-case.ts';

interface BankTime {
  readonly device: string;
  readonly threads: number;
  /** A processor in the place of a graphics card: shows that the kernels agree, not what they can do. */
  readonly software: boolean;
  readonly tasks: number;
  readonly samples: number;
  readonly ms: number;
  readonly nsPerSample: number;
  /** Largest difference from the step-by-step filters, relative to the largest estimate. */
  readonly difference: number;
}

const SECONDS = 8;

/** The tremor bank on every device there is: classic filters x horizons x settings on one simulated hand. */
export async function measureTremorBank(): Promise<object> {
  const rows: BankTime[] = [];
  for (const open of [
    () => openDevice({ prefer: 'wasm', threads: 1 }),
    () => openDevice({ prefer: 'wasm' }),
    () => openDevice({ prefer: 'webgpu' }),
  ]) {
    let device: Device;
    try {
      device = await open();
    } catch (error) {
      console.log(`webgpu: ${(error as Error).message}`);
      continue;
    }
    const software = device.kind === 'webgpu' && /swiftshader|llvmpipe|software|cpu/i.test(device.name);
    for (const repeats of software ? [1] : [1, 16]) rows.push(await measure(device, software, repeats));
    await device.close();
  }
  console.table(
    rows.map((r) => ({
      ...r,
      ms: r.ms.toFixed(1),
      nsPerSample: r.nsPerSample.toFixed(1),
      difference: r.difference.toExponential(1),
    })),
  );
  return { seconds: SECONDS, rows };
}

async function measure(device: Device, software: boolean, repeats: number): Promise<BankTime> {
  const c = syntheticCase(1, { durationSec: SECONDS });
  const classic: BankRequest[] = tremorFilterNames
    .filter(isBankKind)
    .flatMap((name) => [0, 0.005, 0.01, 0.02].map((horizonSec) => ({ name, horizonSec })));
  const requests = Array.from({ length: repeats }, () => classic).flat();
  await runBank(device, c, classic);
  const began = performance.now();
  const estimates = await runBank(device, c, requests);
  const ms = performance.now() - began;
  const samples = c.signal[0].length;
  const tasks = requests.length * c.signal.length;
  let difference = 0;
  classic.forEach(({ name, horizonSec }, n) => {
    const { tremor } = runFilter(c, name as (typeof tremorFilterNames)[number], horizonSec);
    const largest = Math.max(...tremor.map((x) => x.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
    tremor.forEach((x, a) => {
      x.forEach((value, k) => {
        difference = Math.max(difference, Math.abs(value - estimates[n][a][k]) / largest);
      });
    });
  });
  const { name, threads } = device;
  return {
    device: name,
    threads,
    software,
    tasks,
    samples,
    ms,
    nsPerSample: (1e6 * ms) / (tasks * samples),
    difference,
  };
}
