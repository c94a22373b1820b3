import { batch, computed, effect, signal } from '@preact/signals';
import type { ReferenceDose } from '../../engine/core/patient.ts';
import type { GammaResult } from '../../planners/radiation/evaluation/gamma.ts';
import { CompareClient } from '../compare/compare-client.ts';
import type { Judgement } from '../compare/messages.ts';
import { sharedCopy } from '../engine/shared.ts';
import { compared, doseVersion, fault, namedPlans, openings, patient } from './workspace.ts';

/** Doses that the plan can be compared with: kept plans, and what came with the patient. */
export const others = computed<readonly ReferenceDose[]>(() => [
  ...namedPlans.value,
  ...(patient.value?.referenceDoses ?? []),
]);

/** The one that is compared. */
export const other = computed(() => others.value.find(({ name }) => name === compared.value));

/** Whether that is a plan that was kept, and not a dose of the patient's. */
export const isKept = computed(() => namedPlans.value.some((plan) => plan === other.value));

/** Forgets the kept plan that is compared. */
export function removeCompared(): void {
  const shown = other.peek();
  if (!isKept.peek()) return;
  batch(() => {
    namedPlans.value = namedPlans.value.filter((plan) => plan !== shown);
    compared.value = undefined;
  });
}

/** The plan less the other dose, and gamma with the other as the reference, are those of this criterion. */
export const gammaCriteria = signal({ dosePercent: 3, distanceMm: 3, local: false, thresholdPercent: 10 });

const client = new CompareClient();
const judgements = signal<ReadonlyMap<ReferenceDose, Judgement>>(new Map());
/** What was compared, at which state of the plan's dose. */
const found = signal<{ of: ReferenceDose; version: number; result: GammaResult } | undefined>(undefined);
let cancel: (() => void) | undefined;

/** Curves and goals of the compared dose. */
export const otherJudged = computed<Judgement | undefined>(() => {
  const shown = other.value;
  if (shown === undefined) return undefined;
  const kept = namedPlans.value.find((plan) => plan === shown);
  return kept === undefined ? judgements.value.get(shown) : { ...kept.report, goals: kept.goals };
});

/** Gamma of the doses as they are now; of others, or of an earlier dose of the plan, there is none. */
export const gamma = computed(() => {
  const known = found.value;
  return known?.of === other.value && known?.version === doseVersion.value ? known?.result : undefined;
});

/** Grows whenever the worker that draws isolines has been given another dose or gamma. */
export const fieldsSent = signal(0);

/** Share that is done of a gamma under way. */
export const gammaProgress = signal<number | undefined>(undefined);

export function computeGamma(): void {
  const view = patient.value;
  const reference = other.value;
  if (view === undefined || reference === undefined) return;
  cancel?.();
  const version = doseVersion.value;
  gammaProgress.value = 0;
  cancel = client.ask(
    {
      kind: 'gamma',
      grid: view.grid,
      reference: reference.gy,
      evaluated: sharedCopy(view.dose),
      criteria: gammaCriteria.value,
    },
    (answer) => {
      if (answer.kind === 'progress') {
        gammaProgress.value = answer.share;
        return;
      }
      gammaProgress.value = undefined;
      if (answer.kind === 'gamma') found.value = { of: reference, version, result: answer.result };
      else if (answer.kind === 'fault') fault.value = answer.fault;
    },
  );
}

export function cancelGamma(): void {
  cancel?.();
}

// What came with the patient is judged when it is first compared.
effect(() => {
  const shown = other.value;
  const view = patient.value;
  const isPlan = namedPlans.value.some((plan) => plan === shown);
  if (shown === undefined || view === undefined || isPlan || judgements.peek().has(shown)) return;
  client.ask({ kind: 'judge', patient: view, gy: shown.gy }, (answer) => {
    if (answer.kind === 'judged') judgements.value = new Map([...judgements.value, [shown, answer.judgement]]);
    else if (answer.kind === 'fault') fault.value = answer.fault;
  });
});

// Another patient: nothing of the one before is kept.
effect(() => {
  if (openings.value < 0) return;
  client.close();
  judgements.value = new Map();
  found.value = undefined;
  gammaProgress.value = undefined;
});
