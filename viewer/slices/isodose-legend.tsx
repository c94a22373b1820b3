import { css } from '../state/colors.ts';
import { doseStyle } from '../state/display.ts';
import { fullGy, shownLevels } from '../state/dose-display.ts';
import { doseVersion } from '../state/workspace.ts';
import { isodoseDash } from './slice-overlay.ts';

/** Which dose each isodose line is, as it is drawn. */
export function IsodoseLegend() {
  const levels = shownLevels.value;
  if (!doseStyle.value.showsLines || doseVersion.value === 0 || levels.length === 0 || !(fullGy.value > 0)) return null;
  return (
    <ul class="isodoses" aria-label="Which line is which dose">
      {levels.map(({ gy, color, label }, n) => (
        <li key={label}>
          <svg viewBox="0 0 26 8" aria-hidden="true">
            <path d="M0 4H26" stroke={css(color)} stroke-width="2" stroke-dasharray={isodoseDash(n).join(' ')} />
          </svg>
          {label.endsWith('%') ? `${label}, ${gy.toFixed(1)} Gy` : label}
        </li>
      ))}
    </ul>
  );
}
