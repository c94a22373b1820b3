import { IsocenterError } from '../../core/errors.ts';
import { isNode } from '../platform.ts';

/** What `isocenter doctor` says about WebGPU. */
export type AdapterReport =
  | {
      readonly found: true;
      readonly name: string;
      readonly vendor: string;
      readonly architecture: string;
      /** A software adapter: for checking, not for work. */
      readonly software: boolean;
      readonly features: readonly string[];
      readonly limits: Readonly<Record<string, number>>;
    }
  | { readonly found: false; readonly reason: string };

interface WebGpuPackage {
  create(options: string[]): GPU;
}

const NODE_PACKAGE = 'webgpu';
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;
const REPORTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** Held for the life of the process: when Dawn's instance is collected, the process aborts. */
let nodeGpu: GPU | undefined;

/** The platform's WebGPU: `navigator.gpu`, or in Node the optional package `webgpu`. */
async function findGpu(): Promise<GPU> {
  const ofPage = typeof navigator === 'undefined' ? undefined : (navigator as { gpu?: GPU }).gpu;
  if (ofPage) return ofPage;
  if (!isNode) throw noWebGpu('this browser has no navigator.gpu', 'use a browser with WebGPU, on https or localhost');
  if (nodeGpu) return nodeGpu;
  let dawn: WebGpuPackage;
  try {
    dawn = (await import(/* @vite-ignore */ NODE_PACKAGE)) as WebGpuPackage;
  } catch (cause) {
    throw noWebGpu('the package `webgpu` cannot be loaded', 'run `npm install webgpu`, or use --device wasm', cause);
  }
  nodeGpu = dawn.create([]);
  return nodeGpu;
}

function noWebGpu(reason: string, hint: string, cause?: unknown): IsocenterError {
  return new IsocenterError({ code: 'device/no-webgpu', message: `no WebGPU device: ${reason}`, hint, cause });
}

/**
 * The platform's preferred adapter.
 *
 * @throws IsocenterError `device/no-webgpu` where there is none
 */
export async function findAdapter(): Promise<GPUAdapter> {
  const gpu = await findGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter) return adapter;
  const software = 'VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json';
  throw noWebGpu(
    'no adapter was found',
    isNode
      ? `install a graphics driver (Vulkan on Linux), or set ${software} for a slow software adapter, or use --device wasm`
      : 'check chrome://gpu or about:support, or use the wasm device',
  );
}

/** Whether an adapter computes on the processor. */
export function isSoftware(adapter: GPUAdapter): boolean {
  const { info } = adapter;
  const fallback = info.isFallbackAdapter || (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  return fallback || SOFTWARE.test([info.vendor, info.architecture, info.device, info.description].join(' '));
}

/** Name of an adapter as its maker gives it. */
export function adapterName(adapter: GPUAdapter): string {
  const { vendor, architecture, device, description } = adapter.info;
  return description || [vendor, architecture || device].filter(Boolean).join(' ') || 'unnamed adapter';
}

/** Describes the adapter that `openWebGpuDevice` would use, or says why there is none. Never throws. */
export async function describeAdapter(): Promise<AdapterReport> {
  try {
    const adapter = await findAdapter();
    return {
      found: true,
      name: adapterName(adapter),
      vendor: adapter.info.vendor,
      architecture: adapter.info.architecture,
      software: isSoftware(adapter),
      features: [...adapter.features].sort(),
      limits: Object.fromEntries(REPORTED_LIMITS.map((name) => [name, adapter.limits[name]])),
    };
  } catch (error) {
    return { found: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

export interface GpuOptions {
  /** true accepts a software adapter and throws where there is none; false takes a hardware adapter or nothing. */
  readonly required: boolean;
}

export interface FoundGpu {
  readonly name: string;
  readonly gpu: GPUDevice;
}

/**
 * A GPUDevice with the limits that the kernels want.
 *
 * @throws IsocenterError `device/no-webgpu` when required and there is no adapter; never throws when not required
 */
export async function requestGpu({ required }: GpuOptions): Promise<FoundGpu | undefined> {
  try {
    const adapter = await findAdapter();
    if (!required && isSoftware(adapter)) return undefined;
    const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
    const gpu = await adapter.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } });
    return { name: adapterName(adapter), gpu };
  } catch (error) {
    if (!required) return undefined;
    if (error instanceof IsocenterError) throw error;
    throw new IsocenterError({
      code: 'device/no-webgpu',
      message: `the WebGPU adapter gave no device: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'update the graphics driver, or use --device wasm',
      cause: error,
    });
  }
}
