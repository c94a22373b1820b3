import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { PatientView } from '../engine/messages.ts';
import { css, structureColor } from '../state/colors.ts';
import { otherJudged } from '../state/comparison.ts';
import { hidden } from '../state/display.ts';
import { isDark, pageColor } from '../state/theme.ts';
import { prescriptionGy, report } from '../state/workspace.ts';
import { type DvhPoint, dragPoint, endDrag } from './steer-drag.ts';

const dashes: readonly (readonly number[])[] = [[], [8, 4], [3, 3], [10, 3, 2, 3], [1, 3]];
/** A pointer so near to a curve takes hold of it [px]. */
const REACH_PX = 12;

/**
 * Cumulative dose-volume histogram. A curve that is taken hold of and dragged becomes an objective, and the dose follows; dashes
 * tell structures apart without colour. A dose to compare with is drawn thin.
 */
export function DvhChart({ patient }: { readonly patient: PatientView }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const series = (suffix: string, width: number): uPlot.Series[] =>
      patient.structures.map(({ name, role }, n) => ({
        label: `${name}${suffix}`,
        stroke: css(structureColor(n, role)),
        width,
        dash: [...dashes[n % dashes.length]],
        points: { show: false },
        show: !hidden.value.has(name),
      }));
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: 260,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { show: false } },
        scales: { x: { time: false, range: (_, __, most) => [0, most] }, y: { range: [0, 100] } },
        axes: [
          { label: 'Dose [Gy]', stroke: axisColor, grid: { stroke: gridColor } },
          { label: 'Volume [%]', stroke: axisColor, grid: { stroke: gridColor } },
        ],
        series: [{}, ...series('', 2), ...series(' (kept)', 1)],
      },
      [[0], ...Array.from({ length: 2 * patient.structures.length }, () => [0])] as unknown as uPlot.AlignedData,
      element,
    );
    chart.current = plot;
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: 260 }));
    watch.observe(element);
    const leave = holdCurves(plot, patient);
    const leaveTheme = isDark.subscribe(() => plot.redraw(false));
    return () => {
      leave();
      leaveTheme();
      watch.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, [patient]);

  useSignalEffect(() => {
    const plot = chart.current;
    const now = report.value;
    const kept = otherJudged.value;
    for (const [n, { name }] of patient.structures.entries()) {
      const show = !hidden.value.has(name);
      if (plot === undefined || plot.series[n + 1].show === show) continue;
      plot.setSeries(n + 1, { show });
      plot.setSeries(n + 1 + patient.structures.length, { show });
    }
    if (plot === undefined || now === undefined) return;
    const step = Math.max(now.dvhStepGy, kept?.dvhStepGy ?? 0);
    const doses = Float64Array.from({ length: 257 }, (_, k) => k * step);
    const sampled = (from: Pick<typeof now, 'dvh' | 'dvhStepGy'> | undefined, n: number): number[] =>
      Array.from(doses, (gy) => {
        const curve = from?.dvh[n]?.volumePercent;
        if (from === undefined || curve === undefined) return Number.NaN;
        return curve[Math.round(gy / from.dvhStepGy)] ?? 0;
      }).map((value) => (Number.isNaN(value) ? (null as unknown as number) : value));
    plot.setData([
      Array.from(doses),
      ...patient.structures.map((_, n) => sampled(now, n)),
      ...patient.structures.map((_, n) => sampled(kept, n)),
    ] as uPlot.AlignedData);
  });

  return (
    <figure class="dvh" aria-label="Dose-volume histogram">
      <div ref={box} data-testid="dvh" />
      <ul class="legend">
        {patient.structures.map(({ name, role }, n) =>
          hidden.value.has(name) ? null : (
            <li key={name}>
              <svg viewBox="0 0 26 8" aria-hidden="true">
                <path
                  d="M0 4H26"
                  stroke={css(structureColor(n, role))}
                  stroke-width="2"
                  stroke-dasharray={dashes[n % dashes.length].join(' ')}
                />
              </svg>
              {name}
            </li>
          ),
        )}
      </ul>
      <figcaption>Drag a curve to ask for less or more; {prescriptionGy.value} Gy are prescribed.</figcaption>
    </figure>
  );
}

const axisColor = (): string => pageColor('--text');
const gridColor = (): string => pageColor('--line');

/** Lets curves be dragged. @returns how to stop it */
function holdCurves(plot: uPlot, patient: PatientView): () => void {
  const over = plot.over;
  let held: { structure: string; from: DvhPoint } | undefined;
  const pointOf = (event: PointerEvent): DvhPoint => {
    const bounds = over.getBoundingClientRect();
    return {
      doseGy: Math.max(0, plot.posToVal(event.clientX - bounds.left, 'x')),
      volumePercent: Math.min(100, Math.max(0, plot.posToVal(event.clientY - bounds.top, 'y'))),
    };
  };
  const nearest = (event: PointerEvent): { structure: string; from: DvhPoint } | undefined => {
    const bounds = over.getBoundingClientRect();
    const x = event.clientX - bounds.left;
    const y = event.clientY - bounds.top;
    let best: { structure: string; from: DvhPoint } | undefined;
    let reach = REACH_PX;
    const doses = plot.data[0];
    for (const [n, { name }] of patient.structures.entries()) {
      if (plot.series[n + 1].show === false) continue;
      const curve = plot.data[n + 1];
      for (let k = 0; k < doses.length; k++) {
        const volume = curve[k];
        if (volume === null || volume === undefined) continue;
        const away = Math.hypot(plot.valToPos(doses[k], 'x') - x, plot.valToPos(volume, 'y') - y);
        if (away >= reach) continue;
        reach = away;
        best = { structure: name, from: { doseGy: doses[k], volumePercent: volume } };
      }
    }
    return best;
  };
  const down = (event: PointerEvent): void => {
    held = nearest(event);
    if (held !== undefined) over.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    if (held === undefined) over.style.cursor = nearest(event) === undefined ? '' : 'grab';
    else dragPoint(held.structure, held.from, pointOf(event));
  };
  const up = (): void => {
    if (held !== undefined) endDrag();
    held = undefined;
  };
  over.addEventListener('pointerdown', down);
  over.addEventListener('pointermove', move);
  over.addEventListener('pointerup', up);
  over.addEventListener('pointercancel', up);
  return () => {
    over.removeEventListener('pointerdown', down);
    over.removeEventListener('pointermove', move);
    over.removeEventListener('pointerup', up);
    over.removeEventListener('pointercancel', up);
  };
}
