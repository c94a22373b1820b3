import { type Objective, objectiveSchema } from '../../planners/radiation/protocol/objectives.ts';
import { changeObjectives, objectives } from '../state/workspace.ts';

/** The objectives, each with its weight and parameters; the engine's own schema says what is allowed. */
export function ObjectivesEditor() {
  const change = (n: number, edit: (objective: Objective) => object): void => {
    const parsed = objectiveSchema.safeParse(edit(objectives.value[n]));
    if (parsed.success) changeObjectives(objectives.value.map((one, k) => (k === n ? parsed.data : one)));
  };
  return (
    <section aria-label="Objectives">
      <table class="objectives">
        <thead>
          <tr>
            <th scope="col">Structure</th>
            <th scope="col">Function</th>
            <th scope="col">Parameters</th>
            <th scope="col">Weight</th>
            <th scope="col">
              <span class="sr">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {objectives.value.map((objective, n) => (
            <tr key={n}>
              <td>{objective.structure}</td>
              <td>{objective.function}</td>
              <td>
                {Object.entries(objective.parameters).map(([name, value]) =>
                  typeof value === 'number' ? (
                    <label key={name}>
                      <span class="sr">{name}</span>
                      <input
                        type="number"
                        step="0.5"
                        value={Number(value.toFixed(2))}
                        aria-label={`${name} of ${objective.function} of ${objective.structure}`}
                        onChange={(event) => {
                          const entered = Number(event.currentTarget.value);
                          change(n, (o) => ({ ...o, parameters: { ...o.parameters, [name]: entered } }));
                        }}
                      />
                      {name === 'doseGy' ? ' Gy ' : name === 'volumePercent' ? ' % ' : ' '}
                    </label>
                  ) : null,
                )}
              </td>
              <td>
                <input
                  type="number"
                  min="0.001"
                  value={objective.weight}
                  aria-label={`Weight of ${objective.function} of ${objective.structure}`}
                  onChange={(event) => change(n, (o) => ({ ...o, weight: Number(event.currentTarget.value) }))}
                />
              </td>
              <td>
                <button
                  type="button"
                  aria-label={`Remove ${objective.function} of ${objective.structure}`}
                  onClick={() => changeObjectives(objectives.value.filter((_, k) => k !== n))}
                >
                  ×
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
