import { useSignal } from '@preact/signals';
import { fault } from '../state/workspace.ts';

export interface NumberFieldProps {
  readonly label: string;
  /** For screen readers only. */
  readonly hasHiddenLabel?: boolean;
  /** Instead of the label, where that needs what stands around it. */
  readonly spoken?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit?: string;
  /** Id of what explains it. */
  readonly describedBy?: string;
  readonly onChange: (value: number) => void;
}

/** A number within limits; what is none, or outside them, is not taken, and the page says why. */
export function NumberField(props: NumberFieldProps) {
  const { label, hasHiddenLabel, spoken, value, min, max, step, unit, describedBy, onChange } = props;
  /** What is being typed: the page draws itself again meanwhile, as states of the robot come. */
  const draft = useSignal<string | undefined>(undefined);
  return (
    <label>
      <span class={hasHiddenLabel === true ? 'sr' : undefined}>{label}</span>{' '}
      <input
        type="number"
        // Arrows count their steps from here: 1500 would become 1501 by steps of 10 from 1.
        min={min % step === 0 ? min : undefined}
        max={max}
        step={step}
        aria-label={spoken}
        aria-describedby={describedBy}
        value={draft.value ?? Number(value.toFixed(3))}
        onInput={(event) => (draft.value = event.currentTarget.value)}
        onChange={(event) => {
          const given = event.currentTarget.valueAsNumber;
          draft.value = undefined;
          if (given >= min && given <= max) onChange(given);
          else refuse(props, given);
        }}
      />
      {unit === undefined ? '' : ` ${unit}`}
    </label>
  );
}

function refuse({ label, spoken = label, min, max, unit }: NumberFieldProps, given: number): void {
  const last = unit === undefined ? '' : ` ${unit}`;
  fault.value = {
    code: 'viewer/number',
    message: `${spoken}: ${Number.isFinite(given) ? `${given}${last}` : 'what was typed is no number and'} is not taken.`,
    hint: `Give a number from ${min} to ${max}${last}; the last one stands.`,
    origin: 'input',
  };
}
