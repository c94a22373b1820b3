import { IsocenterError } from '../../core/errors.ts';

const MIB = 1024 * 1024;
const SMALLER = 'use fewer beams, larger bixels or a coarser dose grid, or --device wasm';

/**
 * Collects what goes wrong on a GPU, which reports it later than the call that caused it; `settle` throws the first of
 * them. After a fault every later result is void, so it stays.
 */
export class Faults {
  readonly #gpu: GPUDevice;
  readonly #pending = new Set<Promise<void>>();
  #first: IsocenterError | undefined;
  #closing = false;

  /** @param owns whether nobody else uses the device, so that every error that nobody caught is ours */
  constructor(gpu: GPUDevice, owns: boolean) {
    this.#gpu = gpu;
    gpu.lost.then((info) => {
      if (!this.#closing) this.report(this.lost(info.message || info.reason));
    });
    if (!owns) return;
    gpu.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.report(this.rejected('a call', event.error.message));
    });
  }

  /** Does `call`; what the GPU says against it later becomes the error that `describe` makes of it. */
  watch<T>(call: () => T, describe: (reason: string) => IsocenterError): T {
    this.#gpu.pushErrorScope('out-of-memory');
    this.#gpu.pushErrorScope('validation');
    try {
      return call();
    } finally {
      this.#collect(describe);
      this.#collect(describe);
    }
  }

  #collect(describe: (reason: string) => IsocenterError): void {
    const check: Promise<void> = this.#gpu
      .popErrorScope()
      .then((error) => {
        if (error) this.report(describe(error.message));
      })
      .catch(() => {})
      .finally(() => this.#pending.delete(check));
    this.#pending.add(check);
  }

  report(error: IsocenterError): void {
    this.#first ??= error;
  }

  /** The device is about to be destroyed on purpose. */
  expectLoss(): void {
    this.#closing = true;
  }

  /** Waits for what the GPU has to say about all calls so far and throws the first fault. */
  async settle(): Promise<void> {
    if (this.#pending.size > 0) await Promise.all(this.#pending);
    if (this.#first) throw this.#first;
  }

  tooLarge(label: string, bytes: number, limit: number): IsocenterError {
    return new IsocenterError({
      code: 'device/buffer-too-large',
      message: `${label} needs ${mib(bytes)} MiB, this WebGPU device allows ${mib(limit)} MiB a buffer`,
      hint: SMALLER,
    });
  }

  outOfMemory(label: string, bytes: number, used: number, reason: string): IsocenterError {
    const already = used > 0 ? `, ${mib(used)} MiB are in use` : '';
    return new IsocenterError({
      code: 'device/out-of-memory',
      message: `the WebGPU device cannot allocate ${mib(bytes)} MiB for ${label}${already}: ${reason}`,
      hint: SMALLER,
    });
  }

  lost(reason: string): IsocenterError {
    return new IsocenterError({
      code: 'device/lost',
      message: `the WebGPU device was lost: ${reason}`,
      hint: `run it again; if it happens again, update the graphics driver, ${SMALLER}`,
      origin: 'internal',
    });
  }

  rejected(what: string, reason: string): IsocenterError {
    return new IsocenterError({
      code: 'device/rejected',
      message: `the WebGPU device refused ${what}: ${reason}`,
      hint: 'please report this with the command that led to it; --device wasm avoids it',
      origin: 'internal',
    });
  }
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}
