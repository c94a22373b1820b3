import { useSignal } from '@preact/signals';

export interface NumberFieldProps {
  readonly label: string;
  /** For screen readers only. */
  readonly hasHiddenLabel?: boolean;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit?: string;
  readonly onChange: (value: number) => void;
}

/** A number within limits; what is none, or outside them, is not taken. */
export function NumberField({ label, hasHiddenLabel, value, min, max, step, unit, onChange }: NumberFieldProps) {
  /** What is being typed: the page draws itself again meanwhile, as states of the robot come. */
  const draft = useSignal<string | undefined>(undefined);
  return (
    <label>
      <span class={hasHiddenLabel === true ? 'sr' : undefined}>{label}</span>{' '}
      <input
        type="number"
        min={min}
        max={max}
        step={step}
        value={draft.value ?? Number(value.toFixed(3))}
        onInput={(event) => (draft.value = event.currentTarget.value)}
        onChange={(event) => {
          const given = event.currentTarget.valueAsNumber;
          draft.value = undefined;
          if (given >= min && given <= max) onChange(given);
        }}
      />
      {unit === undefined ? '' : ` ${unit}`}
    </label>
  );
}
