import { cpus, totalmem } from 'node:os';
import type { DeviceKind } from '../../engine/compute/device.ts';
import { type DevicePreference, wasmThreads } from '../../engine/compute/open.ts';
import { canShareMemory, mayHaveGraphicsDevice, processorCount, processorName } from '../../engine/compute/platform.ts';
import { type AdapterReport, describeAdapter } from '../../engine/compute/webgpu/adapter.ts';
import { kernelModule, openDevice } from '../../kernels/device.ts';
import type { Session } from '../session.ts';
import { version } from '../version.ts';
import { examineRos2, type Ros2Report } from './ros2.ts';
import { type Check, selfCheck } from './self-check.ts';

/** The object of `isocenter doctor --json`. */
export interface DoctorReport {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: { readonly name: string; readonly count: number; readonly usable: number };
  readonly memoryMb: number;
  readonly wasm: {
    readonly threads: number;
    readonly sharedMemory: boolean;
    readonly simd: boolean;
    /** Size of the module with all kernels. */
    readonly moduleBytes: number;
  };
  readonly webgpu: AdapterReport;
  /** What `--device auto` takes. */
  readonly auto: { readonly kind: DeviceKind; readonly reason: string };
  readonly ros2: Ros2Report | { readonly fault: string };
  readonly checks: readonly DeviceCheck[];
  /** Whether the devices that `auto` may take passed their checks. */
  readonly healthy: boolean;
}

export interface DeviceCheck {
  readonly kind: DeviceKind;
  readonly name: string;
  readonly threads: number;
  /** Opening the device [ms]. */
  readonly openMs: number;
  readonly pass: boolean;
  readonly checks: readonly Check[];
  /** Why the device could not be opened or used. */
  readonly fault?: string;
}

/** A wasm module with SIMD instructions, `i8x16.splat` and `i8x16.popcnt`, in a function that nobody calls. */
const simdModule = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

export async function examine({ progress, signal }: Session): Promise<DoctorReport> {
  progress.show('looking for adapters', true);
  const webgpu = await describeAdapter();
  const checks = [await checkDevice('wasm')];
  signal.throwIfAborted();
  progress.show('checking', true);
  if (webgpu.found) checks.push(await checkDevice('webgpu'));
  signal.throwIfAborted();
  const auto = chooseAutomatically(webgpu);
  progress.clear();
  return {
    version: version(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processor: { name: processorName(), count: cpus().length, usable: processorCount() },
    memoryMb: Math.round(totalmem() / 1e6),
    wasm: {
      threads: wasmThreads(),
      sharedMemory: canShareMemory(),
      simd: WebAssembly.validate(simdModule),
      moduleBytes: kernelModule().wasm.length,
    },
    webgpu,
    auto,
    ros2: examineRos2(),
    checks,
    healthy: checks.filter(({ kind }) => kind === 'wasm' || kind === auto.kind).every(({ pass }) => pass),
  };
}

function chooseAutomatically(adapter: AdapterReport): DoctorReport['auto'] {
  if (!mayHaveGraphicsDevice()) return { kind: 'wasm', reason: 'no graphics device is visible to this process' };
  if (!adapter.found) return { kind: 'wasm', reason: adapter.reason };
  if (adapter.software) {
    return { kind: 'wasm', reason: `the WebGPU adapter ${adapter.name} is a software one, for checking, not for work` };
  }
  return { kind: 'webgpu', reason: `${adapter.name} is a hardware WebGPU adapter` };
}

async function checkDevice(kind: DeviceKind): Promise<DeviceCheck> {
  const start = performance.now();
  const spent = (): number => Math.round(performance.now() - start);
  try {
    const device = await openDevice({ prefer: kind satisfies DevicePreference });
    const openMs = spent();
    try {
      const checks = await selfCheck(device);
      const { name, threads } = device;
      return { kind, name, threads, openMs, pass: checks.every(({ pass }) => pass), checks };
    } finally {
      await device.close();
    }
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    return { kind, name: '', threads: 0, openMs: spent(), pass: false, checks: [], fault };
  }
}
