import { inputError } from '../../../engine/core/errors.ts';
import { checkSettings } from '../guard.ts';
import type { SignalModel } from '../predictor.ts';
import { BandLearner } from './band/band-learner.ts';
import { ArRls } from './classic/ar-rls.ts';
import { Bmflc, type WeightUpdate } from './classic/bmflc.ts';
import { KalmanUpdate } from './classic/bmflc-kalman.ts';
import { LmsUpdate } from './classic/bmflc-lms.ts';
import { RlsUpdate } from './classic/bmflc-rls.ts';
import { LowPass } from './classic/low-pass.ts';
import { Notch } from './classic/notch.ts';
import { Wflc } from './classic/wflc.ts';
import { HandModes } from './modes/hand-modes.ts';
import { type AxisGroup, TremorFilter } from './tremor-filter.ts';

/** Parameters of the filters, by filter name; what each does is said where the filter is. */
export const filterParameters = {
  'steady-hand': {},
  'low-pass': { cutoffHz: 3 },
  notch: { quality: 1 },
  wflc: { weightStep: 0.01, frequencyStep: 0.00005 },
  'bmflc-lms': { spacingHz: 1, step: 0.003 },
  'bmflc-rls': { spacingHz: 1, memorySec: 0.15, level: 1, ridge: 0.03 },
  'bmflc-kalman': { spacingHz: 1, drift: 1e-3, level: 1 },
  'ar-rls': { order: 12, spacingSec: 0.01, memorySec: 5, ridge: 0.01 },
} as const;

export type TremorFilterName = keyof typeof filterParameters;

/** The project's own filter. */
export const DEFAULT_FILTER: TremorFilterName = 'steady-hand';

export const tremorFilterNames = Object.keys(filterParameters) as readonly TremorFilterName[];

/** Physiological tremor is told from voluntary motion by how hands move; pathological tremor by its band alone. */
export type TremorKind = 'physiological' | 'pathological';

/** Where the tremor lies, by kind [Hz]. */
export const tremorBands: Readonly<Record<TremorKind, readonly [lowHz: number, highHz: number]>> = {
  physiological: [6, 14],
  pathological: [2.5, 9],
};

export interface TremorFilterOptions {
  readonly name?: TremorFilterName;
  /** Rate of the samples [Hz], 50 to 20,000. */
  readonly rateHz: number;
  /** 1 to 12; with more than three, each three are a group (translations, rotations). Default 3. */
  readonly axes?: number;
  /** How far ahead the tremor is wanted [s], 0 to 0.5; longer than the filter can do is a result code. Default 0. */
  readonly horizonSec?: number;
  readonly kind?: TremorKind;
  /** What the samples are: positions (default), or accelerations, integrated analytically. */
  readonly input?: 'position' | 'acceleration';
  /** Default that of the kind [Hz]. */
  readonly bandHz?: readonly [number, number];
  /** Metres that a radian of the fourth axis and beyond moves the tool's tip: default 0.05. */
  readonly leverM?: number;
  /** Faster is a jump, not a motion [units of an axis / s]: default 5; Infinity for recordings in other units. */
  readonly maxSpeed?: number;
  /** Longest gap that is bridged [s]: default 0.1. */
  readonly maxGapSec?: number;
  /** Instead of {@link filterParameters}. */
  readonly parameters?: Readonly<Record<string, number>>;
}

const cannotIntegrate: readonly TremorFilterName[] = ['low-pass', 'notch', 'ar-rls'];

/**
 * A tremor filter, ready to step; see {@link TremorFilter} for what a step takes and gives.
 *
 * @throws IsocenterError `guidance/...` for an unknown filter, a setting outside its limits, or accelerations given to a
 *   filter that cannot integrate them
 */
export function createTremorFilter(options: TremorFilterOptions): TremorFilter {
  const { name = DEFAULT_FILTER, rateHz, axes = 3, horizonSec = 0, kind = 'physiological', leverM = 0.05 } = options;
  if (!tremorFilterNames.includes(name)) {
    throw inputError(
      'guidance/filter',
      `there is no tremor filter ${JSON.stringify(name)}`,
      `known: ${tremorFilterNames.join(', ')}`,
    );
  }
  const band = options.bandHz ?? tremorBands[kind];
  checkSettings({
    rateHz: [rateHz, 50, 20_000],
    axes: [axes, 1, 12],
    horizonSec: [horizonSec, 0, 10],
    leverM: [leverM, 1e-4, 10],
    lowHz: [band[0], 0.1, 0.4 * rateHz],
    highHz: [band[1], 1.1 * band[0], 0.45 * rateHz],
  });
  const accelerations = options.input === 'acceleration';
  if (accelerations && cannotIntegrate.includes(name)) {
    throw inputError(
      'guidance/input',
      `${name} cannot integrate accelerations`,
      `give positions, or take ${tremorFilterNames.filter((n) => !cannotIntegrate.includes(n)).join(', ')}`,
    );
  }
  const parameters: Record<string, number> = { ...filterParameters[name], ...options.parameters };
  const make = (count: number, unit: number): SignalModel =>
    createModel({ name, count, rateHz, band, horizonSec, accelerations, kind, unit, parameters });
  const groups: AxisGroup[] = [];
  for (let first = 0; first < axes; first += 3) {
    const count = Math.min(3, axes - first);
    groups.push({ first, count, model: make(count, first < 3 ? 1 : leverM) });
  }
  return new TremorFilter({
    name,
    axes,
    rateHz,
    horizonSec,
    accelerations,
    groups,
    maxGapSec: options.maxGapSec ?? 0.1,
    maxSpeed: options.maxSpeed ?? (accelerations ? Number.POSITIVE_INFINITY : 5),
  });
}

interface ModelRequest {
  readonly name: TremorFilterName;
  readonly count: number;
  readonly rateHz: number;
  readonly band: readonly [number, number];
  readonly horizonSec: number;
  readonly accelerations: boolean;
  readonly kind: TremorKind;
  readonly unit: number;
  readonly parameters: Readonly<Record<string, number>>;
}

function createModel(request: ModelRequest): SignalModel {
  const { name, count, rateHz, band, horizonSec, accelerations, kind, unit, parameters: p } = request;
  const bmflc = (rule: (axes: number, size: number) => WeightUpdate): SignalModel =>
    new Bmflc(count, rateHz, band, accelerations, p.spacingHz, rule);
  switch (name) {
    case 'steady-hand':
      return kind === 'physiological'
        ? new HandModes(count, rateHz, unit, accelerations, band)
        : new BandLearner(count, rateHz, band, Math.min(horizonSec, 0.3), accelerations);
    case 'low-pass':
      return new LowPass(count, rateHz, p.cutoffHz);
    case 'notch':
      return new Notch(count, rateHz, Math.sqrt(band[0] * band[1]), p.quality);
    case 'wflc':
      return new Wflc(count, rateHz, band, accelerations, { weightStep: p.weightStep, frequencyStep: p.frequencyStep });
    case 'bmflc-lms':
      return bmflc((_, size) => new LmsUpdate(Math.min(0.5 / size, (p.step * 1000) / rateHz)));
    case 'bmflc-rls':
      return bmflc((_, size) => new RlsUpdate(size, rateHz, p.memorySec, p.level, p.ridge));
    case 'bmflc-kalman':
      return bmflc((_, size) => new KalmanUpdate(size, (p.drift * 1000) / rateHz, p.level));
    case 'ar-rls':
      return new ArRls(count, rateHz, band, horizonSec, {
        order: p.order,
        spacingSec: p.spacingSec,
        memorySec: p.memorySec,
        ridge: p.ridge,
      });
  }
}
