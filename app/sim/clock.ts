/** How well a loop in real time keeps its pace. */
export interface PaceFigures {
  readonly steps: number;
  /** Steps that were made more than five steps late. */
  readonly late: number;
  readonly worstLateMs: number;
}

/** A loop that falls further behind than this leaves time out instead of racing after it [steps]. */
const MOST_BEHIND = 200;
const LATE_STEPS = 5;

/** Runs steps of a fixed length in real time; several at once where the timer came late. */
export class RealTimeLoop {
  readonly #stepMs: number;
  readonly #step: (index: number) => void;
  readonly #timer: NodeJS.Timeout;
  #begin = performance.now();
  #steps = 0;
  #done = 0;
  #late = 0;
  #worstMs = 0;

  /** @param step is called with the number of the step */
  constructor(stepSec: number, step: (index: number) => void) {
    this.#stepMs = 1000 * stepSec;
    this.#step = step;
    this.#timer = setInterval(() => this.#run(), 1);
  }

  get figures(): PaceFigures {
    return { steps: this.#steps, late: this.#late, worstLateMs: this.#worstMs };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #run(): void {
    const now = performance.now();
    let due = Math.floor((now - this.#begin) / this.#stepMs);
    const behind = due - this.#done;
    if (behind > LATE_STEPS) {
      this.#late += behind - LATE_STEPS;
      this.#worstMs = Math.max(this.#worstMs, (behind - 1) * this.#stepMs);
    }
    if (behind > MOST_BEHIND) {
      this.#begin += (behind - MOST_BEHIND) * this.#stepMs;
      due -= behind - MOST_BEHIND;
    }
    for (; this.#done < due; this.#done++) this.#step(this.#steps++);
  }
}
