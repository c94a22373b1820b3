import type { Faults } from './faults.ts';

/** GPUBufferUsage, whose global exists in browsers only. */
export const BUFFER_USAGE = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;

const KEPT_BYTES = 16 * 1024 * 1024;

/** Buffers that results are copied to for reading; those of ordinary size are kept and used again. */
export class StagingPool {
  readonly #gpu: GPUDevice;
  readonly #faults: Faults;
  readonly #free: GPUBuffer[] = [];

  constructor(gpu: GPUDevice, faults: Faults) {
    this.#gpu = gpu;
    this.#faults = faults;
  }

  /** A buffer of at least `size` bytes that nobody uses. */
  take(size: number): GPUBuffer {
    const at = this.#free.findIndex((buffer) => buffer.size >= size && buffer.size <= Math.max(4096, 4 * size));
    if (at >= 0) return this.#free.splice(at, 1)[0];
    const rounded = size > KEPT_BYTES ? size : 2 ** Math.ceil(Math.log2(Math.max(256, size)));
    const usage = BUFFER_USAGE.mapRead | BUFFER_USAGE.copyTarget;
    return this.#faults.watch(
      () => this.#gpu.createBuffer({ label: 'staging', size: rounded, usage }),
      (reason) => this.#faults.outOfMemory('reading back', rounded, 0, reason),
    );
  }

  give(buffer: GPUBuffer): void {
    if (buffer.size > KEPT_BYTES || this.#free.length >= 8) buffer.destroy();
    else this.#free.push(buffer);
  }
}
