import { describeFilterCode, type FilterCode, OK } from '../codes.ts';
import { describeGuidanceCode } from '../servo/guidance-codes.ts';
import { RECORD } from './layout.ts';

/** Above this a hand trembles [Hz]: two first-order high-passes in a row. */
const TREMBLE_HZ = 4;

/** Bounds of the histogram of how late cycles begin [us]. */
export const LATE_EDGES_US: readonly number[] = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/** One second of the loop, as it is shown. */
export interface LoopFigures {
  readonly timeSec: number;
  readonly cycles: number;
  readonly rateHz: number;
  readonly state: string;
  /** What the tremor filter says last, and in how many of the cycles it predicted without reservation [%]. */
  readonly filter: { readonly state: string; readonly predictedPct: number };
  /** Share of cycles whose set-point came from the motion to rest. */
  readonly stoppingPct: number;
  /** What the cycle takes, and how late it began [us]. */
  readonly computeUs: { readonly median: number; readonly p99: number; readonly max: number };
  readonly lateUs: { readonly median: number; readonly p99: number; readonly max: number };
  /** Cycles that began no later than each of {@link LATE_EDGES_US} and later than the one before; the last count is of all above. */
  readonly lateCounts: readonly number[];
  /** From the hand's sample, as it came, to the set-point, as it left [ms]. */
  readonly latencyMs: { readonly median: number; readonly p99: number };
  /** Root mean square of the hand above 4 Hz, as measured and as it leads the tool [um]. */
  readonly tremorUm: { readonly in: number; readonly out: number };
  readonly trocarErrorMm: number;
  /** Least distance of the tip to each keep-out, margin taken off [mm]. */
  readonly keepOutsMm: Readonly<Record<string, number>>;
}

/** Gathers the records of a second. */
export class FigureWindow {
  readonly #names: readonly string[];
  readonly #periodSec: number;
  readonly #keep: number;
  /** Per axis: last input and output of both stages, of the raw and the steady hand. */
  readonly #filters = new Float64Array(2 * 3 * 4);
  #compute: number[] = [];
  #late: number[] = [];
  #latency: number[] = [];
  #squares = [0, 0];
  #least: Float64Array;
  #trocar = 0;
  #cycles = 0;
  #stoppingBefore = 0;
  #stopping = 0;
  #code = 0;
  #filter: FilterCode = OK;
  #predicted = 0;
  #begin = Number.NaN;
  #end = 0;
  #primed = false;

  constructor(names: readonly string[], periodSec: number) {
    this.#names = names;
    this.#periodSec = periodSec;
    this.#keep = Math.exp(-2 * Math.PI * TREMBLE_HZ * periodSec);
    this.#least = new Float64Array(names.length).fill(Number.POSITIVE_INFINITY);
  }

  /** @param outSec when the set-point left */
  add(ring: Float64Array, at: number, outSec: number): void {
    if (Number.isNaN(this.#begin)) this.#begin = ring[at + RECORD.timeSec];
    this.#end = ring[at + RECORD.timeSec];
    this.#cycles++;
    this.#code = ring[at + RECORD.code];
    this.#filter = ring[at + RECORD.filter] as FilterCode;
    if (this.#filter === OK) this.#predicted++;
    this.#stopping = ring[at + RECORD.stopping];
    this.#compute.push(ring[at + RECORD.computeUs]);
    this.#late.push(ring[at + RECORD.lateUs]);
    const handSec = ring[at + RECORD.handSec];
    if (handSec > 0) this.#latency.push(1000 * (outSec - handSec));
    this.#trocar = Math.max(this.#trocar, ring[at + RECORD.trocarM]);
    for (let f = 0; f < this.#names.length; f++) {
      this.#least[f] = Math.min(this.#least[f], ring[at + RECORD.distances + f]);
    }
    for (let r = 0; r < 3; r++) {
      this.#tremble(0, r, ring[at + RECORD.raw + r]);
      this.#tremble(1, r, ring[at + RECORD.steady + r]);
    }
    this.#primed = true;
  }

  /** The figures since the last call. */
  take(): LoopFigures {
    const seconds =
      this.#cycles > 1 ? (this.#end - this.#begin) * (this.#cycles / (this.#cycles - 1)) : this.#periodSec;
    const rms = (square: number) => 1e6 * Math.sqrt(square / Math.max(1, this.#cycles));
    const figures: LoopFigures = {
      timeSec: this.#end,
      cycles: this.#cycles,
      rateHz: this.#cycles / seconds,
      state: describeGuidanceCode(this.#code),
      filter: {
        state: describeFilterCode(this.#filter),
        predictedPct: (100 * this.#predicted) / Math.max(1, this.#cycles),
      },
      stoppingPct: (100 * (this.#stopping - this.#stoppingBefore)) / Math.max(1, this.#cycles),
      computeUs: spread(this.#compute),
      lateUs: spread(this.#late),
      lateCounts: counts(this.#late),
      latencyMs: spread(this.#latency),
      tremorUm: { in: rms(this.#squares[0]), out: rms(this.#squares[1]) },
      trocarErrorMm: 1000 * this.#trocar,
      keepOutsMm: Object.fromEntries(this.#names.map((name, f) => [name, 1000 * this.#least[f]])),
    };
    this.#stoppingBefore = this.#stopping;
    this.#compute = [];
    this.#late = [];
    this.#latency = [];
    this.#squares = [0, 0];
    this.#least.fill(Number.POSITIVE_INFINITY);
    this.#trocar = 0;
    this.#cycles = 0;
    this.#predicted = 0;
    this.#begin = Number.NaN;
    return figures;
  }

  #tremble(which: number, axis: number, x: number): void {
    const at = 4 * (3 * which + axis);
    const f = this.#filters;
    if (!this.#primed) {
      f[at] = x;
      return;
    }
    const first = this.#keep * (f[at + 1] + x - f[at]);
    const second = this.#keep * (f[at + 3] + first - f[at + 2]);
    f[at] = x;
    f[at + 1] = first;
    f[at + 2] = first;
    f[at + 3] = second;
    this.#squares[which] += second * second;
  }
}

function spread(values: readonly number[]): { median: number; p99: number; max: number } {
  if (values.length === 0) return { median: 0, p99: 0, max: 0 };
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { median: at(0.5), p99: at(0.99), max: sorted[sorted.length - 1] };
}

function counts(lateUs: readonly number[]): number[] {
  const out = new Array<number>(LATE_EDGES_US.length + 1).fill(0);
  for (const us of lateUs) {
    const at = LATE_EDGES_US.findIndex((edge) => us <= edge);
    out[at < 0 ? LATE_EDGES_US.length : at]++;
  }
  return out;
}
