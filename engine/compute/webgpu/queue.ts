/** Runs in one submission at most: enough to hide the cost of a submission, few enough not to idle. */
const MOST_RUNS = 32;

/**
 * The order in which work reaches the GPU. On a device of one's own all of it is handed over at once. On a shared one
 * submissions go one at a time, each behind the end of the one before, and hold as many runs as fit into `batchMs`: whoever
 * else submits meanwhile waits no longer than that. A single run that takes longer cannot be divided.
 */
export class SubmissionQueue {
  readonly #gpu: GPUDevice;
  readonly #batchMs: number | undefined;
  readonly #waiting: { readonly act: () => void; readonly runs: number }[] = [];
  readonly #whenHandedOver: (() => void)[] = [];
  #runsAtOnce = MOST_RUNS;
  #isWorking = false;

  constructor(gpu: GPUDevice, batchMs: number | undefined) {
    this.#gpu = gpu;
    this.#batchMs = batchMs;
  }

  /** Runs that a submission should hold now. */
  get runsAtOnce(): number {
    return this.#runsAtOnce;
  }

  submit(act: () => void, runs: number): void {
    this.#enqueue(act, Math.max(1, runs));
  }

  /** Does something behind all submissions so far that costs the GPU next to nothing. */
  do(act: () => void): void {
    this.#enqueue(act, 0);
  }

  write(target: GPUBuffer, byteOffset: number, data: ArrayBufferView): void {
    const send = ({ buffer, byteOffset: from, byteLength }: ArrayBufferView): void =>
      this.#gpu.queue.writeBuffer(target, byteOffset, buffer as ArrayBuffer, from, byteLength);
    if (!this.#isWorking) {
      send(data);
      return;
    }
    // What it is written from may change before it is its turn.
    const kept = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    this.do(() => send(kept));
  }

  /** When everything so far has been handed to the GPU; it need not be done. */
  handedOver(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenHandedOver.push(resolve));
  }

  #enqueue(act: () => void, runs: number): void {
    if (this.#batchMs === undefined || (runs === 0 && !this.#isWorking)) {
      act();
      return;
    }
    this.#waiting.push({ act, runs });
    if (!this.#isWorking) void this.#work(this.#batchMs);
  }

  async #work(batchMs: number): Promise<void> {
    this.#isWorking = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next.act();
      if (this.#waiting.length === 0) for (const tell of this.#whenHandedOver.splice(0)) tell();
      if (next.runs === 0) continue;
      const began = performance.now();
      // A lost device ends the wait too; its faults are told elsewhere.
      await this.#gpu.queue.onSubmittedWorkDone().catch(() => {});
      this.#judge(performance.now() - began, next.runs, batchMs);
    }
    this.#isWorking = false;
  }

  #judge(tookMs: number, runs: number, batchMs: number): void {
    if (tookMs > batchMs && runs > 1) this.#runsAtOnce = Math.max(1, Math.floor(runs / 2));
    else if (tookMs < batchMs / 3 && runs >= this.#runsAtOnce) {
      this.#runsAtOnce = Math.min(MOST_RUNS, this.#runsAtOnce + 1 + (this.#runsAtOnce >> 1));
    }
  }
}
