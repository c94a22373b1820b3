import { byPriority, type Goal, havePriorities } from '../../planners/radiation/evaluation/goals.ts';
import { objectiveForGoal } from '../../planners/radiation/planning/steer.ts';
import type { PatientView } from '../engine/messages.ts';
import { changeObjectives, goals, objectives } from '../state/workspace.ts';

/** The protocol's goals and what the plan achieves. Moving a limit makes an objective of it, and the dose follows. */
export function GoalsTable({ patient }: { readonly patient: PatientView }) {
  const wanted = byPriority(patient.protocol.goals);
  const ranked = havePriorities(wanted);
  if (wanted.length === 0) return <p>The protocol has no goals.</p>;
  const volumeOf = (name: string): number => patient.structures.find((s) => s.name === name)?.volumeCc ?? 1;
  const pursue = (of: Goal, limit: number): void => {
    const goal = { ...of, limit };
    const objective = objectiveForGoal(goal, volumeOf(goal.structure));
    if (objective === undefined) return;
    const others = objectives.value.filter(
      (o) =>
        !(o.structure === objective.structure && o.function === objective.function && o.weight === objective.weight),
    );
    changeObjectives([...others, objective]);
  };
  return (
    <table class="goals">
      <thead>
        <tr>
          {ranked ? <th scope="col">Priority</th> : null}
          <th scope="col">Structure</th>
          <th scope="col">Goal</th>
          <th scope="col">Limit</th>
          <th scope="col">Plan</th>
          <th scope="col">Judged</th>
        </tr>
      </thead>
      <tbody>
        {wanted.map((goal) => {
          const result = goals.value.find(
            (g) => g.structure === goal.structure && g.metric === goal.metric && g.limit === goal.limit,
          );
          const unit = goal.metric.startsWith('V') ? '%' : 'Gy';
          const verdict = result?.pass == null ? '-' : result.pass ? '✓ pass' : '✗ fail';
          return (
            <tr key={`${goal.structure} ${goal.metric} ${goal.limit}`} class={result?.pass === false ? 'failed' : ''}>
              {ranked ? <td>{goal.priority ?? '-'}</td> : null}
              <td>{goal.structure}</td>
              <td>
                {goal.metric} {goal.comparator}
              </td>
              <td>
                <input
                  type="number"
                  step="0.5"
                  min="0"
                  value={goal.limit}
                  aria-label={`Limit of ${goal.metric} of ${goal.structure} in ${unit}`}
                  onChange={(event) => pursue(goal, Number(event.currentTarget.value))}
                />{' '}
                {unit}
              </td>
              <td>{result?.value == null ? '-' : result.value.toFixed(1)}</td>
              <td>{verdict}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
