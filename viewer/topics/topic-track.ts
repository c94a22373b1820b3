import type { TopicMessage } from '../../engine/link/topics.ts';

/** Names of fields and numbers of elements, from the message down to a value. */
export type FieldPath = readonly (string | number)[];

/** Of a plotted field: times [s, the messages' clock], and values. */
export interface FieldSeries {
  readonly timesSec: readonly number[];
  readonly values: readonly number[];
}

/** What is plotted of the past [s], and how close samples may lie together [s]. */
export const PLOT_SEC = 20;
const CLOSEST_SEC = 0.02;
/** Rates are those of the last messages, so many at most. */
const RATE_MESSAGES = 64;

interface Field {
  readonly path: FieldPath;
  readonly timesSec: number[];
  readonly values: number[];
}

/** What is known of a topic that somebody looks at: its newest message, how often it comes, and the past of some of its fields. */
export class TopicTrack {
  latest: TopicMessage | undefined;
  /** Newest arrivals: time [s] and how many messages there had been. */
  readonly #arrivals: { readonly timeSec: number; readonly count: number }[] = [];
  readonly #fields = new Map<string, Field>();
  #taken = 0;

  take(message: TopicMessage): void {
    const { timeSec } = message;
    // A recording that is wound back begins anew.
    if (this.latest !== undefined && timeSec < this.latest.timeSec) this.#forget();
    this.latest = message;
    this.#arrivals.push({ timeSec, count: message.count ?? ++this.#taken });
    if (this.#arrivals.length > RATE_MESSAGES) this.#arrivals.shift();
    for (const field of this.#fields.values()) sample(field, message);
  }

  /** Messages a second, also of those that were left out on the way; undefined before there are two. */
  get rateHz(): number | undefined {
    const [first, last] = [this.#arrivals[0], this.#arrivals.at(-1)];
    if (first === undefined || last === undefined || last.timeSec <= first.timeSec) return undefined;
    return (last.count - first.count) / (last.timeSec - first.timeSec);
  }

  /** From now on a field's past is kept. */
  keep(path: FieldPath): void {
    const field: Field = { path, timesSec: [], values: [] };
    this.#fields.set(keyOf(path), field);
    if (this.latest !== undefined) sample(field, this.latest);
  }

  leave(path: FieldPath): void {
    this.#fields.delete(keyOf(path));
  }

  seriesOf(path: FieldPath): FieldSeries {
    return this.#fields.get(keyOf(path)) ?? { timesSec: [], values: [] };
  }

  #forget(): void {
    this.#arrivals.length = 0;
    for (const { timesSec, values } of this.#fields.values()) {
      timesSec.length = 0;
      values.length = 0;
    }
  }
}

export const keyOf = (path: FieldPath): string => JSON.stringify(path);

/** The number at a place of a message; undefined where there is none. */
export function numberAt(message: unknown, path: FieldPath): number | undefined {
  let at = message;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[name];
  }
  if (typeof at === 'boolean') return at ? 1 : 0;
  return typeof at === 'number' && Number.isFinite(at) ? at : undefined;
}

function sample({ path, timesSec, values }: Field, { timeSec, message }: TopicMessage): void {
  const value = numberAt(message, path);
  if (value === undefined || timeSec - (timesSec.at(-1) ?? Number.NEGATIVE_INFINITY) < CLOSEST_SEC) return;
  timesSec.push(timeSec);
  values.push(value);
  let old = 0;
  while (timesSec[old] < timeSec - PLOT_SEC) old++;
  timesSec.splice(0, old);
  values.splice(0, old);
}
