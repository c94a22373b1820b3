import { ReadOut } from '../slices/read-out.tsx';
import { drawsLine, type Layout, layout } from '../state/display.ts';
import { patient } from '../state/workspace.ts';

const choices: readonly (readonly [Layout, string])[] = [
  ['four', 'Four'],
  ['axial', 'Axial'],
  ['sagittal', 'Sagittal'],
  ['coronal', 'Coronal'],
  ['space', '3-D'],
  ['compare', 'Compare'],
];

/** Which views are shown, the line tool, and what lies under the pointer. */
export function ViewBar() {
  const view = patient.value;
  return (
    <div class="viewbar" role="toolbar" aria-label="Views">
      {choices.map(([id, title]) => (
        <button key={id} type="button" aria-pressed={layout.value === id} onClick={() => (layout.value = id)}>
          {title}
        </button>
      ))}
      <span class="divider" />
      <button
        type="button"
        title="Draw the line of a profile on a slice"
        aria-pressed={drawsLine.value}
        onClick={() => (drawsLine.value = !drawsLine.value)}
      >
        Line
      </button>
      {view === undefined ? null : <ReadOut patient={view} />}
    </div>
  );
}
