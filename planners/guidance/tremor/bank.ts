import { type Device, upload } from '../../../engine/compute/device.ts';
import { bankScratchBytes, prepareTremorBank } from '../../../kernels/tremor-bank/index.ts';
import { BANK_KINDS, type BankKind, type BankTask, packTasks } from '../../../kernels/tremor-bank/layout.ts';
import type { ScoreCase } from '../scoring/case.ts';
import { butterworthBandPass } from './biquad.ts';
import { lineCount } from './classic/bmflc.ts';
import { FrontBand, frontRange } from './classic/front.ts';
import { filterParameters, type TremorFilterName, tremorBands } from './create.ts';

/** One filter of a bank: every axis of the case becomes a task. */
export interface BankRequest {
  readonly name: BankKind;
  readonly horizonSec: number;
  /** Instead of those of `filterParameters`. */
  readonly parameters?: Readonly<Record<string, number>>;
}

/** Whether a filter can run in the bank; the project's own runs step by step. */
export function isBankKind(name: TremorFilterName): name is BankKind {
  return name in BANK_KINDS;
}

/** Most bytes of estimates that one launch makes. */
const LAUNCH_BYTES = 64 * 2 ** 20;

/**
 * Estimates of many filters, horizons and parameters over one case in a batch on the device: what the filters of
 * `createTremorFilter` give step by step, to 1e-5 of the largest value.
 *
 * @return for each request the tremor expected, f64[samples] for each axis
 */
export async function runBank(
  device: Device,
  c: ScoreCase,
  requests: readonly BankRequest[],
): Promise<Float64Array[][]> {
  const axes = c.signal.length;
  const samples = c.signal[0].length;
  const scale = largestOf(c.signal);
  const signals = new Float32Array(axes * samples);
  c.signal.forEach((x, a) => {
    for (let k = 0; k < samples; k++) signals[a * samples + k] = (x[k] - x[0]) / scale;
  });
  const tasks = requests.flatMap((request) => {
    const task = taskOf(request, c);
    return c.signal.map((_, track) => ({ ...task, track }));
  });
  const estimates: Float32Array[] = [];
  const perLaunch = Math.max(1, Math.floor(LAUNCH_BYTES / (4 * samples)));
  const shared = upload(device, signals, 'signals');
  try {
    for (let first = 0; first < tasks.length; first += perLaunch) {
      estimates.push(...(await launch(device, shared, tasks.slice(first, first + perLaunch), samples)));
    }
  } finally {
    device.free(shared);
  }
  return requests.map((_, r) =>
    c.signal.map((_, a) => Float64Array.from(estimates[r * axes + a], (value) => value * scale)),
  );
}

async function launch(
  device: Device,
  signals: ReturnType<typeof upload>,
  tasks: readonly BankTask[],
  samples: number,
): Promise<Float32Array[]> {
  const { table, lines, scratchFloats } = packTasks(tasks);
  const buffers = {
    signals,
    table: upload(device, table, 'tasks'),
    lines: upload(device, lines, 'lines'),
    estimates: device.allocate(Math.ceil((4 * tasks.length * samples) / 16) * 16, 'estimates'),
    scratch: device.allocate(Math.ceil(bankScratchBytes(tasks.length, scratchFloats) / 16) * 16, 'scratch'),
  };
  try {
    device.run(prepareTremorBank(device, { tasks: tasks.length, samples, scratchFloats }, buffers));
    const all = new Float32Array(tasks.length * samples);
    await device.read(buffers.estimates, all);
    return tasks.map((_, n) => all.subarray(n * samples, (n + 1) * samples));
  } finally {
    for (const name of ['table', 'lines', 'estimates', 'scratch'] as const) device.free(buffers[name]);
  }
}

function largestOf(signal: readonly Float64Array[]): number {
  let largest = 0;
  for (const x of signal) for (const value of x) largest = Math.max(largest, Math.abs(value - x[0]));
  return largest > 0 ? largest : 1;
}

function taskOf({ name, horizonSec, parameters }: BankRequest, { rateHz, kind }: ScoreCase): Omit<BankTask, 'track'> {
  const p: Record<string, number> = { ...filterParameters[name], ...parameters };
  const band = tremorBands[kind];
  const ahead = horizonSec * rateHz;
  const front = (): Required<Pick<BankTask, 'front'>> => {
    const { gain, poles } = butterworthBandPass(...frontRange(band, rateHz), rateHz);
    const upper = [0, 1].flatMap((s) => {
      const re = -0.5 * poles[2 * s];
      return [re, Math.sqrt(poles[2 * s + 1] - re * re)];
    });
    return { front: { gain, poles: upper as [number, number, number, number] } };
  };
  const size = 2 * lineCount(band, p.spacingHz);
  const lines = (): number[] => linesOf(band, p.spacingHz, rateHz, horizonSec);
  switch (name) {
    case 'low-pass':
      return { kind: name, ahead, parameters: [Math.tan((Math.PI * p.cutoffHz) / rateHz)] };
    case 'notch':
      return {
        kind: name,
        ahead,
        parameters: [Math.tan((Math.PI * Math.sqrt(band[0] * band[1])) / rateHz), 1 / p.quality],
      };
    case 'wflc': {
      const perKhz = 1000 / rateHz;
      const omegas = band.map((hz) => (2 * Math.PI * hz) / rateHz);
      return {
        kind: name,
        ahead,
        ...front(),
        parameters: [p.weightStep * perKhz, p.frequencyStep * perKhz ** 2, ...omegas],
      };
    }
    case 'bmflc-lms':
      return {
        kind: name,
        ahead,
        ...front(),
        lines: lines(),
        parameters: [Math.min(0.5 / size, (p.step * 1000) / rateHz)],
      };
    case 'bmflc-rls':
      return {
        kind: name,
        ahead,
        ...front(),
        lines: lines(),
        parameters: [fade(p.memorySec, rateHz), p.level, p.ridge],
      };
    case 'bmflc-kalman':
      return { kind: name, ahead, ...front(), lines: lines(), parameters: [(p.drift * 1000) / rateHz, p.level] };
    case 'ar-rls':
      return {
        kind: name,
        ahead: Math.round(ahead),
        ...front(),
        order: p.order,
        spacing: Math.max(1, Math.round(p.spacingSec * rateHz)),
        parameters: [fade(p.memorySec, rateHz), p.ridge],
      };
  }
}

/** 1 - the square root of the forgetting factor. */
function fade(memorySec: number, rateHz: number): number {
  return -Math.expm1(-0.5 / (memorySec * rateHz));
}

function linesOf(band: readonly [number, number], spacingHz: number, rateHz: number, horizonSec: number): number[] {
  const front = new FrontBand(1, rateHz, band);
  return Array.from({ length: lineCount(band, spacingHz) }, (_, i) => band[0] + i * spacingHz).flatMap((hz) => {
    const [re, im] = front.undo(hz, false);
    const turn = (2 * Math.PI * hz) / rateHz;
    const far = 2 * Math.PI * hz * horizonSec;
    return [
      Math.cos(turn),
      Math.sin(turn),
      re * Math.cos(far) - im * Math.sin(far),
      re * Math.sin(far) + im * Math.cos(far),
    ];
  });
}
