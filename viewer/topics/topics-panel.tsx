import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { TopicMessage } from '../../engine/link/topics.ts';
import { Chart } from '../guide/chart.tsx';
import { playback } from '../guide/replay-session.ts';
import { server } from '../guide/server-link.ts';
import { MessageTree } from './message-tree.tsx';
import { keyOf, PLOT_SEC } from './topic-track.ts';
import {
  leaveAllTopics,
  leaveTopic,
  offers,
  plotted,
  refreshOffers,
  rest,
  topicFaults,
  topicSource,
  watchAgain,
  watched,
  watchTopic,
} from './topic-watch.ts';

/** Messages are shown so often [ms], and the server is asked for topics so often [ms]. */
const SHOWN_MS = 125;
const ASKED_MS = 2000;

/** Lines are told apart by their dashes. */
const styles = [
  { stroke: '#2f8fdd', dash: [] },
  { stroke: '#e07b39', dash: [8, 4] },
  { stroke: '#3f9e5b', dash: [3, 3] },
  { stroke: '#b65fc9', dash: [10, 3, 2, 3] },
  { stroke: '#c8452f', dash: [1, 3] },
  { stroke: '#7a7f87', dash: [14, 4] },
] as const;

/** Topics of ROS 2: those that the server sees, or of the recording that is open; messages as they come, their numbers as curves. */
export function TopicsPanel() {
  const now = useSignal(0);
  const filter = useSignal('');
  const isOpen = useSignal(false);
  const source = topicSource.value;

  useEffect(() => {
    const shown = setInterval(() => now.value++, SHOWN_MS);
    const asked = setInterval(() => void refreshOffers(), ASKED_MS);
    return () => {
      clearInterval(shown);
      clearInterval(asked);
      rest();
    };
  }, []);
  // Another recording, another server, or the same one started again.
  const before = useRef<unknown>(undefined);
  useSignalEffect(() => {
    const from = topicSource.value === 'recording' ? playback.value?.name : topicSource.value;
    if (from !== before.current) leaveAllTopics();
    before.current = from;
    void refreshOffers();
  });
  useSignalEffect(() => {
    if (server.value !== undefined) watchAgain();
  });

  if (source === undefined) return null;
  return (
    <details class="section" open={isOpen.value} onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>
        <h2>Topics</h2>
      </summary>
      {isOpen.value ? <OpenPanel filter={filter} now={now} /> : null}
    </details>
  );
}

interface OpenProps {
  readonly filter: Signal<string>;
  /** Grows whenever messages are to be shown. */
  readonly now: Signal<number>;
}

function OpenPanel({ filter, now }: OpenProps) {
  const found = offers.value.filter(({ name }) => name.includes(filter.value));
  void now.value;
  return (
    <>
      {plotted.value.length === 0 ? null : (
        <FieldChart key={plotted.value.map(({ topic, path }) => topic + keyOf(path)).join()} turn={() => now.value} />
      )}
      {offers.value.length > MANY ? (
        <label>
          With{' '}
          <input
            type="search"
            value={filter.value}
            onInput={(event) => (filter.value = event.currentTarget.value)}
            placeholder="a part of the name"
          />
        </label>
      ) : null}
      {found.length === 0 ? <p class="faint">There are none.</p> : null}
      <ul class="topics">
        {found.map(({ name, type, publishers }) => {
          const track = watched.value.get(name);
          return (
            <li key={name}>
              <label>
                <input
                  type="checkbox"
                  checked={track !== undefined}
                  onChange={() => (track === undefined ? watchTopic(name) : leaveTopic(name))}
                />{' '}
                <strong>{name}</strong>
              </label>{' '}
              <span class="faint">
                {type}
                {publishers === undefined || publishers === 1 ? '' : `, ${publishers || 'no'} publishers`}
                {track?.rateHz === undefined ? '' : `, ${track.rateHz.toFixed(1)} Hz`}
              </span>
              {track === undefined ? null : <Watched name={name} latest={track.latest} />}
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** So many topics are worth a search. */
const MANY = 8;

interface WatchedProps {
  readonly name: string;
  readonly latest: TopicMessage | undefined;
}

function Watched({ name, latest }: WatchedProps) {
  const fault = topicFaults.value.get(name);
  if (fault !== undefined) return <p class="held">{fault}</p>;
  if (latest === undefined) return <p class="faint">No message yet.</p>;
  return <MessageTree topic={name} message={latest.message} />;
}

function FieldChart({ turn }: { readonly turn: () => number }) {
  const fields = plotted.peek();
  const data = (): uPlot.AlignedData => {
    turn();
    const series = fields.map(({ topic, path }) => watched.peek().get(topic)?.seriesOf(path));
    const end = Math.max(...series.map((one) => one?.timesSec.at(-1) ?? 0));
    const tables = series.map(
      (one): uPlot.AlignedData => [(one?.timesSec ?? []).map((t) => t - end), [...(one?.values ?? [])]],
    );
    return uPlot.join(tables);
  };
  return (
    <>
      <Chart
        label={`The last ${PLOT_SEC} s`}
        options={{
          x: 'Time [s]',
          y: 'Value',
          series: [
            {},
            ...fields.map((_, n) => ({ ...styles[n], dash: [...styles[n].dash], width: 1.5, spanGaps: true })),
          ],
          scales: { x: { time: false, range: [-PLOT_SEC, 0] } },
        }}
        data={data}
      />
      <ul class="legend">
        {fields.map(({ topic, path }, n) => (
          <li key={topic + keyOf(path)}>
            <svg viewBox="0 0 26 8" aria-hidden="true">
              <path
                d="M0 4H26"
                stroke={styles[n].stroke}
                stroke-width="2"
                stroke-dasharray={styles[n].dash.join(' ')}
              />
            </svg>
            {topic} {path.join('.')}
          </li>
        ))}
      </ul>
    </>
  );
}
