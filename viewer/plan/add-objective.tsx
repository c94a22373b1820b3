import { useSignal } from '@preact/signals';
import { WISH_WEIGHT } from '../../planners/radiation/planning/steer.ts';
import { type Objective, objectiveSchema } from '../../planners/radiation/protocol/objectives.ts';
import type { PatientView } from '../engine/messages.ts';
import { changeObjectives, objectives, prescriptionGy } from '../state/workspace.ts';

const functions = objectiveSchema.options.map((option) => option.shape.function.value);

/** A new objective: structure and function are chosen here, its numbers in the table that it joins. */
export function AddObjective({ patient }: { readonly patient: PatientView }) {
  const structure = useSignal(patient.structures[0]?.name ?? '');
  const wanted = useSignal<Objective['function']>('squared-overdosing');
  const add = (): void => {
    const doseGy = prescriptionGy.value;
    const all = { doseGy, volumePercent: 50, kind: 'quadratic', exponent: 8 };
    const option = objectiveSchema.options.find(({ shape }) => shape.function.value === wanted.value);
    const names = Object.keys(option?.shape.parameters.shape ?? {});
    const parameters = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
    const made = objectiveSchema.safeParse({
      structure: structure.value,
      weight: WISH_WEIGHT,
      function: wanted.value,
      parameters,
    });
    if (made.success) changeObjectives([...objectives.value, made.data]);
  };
  return (
    <div class="row">
      <select
        aria-label="Structure of the new objective"
        value={structure.value}
        onChange={(event) => (structure.value = event.currentTarget.value)}
      >
        {patient.structures.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <select
        aria-label="Function of the new objective"
        value={wanted.value}
        onChange={(event) => (wanted.value = event.currentTarget.value as Objective['function'])}
      >
        {functions.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <button type="button" onClick={add}>
        Add objective
      </button>
    </div>
  );
}
