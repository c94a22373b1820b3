import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { PatientView } from '../engine/messages.ts';
import { plotAxis } from '../page/plot-axis.ts';
import { css, structureColor } from '../state/colors.ts';
import { type Curves, dvhMostGy } from '../state/curves.ts';
import { hidden } from '../state/display.ts';
import type { DvhPlace } from './dvh-reach.ts';
import type { PlotFrame } from './goal-marks.tsx';

const HEIGHT_PX = 230;
const dashes: readonly (readonly number[])[] = [[], [8, 4], [3, 3], [10, 3, 2, 3], [1, 3]];

/** Dashes tell structures apart without colour. */
export const dashOf = (structure: number): readonly number[] => dashes[structure % dashes.length];

interface DvhPlot {
  readonly plot: uPlot;
  /** Puts the mark on a place; it lies over the chart, so that no curve is drawn again. */
  readonly mark: (place: DvhPlace | undefined) => void;
  readonly end: () => void;
}

/**
 * The chart: a line for each structure, then a thin one for each of the dose that is compared.
 *
 * @param onFrame told where doses and volumes lie in the element, whenever that changes
 */
export function dvhPlot(element: HTMLElement, patient: PatientView, onFrame: (frame: PlotFrame) => void): DvhPlot {
  const series = (suffix: string, width: number): uPlot.Series[] =>
    patient.structures.map(({ name, role }, n) => ({
      label: `${name}${suffix}`,
      stroke: css(structureColor(n, role)),
      width,
      dash: [...dashOf(n)],
      points: { show: false },
      show: !hidden.peek().has(name),
    }));
  const ring = document.createElement('div');
  ring.className = 'mark';
  let marked: DvhPlace | undefined;
  const putMark = (): void => {
    ring.hidden = marked === undefined;
    if (marked === undefined) return;
    ring.style.transform = `translate(${plot.valToPos(marked.doseGy, 'x')}px, ${plot.valToPos(marked.volumePercent, 'y')}px)`;
  };
  let told = '';
  const tellFrame = ({ over }: uPlot): void => {
    const { offsetLeft: left, offsetTop: top, clientWidth: width, clientHeight: height } = over;
    const now = [left, top, width, height].join(' ');
    if (now === told) return;
    told = now;
    onFrame({ left, top, width, height });
  };
  const plot = new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false }, x: false, y: false },
      scales: {
        x: { time: false, range: () => [0, dvhMostGy.peek() || 1] },
        y: { range: (_, __, most) => [0, most > 0 ? most : 100] },
      },
      axes: [plotAxis('Dose [Gy]', false), plotAxis('Volume [%]', true)],
      // Scales follow new curves when these are drawn.
      hooks: { draw: [() => putMark(), tellFrame] },
      series: [{}, ...series('', 2), ...series(' (compared)', 1)],
    },
    [[0], ...Array.from({ length: 2 * patient.structures.length }, () => [0])] as unknown as uPlot.AlignedData,
    element,
  );
  plot.over.append(ring);
  const mark = (place: DvhPlace | undefined): void => {
    marked = place;
    putMark();
  };
  mark(undefined);
  const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
  watch.observe(element);
  const end = (): void => {
    watch.disconnect();
    plot.destroy();
  };
  return { plot, mark, end };
}

/** Draws the curves; those of hidden structures are left out. */
export function drawCurves(plot: uPlot, patient: PatientView, { plan, other, binWidthGy }: Curves): void {
  const count = patient.structures.length;
  for (const [n, { name }] of patient.structures.entries()) {
    const show = !hidden.value.has(name);
    if (plot.series[n + 1].show === show) continue;
    plot.setSeries(n + 1, { show });
    plot.setSeries(n + 1 + count, { show });
  }
  const bins = [...plan, ...(other ?? [])].reduce((most, { length }) => Math.max(most, length), 0) + 1;
  const column = (curve: ArrayLike<number> | undefined): (number | null)[] =>
    Array.from({ length: bins }, (_, bin) => (curve === undefined || curve.length === 0 ? null : (curve[bin] ?? 0)));
  plot.setData([
    Array.from({ length: bins }, (_, bin) => bin * binWidthGy),
    ...patient.structures.map((_, n) => column(plan[n])),
    ...patient.structures.map((_, n) => column(other?.[n])),
  ]);
}
