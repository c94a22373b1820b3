import type { Device } from '../../engine/compute/device.ts';
import type { DevicePreference } from '../../engine/compute/open.ts';
import { type AdapterReport, describeAdapter } from '../../engine/compute/webgpu/device.ts';
import { contracts } from '../../kernels/contracts.ts';
import { openDevice } from '../../kernels/device.ts';
import { type LaneResult, runCase } from '../support/kernel-lanes.ts';

/** What the test reads of a {@link LaneResult}: all but the arrays. */
export type PageResult = Omit<LaneResult, 'outputs'>;

/** What the page offers to the test that opened it. */
export interface KernelsPage {
  readonly isolated: boolean;
  adapter(): Promise<AdapterReport>;
  /** Opens the device that later calls of `run` use. */
  open(prefer: DevicePreference): Promise<{ kind: string; name: string; threads: number }>;
  /** Runs all cases of one contract. */
  run(contract: string): Promise<readonly PageResult[]>;
  close(): Promise<void>;
}

let device: Device | undefined;

const page: KernelsPage = {
  isolated: globalThis.crossOriginIsolated,
  adapter: describeAdapter,
  async open(prefer) {
    device = await openDevice({ prefer });
    return { kind: device.kind, name: device.name, threads: device.threads };
  },
  async run(name) {
    const contract = contracts.find((one) => one.name === name);
    if (!contract || !device) throw new Error(`no contract ${name}, or no device was opened`);
    const results: PageResult[] = [];
    for (const c of contract.cases) {
      const { outputs: _, ...result } = await runCase(device, contract, c);
      results.push(result);
    }
    return results;
  },
  async close() {
    await device?.close();
    device = undefined;
  },
};

(globalThis as { isocenterKernels?: KernelsPage }).isocenterKernels = page;
