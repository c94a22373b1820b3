import { normal, seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelCase } from '../contract.ts';
import { withValue } from '../support/case-data.ts';
import { bankScratchBytes, prepareTremorBank } from './index.ts';
import { type BankKind, type BankTask, packTasks, TASK, TASK_STRIDE } from './layout.ts';
import { tremorBankReference } from './reference.ts';

interface Params {
  readonly tasks: number;
  readonly samples: number;
  readonly scratchFloats: number;
}

/** Tremor of one hertz's width, a slow sine ten times as large, and noise; the largest value about 1. */
function hand(random: () => number, samples: number, hz: number, rateHz: number): Float32Array {
  const r = Math.exp(-Math.PI / rateHz);
  let [last, before] = [0, 0];
  return Float32Array.from({ length: samples }, (_, k) => {
    const value = 2 * r * Math.cos((2 * Math.PI * hz) / rateHz) * last - r * r * before + normal(random);
    [before, last] = [last, value];
    const tremor = 0.1 * value * Math.sqrt(Math.PI / rateHz) * Math.sin((2 * Math.PI * hz) / rateHz);
    return 0.8 * Math.sin((2 * Math.PI * 0.4 * k) / rateHz) + tremor + 1e-3 * normal(random);
  });
}

/** A band of hertz about 10 with poles of the given radius; the gain is that of no particular design. */
const front = (rateHz: number): NonNullable<BankTask['front']> => {
  const pole = (hz: number, widthHz: number): [number, number] => {
    const radius = Math.exp((-Math.PI * widthHz) / rateHz);
    return [radius * Math.cos((2 * Math.PI * hz) / rateHz), radius * Math.sin((2 * Math.PI * hz) / rateHz)];
  };
  return { gain: (2 * Math.PI * 6) ** 2 / rateHz ** 2, poles: [...pole(7, 5), ...pole(13, 8)] };
};

function lines(rateHz: number, ahead: number, hz: readonly number[]): number[] {
  return hz.flatMap((f) => {
    const turn = (2 * Math.PI * f) / rateHz;
    return [Math.cos(turn), Math.sin(turn), 0.9 * Math.cos(turn * ahead), 0.9 * Math.sin(turn * ahead)];
  });
}

const kinds: Readonly<Record<BankKind, (rateHz: number, ahead: number) => Omit<BankTask, 'track' | 'ahead'>>> = {
  'low-pass': (rateHz) => ({ kind: 'low-pass', parameters: [Math.tan((Math.PI * 3) / rateHz)] }),
  notch: (rateHz) => ({ kind: 'notch', parameters: [Math.tan((Math.PI * 10) / rateHz), 1] }),
  wflc: (rateHz) => ({
    kind: 'wflc',
    front: front(rateHz),
    parameters: [10 / rateHz, 50 / rateHz ** 2, (2 * Math.PI * 6) / rateHz, (2 * Math.PI * 14) / rateHz],
  }),
  'bmflc-lms': (rateHz, ahead) => ({
    kind: 'bmflc-lms',
    front: front(rateHz),
    lines: lines(rateHz, ahead, [6, 8, 10, 12, 14]),
    parameters: [3 / rateHz],
  }),
  'bmflc-rls': (rateHz, ahead) => ({
    kind: 'bmflc-rls',
    front: front(rateHz),
    lines: lines(rateHz, ahead, [7, 9, 11, 13]),
    parameters: [1 - Math.exp(-0.5 / (0.3 * rateHz)), 1, 1e-2],
  }),
  'bmflc-kalman': (rateHz, ahead) => ({
    kind: 'bmflc-kalman',
    front: front(rateHz),
    lines: lines(rateHz, ahead, [6, 7, 8, 9, 10, 11, 12, 13, 14]),
    parameters: [1 / rateHz, 1],
  }),
  'ar-rls': (rateHz) => ({
    kind: 'ar-rls',
    front: front(rateHz),
    order: 8,
    spacing: Math.round(0.01 * rateHz),
    parameters: [1 - Math.exp(-0.5 / (2 * rateHz)), 1e-2],
  }),
};

function bankCase(
  name: string,
  seed: number,
  rateHz: number,
  samples: number,
  names: readonly BankKind[],
  aheads: readonly number[],
  nanAt?: number,
): KernelCase<Params> {
  const random = seededRandom(seed);
  const tasks = names.flatMap((kind) =>
    aheads.flatMap((ahead) => [0, 1].map((track) => ({ ...kinds[kind](rateHz, ahead), track, ahead }))),
  );
  const tracks = [8.5, 11].map((hz) => hand(random, samples, hz, rateHz));
  let signals = new Float32Array(2 * samples);
  tracks.forEach((track, n) => {
    signals.set(track, n * samples);
  });
  if (nanAt !== undefined) signals = withValue(signals, nanAt, Number.NaN) as Float32Array<ArrayBuffer>;
  const { table, lines: packed, scratchFloats } = packTasks(tasks);
  return {
    name,
    params: { tasks: tasks.length, samples, scratchFloats },
    inputs: { signals, table, lines: packed },
    outputs: { estimates: { type: 'f32', length: tasks.length * samples } },
    scratch: { scratch: bankScratchBytes(tasks.length, scratchFloats) },
    nan: nanAt !== undefined,
  };
}

const all = Object.keys(kinds) as BankKind[];

export const tremorBank = defineKernel<Params>({
  name: 'tremor-bank',
  doc: 'tremor filters stepped through signals, one filter, signal, horizon and set of parameters a task',
  inputs: {
    signals: 'f32[tracks][samples], scaled to about 1',
    table: 'f32[tasks][24], see layout.ts',
    lines: 'f32[..][4] turn of a period and advance of each line of a Fourier combiner',
  },
  outputs: { estimates: 'f32[tasks][samples] in the unit of the signals' },
  tolerance: {
    relative: 1e-5,
    why: 'filters with memory in float32: rounding of 6e-8 a step, kept small by forms that do not amplify it',
  },
  cases: [
    bankCase('one sample', 301, 1000, 1, all, [5]),
    bankCase('two samples', 302, 1000, 2, all, [5]),
    ...all.map((kind, n) => bankCase(`${kind}, 1 kHz`, 310 + n, 1000, 2000, [kind], [0, 10])),
    bankCase('all filters, 100 Hz', 320, 100, 1000, all, [0, 2, 5]),
    bankCase('NaN in the second signal', 321, 1000, 200, all, [5], 250),
  ],
  cost: ({ params: { tasks, samples }, inputs: { table } }) => {
    let flops = 0;
    for (let n = 0; n < tasks; n++) flops += samples * (40 + 6 * table[TASK_STRIDE * n + TASK.size] ** 2);
    return { flops, bytes: 8 * tasks * samples };
  },
  reference: ({ params: { samples }, inputs: { signals, table, lines: packed } }) => ({
    estimates: tremorBankReference(signals, table, packed, samples),
  }),
  prepare: (device, { params }, { signals, table, lines: packed, estimates, scratch }) => [
    prepareTremorBank(device, params, { signals, table, lines: packed, estimates, scratch }),
  ],
});
