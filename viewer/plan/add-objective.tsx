import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { bodyName } from '../../planners/radiation/evaluation/regions.ts';
import { WISH_WEIGHT } from '../../planners/radiation/planning/steer.ts';
import {
  newObjective,
  objectiveFunction,
  objectiveFunctions,
} from '../../planners/radiation/protocol/objective-functions.ts';
import type { Objective } from '../../planners/radiation/protocol/objectives.ts';
import type { PatientView } from '../engine/messages.ts';
import { changeObjectives, objectives, prescriptionGy } from '../state/workspace.ts';

/** A new objective: structure and function are chosen here, its numbers in the table that it joins. */
export function AddObjective({ patient }: { readonly patient: PatientView }) {
  const id = useId();
  const structure = useSignal(patient.structures[0]?.name ?? bodyName);
  const wanted = useSignal<Objective['function']>('squared-overdosing');
  const { description, parameters } = objectiveFunction(wanted.value);
  const add = (): void => {
    const made = newObjective(wanted.value, structure.value, WISH_WEIGHT, prescriptionGy.value);
    changeObjectives([...objectives.value, made]);
  };
  return (
    <>
      <div class="row">
        <select
          aria-label="Structure of the new objective"
          value={structure.value}
          onChange={(event) => (structure.value = event.currentTarget.value)}
        >
          {[...patient.structures.map(({ name }) => name), bodyName].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <select
          aria-label="Function of the new objective"
          aria-describedby={id}
          value={wanted.value}
          onChange={(event) => (wanted.value = event.currentTarget.value as Objective['function'])}
        >
          {objectiveFunctions.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        <button type="button" aria-label="Add objective" onClick={add}>
          Add
        </button>
      </div>
      <p id={id} class="faint">
        {capital(description)}. {parameters.map((one) => `${one.title}: ${one.description}`).join('. ')}.
      </p>
    </>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
