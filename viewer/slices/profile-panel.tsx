import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { PatientView } from '../engine/messages.ts';
import { other } from '../state/comparison.ts';
import { crosshair, drawsLine, line } from '../state/display.ts';
import { isDark, pageColor } from '../state/theme.ts';
import { doseVersion } from '../state/workspace.ts';
import { profileAlong } from './profile.ts';

const axes = ['right to left', 'front to back', 'feet to head'] as const;

/** HU and doses along a line: drawn on a slice, typed, or through the crosshair along an axis of the patient. */
export function ProfilePanel({ patient }: { readonly patient: PatientView }) {
  const { size, spacingMm, originMm } = patient.grid;
  const through = (axis: number): void => {
    const end = (mm: number): Vec3 => crosshair.value.map((c, a) => (a === axis ? mm : c)) as unknown as Vec3;
    line.value = { from: end(originMm[axis]), to: end(originMm[axis] + (size[axis] - 1) * spacingMm[axis]) };
  };
  const put = (which: 'from' | 'to', axis: number, mm: number): void => {
    if (!Number.isFinite(mm)) return;
    const now = line.value ?? { from: crosshair.value, to: crosshair.value };
    line.value = { ...now, [which]: now[which].map((c, a) => (a === axis ? mm : c)) as unknown as Vec3 };
  };
  return (
    <section aria-label="Profile">
      <div class="row">
        <button type="button" aria-pressed={drawsLine.value} onClick={() => (drawsLine.value = !drawsLine.value)}>
          Draw on a slice
        </button>
        <span>or through the crosshair</span>
        {axes.map((name, axis) => (
          <button key={name} type="button" onClick={() => through(axis)}>
            {name}
          </button>
        ))}
        <button type="button" disabled={line.value === undefined} onClick={() => (line.value = undefined)}>
          Clear
        </button>
      </div>
      {(['from', 'to'] as const).map((which) => (
        <div key={which} class="row">
          <span>{which === 'from' ? 'A' : 'B'}</span>
          {['x', 'y', 'z'].map((name, axis) => (
            <label key={name}>
              {name}{' '}
              <input
                type="number"
                step="any"
                value={line.value === undefined ? '' : Number(line.value[which][axis].toFixed(1))}
                aria-label={`${name} of ${which === 'from' ? 'A' : 'B'} in mm`}
                onChange={(event) => put(which, axis, event.currentTarget.valueAsNumber)}
              />
            </label>
          ))}{' '}
          mm
        </div>
      ))}
      {line.value === undefined ? (
        <p class="faint">There is no line yet.</p>
      ) : (
        <Chart key={isDark.value ? 'dark' : 'light'} patient={patient} />
      )}
    </section>
  );
}

function Chart({ patient }: { readonly patient: PatientView }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const text = pageColor('--text');
    const grid = { stroke: pageColor('--line') };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: 300,
        cursor: { drag: { x: false, y: false } },
        scales: { x: { time: false }, Gy: { range: (_, __, most) => [0, Math.max(1, 1.05 * most)] }, HU: {} },
        axes: [
          { label: 'From A [mm]', stroke: text, grid },
          { label: 'Dose [Gy]', scale: 'Gy', stroke: text, grid },
          { label: 'CT [HU]', scale: 'HU', side: 1, stroke: text, grid: { show: false } },
        ],
        series: [
          { label: 'mm', value: (_, mm) => (mm == null ? '-' : mm.toFixed(1)) },
          { label: 'Plan [Gy]', scale: 'Gy', stroke: pageColor('--accent'), width: 2, value: fixed(2) },
          { label: 'Other [Gy]', scale: 'Gy', stroke: pageColor('--bad'), width: 2, dash: [6, 4], value: fixed(2) },
          { label: 'HU', scale: 'HU', stroke: pageColor('--faint'), width: 1, dash: [2, 2], value: fixed(0) },
        ],
      },
      [[0], [0], [0], [0]],
      element,
    );
    chart.current = plot;
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: 300 }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, [patient]);

  useSignalEffect(() => {
    const along = line.value;
    const beside = other.value;
    if (along === undefined || chart.current === undefined || doseVersion.value < 0) return;
    const { grid, hu, dose } = patient;
    const { alongMm, values } = profileAlong(grid, [dose, beside?.gy ?? [], hu], along);
    const none = Array.from(alongMm, () => null);
    chart.current.setData([Array.from(alongMm), values[0], beside === undefined ? none : values[1], values[2]]);
  });

  return <div ref={box} data-testid="profile" role="img" aria-label="Dose and CT number along the line" />;
}

function fixed(digits: number): uPlot.Series.Value {
  return (_, value) => (value == null ? '-' : value.toFixed(digits));
}
