import { computed } from '@preact/signals';
import type { ReferenceDose } from '../engine/messages.ts';
import { compared, namedPlans, patient } from './workspace.ts';

/** Doses that the plan can be compared with: kept plans, and what came with the patient. */
export const others = computed<readonly ReferenceDose[]>(() => [
  ...namedPlans.value,
  ...(patient.value?.referenceDoses ?? []),
]);

/** The one that is compared. */
export const other = computed(() => others.value.find(({ name }) => name === compared.value));
