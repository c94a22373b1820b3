import { fromHex, toHex } from '../../engine/core/color.ts';
import { css, doseColor } from '../state/colors.ts';
import { doseStyle, type IsodoseLevel, isodose } from '../state/display.ts';
import { changeUnit, hottestGy, shownLevels } from '../state/dose-display.ts';

const MOST_LEVELS = 12;

/** Colour wash and isodose lines: what is shown, how, and from which dose on. */
export function DoseControls() {
  const { opacity, showsWash, showsLines, cutoffPercent, mostPercent } = doseStyle.value;
  const set = (change: Partial<typeof doseStyle.value>): void => {
    doseStyle.value = { ...doseStyle.value, ...change };
  };
  return (
    <>
      <div class="row">
        <label>
          <input type="checkbox" checked={showsWash} onChange={() => set({ showsWash: !showsWash })} /> Dose
        </label>
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={opacity}
          aria-label="Opacity of the dose"
          onInput={(event) => set({ opacity: Number(event.currentTarget.value) })}
        />
        <label>
          from{' '}
          <input
            type="number"
            min="0"
            max="100"
            value={cutoffPercent}
            aria-label="Least dose that is coloured, percent of the prescription"
            onChange={(event) => set({ cutoffPercent: Number(event.currentTarget.value) })}
          />
        </label>
        <label>
          to{' '}
          <input
            type="number"
            min="1"
            max="300"
            value={mostPercent}
            aria-label="Dose of the hottest colour, percent of the prescription"
            onChange={(event) => {
              const most = event.currentTarget.valueAsNumber;
              if (most >= 1 && most <= 300) set({ mostPercent: most });
            }}
          />{' '}
          %
        </label>
        <ColorBar />
      </div>
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
      <span>0</span>
      <span class="bar" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      <span>{most.toFixed(0)} Gy</span>
    </div>
  );
}
