import { batch, computed, signal } from '@preact/signals';
import { z } from '../../engine/core/schema.ts';
import type { LinkPeer } from '../../engine/link/peer.ts';
import type { TopicMessage } from '../../engine/link/topics.ts';
import { faultOf } from '../engine/fault.ts';
import { onRecorded, playback } from '../guide/replay-session.ts';
import { linkState, openLink, server } from '../guide/server-link.ts';
import { type FieldPath, keyOf, TopicTrack } from './topic-track.ts';

export interface TopicOffer {
  readonly name: string;
  /** Undefined until the first message of a recording tells. */
  readonly type: string | undefined;
  readonly publishers: number | undefined;
}

export interface PlottedField {
  readonly topic: string;
  readonly path: FieldPath;
}

/** Plotted at once: as many as dashes tell apart. */
export const MOST_FIELDS = 6;
/** Messages of a live topic that the page asks for [1/s]. */
const RATE_HZ = 30;

/** Topics of ROS 2 that the server sees, while it is connected. */
export const liveOffers = signal<readonly TopicOffer[]>([]);
/** Where messages come from: a recording that is open goes before the server. */
export const topicSource = computed<'recording' | 'server' | undefined>(() => {
  if (playback.value !== undefined) return 'recording';
  return server.value?.ros2 != null && linkState.value?.kind === 'connected' ? 'server' : undefined;
});
/** What somebody looks at. */
export const watched = signal<ReadonlyMap<string, TopicTrack>>(new Map());
export const plotted = signal<readonly PlottedField[]>([]);
/** Why a topic cannot be shown. */
export const topicFaults = signal<ReadonlyMap<string, string>>(new Map());

const recordedTypes = signal<ReadonlyMap<string, string>>(new Map());
const leaves = new Map<string, () => void>();

export const offers = computed<readonly TopicOffer[]>(() => {
  const recorded = (name: string) => ({ name, type: recordedTypes.value.get(name), publishers: undefined });
  const all = topicSource.value === 'server' ? liveOffers.value : (playback.value?.topics ?? []).map(recorded);
  return [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
});

onRecorded((message) => {
  watched.peek().get(message.topic)?.take(message);
  if (recordedTypes.peek().get(message.topic) === message.type) return;
  recordedTypes.value = new Map(recordedTypes.peek()).set(message.topic, message.type);
});

const listSchema = z.array(
  z.object({ name: z.string().max(500), types: z.array(z.string().max(300)).max(100), publishers: z.number() }),
);

/** Asks the server what there is; what cannot be asked now is asked again later. */
export async function refreshOffers(): Promise<void> {
  if (topicSource.peek() !== 'server') return;
  const list = await openLink()
    .peer.request('topics')
    .catch(() => undefined);
  const { data } = listSchema.safeParse(list);
  if (data === undefined) return;
  liveOffers.value = data.map(({ name, types, publishers }) => ({ name, type: types.join(', '), publishers }));
}

export function watchTopic(name: string): void {
  watched.value = new Map(watched.peek()).set(name, new TopicTrack());
  subscribe(name);
}

export function leaveTopic(name: string): void {
  leaves.get(name)?.();
  leaves.delete(name);
  const [tracks, faults] = [new Map(watched.peek()), new Map(topicFaults.peek())];
  tracks.delete(name);
  faults.delete(name);
  batch(() => {
    watched.value = tracks;
    topicFaults.value = faults;
    plotted.value = plotted.peek().filter(({ topic }) => topic !== name);
  });
}

/** Another source has other topics. */
export function leaveAllTopics(): void {
  for (const name of watched.peek().keys()) leaveTopic(name);
  recordedTypes.value = new Map();
  liveOffers.value = [];
}

export const isPlotted = ({ topic, path }: PlottedField): boolean =>
  plotted.value.some((one) => one.topic === topic && keyOf(one.path) === keyOf(path));

/** Takes a field into the plot, or out of it. */
export function togglePlot(field: PlottedField): void {
  const track = watched.peek().get(field.topic);
  if (isPlotted(field)) {
    track?.leave(field.path);
    plotted.value = plotted.peek().filter((one) => one.topic !== field.topic || keyOf(one.path) !== keyOf(field.path));
  } else if (plotted.peek().length < MOST_FIELDS) {
    track?.keep(field.path);
    plotted.value = [...plotted.peek(), field];
  }
}

/** Live topics are asked for one by one; a recording tells all of its own anyway. */
function subscribe(name: string): void {
  if (topicSource.peek() !== 'server') return;
  const { peer }: { peer: LinkPeer } = openLink();
  const leave = peer.subscribe(
    'topic',
    { topic: name, rateHz: RATE_HZ },
    {
      onSample: (value) =>
        watched
          .peek()
          .get(name)
          ?.take(value as TopicMessage),
      onEnd: (error) => {
        leaves.delete(name);
        if (error === undefined || !watched.peek().has(name)) return;
        const { message, hint } = faultOf(error);
        topicFaults.value = new Map(topicFaults.peek()).set(name, hint === undefined ? message : `${message}: ${hint}`);
      },
    },
  );
  leaves.set(name, leave);
}

/** Nobody looks: live topics need not be sent. */
export function rest(): void {
  for (const leave of leaves.values()) leave();
  leaves.clear();
}

/** A session of the server that begins anew knows nothing of what was asked before. */
export function watchAgain(): void {
  rest();
  for (const name of watched.peek().keys()) subscribe(name);
}
