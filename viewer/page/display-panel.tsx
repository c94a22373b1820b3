import type { PatientView, SliceAxis } from '../engine/messages.ts';
import { css, structureColor } from '../state/colors.ts';
import {
  clipping,
  crosshair,
  doseCloud,
  hidden,
  structureStyle,
  usePreset,
  windowing,
  windowPreset,
  windowPresets,
} from '../state/display.ts';
import { goToDoseMaximum, goToIsocenter, goToStructure } from '../state/view-actions.ts';
import { DoseWash, Isodoses } from './dose-controls.tsx';
import { NumberField } from './number-field.tsx';
import { Section } from './section.tsx';

/** Windows, dose display, structures, and where the crosshair can jump. */
export function DisplayPanel({ patient }: { readonly patient: PatientView }) {
  return (
    <section aria-label="Display">
      <Section title="Image">
        <Windowing />
        <JumpTo patient={patient} />
      </Section>
      <Section title="Dose on slices">
        <DoseWash />
      </Section>
      <Section title="Isodoses">
        <Isodoses />
      </Section>
      <Section title="Space">
        <Clipping />
        <Cloud />
      </Section>
      <Section title="Structures">
        <StructureStyle />
        <Structures patient={patient} />
      </Section>
    </section>
  );
}

function Windowing() {
  const { centre, width } = windowing.value;
  return (
    <>
      <div class="row">
        {windowPresets.map(([name], n) => (
          <button
            key={name}
            type="button"
            title={`Key ${n + 1}`}
            aria-pressed={windowPreset.value === n}
            onClick={() => usePreset(n)}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="row">
        <NumberField
          label="Centre"
          spoken="Centre of the window"
          value={Math.round(centre)}
          min={-2000}
          max={5000}
          step={10}
          onChange={(wanted) => (windowing.value = { centre: wanted, width })}
        />
        <NumberField
          label="Width"
          spoken="Width of the window"
          value={Math.round(width)}
          min={1}
          max={8000}
          step={10}
          unit="HU"
          onChange={(wanted) => (windowing.value = { centre, width: wanted })}
        />
      </div>
    </>
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

const clippingAxes = ['sagittal', 'coronal', 'axial'] as const;

/** The plane that cuts the anatomy in space. */
function Clipping() {
  const { axis, isFlipped, atMm } = clipping.value;
  return (
    <div class="row">
      <label>
        Cut in space{' '}
        <select
          value={axis === undefined ? '' : String(axis)}
          onChange={({ currentTarget: { value } }) => {
            const wanted = value === '' ? undefined : (Number(value) as SliceAxis);
            clipping.value = { axis: wanted, isFlipped, atMm: undefined };
          }}
        >
          <option value="">nothing</option>
          {clippingAxes.map((name, n) => (
            <option key={name} value={String(n)}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {axis === undefined ? null : (
        <>
          <label>
            <input
              type="checkbox"
              checked={atMm === undefined}
              onChange={() =>
                (clipping.value = { axis, isFlipped, atMm: atMm === undefined ? crosshair.value[axis] : undefined })
              }
            />{' '}
            at the crosshair
          </label>
          {atMm === undefined ? null : (
            <label>
              at{' '}
              <input
                type="number"
                step="any"
                value={Number(atMm.toFixed(1))}
                aria-label="Place of the cut in mm"
                onChange={(event) => {
                  const entered = event.currentTarget.valueAsNumber;
                  if (Number.isFinite(entered)) clipping.value = { axis, isFlipped, atMm: entered };
                }}
              />{' '}
              mm
            </label>
          )}
          <label>
            <input
              type="checkbox"
              checked={isFlipped}
              onChange={() => (clipping.value = { axis, isFlipped: !isFlipped, atMm })}
            />{' '}
            other side
          </label>
        </>
      )}
    </div>
  );
}

function Cloud() {
  const { isShown, density } = doseCloud.value;
  return (
    <Shown
      title="Dose as a cloud in space"
      isShown={isShown}
      share={density}
      shareTitle="Density of the cloud"
      onChange={(shows, share) => (doseCloud.value = { isShown: shows, density: share })}
    />
  );
}

function StructureStyle() {
  const { fills, opacity } = structureStyle.value;
  return (
    <Shown
      title="Fill structures"
      isShown={fills}
      share={opacity}
      shareTitle="Opacity of filled structures"
      onChange={(shows, share) => (structureStyle.value = { fills: shows, opacity: share })}
    />
  );
}

interface ShownProps {
  readonly title: string;
  readonly isShown: boolean;
  /** How much of it, 0 to 1. */
  readonly share: number;
  readonly shareTitle: string;
  readonly onChange: (isShown: boolean, share: number) => void;
}

/** Something that is shown or not, and how much of it. */
function Shown({ title, isShown, share, shareTitle, onChange }: ShownProps) {
  return (
    <div class="row">
      <label>
        <input type="checkbox" checked={isShown} onChange={() => onChange(!isShown, share)} /> {title}
      </label>
      <input
        type="range"
        min="0.05"
        max="1"
        step="0.05"
        value={share}
        disabled={!isShown}
        aria-label={shareTitle}
        onInput={(event) => onChange(isShown, Number(event.currentTarget.value))}
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
