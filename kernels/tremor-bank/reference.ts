import { BANK_KINDS, LINE_STRIDE, TASK, TASK_STRIDE } from './layout.ts';

/**
 * The bank in float64: every task a filter stepped through its signal from rest at the first sample; estimate k is what the filter
 * expects of the tremor `ahead` samples after sample k, and 0 at the first. Least squares by the normal equations,
 * summed and solved anew at each sample.
 */
export function tremorBankReference(
  signals: ArrayLike<number>,
  table: ArrayLike<number>,
  lines: ArrayLike<number>,
  samples: number,
): Float64Array {
  const tasks = table.length / TASK_STRIDE;
  const estimates = new Float64Array(tasks * samples);
  for (let n = 0; n < tasks; n++) {
    const task = Array.from({ length: TASK_STRIDE }, (_, i) => table[TASK_STRIDE * n + i]);
    const track = task[TASK.track];
    const x = Array.from({ length: samples }, (_, k) => signals[track * samples + k]);
    estimates.set(runTask(task, x, lines), n * samples);
  }
  return estimates;
}

function runTask(task: readonly number[], x: readonly number[], lines: ArrayLike<number>): number[] {
  switch (task[TASK.kind]) {
    case BANK_KINDS['low-pass']:
      return stateVariable(task, x, Math.SQRT2, (_high, _band, low, sample) => sample - low);
    case BANK_KINDS.notch:
      return stateVariable(task, x, task[TASK.b], (_high, band) => task[TASK.b] * band);
    case BANK_KINDS.wflc:
      return wflc(task, front(task, x));
    case BANK_KINDS['ar-rls']:
      return autoregression(task, front(task, x));
    default:
      return bmflc(task, front(task, x), lines);
  }
}

/** Trapezoidal state-variable filter of second order. */
function stateVariable(
  task: readonly number[],
  x: readonly number[],
  damping: number,
  pick: (high: number, band: number, low: number, sample: number) => number,
): number[] {
  const g = task[TASK.a];
  let [first, second] = [0, x[0]];
  return x.map((sample, k) => {
    if (k === 0) return 0;
    const high = (sample - second - (g + damping) * first) / (1 + g * (g + damping));
    const band = g * high + first;
    const low = g * band + second;
    first = g * high + band;
    second = g * band + low;
    return pick(high, band, low, sample);
  });
}

/** The band-pass, as difference equations of its two sections. */
function front(task: readonly number[], x: readonly number[]): number[] {
  let signal = x.map((value) => task[TASK.gain] * (value - x[0]));
  for (const at of [TASK.poles, TASK.poles + 2]) {
    const a1 = -2 * task[at];
    const a2 = task[at] ** 2 + task[at + 1] ** 2;
    const out: number[] = [];
    for (let k = 0; k < signal.length; k++) {
      out.push(signal[k] - (signal[k - 2] ?? 0) - a1 * (out[k - 1] ?? 0) - a2 * (out[k - 2] ?? 0));
    }
    signal = out;
  }
  return signal;
}

function wflc(task: readonly number[], v: readonly number[]): number[] {
  const [step, frequencyStep, least, greatest] = task.slice(TASK.a, TASK.a + 4);
  let [phase, omega, sine, cosine] = [0, Math.sqrt(least * greatest), 0, 0];
  return v.map((value, k) => {
    if (k === 0) return 0;
    phase += omega;
    const [s, c] = [Math.sin(phase), Math.cos(phase)];
    const error = value - sine * s - cosine * c;
    const power = sine * sine + cosine * cosine;
    if (power > 0) {
      const slope = (error * (sine * c - cosine * s)) / power;
      omega = Math.min(greatest, Math.max(least, omega + 2 * frequencyStep * Math.max(-1, Math.min(1, slope))));
    }
    sine += 2 * step * error * s;
    cosine += 2 * step * error * c;
    const [re, im] = undo(task, omega);
    const later = phase + omega * task[TASK.ahead];
    const [ls, lc] = [Math.sin(later), Math.cos(later)];
    return re * (sine * ls + cosine * lc) + im * (sine * lc - cosine * ls);
  });
}

/** Inverse of the band-pass's response at omega. */
function undo(task: readonly number[], omega: number): [number, number] {
  // Each section is 2 i sin(omega) z / ((z - p)(z - conj p)), z = exp(i omega).
  let [re, im] = [task[TASK.gain], 0];
  const [zr, zi] = [Math.cos(omega), Math.sin(omega)];
  for (const at of [TASK.poles, TASK.poles + 2]) {
    const [pr, pi] = [task[at], task[at + 1]];
    const [br, bi] = product(zr - pr, zi - pi, zr - pr, zi + pi);
    const [nr, ni] = product(0, 2 * Math.sin(omega), zr, zi);
    const size = br * br + bi * bi;
    const [qr, qi] = [(nr * br + ni * bi) / size, (ni * br - nr * bi) / size];
    [re, im] = product(re, im, qr, qi);
  }
  const size = re * re + im * im;
  return [re / size, -im / size];
}

function product(ar: number, ai: number, br: number, bi: number): [number, number] {
  return [ar * br - ai * bi, ar * bi + ai * br];
}

function bmflc(task: readonly number[], v: readonly number[], lines: ArrayLike<number>): number[] {
  const size = task[TASK.size];
  const kind = task[TASK.kind];
  const line = (i: number, part: number): number => lines[(task[TASK.firstLine] + i) * LINE_STRIDE + part];
  const [a, b, ridge] = task.slice(TASK.a, TASK.a + 3);
  const weights = new Float64Array(size);
  const squares = kind === BANK_KINDS['bmflc-rls'] ? new LeastSquares(size, (1 - a) ** 2, 1 / b, ridge) : undefined;
  const covariance = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? b : 0)));
  const turns = Array.from({ length: size / 2 }, (_, i) => Math.atan2(line(i, 1), line(i, 0)));
  return v.map((value, k) => {
    if (k === 0) return 0;
    const x = turns.flatMap((turn) => [Math.sin(turn * k), Math.cos(turn * k)]);
    const error = value - x.reduce((sum, xi, i) => sum + weights[i] * xi, 0);
    if (kind === BANK_KINDS['bmflc-lms']) for (let i = 0; i < size; i++) weights[i] += 2 * a * error * x[i];
    else if (squares !== undefined) weights.set(squares.add(x, value));
    else {
      const gain = covariance.map((row) => row.reduce((sum, p, j) => sum + p * x[j], 0));
      const spread = 1 + gain.reduce((sum, g, i) => sum + g * x[i], 0);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) covariance[i][j] -= (gain[i] * gain[j]) / spread;
        covariance[i][i] += a;
        weights[i] += (gain[i] / spread) * error;
      }
    }
    return turns.reduce((sum, _, i) => {
      const [re, im] = [line(i, 2), line(i, 3)];
      const [s, c] = [x[2 * i], x[2 * i + 1]];
      return sum + weights[2 * i] * (re * s + im * c) + weights[2 * i + 1] * (re * c - im * s);
    }, 0);
  });
}

function autoregression(task: readonly number[], v: readonly number[]): number[] {
  const [size, spacing, ahead, history] = [TASK.size, TASK.spacing, TASK.ahead, TASK.history].map((at) => task[at]);
  const [fade, ridge] = task.slice(TASK.a, TASK.a + 2);
  const past = (k: number): number[] => Array.from({ length: size }, (_, i) => v[k - i * spacing] ?? 0);
  let squares: LeastSquares | undefined;
  let level = 0;
  return v.map((value, k) => {
    if (k === 0 || ahead === 0) return k === 0 ? 0 : value;
    const x = past(k - ahead);
    if (k <= history) {
      level = x.reduce((sum, xi) => sum + xi * xi, 0) / (100 * size);
      return 0;
    }
    squares ??= new LeastSquares(size, (1 - fade) ** 2, level, ridge);
    const weights = squares.add(x, value);
    return past(k).reduce((sum, xi, i) => sum + weights[i] * xi, 0);
  });
}

/** Exponentially forgetting least squares; every sample one weight in turn is pulled to zero by the ridge. */
class LeastSquares {
  readonly #size: number;
  readonly #forget: number;
  readonly #ridge: number;
  readonly #matrix: number[][];
  readonly #right: number[];
  #turn = 0;

  constructor(size: number, forget: number, level: number, ridge: number) {
    this.#size = size;
    this.#forget = forget;
    this.#ridge = ridge;
    this.#matrix = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => (i === j ? level : 0)),
    );
    this.#right = new Array(size).fill(0);
  }

  add(x: readonly number[], value: number): Float64Array {
    for (let i = 0; i < this.#size; i++) {
      for (let j = 0; j < this.#size; j++) this.#matrix[i][j] = this.#forget * this.#matrix[i][j] + x[i] * x[j];
      this.#right[i] = this.#forget * this.#right[i] + x[i] * value;
    }
    this.#matrix[this.#turn][this.#turn] += this.#ridge * x.reduce((sum, xi) => sum + xi * xi, 0);
    this.#turn = (this.#turn + 1) % this.#size;
    return solve(this.#matrix, this.#right);
  }
}

/** Cholesky. */
function solve(matrix: readonly number[][], right: readonly number[]): Float64Array {
  const n = right.length;
  const factor = Array.from({ length: n }, () => new Float64Array(n));
  const out = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i][j];
      for (let k = 0; k < j; k++) sum -= factor[i][k] * factor[j][k];
      factor[i][j] = i === j ? Math.sqrt(sum) : sum / factor[j][j];
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) out[i] -= factor[i][k] * out[k];
    out[i] /= factor[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) out[i] -= factor[k][i] * out[k];
    out[i] /= factor[i][i];
  }
  return out;
}
