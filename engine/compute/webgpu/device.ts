import type { Device, DeviceBuffer, KernelModule, Launch, LaunchSpec, ReadTarget } from '../device.ts';
import { type FoundGpu, type GpuOptions, requestGpu } from './adapter.ts';
import { Faults } from './faults.ts';
import { SubmissionQueue } from './queue.ts';
import { BUFFER_USAGE, StagingPool } from './staging.ts';

export { type AdapterReport, describeAdapter } from './adapter.ts';

/** Longest batch of work on a device that a renderer shares [ms]: half a frame. */
export const SHARED_BATCH_MS = 8;
const STORAGE = BUFFER_USAGE.storage | BUFFER_USAGE.copySource | BUFFER_USAGE.copyTarget;

interface WebGpuBuffer extends DeviceBuffer {
  readonly gpu: GPUBuffer;
}

interface WebGpuLaunch extends Launch {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  readonly uniforms: GPUBuffer | undefined;
  readonly scalars: ArrayBuffer;
  /** Whether `scalars` changed since they were written to `uniforms`. */
  changed: boolean;
  /** Submission that the latest run was recorded in. */
  submission: number;
}

/** The WebGPU back-end, with what those need who share its GPUDevice: a renderer in a page. */
export interface SharedGpuDevice extends Device {
  readonly gpu: GPUDevice;
  /** The memory behind a buffer. It holds what all calls so far make of it for commands that are given to {@link record}. */
  gpuBuffer(buffer: DeviceBuffer): GPUBuffer;
  /** Adds commands of the caller's own behind all calls so far, in the same batch. */
  record(commands: (encoder: GPUCommandEncoder) => void): void;
}

/**
 * Opens the WebGPU device: in Node through the optional package `webgpu` (Dawn), in a browser through `navigator.gpu`.
 *
 * @throws IsocenterError `device/no-webgpu` when required and there is no adapter; never throws when not required
 */
export async function openWebGpuDevice(kernels: KernelModule, options: GpuOptions): Promise<Device | undefined> {
  const found = await requestGpu(options);
  return found && new WebGpuDevice(found.name, found.gpu, kernels.wgsl, { owns: true });
}

/**
 * The WebGPU back-end on a GPUDevice that somebody else has made and also uses, from {@link requestGpu}: its work is handed over
 * in batches of at most {@link SHARED_BATCH_MS}, one at a time, so that frames get in between. Closing it leaves the device alive.
 */
export function adoptGpuDevice(kernels: KernelModule, { name, gpu }: FoundGpu): SharedGpuDevice {
  return new WebGpuDevice(name, gpu, kernels.wgsl, { owns: false });
}

class WebGpuDevice implements SharedGpuDevice {
  readonly kind = 'webgpu';
  readonly name: string;
  readonly threads = 1;
  readonly gpu: GPUDevice;
  readonly #owns: boolean;
  readonly #queue: SubmissionQueue;
  readonly #wgsl: Readonly<Record<string, string>>;
  readonly #faults: Faults;
  readonly #staging: StagingPool;
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #pipelines = new Map<string, GPUComputePipeline>();
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  /** Counts submissions; runs recorded now belong to this one. */
  #submission = 0;
  #recorded = 0;
  #used = 0;
  #peak = 0;

  constructor(
    name: string,
    gpu: GPUDevice,
    wgsl: Readonly<Record<string, string>>,
    { owns }: { readonly owns: boolean },
  ) {
    this.name = name;
    this.gpu = gpu;
    this.#owns = owns;
    this.#wgsl = wgsl;
    this.#faults = new Faults(gpu, owns);
    this.#queue = new SubmissionQueue(gpu, owns ? undefined : SHARED_BATCH_MS);
    this.#staging = new StagingPool(gpu, this.#faults);
  }

  allocate(byteLength: number, label: string): WebGpuBuffer {
    const size = Math.max(16, Math.ceil(byteLength / 16) * 16);
    const limit = Math.min(this.gpu.limits.maxBufferSize, this.gpu.limits.maxStorageBufferBindingSize);
    if (size > limit) throw this.#faults.tooLarge(label, size, limit);
    const gpu = this.#faults.watch(
      () => this.gpu.createBuffer({ label, size, usage: STORAGE }),
      (reason) => this.#faults.outOfMemory(label, size, this.#used, reason),
    );
    this.#used += size;
    this.#peak = Math.max(this.#peak, this.#used);
    return { label, byteLength: size, gpu };
  }

  free(buffer: DeviceBuffer): void {
    this.#submit();
    this.#used -= buffer.byteLength;
    this.#queue.do(() => (buffer as WebGpuBuffer).gpu.destroy());
  }

  write(buffer: DeviceBuffer, data: ArrayBufferView, byteOffset = 0): void {
    this.#checkRange(buffer, byteOffset, data.byteLength);
    this.#submit();
    this.#queue.write((buffer as WebGpuBuffer).gpu, byteOffset, data);
  }

  clear(buffer: DeviceBuffer): void {
    this.#commands().clearBuffer((buffer as WebGpuBuffer).gpu);
  }

  copy(from: DeviceBuffer, to: DeviceBuffer, byteLength: number): void {
    this.#checkRange(from, 0, byteLength);
    this.#checkRange(to, 0, byteLength);
    this.#commands().copyBufferToBuffer((from as WebGpuBuffer).gpu, 0, (to as WebGpuBuffer).gpu, 0, byteLength);
  }

  prepare(spec: LaunchSpec): WebGpuLaunch {
    const what = `${spec.kernel}/${spec.entry}`;
    return this.#faults.watch(
      () => this.#bind(spec, what),
      (reason) => this.#faults.rejected(`kernel ${what}`, reason),
    );
  }

  run(launch: Launch): void {
    const { pipeline, bindings, spec } = launch as WebGpuLaunch;
    this.#writeScalars(launch as WebGpuLaunch);
    (launch as WebGpuLaunch).submission = this.#submission;
    this.#encoder ??= this.gpu.createCommandEncoder();
    this.#pass ??= this.#encoder.beginComputePass();
    this.#pass.setPipeline(pipeline);
    this.#pass.setBindGroup(0, bindings);
    this.#pass.dispatchWorkgroups(...spec.workgroups);
    if (++this.#recorded >= this.#queue.runsAtOnce) this.#submit();
  }

  async read(buffer: DeviceBuffer, target: ReadTarget, byteOffset = 0): Promise<void> {
    const size = Math.ceil(target.byteLength / 4) * 4;
    this.#checkRange(buffer, byteOffset, size);
    if (size === 0) return this.finish();
    const staging = this.#staging.take(size);
    this.#commands().copyBufferToBuffer((buffer as WebGpuBuffer).gpu, byteOffset, staging, 0, size);
    this.#submit();
    await this.#queue.handedOver();
    try {
      await staging.mapAsync(1, 0, size);
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      bytes.set(new Uint8Array(staging.getMappedRange(0, size), 0, target.byteLength));
      staging.unmap();
      this.#staging.give(staging);
    } catch (error) {
      await this.#faults.settle();
      throw this.#faults.lost(error instanceof Error ? error.message : String(error));
    }
    await this.#faults.settle();
  }

  async finish(): Promise<void> {
    this.#submit();
    await this.#queue.handedOver();
    await this.gpu.queue.onSubmittedWorkDone().catch((error: unknown) => {
      this.#faults.report(this.#faults.lost(String(error)));
    });
    await this.#faults.settle();
  }

  async close(): Promise<void> {
    this.#submit();
    await this.#queue.handedOver();
    if (!this.#owns) return;
    this.#faults.expectLoss();
    this.gpu.destroy();
  }

  memory(): { usedBytes: number; peakBytes: number } {
    return { usedBytes: this.#used, peakBytes: this.#peak };
  }

  gpuBuffer(buffer: DeviceBuffer): GPUBuffer {
    return (buffer as WebGpuBuffer).gpu;
  }

  record(commands: (encoder: GPUCommandEncoder) => void): void {
    commands(this.#commands());
    this.#submit();
  }

  /** The encoder, outside a compute pass. */
  #commands(): GPUCommandEncoder {
    this.#pass?.end();
    this.#pass = undefined;
    this.#encoder ??= this.gpu.createCommandEncoder();
    return this.#encoder;
  }

  #submit(): void {
    if (!this.#encoder) return;
    const encoder = this.#commands();
    const runs = this.#recorded;
    this.#encoder = undefined;
    this.#recorded = 0;
    this.#submission++;
    const refused = (reason: string) => this.#faults.rejected('a batch of kernels', reason);
    const commands = this.#faults.watch(() => encoder.finish(), refused);
    this.#queue.submit(() => this.#faults.watch(() => this.gpu.queue.submit([commands]), refused), runs);
  }

  /** Writes changed scalars behind all runs that were made with the old ones. */
  #writeScalars(launch: WebGpuLaunch): void {
    if (!launch.changed || !launch.uniforms) return;
    if (launch.submission === this.#submission) this.#submit();
    this.#queue.write(launch.uniforms, 0, new Uint8Array(launch.scalars));
    launch.changed = false;
  }

  #bind(spec: LaunchSpec, label: string): WebGpuLaunch {
    const pipeline = this.#pipeline(spec, label);
    const scalars = new ArrayBuffer(Math.ceil(spec.params.length / 4) * 16);
    const view = new DataView(scalars);
    for (const [i, [type, value]] of spec.params.entries()) setScalar(view, 4 * i, type, value);
    const uniformUsage = BUFFER_USAGE.uniform | BUFFER_USAGE.copyTarget;
    const uniforms =
      spec.params.length === 0
        ? undefined
        : this.gpu.createBuffer({ label: `scalars of ${label}`, size: scalars.byteLength, usage: uniformUsage });
    const entries = spec.buffers.map((buffer, i) => ({
      binding: i + 1,
      resource: { buffer: (buffer as WebGpuBuffer).gpu },
    }));
    if (uniforms) entries.unshift({ binding: 0, resource: { buffer: uniforms } });
    const bindings = this.gpu.createBindGroup({ label, layout: pipeline.getBindGroupLayout(0), entries });
    const launch: WebGpuLaunch = {
      spec,
      pipeline,
      bindings,
      uniforms,
      scalars,
      changed: true,
      submission: -1,
      setParam: (index, value) => {
        setScalar(view, 4 * index, spec.params[index][0], value);
        launch.changed = true;
      },
    };
    return launch;
  }

  /** The pipeline's layout is deduced from the entry, so an entry must mention every one of its bindings. */
  #pipeline(spec: LaunchSpec, label: string): GPUComputePipeline {
    const constants = spec.constants ?? {};
    const key = `${label} ${JSON.stringify(Object.entries(constants).sort())}`;
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      const module = this.#module(spec.kernel);
      pipeline = this.gpu.createComputePipeline({
        label,
        layout: 'auto',
        compute: { module, entryPoint: spec.entry, constants: { ...constants } },
      });
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  #module(kernel: string): GPUShaderModule {
    let module = this.#modules.get(kernel);
    if (!module) {
      const code = this.#wgsl[kernel];
      if (code === undefined) throw this.#faults.rejected(`kernel ${kernel}`, 'it has no WGSL');
      module = this.gpu.createShaderModule({ label: kernel, code });
      this.#modules.set(kernel, module);
    }
    return module;
  }

  #checkRange(buffer: DeviceBuffer, offset: number, length: number): void {
    if (offset % 4 === 0 && length % 4 === 0 && offset + length <= buffer.byteLength) return;
    const range = `${length} bytes at ${offset} of ${buffer.label} (${buffer.byteLength} bytes)`;
    throw this.#faults.rejected(range, 'must be whole four-byte words inside the buffer');
  }
}

function setScalar(view: DataView, offset: number, type: 'u32' | 'i32' | 'f32', value: number): void {
  if (type === 'f32') view.setFloat32(offset, value, true);
  else if (type === 'i32') view.setInt32(offset, value, true);
  else view.setUint32(offset, value, true);
}
