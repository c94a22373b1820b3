/** Filters that the bank knows; the first word of a task. */
export const BANK_KINDS = {
  'low-pass': 0,
  notch: 1,
  wflc: 2,
  'bmflc-lms': 3,
  'bmflc-rls': 4,
  'bmflc-kalman': 5,
  'ar-rls': 6,
} as const;

export type BankKind = keyof typeof BANK_KINDS;

/** Floats of a task. */
export const TASK_STRIDE = 24;

/** Where a task holds what; whole numbers are held as floats. */
export const TASK = {
  kind: 0,
  /** Which of the signals. */
  track: 1,
  /** Horizon [samples]; of ar-rls a whole number. */
  ahead: 2,
  /** First of its lines. */
  firstLine: 3,
  /** Weights: two a line, or the order of the autoregression. */
  size: 4,
  /** ar-rls: samples between one that it looks at and the next. */
  spacing: 5,
  /** ar-rls: samples of history that it keeps. */
  history: 6,
  /** Gain of the band-pass, then the upper poles of its two sections, real and imaginary part. */
  gain: 7,
  poles: 8,
  /** Parameters, by kind; see {@link BankTask}. */
  a: 12,
  b: 13,
  c: 14,
  d: 15,
} as const;

/** Most weights of a filter. */
export const MAX_SIZE = 64;
/** Longest history of an autoregression [samples]. */
export const MAX_HISTORY = 4096;
/** Floats of a line: cosine and sine of a period's turn, and what advances it by the horizon, real and imaginary part. */
export const LINE_STRIDE = 4;

export interface BankTask {
  readonly kind: BankKind;
  readonly track: number;
  readonly ahead: number;
  /** Band-pass g (1 - z^-2)^2 / prod (1 - p z^-1)(1 - conj(p) z^-1); not of low-pass and notch. */
  readonly front?: { readonly gain: number; readonly poles: readonly [number, number, number, number] };
  /** bmflc: [lines][4] as {@link LINE_STRIDE} says. */
  readonly lines?: readonly number[];
  readonly order?: number;
  readonly spacing?: number;
  /**
   * low-pass: g = tan(pi cutoff / rate). notch: g, damping. wflc: weight step, frequency step, least and greatest omega
   * [rad/sample]. bmflc-lms: step. bmflc-rls: fade, level, ridge (fade = 1 -
   * square root of the forgetting factor, which single precision holds better). bmflc-kalman: drift, level. ar-rls:
   * fade, ridge.
   */
  readonly parameters: readonly number[];
}

/** Tasks as the kernel takes them. */
export function packTasks(tasks: readonly BankTask[]): {
  table: Float32Array;
  lines: Float32Array;
  scratchFloats: number;
} {
  const table = new Float32Array(TASK_STRIDE * tasks.length);
  const lines: number[] = [];
  let scratchFloats = 0;
  tasks.forEach((task, n) => {
    const row = table.subarray(TASK_STRIDE * n, TASK_STRIDE * (n + 1));
    const size = task.order ?? (task.lines ? task.lines.length / 2 : 0);
    const spacing = task.spacing ?? 0;
    const history = task.kind === 'ar-rls' ? spacing * (size - 1) + task.ahead + 1 : 0;
    row[TASK.kind] = BANK_KINDS[task.kind];
    row[TASK.track] = task.track;
    row[TASK.ahead] = task.ahead;
    row[TASK.firstLine] = lines.length / LINE_STRIDE;
    row[TASK.size] = size;
    row[TASK.spacing] = spacing;
    row[TASK.history] = history;
    row[TASK.gain] = task.front?.gain ?? 0;
    row.set(task.front?.poles ?? [], TASK.poles);
    row.set(task.parameters, TASK.a);
    lines.push(...(task.lines ?? []));
    scratchFloats = Math.max(scratchFloats, scratchOf(size, history));
  });
  return { table, lines: Float32Array.from(lines.length > 0 ? lines : [0, 0, 0, 0]), scratchFloats };
}

/** Triangle or covariance, right side, weights, regressor, work, history. */
function scratchOf(size: number, history: number): number {
  return size * size + 4 * size + history;
}
