import type { PatientView } from '../engine/messages.ts';
import { css, structureColor } from '../state/colors.ts';
import { hidden, structureStyle, usePreset, windowing, windowPreset, windowPresets } from '../state/display.ts';
import { goToDoseMaximum, goToIsocenter, goToStructure } from '../state/view-actions.ts';
import { DoseControls } from './dose-controls.tsx';

/** Windows, dose display, structures, and where the crosshair can jump. */
export function DisplayPanel({ patient }: { readonly patient: PatientView }) {
  return (
    <section aria-label="Display">
      <div class="row">
        {windowPresets.map(([name], n) => (
          <button key={name} type="button" aria-pressed={windowPreset.value === n} onClick={() => usePreset(n)}>
            {name}
          </button>
        ))}
        <span class="faint">
          centre {windowing.value.centre.toFixed(0)}, width {windowing.value.width.toFixed(0)} HU
        </span>
      </div>
      <DoseControls />
      <JumpTo patient={patient} />
      <StructureStyle />
      <Structures patient={patient} />
    </section>
  );
}

function JumpTo({ patient }: { readonly patient: PatientView }) {
  return (
    <div class="row">
      <span>Go to</span>
      <button type="button" onClick={goToIsocenter}>
        Isocentre
      </button>
      <button type="button" onClick={goToDoseMaximum}>
        Dose maximum
      </button>
      <select
        aria-label="Go to the centroid of a structure"
        value=""
        onChange={(event) => {
          goToStructure(event.currentTarget.value);
          event.currentTarget.value = '';
        }}
      >
        <option value="">Structure</option>
        {patient.structures.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </div>
  );
}

function StructureStyle() {
  const { fills, opacity } = structureStyle.value;
  return (
    <div class="row">
      <label>
        <input type="checkbox" checked={fills} onChange={() => (structureStyle.value = { fills: !fills, opacity })} />{' '}
        Fill structures
      </label>
      <input
        type="range"
        min="0.05"
        max="1"
        step="0.05"
        value={opacity}
        disabled={!fills}
        aria-label="Opacity of filled structures"
        onInput={(event) => (structureStyle.value = { fills, opacity: Number(event.currentTarget.value) })}
      />
    </div>
  );
}

function Structures({ patient }: { readonly patient: PatientView }) {
  const names = patient.structures.map(({ name }) => name);
  return (
    <>
      <div class="row">
        <button type="button" onClick={() => (hidden.value = new Set())}>
          Show all
        </button>
        <button type="button" onClick={() => (hidden.value = new Set(names))}>
          Hide all
        </button>
      </div>
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
    </>
  );
}
