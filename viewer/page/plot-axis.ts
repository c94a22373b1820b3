import type uPlot from 'uplot';
import { pageColor } from '../state/theme.ts';

/** An axis of a plot in the page's colours and letters; a vertical one where its `side` or `scale` says so. */
export function plotAxis(label: string, isVertical: boolean, rest: uPlot.Axis = {}): uPlot.Axis {
  return {
    label,
    font: '11px system-ui, sans-serif',
    labelFont: '12px system-ui, sans-serif',
    labelSize: 18,
    labelGap: 0,
    size: isVertical ? 40 : 28,
    gap: 4,
    stroke: () => pageColor('--text'),
    grid: { stroke: () => pageColor('--line'), width: 1 },
    ticks: { stroke: () => pageColor('--line'), width: 1, size: 4 },
    ...rest,
  };
}
