import { useSignal } from '@preact/signals';
import { NumberField } from '../page/number-field.tsx';
import { others } from '../state/comparison.ts';
import {
  activity,
  canPlan,
  changeSetup,
  compared,
  history,
  keepPlan,
  prepared,
  report,
  runPlan,
  setup,
  stopPlan,
  trace,
} from '../state/workspace.ts';
import { BeamsTable } from './beams-table.tsx';

/** The optimiser, which goes on from where it was paused, beams and the plans that were kept. */
export function PlanPanel() {
  const name = useSignal('');
  const isBusy = activity.value !== 'idle';
  const now = report.value;
  return (
    <section aria-label="Plan">
      <div class="row optimiser">
        <button type="button" class="primary" disabled={isBusy || !canPlan.value} onClick={runPlan}>
          {trace.value.length > 0 ? 'Continue' : 'Optimise'}
        </button>
        <button type="button" disabled={activity.value !== 'optimizing'} onClick={stopPlan}>
          Pause
        </button>
        <button
          type="button"
          aria-label="Undo"
          title="Undo"
          disabled={!history.canUndo.value}
          onClick={() => history.undo()}
        >
          ↶
        </button>
        <button
          type="button"
          aria-label="Redo"
          title="Redo"
          disabled={!history.canRedo.value}
          onClick={() => history.redo()}
        >
          ↷
        </button>
        <NumberField
          label="Bixel"
          value={setup.value.bixelMm}
          min={2}
          max={20}
          step={1}
          unit="mm"
          onChange={(bixelMm) => changeSetup({ ...setup.value, bixelMm })}
        />
      </div>
      <p class="figures" role="status" data-testid="status">
        {statusText()}
      </p>
      <Trace />
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.value.trim() !== '') keepPlan(name.value.trim());
        }}
      >
        <input
          type="text"
          aria-label="Name of the plan"
          placeholder="Name"
          value={name.value}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <button type="submit" disabled={now === undefined || activity.value !== 'idle' || name.value.trim() === ''}>
          Keep
        </button>
        <label>
          Compare{' '}
          <select
            value={compared.value ?? ''}
            onChange={(event) => (compared.value = event.currentTarget.value || undefined)}
          >
            <option value="">nothing</option>
            {others.value.map(({ name: title }) => (
              <option key={title}>{title}</option>
            ))}
          </select>
        </label>
      </form>
      <BeamsTable />
    </section>
  );
}

function statusText(): string {
  const made = prepared.value;
  const now = report.value;
  const device =
    made === undefined
      ? ''
      : ` on ${made.device.kind} (${made.device.threads} ${made.device.threads === 1 ? 'thread' : 'threads'})`;
  if (activity.value === 'preparing') return 'Tracing rays';
  if (now === undefined) return 'No dose yet';
  const state = activity.value === 'optimizing' ? 'Optimising' : 'At rest';
  return `${state}${device}: iteration ${now.iteration}, objective ${now.objective.toPrecision(5)}, maximum dose ${now.maxGy.toFixed(1)} Gy, ${(now.afterMs / 1000).toFixed(2)} s`;
}

/** The objective over iterations, on a logarithmic scale. */
function Trace() {
  const points = trace.value;
  if (points.length < 2) return null;
  const values = points.map(({ value }) => Math.log(Math.max(1e-9, value)));
  const low = Math.min(...values);
  const high = Math.max(...values);
  const path = values
    .map(
      (v, n) =>
        `${((100 * n) / (values.length - 1)).toFixed(2)},${(30 - (28 * (v - low)) / Math.max(1e-9, high - low)).toFixed(2)}`,
    )
    .join(' ');
  return (
    <svg class="trace" viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label="Objective over time">
      <polyline points={path} fill="none" stroke="currentColor" vector-effect="non-scaling-stroke" />
    </svg>
  );
}
