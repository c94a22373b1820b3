/** Why an entry was refused; the first limit that it breaks, in this order. */
export type EntryRefusalKind =
  /** Outside the cone of approach. */
  | 'outside-cone'
  /** The path is too far from the skin's normal. */
  | 'too-oblique'
  /** The shaft leaves through an end of the image. */
  | 'image-end'
  /** From skin to target is longer than the tool. */
  | 'too-long'
  /** The part of the shaft before the skin meets the body. */
  | 'blocked'
  /** Closer to a structure than its margin. */
  | 'too-close'
  /** The arm cannot do it. */
  | 'arm';

export interface EntryRefusals {
  readonly kind: EntryRefusalKind;
  /** Of `too-close`: the first structure of the request whose margin is broken. */
  readonly structure?: string;
  /** Of `arm`: what the arm said. */
  readonly reason?: string;
  readonly count: number;
}

/** Counts refusals by kind and what goes with it. */
export class Refusals {
  readonly #counts = new Map<string, { entry: Omit<EntryRefusals, 'count'>; count: number }>();

  add(kind: EntryRefusalKind, more: { structure?: string; reason?: string } = {}): void {
    const key = `${kind}\n${more.structure ?? ''}\n${more.reason ?? ''}`;
    const there = this.#counts.get(key);
    if (there === undefined) this.#counts.set(key, { entry: { kind, ...more }, count: 1 });
    else there.count++;
  }

  list(): EntryRefusals[] {
    return [...this.#counts.values()]
      .map(({ entry, count }) => ({ ...entry, count }))
      .sort((a, b) => b.count - a.count);
  }
}
