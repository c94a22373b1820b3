import { inputError } from '../../engine/core/errors.ts';

/** What can go wrong with a simulated robot, from a time on and for a while. */
export const FAULT_KINDS = ['drop-out', 'delay', 'noise', 'stuck-joint', 'brake'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** [s since the start of the simulation] */
  readonly timeSec: number;
  readonly durationSec: number;
  /** Index of the joint of stuck-joint. */
  readonly joint?: number;
  /** Of delay: added to that of commands [s]. Of noise: standard deviation added [rad or m]. */
  readonly value?: number;
}

/** Longest delay of commands that is simulated [s]. */
export const LONGEST_DELAY_SEC = 1;

/** @throws IsocenterError `sim/fault` naming the fault and the value */
export function checkFaults(faults: readonly Fault[], joints: number): void {
  faults.forEach((fault, i) => {
    const bad = (what: string, hint: string) =>
      inputError('sim/fault', `fault ${i + 1} (${fault.kind}): ${what}`, hint);
    if (!(fault.timeSec >= 0 && Number.isFinite(fault.timeSec))) {
      throw bad(`it begins at ${fault.timeSec} s`, 'give a time of 0 s or more');
    }
    if (!(fault.durationSec > 0)) throw bad(`it lasts ${fault.durationSec} s`, 'give a time above 0 s');
    if (fault.kind === 'stuck-joint') {
      const { joint } = fault;
      if (joint !== undefined && Number.isInteger(joint) && joint >= 0 && joint < joints) return;
      throw bad(`joint ${joint} of ${joints}`, 'name a joint of the robot');
    }
    if (fault.kind !== 'delay' && fault.kind !== 'noise') return;
    const most = fault.kind === 'delay' ? LONGEST_DELAY_SEC : 0.1;
    const { value = Number.NaN } = fault;
    if (value > 0 && value <= most) return;
    throw bad(`a value of ${value}`, `give a value above 0, up to ${most}`);
  });
}
