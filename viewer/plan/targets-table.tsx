import { useSignal } from '@preact/signals';
import type { PatientView } from '../engine/messages.ts';
import { planTargets } from '../state/protocol.ts';

/** Targets and prescriptions by hand, for a patient that no protocol knows, or to plan it otherwise. */
export function TargetsTable({ patient }: { readonly patient: PatientView }) {
  const { protocol } = patient;
  const given = new Map(protocol.targets.map(({ structure, prescriptionGy }) => [structure, prescriptionGy]));
  const doses = useSignal<ReadonlyMap<string, number>>(given);
  const fractions = useSignal(given.size > 0 ? protocol.fractions : 25);
  const drawn = patient.structures.filter(({ voxels, role }) => voxels.length > 0 && role !== 'external');
  const set = (name: string, gy: number): void => {
    const next = new Map(doses.value);
    if (gy > 0) next.set(name, gy);
    else next.delete(name);
    doses.value = next;
  };
  if (drawn.length === 0) return <p>There are no structures: the patient cannot be planned.</p>;
  return (
    <details class="section" open={given.size === 0}>
      <summary>
        <h2>Targets</h2>
      </summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const targets = [...doses.value].map(([structure, prescriptionGy]) => ({ structure, prescriptionGy }));
          planTargets({ fractions: fractions.value, targets });
        }}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">Structure</th>
              <th scope="col">Prescription, if a target</th>
            </tr>
          </thead>
          <tbody>
            {drawn.map(({ name }) => (
              <tr key={name}>
                <td>{name}</td>
                <td>
                  <input
                    type="number"
                    min="0"
                    max="1000"
                    step="any"
                    value={doses.value.get(name) ?? ''}
                    aria-label={`Prescription of ${name} in Gy`}
                    onInput={(event) => set(name, Number(event.currentTarget.value))}
                  />{' '}
                  Gy
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <div class="row">
          <label>
            Fractions{' '}
            <input
              type="number"
              min="1"
              max="200"
              value={fractions.value}
              onInput={(event) => (fractions.value = Number(event.currentTarget.value))}
            />
          </label>
          <button type="submit" disabled={doses.value.size === 0}>
            Plan these targets
          </button>
        </div>
        <p class="faint">A protocol (JSON) that is dropped on the page does the same with goals and objectives.</p>
      </form>
    </details>
  );
}
