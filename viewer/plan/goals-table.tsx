import { havePriorities } from '../../planners/radiation/evaluation/goals.ts';
import { NumberField } from '../page/number-field.tsx';
import { aimAt, aims, verdictOf } from '../state/aims.ts';

/** The protocol's goals and what the plan achieves. Another aim makes an objective of a goal, and the dose follows. */
export function GoalsTable() {
  const all = aims.value;
  const ranked = havePriorities(all.map(({ goal }) => goal));
  if (all.length === 0) return <p>The protocol has no goals.</p>;
  return (
    <>
      <table class="goals">
        <thead>
          <tr>
            {ranked ? <th scope="col">Priority</th> : null}
            <th scope="col">Structure</th>
            <th scope="col">Goal</th>
            <th scope="col">Plan</th>
            <th scope="col">Judged</th>
            <th scope="col">Aim</th>
          </tr>
        </thead>
        <tbody>
          {all.map((aim) => {
            const { goal, result, unit, value } = aim;
            return (
              <tr key={`${goal.structure} ${goal.metric} ${goal.limit}`} class={result?.pass === false ? 'failed' : ''}>
                {ranked ? <td>{goal.priority ?? '-'}</td> : null}
                <td>{goal.structure}</td>
                <td>
                  {goal.metric} {goal.comparator === '<=' ? '≤' : '≥'} {goal.limit} {unit}
                </td>
                <td>{result?.value == null ? '-' : result.value.toFixed(1)}</td>
                <td class="verdict">{verdictOf(aim)}</td>
                <td>
                  {aim.canPursue ? (
                    <NumberField
                      label={`Aim of ${goal.metric} of ${goal.structure}`}
                      hasHiddenLabel
                      value={value}
                      min={0}
                      max={unit === '%' ? 100 : 1000}
                      step={0.5}
                      unit={unit}
                      onChange={(limit) => aimAt(aim, limit)}
                    />
                  ) : (
                    '-'
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="faint">
        Goals are judged by the protocol's limits. An aim becomes an objective, and the dose follows it.
      </p>
    </>
  );
}
