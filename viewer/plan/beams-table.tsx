import { useSignal } from '@preact/signals';
import type { BeamAngles } from '../../engine/core/frames.ts';
import { type Beam, equispacedAngles } from '../../planners/radiation/beams/beam.ts';
import { fluenceOf } from '../state/fluence.ts';
import { changeSetup, prepared, setup } from '../state/workspace.ts';

export const MOST_BEAMS = 36;

const columns = [
  ['gantryDeg', 'Gantry', 0],
  ['couchDeg', 'Couch', -180],
  ['collimatorDeg', 'Collimator', -180],
] as const;

/** The beams, IEC 61217: every angle can be changed, beams added and removed; the plan then starts afresh. */
export function BeamsTable() {
  const count = useSignal(setup.value.angles.length);
  const { angles } = setup.value;
  const change = (wanted: readonly BeamAngles[]): void => changeSetup({ ...setup.value, angles: wanted });
  const made = prepared.value;
  const isMade = made?.beams.length === angles.length;
  return (
    <details>
      <summary>
        {angles.length} beams{made === undefined ? '' : `, ${made.bixels} bixels`}
      </summary>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (count.value >= 1 && count.value <= MOST_BEAMS) change(equispacedAngles(count.value));
        }}
      >
        <label>
          Equispaced beams{' '}
          <input
            type="number"
            min="1"
            max={MOST_BEAMS}
            value={count.value}
            onInput={(event) => (count.value = Math.round(Number(event.currentTarget.value)))}
          />
        </label>
        <button type="submit">Place</button>
        <button
          type="button"
          disabled={angles.length >= MOST_BEAMS}
          onClick={() => change([...angles, { gantryDeg: widestGap(angles), couchDeg: 0, collimatorDeg: 0 }])}
        >
          Add beam
        </button>
      </form>
      <table class="beams">
        <thead>
          <tr>
            {['Beam', ...columns.map(([, title]) => `${title} [°]`), 'SSD [mm]', 'Bixels'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            <th scope="col" title="Monitor units of all bixels together, per fraction">
              Σ MU
            </th>
            <th scope="col">
              <span class="sr">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {angles.map((beam, n) => (
            <tr key={n}>
              <th scope="row">{n + 1}</th>
              {columns.map(([field, title, least]) => (
                <td key={field}>
                  <input
                    type="number"
                    step="any"
                    min={least}
                    max="360"
                    value={Number(beam[field].toFixed(2))}
                    aria-label={`${title} angle of beam ${n + 1} in degrees`}
                    onChange={(event) => {
                      const entered = event.currentTarget.valueAsNumber;
                      change(angles.map((one, k) => (k === n ? { ...one, [field]: entered } : one)));
                    }}
                  />
                </td>
              ))}
              <td>{isMade ? made.beams[n].ssdMm.toFixed(0) : '-'}</td>
              <td>{isMade ? made.beams[n].bixels.cells.length : '-'}</td>
              <td>{isMade ? monitorUnits(made.beams[n]) : '-'}</td>
              <td>
                <button
                  type="button"
                  disabled={angles.length === 1}
                  aria-label={`Remove beam ${n + 1}`}
                  onClick={() => change(angles.filter((_, k) => k !== n))}
                >
                  ×
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** Sum of a beam's bixels per fraction. */
function monitorUnits(beam: Beam): string {
  return (
    fluenceOf(beam)
      ?.reduce((sum, mu) => sum + mu, 0)
      .toFixed(0) ?? '-'
  );
}

/** Gantry angle in the middle of the widest gap between beams. */
function widestGap(angles: readonly BeamAngles[]): number {
  const sorted = angles.map(({ gantryDeg }) => gantryDeg % 360).sort((a, b) => a - b);
  let [widest, middle] = [0, 0];
  for (const [n, from] of sorted.entries()) {
    const gap = (n + 1 < sorted.length ? sorted[n + 1] : sorted[0] + 360) - from;
    if (gap > widest) [widest, middle] = [gap, (from + gap / 2) % 360];
  }
  return middle;
}
