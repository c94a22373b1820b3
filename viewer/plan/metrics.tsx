import { useSignal } from '@preact/signals';
import { voxelVolumeMm3 } from '../../engine/core/grid.ts';
import { sortDoses } from '../../planners/radiation/evaluation/dose-volume.ts';
import { metricUnit, metricValue, parseMetric } from '../../planners/radiation/evaluation/metric.ts';
import { faultOf } from '../engine/fault.ts';
import type { PatientView } from '../engine/messages.ts';
import { other } from '../state/comparison.ts';
import { activity, doseVersion, fault } from '../state/workspace.ts';

/** Any metric of any structure, typed as goals write it: D95, D0.1cc, V20Gy, mean, gEUD(8); of the plan and what is compared. */
export function Metrics({ patient }: { readonly patient: PatientView }) {
  const structure = useSignal(patient.structures[0]?.name ?? '');
  const text = useSignal('D95');
  const asked = useSignal<{ readonly structure: string; readonly metric: string } | undefined>(undefined);
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        try {
          parseMetric(text.value.trim());
          asked.value = { structure: structure.value, metric: text.value.trim() };
        } catch (error) {
          fault.value = faultOf(error);
        }
      }}
    >
      <select
        aria-label="Structure of the metric"
        value={structure.value}
        onChange={(event) => (structure.value = event.currentTarget.value)}
      >
        {patient.structures.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <input
        type="text"
        size={8}
        aria-label="Metric, such as D95, D0.1cc, V20Gy or mean"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <button type="submit">Read</button>
      <output data-testid="metric">{asked.value === undefined ? '' : told(patient, asked.value)}</output>
    </form>
  );
}

function told(patient: PatientView, { structure, metric }: { structure: string; metric: string }): string {
  const voxels = patient.structures.find(({ name }) => name === structure)?.voxels;
  // Sorting is for a dose at rest: while it changes many times a second nobody reads its digits.
  if (voxels === undefined || doseVersion.value < 0 || activity.value !== 'idle') return '…';
  const parsed = parseMetric(metric);
  const of = (gy: Float32Array): string => {
    const doses = sortDoses(Float32Array.from(voxels, (voxel) => gy[voxel]));
    const value = metricValue(parsed, doses, voxelVolumeMm3(patient.grid), patient.protocol.doseVolumeConvention);
    return Number.isNaN(value) ? 'none' : `${value.toFixed(2)} ${metricUnit(parsed)}`;
  };
  const beside = other.value;
  const compared = beside === undefined ? '' : `; ${beside.name} ${of(beside.gy)}`;
  return `${metric} of ${structure}: ${of(patient.dose)}${compared}`;
}
