import { byPriority, havePriorities } from '../../planners/radiation/evaluation/goals.ts';
import { metricUnit, parseMetric } from '../../planners/radiation/evaluation/metric.ts';
import type { PatientView, SliceAxis } from '../engine/messages.ts';
import { NumberField } from '../page/number-field.tsx';
import { Section } from '../page/section.tsx';
import { css, differenceColor, gammaColor, MOST_GAMMA } from '../state/colors.ts';
import {
  cancelGamma,
  computeGamma,
  gamma,
  gammaCriteria,
  gammaProgress,
  isKept,
  other,
  otherJudged,
  others,
  removeCompared,
} from '../state/comparison.ts';
import { comparedAxis, differencePercent, layout, type Quantity, quantity } from '../state/display.ts';
import { differenceMostGy } from '../state/dose-display.ts';
import { compared, goals, report } from '../state/workspace.ts';

const quantities: readonly (readonly [Quantity, string])[] = [
  ['plan', 'Plan'],
  ['other', 'Other dose'],
  ['difference', 'Difference'],
  ['gamma', 'Gamma'],
];
const axes = ['Sagittal', 'Coronal', 'Axial'] as const;

/** Two doses: side by side, their difference, gamma, and their goals. */
export function ComparePanel({ patient }: { readonly patient: PatientView }) {
  return (
    <section aria-label="Compare">
      <div class="row">
        <label>
          Compare the plan with{' '}
          <select
            value={compared.value ?? ''}
            onChange={(event) => (compared.value = event.currentTarget.value || undefined)}
          >
            <option value="">nothing</option>
            {others.value.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="button" aria-label="Remove this plan" disabled={!isKept.value} onClick={removeCompared}>
          Remove
        </button>
      </div>
      {other.value === undefined ? (
        <p class="faint">Keep a plan, or open a patient that comes with a dose; then the two can be compared.</p>
      ) : (
        <>
          <Section title="Views">
            <Shown />
          </Section>
          <Section title="Gamma">
            <Gamma />
          </Section>
          <Section title="Goals of both">
            <Goals patient={patient} />
          </Section>
        </>
      )}
    </section>
  );
}

function Shown() {
  const most = differenceMostGy.value;
  return (
    <>
      <div class="row">
        <button type="button" aria-pressed={layout.value === 'compare'} onClick={() => (layout.value = 'compare')}>
          Side by side
        </button>
        <label>
          <span class="sr">Slices side by side</span>
          <select
            value={String(comparedAxis.value)}
            aria-label="Slices side by side"
            onChange={(event) => (comparedAxis.value = Number(event.currentTarget.value) as SliceAxis)}
          >
            {axes.map((name, axis) => (
              <option key={name} value={String(axis)}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          or all views show{' '}
          <select
            value={quantity.value}
            onChange={(event) => {
              quantity.value = event.currentTarget.value as Quantity;
              if (layout.value === 'compare') layout.value = 'four';
            }}
          >
            {quantities.map(([id, title]) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="row">
        <NumberField
          label="Difference up to"
          spoken="Largest difference on its scale, percent of the prescription"
          value={differencePercent.value}
          min={0.1}
          max={200}
          step={1}
          unit="%"
          onChange={(wanted) => (differencePercent.value = wanted)}
        />
        <Bar
          from={`-${most.toFixed(1)}`}
          to={`+${most.toFixed(1)} Gy`}
          label={`Colours of the plan less the other dose, from -${most.toFixed(1)} to ${most.toFixed(1)} Gy`}
          colorAt={(t) => css(differenceColor(2 * t - 1))}
        />
      </div>
    </>
  );
}

function Bar({
  from,
  to,
  label,
  colorAt,
}: {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly colorAt: (t: number) => string;
}) {
  const stops = Array.from({ length: 21 }, (_, n) => colorAt(n / 20));
  return (
    <div class="colorbar" role="img" aria-label={label}>
      <span>{from}</span>
      <span class="bar" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <span>{to}</span>
    </div>
  );
}

const limits = [
  ['dosePercent', 'Dose', 'Dose difference in percent', '%', 0.1, 20],
  ['distanceMm', 'Distance', 'Distance to agreement in mm', 'mm', 0.1, 20],
  ['thresholdPercent', 'Threshold', 'Threshold in percent of the largest dose', '%', 0, 90],
] as const;

function Gamma() {
  const criteria = gammaCriteria.value;
  const result = gamma.value;
  const share = gammaProgress.value;
  return (
    <>
      <div class="row">
        {limits.map(([field, title, spoken, unit, least, most]) => (
          <NumberField
            key={field}
            label={title}
            spoken={spoken}
            value={criteria[field]}
            min={least}
            max={most}
            step={0.5}
            unit={unit}
            onChange={(wanted) => (gammaCriteria.value = { ...criteria, [field]: wanted })}
          />
        ))}
        <label>
          <input
            type="checkbox"
            checked={criteria.local}
            onChange={() => (gammaCriteria.value = { ...criteria, local: !criteria.local })}
          />{' '}
          local
        </label>
      </div>
      <div class="row">
        <button type="button" disabled={share !== undefined || report.value === undefined} onClick={computeGamma}>
          Compute gamma
        </button>
        {share === undefined ? null : (
          <>
            <progress max={1} value={share} aria-label="Gamma" />
            <button type="button" onClick={cancelGamma}>
              Cancel
            </button>
          </>
        )}
        <Bar
          from="0"
          to={`${MOST_GAMMA}, bright above 1`}
          label={`Colours of gamma from 0 to ${MOST_GAMMA}; what fails, above 1, is bright`}
          colorAt={(t) => css(gammaColor(MOST_GAMMA * t))}
        />
      </div>
      <p class="figures" role="status" data-testid="gamma">
        {result === undefined
          ? 'Gamma of the doses as they are now has not been computed.'
          : `${result.passPercent.toFixed(2)} % of ${result.points} points pass ${result.criteria.dosePercent} % / ${result.criteria.distanceMm} mm (${result.criteria.local ? 'local' : 'global'}, from ${result.criteria.thresholdPercent} %); mean ${result.mean.toFixed(2)}, largest ${result.max.toFixed(2)}${result.max >= result.criteria.maxGamma ? ' or more' : ''}`}
      </p>
    </>
  );
}

function Goals({ patient }: { readonly patient: PatientView }) {
  const judged = otherJudged.value;
  const name = other.value?.name;
  const wanted = byPriority(patient.protocol.goals);
  const ranked = havePriorities(wanted);
  return (
    <table class="goals" data-testid="both-goals">
      <thead>
        <tr>
          {[...(ranked ? ['Priority'] : []), 'Structure', 'Goal', 'Plan', name].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {wanted.map((goal) => {
          const same = (one: { structure: string; metric: string; limit: number }): boolean =>
            one.structure === goal.structure && one.metric === goal.metric && one.limit === goal.limit;
          const told = (result: ReturnType<typeof goals.value.find>): string =>
            result?.value == null
              ? '-'
              : `${result.value.toFixed(1)} ${result.unit} ${result.pass === true ? '✓ pass' : '✗ fail'}`;
          return (
            <tr key={`${goal.structure} ${goal.metric} ${goal.limit}`}>
              {ranked ? <td>{goal.priority ?? '-'}</td> : null}
              <td>{goal.structure}</td>
              <td>
                {goal.metric} {goal.comparator === '<=' ? '≤' : '≥'} {goal.limit} {metricUnit(parseMetric(goal.metric))}
              </td>
              <td>{told(goals.value.find(same))}</td>
              <td>{told(judged?.goals.find(same))}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
