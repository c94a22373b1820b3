import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { plotAxis } from '../page/plot-axis.ts';

export interface ChartProps {
  /** For screen readers, and under the chart. */
  readonly label: string;
  readonly options: Pick<uPlot.Options, 'series' | 'scales'> & { readonly x: string; readonly y: string };
  /** The data of now; signals that it reads make it draw again. */
  readonly data: () => uPlot.AlignedData;
}

const HEIGHT = 150;

/** A small plot that follows signals. */
export function Chart({ label, options, data }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const { series, scales = {}, x, y } = options;
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, ...scales },
        axes: [plotAxis(x, false), plotAxis(y, true)],
        series,
      },
      data(),
      element,
    );
    chart.current = plot;
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, []);
  useSignalEffect(() => {
    const now = data();
    chart.current?.setData(now);
  });
  return (
    <figure class="chart" aria-label={label}>
      <div ref={box} />
      <figcaption>{label}</figcaption>
    </figure>
  );
}
