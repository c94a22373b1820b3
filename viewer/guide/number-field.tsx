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
  return (
    <label>
      <span class={hasHiddenLabel === true ? 'sr' : undefined}>{label}</span>{' '}
      <input
        type="number"
        min={min}
        max={max}
        step={step}
        value={Number(value.toFixed(3))}
        onChange={(event) => {
          const given = event.currentTarget.valueAsNumber;
          if (given >= min && given <= max) onChange(given);
          else event.currentTarget.value = String(value);
        }}
      />
      {unit === undefined ? '' : ` ${unit}`}
    </label>
  );
}
