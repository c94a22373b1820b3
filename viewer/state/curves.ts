import { computed, effect, signal } from '@preact/signals';
import type { ReferenceDose } from '../../engine/core/patient.ts';
import type { DvhCurve } from '../engine/messages.ts';
import type { DvhAnswer, DvhKind, DvhRequest } from '../plan/dvh-worker.ts';
import { aims } from './aims.ts';
import { other, otherJudged } from './comparison.ts';
import { activity, doseVersion, fault, openings, patient, report } from './workspace.ts';

/** Curves of all structures, in equal bins from 0 Gy. */
export interface Curves {
  readonly kind: DvhKind;
  readonly binWidthGy: number;
  /** By structure [percent of its volume]; empty where it has no voxels. */
  readonly plan: readonly ArrayLike<number>[];
  /** Those of the dose that is compared. */
  readonly other: readonly ArrayLike<number>[] | undefined;
  /** Made of every dose in fine bins, of a plan at rest; else as coarse as it takes to be live. */
  readonly isFine: boolean;
}

/** Bins of the curves of a plan at rest [Gy], where that makes no more than {@link MOST_BINS}. */
const FINE_GY: Readonly<Record<DvhKind, number>> = { cumulative: 0.05, differential: 0.5 };
const MOST_BINS = 4000;
/** A differential curve in finer bins than these would show voxels, not doses. */
const LIVE_BINS = 64;

export const dvhKind = signal<DvhKind>('cumulative');

const fine = signal<{ curves: Curves; version: number; of: ReferenceDose | undefined } | undefined>(undefined);
let worker: Worker | undefined;
let ids = 0;
let opening = 0;

/** Right end of the axis of doses [Gy]: beyond the largest dose, and the protocol's goals. */
export const dvhMostGy = computed(() => {
  const stepGy = Math.max(report.value?.dvhStepGy ?? 0, otherJudged.value?.dvhStepGy ?? 0);
  if (stepGy === 0) return 0;
  return aims.value.reduce(
    (most, { goal, unit }) => (unit === 'Gy' ? Math.max(most, BESIDE_GOAL * goal.limit) : most),
    256 * stepGy,
  );
});
/** The goal of the highest dose stands so far from the edge. */
const BESIDE_GOAL = 1.04;

/** The curves that are shown. */
export const curves = computed<Curves | undefined>(() => {
  const known = fine.value;
  const kind = dvhKind.value;
  const isKnown = known?.curves.kind === kind && known.version === doseVersion.value && known.of === other.value;
  if (known !== undefined && isKnown && activity.value === 'idle') return known.curves;
  const now = report.value;
  if (now === undefined) return undefined;
  const beside = otherJudged.value;
  const together = kind === 'cumulative' ? 1 : 256 / LIVE_BINS;
  const binWidthGy = together * Math.max(now.dvhStepGy, beside?.dvhStepGy ?? 0);
  const live = (dvh: readonly DvhCurve[], stepGy: number): readonly ArrayLike<number>[] =>
    dvh.map(({ volumePercent }) => rebinned(volumePercent, stepGy, kind, binWidthGy));
  return {
    kind,
    binWidthGy,
    plan: live(now.dvh, now.dvhStepGy),
    other: beside && live(beside.dvh, beside.dvhStepGy),
    isFine: false,
  };
});

/** A cumulative curve in other bins, or the volume in each of these. */
function rebinned(from: Float32Array, stepGy: number, kind: DvhKind, binWidthGy: number): Float64Array {
  const bins = Math.ceil((from.length * stepGy) / binWidthGy);
  const at = (bin: number): number => from[Math.round((bin * binWidthGy) / stepGy)] ?? 0;
  return Float64Array.from({ length: bins }, (_, bin) => (kind === 'cumulative' ? at(bin) : at(bin) - at(bin + 1)));
}

// Sorting all doses takes longer than a frame: it is done aside, once the plan rests.
effect(() => {
  const view = patient.value;
  const version = doseVersion.value;
  const kind = dvhKind.value;
  const of = other.value;
  const id = ++ids;
  if (opening !== openings.value) {
    // Another patient: nothing of the one before is kept.
    opening = openings.value;
    worker?.terminate();
    worker = undefined;
    fine.value = undefined;
  }
  if (view === undefined || report.value === undefined || activity.value !== 'idle') return;
  const binWidthGy = Math.max(FINE_GY[kind], dvhMostGy.value / MOST_BINS);
  worker ??= begin();
  worker.onmessage = ({ data }: MessageEvent<DvhAnswer>) => {
    if (data.id !== id || id !== ids) return;
    if ('fault' in data) {
      fault.value = data.fault;
      return;
    }
    const [plan, beside] = data.curves;
    fine.value = { curves: { kind, binWidthGy, plan, other: beside, isFine: true }, version, of };
  };
  const structures = view.structures.map(({ voxels }) => voxels);
  const doses = of === undefined ? [view.dose] : [view.dose, of.gy];
  worker.postMessage({ id, kind, binWidthGy, structures, doses } satisfies DvhRequest);
});

function begin(): Worker {
  return new Worker(new URL('../plan/dvh-worker.ts', import.meta.url), { type: 'module' });
}
