import { useId } from 'preact/hooks';
import { type ObjectiveParameter, objectiveFunction } from '../../planners/radiation/protocol/objective-functions.ts';
import { type Objective, objectiveSchema } from '../../planners/radiation/protocol/objectives.ts';
import { NumberField } from '../page/number-field.tsx';
import { changeObjectives, objectives } from '../state/workspace.ts';

/** The objectives, each with its weight and parameters; the engine's own schema says what they mean and what is allowed. */
export function ObjectivesEditor() {
  const id = useId();
  const all = objectives.value;
  if (all.length === 0) return <p class="faint">There are no objectives yet: add one, drag a curve, or move an aim.</p>;
  const used = [...new Set(all.map((one) => one.function))].map(objectiveFunction);
  return (
    <>
      <table class="objectives">
        <thead>
          <tr>
            <th scope="col">Structure</th>
            <th scope="col">Function and its parameters</th>
            <th scope="col">Weight</th>
            <th scope="col">
              <span class="sr">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {all.map((objective, n) => (
            <Row key={n} objective={objective} n={n} describedBy={`${id}-${objective.function}`} />
          ))}
        </tbody>
      </table>
      <details>
        <summary>What these functions ask for</summary>
        <dl class="words">
          {used.map(({ name, title, description }) => (
            <div key={name}>
              <dt>{title}</dt>
              <dd id={`${id}-${name}`}>{description}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

interface RowProps {
  readonly objective: Objective;
  /** Place in the list. */
  readonly n: number;
  /** Id of what the function asks for. */
  readonly describedBy: string;
}

function Row({ objective, n, describedBy }: RowProps) {
  const { title, description, parameters } = objectiveFunction(objective.function);
  const of = `${title} of ${objective.structure}`;
  const change = (wanted: object): void => {
    const parsed = objectiveSchema.safeParse({ ...objective, ...wanted });
    if (parsed.success) changeObjectives(objectives.value.map((one, k) => (k === n ? parsed.data : one)));
  };
  return (
    <tr>
      <th scope="row">{objective.structure}</th>
      <td>
        <span title={description}>{title}</span>
        {objective.excludes === undefined ? null : <span class="faint"> outside targets</span>}
        <div class="parameters">
          {parameters.map((parameter) => (
            <Parameter
              key={parameter.name}
              parameter={parameter}
              of={of}
              value={Reflect.get(objective.parameters, parameter.name)}
              describedBy={describedBy}
              onChange={(value) => change({ parameters: { ...objective.parameters, [parameter.name]: value } })}
            />
          ))}
        </div>
      </td>
      <td>
        <NumberField
          label={`Weight of ${of}`}
          hasHiddenLabel
          value={objective.weight}
          min={0.001}
          max={1e9}
          step={10}
          describedBy={describedBy}
          onChange={(weight) => change({ weight })}
        />
      </td>
      <td>
        <button
          type="button"
          aria-label={`Remove ${of}`}
          onClick={() => changeObjectives(objectives.value.filter((_, k) => k !== n))}
        >
          ×
        </button>
      </td>
    </tr>
  );
}

interface ParameterProps {
  readonly parameter: ObjectiveParameter;
  readonly of: string;
  readonly value: unknown;
  readonly describedBy: string;
  readonly onChange: (value: number | string) => void;
}

function Parameter({ parameter, of, value, describedBy, onChange }: ParameterProps) {
  const { title, unit, limits, choices, step } = parameter;
  const label = `${title} of ${of}`;
  if (limits === undefined) {
    return (
      <select
        aria-label={label}
        aria-describedby={describedBy}
        value={String(value)}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  return (
    <NumberField
      label={label}
      hasHiddenLabel
      value={Number(value)}
      min={limits.least}
      max={limits.most}
      step={step ?? 1}
      unit={unit === '' ? title.toLowerCase() : unit}
      describedBy={describedBy}
      onChange={onChange}
    />
  );
}
