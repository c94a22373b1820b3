import { useComputed, useSignal } from '@preact/signals';
import uPlot from 'uplot';
import { LATE_EDGES_US } from '../../planners/guidance/loop/figures.ts';
import { HAND_HZ } from '../../sim/robots/robot-observer.ts';
import { figures, handRing, handVersion, shownState } from '../state/robot.ts';
import { Chart } from './chart.tsx';
import { amplitudeSpectrum } from './spectrum.ts';

const axes = ['x', 'y', 'z'] as const;
/** What the plot over time shows, and what the spectrum is of [samples]. */
const SHOWN = 3 * HAND_HZ;
const ANALYSED = 4 * HAND_HZ;
const STEP_HZ = 0.25;
const FREQUENCIES = Float64Array.from({ length: 81 }, (_, n) => n * STEP_HZ);
/** Packets come ten times a second; plots are drawn for each other one, spectra once a second. */
const PLOT_EVERY = 2;
const SPECTRUM_EVERY = 10;

/** Measured: thin and dashed; without tremor: bold. */
const before = { stroke: '#e07b39', width: 1, dash: [4, 3], points: { show: false } };
const after = { stroke: '#2f8fdd', width: 2, points: { show: false } };

/** One column of the ring's newest samples, the oldest first; shorter where there are not so many. */
function newest(column: number, count: number): Float64Array {
  const { samples, count: written } = handRing;
  const size = samples.length / 7;
  const length = Math.min(count, written, size);
  return Float64Array.from({ length }, (_, n) => samples[7 * ((written - length + n) % size) + column]);
}

/** How the loop keeps its time and what it takes out of the hand. */
export function LoopFiguresPanel() {
  const axis = useSignal(0);
  const plotTurn = useComputed(() => Math.floor(handVersion.value / PLOT_EVERY));
  const spectrumTurn = useComputed(() => Math.floor(handVersion.value / SPECTRUM_EVERY));
  const hand = (): uPlot.AlignedData => {
    void plotTurn.value;
    const times = newest(0, SHOWN);
    const end = times.at(-1) ?? 0;
    const [measured, steady] = [newest(1 + axis.value, SHOWN), newest(4 + axis.value, SHOWN)];
    const mean = steady.reduce((sum, m) => sum + m, 0) / Math.max(1, steady.length);
    return [times.map((t) => t - end), measured.map((m) => 1000 * (m - mean)), steady.map((m) => 1000 * (m - mean))];
  };
  const spectrum = (): uPlot.AlignedData => {
    void spectrumTurn.value;
    const of = (column: number): Float64Array =>
      amplitudeSpectrum(newest(column, ANALYSED), HAND_HZ, STEP_HZ, FREQUENCIES.length).map((m) => 1e6 * m);
    return [FREQUENCIES, of(1 + axis.value), of(4 + axis.value)];
  };
  return (
    <>
      <TrocarFigures />
      <KeepOutDistances />
      <div class="row">
        <label>
          Hand along{' '}
          <select value={axis.value} onChange={(event) => (axis.value = Number(event.currentTarget.value))}>
            {axes.map((name, n) => (
              <option key={name} value={n}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <TremorFigures />
      </div>
      <Chart
        label="Hand as measured (dashed) and without its tremor (solid)"
        options={{ x: 'Time [s]', y: '[mm]', series: [{}, before, after] }}
        data={hand}
      />
      <Chart
        label="Amplitude before (dashed) and after (solid), of the last 4 s"
        options={{
          x: 'Frequency [Hz]',
          y: '[µm]',
          series: [{}, before, after],
          // Below 2 Hz the hand means to move.
          scales: { x: { time: false, range: [2, 20] } },
        }}
        data={spectrum}
      />
      <LoopTimes />
    </>
  );
}

function TremorFigures() {
  const now = figures.value;
  if (now === undefined) return null;
  const { tremorUm, filter } = now;
  return (
    <span class="figures" data-testid="tremor">
      tremor {tremorUm.in.toFixed(0)} → {tremorUm.out.toFixed(0)} µm rms ({filter.state})
    </span>
  );
}

/** The shaft in its trocar: measured now, and the worst set-point of the last second. */
function TrocarFigures() {
  const { trocarErrorM, insertedM } = shownState.value ?? {};
  if (trocarErrorM === undefined || insertedM === undefined) return null;
  const worst = figures.value === undefined ? '' : `; set-points at most ${figures.value.trocarErrorMm.toFixed(3)} mm`;
  return (
    <p class="figures" data-testid="trocar">
      Trocar: shaft {(1000 * trocarErrorM).toFixed(2)} mm off{worst}; {(1000 * insertedM).toFixed(1)} mm of it inserted
    </p>
  );
}

function KeepOutDistances() {
  const sample = shownState.value;
  const entries = Object.entries(sample?.keepOutsM ?? {});
  if (sample === undefined || entries.length === 0) return null;
  // The loop measures them while it moves the tip.
  const isMeasured = sample.state === 'ENABLED' || sample.state === 'PAUSED';
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Keep-out</th>
          <th scope="col">Tip from its margin</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(([name, distanceM]) => (
          <tr key={name} class={isMeasured && distanceM < 0 ? 'failed' : undefined}>
            <th scope="row">{name}</th>
            <td data-testid={`keep-out-${name}`}>
              {isMeasured ? `${(1000 * distanceM).toFixed(1)} mm${distanceM < 0 ? ': inside' : ''}` : 'not armed'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const bars = uPlot.paths.bars?.({ size: [0.9, 60] });
const places = LATE_EDGES_US.map((_, n) => n).concat(LATE_EDGES_US.length);

/** How late the cycles of the last second began. */
function LoopTimes() {
  const now = figures.value;
  if (now === undefined) return null;
  const { rateHz, computeUs, lateUs, latencyMs } = now;
  return (
    <>
      <Chart
        label={`Cycles by how late they began: up to ${LATE_EDGES_US.join(', ')} µs, and later`}
        options={{
          x: 'Class, from early to late',
          y: '[cycles]',
          series: [
            {},
            {
              stroke: '#2f8fdd',
              fill: '#2f8fdd88',
              points: { show: false },
              ...(bars === undefined ? {} : { paths: bars }),
            },
          ],
        }}
        data={() => [places, [...(figures.value?.lateCounts ?? places.map(() => 0))]]}
      />
      <p class="figures" data-testid="loop">
        {rateHz.toFixed(0)} Hz; cycle {computeUs.median.toFixed(0)} µs (99 %: {computeUs.p99.toFixed(0)}); late{' '}
        {lateUs.median.toFixed(0)} µs (99 %: {lateUs.p99.toFixed(0)}, most {lateUs.max.toFixed(0)}); hand to set-point{' '}
        {latencyMs.median.toFixed(2)} ms.
      </p>
    </>
  );
}
