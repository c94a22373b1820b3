import type { PatientView } from '../engine/messages.ts';
import { voxelAt } from '../slices/slice-geometry.ts';
import { css, doseColor, structureColor } from '../state/colors.ts';
import { crosshair, doseStyle, hidden, isodoseLevels, windowing } from '../state/display.ts';
import { doseVersion, prescriptionGy } from '../state/workspace.ts';

const presets = [
  ['Soft tissue', 40, 400],
  ['Lung', -600, 1500],
  ['Bone', 500, 2000],
  ['Head', 40, 120],
  ['All', 0, 3000],
] as const;

/** Windows, dose display, structures, and what lies under the crosshair. */
export function DisplayPanel({ patient }: { readonly patient: PatientView }) {
  return (
    <section aria-label="Display">
      <div class="row">
        {presets.map(([name, centre, width]) => (
          <button
            key={name}
            type="button"
            aria-pressed={windowing.value.centre === centre && windowing.value.width === width}
            onClick={() => (windowing.value = { centre, width })}
          >
            {name}
          </button>
        ))}
      </div>
      <DoseControls />
      <Cursor patient={patient} />
      <ul class="structures">
        {patient.structures.map(({ name, role, volumeCc }, n) => (
          <li key={name}>
            <label>
              <input
                type="checkbox"
                checked={!hidden.value.has(name)}
                onChange={() => {
                  const next = new Set(hidden.value);
                  if (!next.delete(name)) next.add(name);
                  hidden.value = next;
                }}
              />
              <span class="swatch" style={{ background: css(structureColor(n, role)) }} />
              {name}{' '}
              <span class="faint">
                {volumeCc.toFixed(1)} cc{role === 'target' ? ', target' : ''}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </section>
  );
}

function DoseControls() {
  const { opacity, showsWash, showsLines, cutoffPercent } = doseStyle.value;
  const set = (change: Partial<typeof doseStyle.value>): void => {
    doseStyle.value = { ...doseStyle.value, ...change };
  };
  return (
    <div class="row">
      <label>
        <input type="checkbox" checked={showsWash} onChange={() => set({ showsWash: !showsWash })} /> Dose
      </label>
      <label>
        <span class="sr">Opacity of the dose</span>
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={opacity}
          aria-label="Opacity of the dose"
          onInput={(event) => set({ opacity: Number(event.currentTarget.value) })}
        />
      </label>
      <label>
        from{' '}
        <input
          type="number"
          min="0"
          max="100"
          value={cutoffPercent}
          aria-label="Least dose that is coloured, percent of the prescription"
          onChange={(event) => set({ cutoffPercent: Number(event.currentTarget.value) })}
        />{' '}
        %
      </label>
      <label>
        <input type="checkbox" checked={showsLines} onChange={() => set({ showsLines: !showsLines })} /> Isodose lines
      </label>
      <label>
        <span class="sr">Isodose levels</span>
        <input
          class="levels"
          value={isodoseLevels.value.join(' ')}
          aria-label="Isodose levels, percent of the prescription"
          onChange={(event) => {
            const levels = event.currentTarget.value
              .split(/[\s,]+/)
              .map(Number)
              .filter((level) => level > 0 && level < 1000);
            if (levels.length > 0) isodoseLevels.value = levels.slice(0, 12);
          }}
        />
      </label>
      <ColorBar />
    </div>
  );
}

function ColorBar() {
  const stops = Array.from({ length: 11 }, (_, n) => css(doseColor(n / 10)));
  const most = 1.07 * prescriptionGy.value;
  return (
    <div class="colorbar" role="img" aria-label={`Dose colours from 0 to ${most.toFixed(1)} Gy`}>
      <span>0</span>
      <span class="bar" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <span>{most.toFixed(0)} Gy</span>
    </div>
  );
}

/** HU, dose and structures under the crosshair. */
function Cursor({ patient }: { readonly patient: PatientView }) {
  const p = crosshair.value;
  const voxel = voxelAt(patient.grid, p);
  const gy = voxel === undefined || doseVersion.value < 0 ? 0 : patient.dose[voxel];
  const names = patient.structures
    .filter(({ voxels }) => voxel !== undefined && includes(voxels, voxel))
    .map(({ name }) => name);
  return (
    <p class="figures" data-testid="cursor">
      {p.map((mm) => mm.toFixed(1)).join(', ')} mm:{' '}
      {voxel === undefined ? 'outside' : `${patient.hu[voxel].toFixed(0)} HU`}, {gy.toFixed(2)} Gy (
      {prescriptionGy.value > 0 ? ((100 * gy) / prescriptionGy.value).toFixed(1) : '-'} %) {names.join(', ')}
    </p>
  );
}

/** Whether an ascending list holds a value. */
function includes(list: Uint32Array, value: number): boolean {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return list[low] === value;
}
