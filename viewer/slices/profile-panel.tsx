import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Vec3 } from '../../engine/core/grid.ts';
import type { PatientView } from '../engine/messages.ts';
import { csvTable } from '../files/csv.ts';
import { download } from '../files/download.ts';
import { plotAxis } from '../page/plot-axis.ts';
import { other } from '../state/comparison.ts';
import { crosshair, drawsLine, line } from '../state/display.ts';
import { isDark, pageColor } from '../state/theme.ts';
import { doseVersion } from '../state/workspace.ts';
import { profileAlong } from './profile.ts';

/** As the axes of LPS run. */
const axes = [
  ['R–L', 'Right to left'],
  ['A–P', 'Front to back'],
  ['I–S', 'Feet to head'],
] as const;

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
        <button type="button" disabled={line.value === undefined} onClick={() => (line.value = undefined)}>
          Clear
        </button>
        <button type="button" disabled={line.value === undefined} onClick={() => write(patient)}>
          Profile as CSV
        </button>
      </div>
      <div class="row">
        <span>Through the crosshair</span>
        {axes.map(([name, title], axis) => (
          <button key={name} type="button" title={title} onClick={() => through(axis)}>
            {name}
          </button>
        ))}
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
          ))}
          <span>mm</span>
        </div>
      ))}
      {line.value === undefined ? (
        <p class="faint">
          Draw a line on a slice, take one through the crosshair, or give its ends A and B [LPS]: dose and CT number
          along it are shown here.
        </p>
      ) : (
        <Chart key={isDark.value ? 'dark' : 'light'} patient={patient} />
      )}
    </section>
  );
}

interface Fields {
  readonly alongMm: Float64Array;
  readonly plan: (number | null)[];
  readonly other: (number | null)[] | undefined;
  readonly hu: (number | null)[];
}

function fieldsAlong({ grid, hu, dose }: PatientView, along: NonNullable<typeof line.value>): Fields {
  const beside = other.value;
  const { alongMm, values } = profileAlong(grid, [dose, hu, ...(beside === undefined ? [] : [beside.gy])], along);
  return { alongMm, plan: values[0], hu: values[1], other: values[2] };
}

function write(patient: PatientView): void {
  const along = line.value;
  if (along === undefined) return;
  const { alongMm, plan, other: compared, hu } = fieldsAlong(patient, along);
  const end = (p: Vec3): string => p.map((mm) => mm.toFixed(1)).join(' ');
  const titles = [
    `from A (${end(along.from)}) to B (${end(along.to)}) [mm]`,
    'plan [Gy]',
    'CT [HU]',
    ...(compared === undefined ? [] : [`${other.value?.name} [Gy]`]),
  ];
  const table = csvTable(titles, [alongMm, plan, hu, ...(compared === undefined ? [] : [compared])]);
  download('profile.csv', new Blob([table], { type: 'text/csv' }));
}

function Chart({ patient }: { readonly patient: PatientView }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: 300,
        cursor: { drag: { x: false, y: false } },
        scales: { x: { time: false }, Gy: { range: (_, __, most) => [0, Math.max(1, 1.05 * most)] }, HU: {} },
        axes: [
          plotAxis('From A [mm]', false),
          plotAxis('Dose [Gy]', true, { scale: 'Gy' }),
          plotAxis('CT [HU]', true, {
            scale: 'HU',
            side: 1,
            size: 46,
            grid: { show: false },
            values: (_, ticks) => ticks.map(String),
          }),
        ],
        series: [
          { label: 'From A [mm]', value: (_, mm) => (mm == null ? '-' : mm.toFixed(1)) },
          { label: 'Plan [Gy]', scale: 'Gy', stroke: pageColor('--accent'), width: 2, value: fixed(2) },
          { label: 'Compared [Gy]', scale: 'Gy', stroke: pageColor('--bad'), width: 2, dash: [6, 4], value: fixed(2) },
          { label: 'CT [HU]', scale: 'HU', stroke: pageColor('--faint'), width: 1, dash: [2, 2], value: fixed(0) },
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
    if (along === undefined || chart.current === undefined || doseVersion.value < 0) return;
    const { alongMm, plan, other: compared, hu } = fieldsAlong(patient, along);
    // After x and the plan's comes the series of the compared dose.
    if (chart.current.series[2].show !== (compared !== undefined)) {
      chart.current.setSeries(2, { show: compared !== undefined });
    }
    chart.current.setData([Array.from(alongMm), plan, compared ?? Array.from(alongMm, () => null), hu]);
  });

  return <div ref={box} data-testid="profile" role="img" aria-label="Dose and CT number along the line" />;
}

function fixed(digits: number): uPlot.Series.Value {
  return (_, value) => (value == null ? '-' : value.toFixed(digits));
}
