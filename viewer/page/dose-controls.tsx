import { fromHex, toHex } from '../../engine/core/color.ts';
import { css, doseColor } from '../state/colors.ts';
import { doseStyle, type IsodoseLevel, isodose } from '../state/display.ts';
import { changeUnit, hottestGy, shownLevels } from '../state/dose-display.ts';
import { NumberField } from './number-field.tsx';

const MOST_LEVELS = 12;

const set = (change: Partial<typeof doseStyle.value>): void => {
  doseStyle.value = { ...doseStyle.value, ...change };
};

/** Colour wash: whether it is shown, how strong, and of which doses. */
export function DoseWash() {
  const { opacity, showsWash, cutoffPercent, mostPercent } = doseStyle.value;
  return (
    <>
      <div class="row">
        <label>
          <input type="checkbox" checked={showsWash} onChange={() => set({ showsWash: !showsWash })} /> Colour wash
        </label>
        <label>
          Opacity{' '}
          <input
            type="range"
            min="0"
            max="1"
            step="0.05"
            value={opacity}
            disabled={!showsWash}
            aria-label="Opacity of the dose"
            onInput={(event) => set({ opacity: Number(event.currentTarget.value) })}
          />
        </label>
      </div>
      <div class="row">
        <NumberField
          label="From"
          spoken="Least dose that is coloured"
          value={cutoffPercent}
          min={0}
          max={100}
          step={5}
          onChange={(wanted) => set({ cutoffPercent: wanted })}
        />
        <NumberField
          label="to"
          spoken="Dose of the hottest colour"
          value={mostPercent}
          min={1}
          max={300}
          step={1}
          unit="% of the prescription"
          onChange={(wanted) => set({ mostPercent: wanted })}
        />
      </div>
      <ColorBar />
    </>
  );
}

/** Isodose lines and surfaces: which doses, in which unit and colours. */
export function Isodoses() {
  const { showsLines } = doseStyle.value;
  return (
    <>
      <div class="row">
        <label>
          <input type="checkbox" checked={showsLines} onChange={() => set({ showsLines: !showsLines })} /> Isodose lines
        </label>
        <label>
          in{' '}
          <select
            aria-label="Unit of the isodose levels"
            value={isodose.value.unit}
            onChange={(event) => changeUnit(event.currentTarget.value === 'Gy' ? 'Gy' : '%')}
          >
            <option value="%">% of the prescription</option>
            <option value="Gy">Gy</option>
          </select>
        </label>
      </div>
      <Levels />
    </>
  );
}

function Levels() {
  const { unit, levels } = isodose.value;
  const put = (wanted: readonly IsodoseLevel[]): void => {
    isodose.value = { unit, levels: wanted };
  };
  return (
    <ul class="levels">
      {shownLevels.value.map(({ color, label, hasSurface }, n) => (
        <li key={n}>
          <input
            type="color"
            value={toHex(color)}
            aria-label={`Colour of the isodose of ${label}`}
            onInput={(event) => {
              const own = fromHex(event.currentTarget.value);
              put(levels.map((level, k) => (k === n ? { ...level, color: own } : level)));
            }}
          />
          <input
            type="number"
            min="0"
            step="any"
            value={levels[n].value}
            aria-label={`Isodose level ${n + 1} in ${unit}`}
            onChange={(event) => {
              const value = event.currentTarget.valueAsNumber;
              if (value > 0) put(levels.map((level, k) => (k === n ? { ...level, value } : level)));
            }}
          />
          <label>
            <input
              type="checkbox"
              checked={hasSurface}
              aria-label={`Surface in space of the isodose of ${label}`}
              onChange={() => put(levels.map((level, k) => (k === n ? { ...level, hasSurface: !hasSurface } : level)))}
            />
            3-D
          </label>
          <button
            type="button"
            aria-label={`Remove the isodose of ${label}`}
            onClick={() => put(levels.filter((_, k) => k !== n))}
          >
            ×
          </button>
        </li>
      ))}
      <li>
        <button
          type="button"
          disabled={levels.length >= MOST_LEVELS}
          onClick={() => put([...levels, { value: (levels.at(-1)?.value ?? 100) / 2 }])}
        >
          Add level
        </button>
      </li>
    </ul>
  );
}

function ColorBar() {
  const stops = Array.from({ length: 11 }, (_, n) => css(doseColor(n / 10)));
  const most = hottestGy.value;
  return (
    <div class="colorbar" role="img" aria-label={`Dose colours from 0 to ${most.toFixed(1)} Gy`}>
      <span>0 Gy</span>
      <span class="bar" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <span>{most.toFixed(1)} Gy</span>
    </div>
  );
}
