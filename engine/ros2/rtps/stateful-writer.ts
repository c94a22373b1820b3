import { type Change, History } from './history.ts';
import { LIMITS } from './limits.ts';
import type { Attended, Outlet } from './outlet.ts';
import { type ReaderGroup, ReaderProxy, type RemoteAddress } from './reader-proxy.ts';
import { sameDestination } from './transport.ts';
import type { NumberSet } from './wire/reader.ts';
import { fragmentsOf, WriterMessages } from './writer-messages.ts';

/** A reader is asked to acknowledge at least this often while samples flow. */
const ASK_EVERY_MS = 5;
const ASK_EVERY_SAMPLES = 8;
/** A second request for the same sample within this time crossed the answer to the first. */
const RESEND_GUARD_MS = 3;

export interface StatefulWriterOptions {
  readonly reliable: boolean;
  readonly transientLocal: boolean;
  readonly keepAll: boolean;
  readonly depth: number;
  readonly lifespanSec?: number;
}

/** Readers in our own participant: they take samples from the history. */
export interface LocalSubscriber {
  /** It has taken all up to here. */
  readonly acked: number;
  notify(): void;
}

/** Sends samples to all matched readers and, where reliable, sends again what they ask for. */
export class StatefulWriter implements Attended {
  readonly entity: number;
  readonly history = new History();
  readonly options: StatefulWriterOptions;
  readonly #outlet: Outlet;
  readonly #messages: WriterMessages;
  readonly #proxies = new Map<string, ReaderProxy>();
  readonly #groups: ReaderGroup[] = [];
  readonly #local = new Set<LocalSubscriber>();
  /** Called when readers have acknowledged more. */
  onProgress: (() => void) | undefined;
  /** Called with the GUID of a reader that is in step now. */
  onInStep: ((guid: string) => void) | undefined;

  constructor(outlet: Outlet, entity: number, options: StatefulWriterOptions) {
    this.#outlet = outlet;
    this.entity = entity;
    this.#messages = new WriterMessages(outlet, entity);
    this.options = options;
  }

  /** @returns whether the reader is new */
  match(address: RemoteAddress, wantsHistory: boolean): ReaderProxy | undefined {
    if (this.#proxies.has(address.guid)) return undefined;
    const fromBegin = wantsHistory && this.options.transientLocal;
    const reliable = this.options.reliable && address.reliable;
    const proxy = new ReaderProxy(address, reliable, fromBegin ? 0 : this.history.last);
    this.#proxies.set(address.guid, proxy);
    this.#join(proxy);
    if (reliable) {
      this.#sendHeartbeat(proxy, performance.now(), false);
      this.#outlet.attend(this);
    } else if (fromBegin) {
      for (let s = this.history.first; s <= this.history.last; s++) {
        const change = this.history.get(s);
        if (change !== undefined) this.#resend(proxy, change);
      }
    }
    return proxy;
  }

  unmatch(guid: string): ReaderProxy | undefined {
    const proxy = this.#proxies.get(guid);
    if (proxy === undefined) return undefined;
    this.#proxies.delete(guid);
    this.#leave(proxy);
    this.#trim();
    return proxy;
  }

  addLocal(subscriber: LocalSubscriber): void {
    this.#local.add(subscriber);
    if (this.history.span > 0) subscriber.notify();
  }

  removeLocal(subscriber: LocalSubscriber): void {
    if (this.#local.delete(subscriber)) this.#trim();
  }

  /** A local reader has taken samples. */
  localProgress(): void {
    this.#trim();
  }

  /** Whether a reader will get what is written from now on, or as much of it as best effort brings. */
  isInStep(guid: string): boolean {
    const proxy = this.#proxies.get(guid);
    return proxy === undefined || !proxy.reliable || proxy.inStep;
  }

  /** All up to here are with every reader that acknowledges, and every local one. */
  get acked(): number {
    let acked = this.history.last;
    for (const proxy of this.#proxies.values()) if (proxy.reliable && proxy.acked < acked) acked = proxy.acked;
    for (const subscriber of this.#local) if (subscriber.acked < acked) acked = subscriber.acked;
    return acked;
  }

  /** Whether keep_all has no room for another sample of so many bytes. */
  full(bytes: number): boolean {
    const { history, options } = this;
    if (!options.keepAll || history.span === 0) return false;
    const overflows = history.span >= options.depth || history.bytes + bytes > LIMITS.historyBytes;
    return overflows && history.first > this.acked;
  }

  /** @param payload is the writer's own from now on @returns the sequence number, or 0 where keep_all has no room */
  write(payload: Uint8Array | undefined, inlineQos?: Buffer): number {
    const { history, options } = this;
    const bytes = payload?.length ?? 0;
    if (this.full(bytes)) return 0;
    const change: Change = {
      sequence: history.last + 1,
      payload,
      inlineQos,
      timeSec: (performance.timeOrigin + performance.now()) / 1000,
      resentAtMs: Number.NEGATIVE_INFINITY,
      resentTo: undefined,
    };
    let kept = options.transientLocal || this.#local.size > 0;
    for (const group of this.#groups) kept ||= group.reliable;
    if (kept) {
      while (history.span > 0 && (history.span >= options.depth || history.bytes + bytes > LIMITS.historyBytes)) {
        history.dropBefore(history.first + 1);
      }
      history.push(change);
    } else {
      history.dropBefore(history.last + 1);
      history.skip();
    }
    for (const group of this.#groups) this.#sendToGroup(group, change);
    for (const subscriber of this.#local) subscriber.notify();
    if ((options.reliable && this.#proxies.size > 0) || options.lifespanSec !== undefined) this.#outlet.attend(this);
    return change.sequence;
  }

  ackNack(proxy: ReaderProxy, set: NumberSet, final: boolean): void {
    if (!proxy.reliable) return;
    const before = proxy.acked;
    // A reader that begins anew had lost sight of us: it has nothing.
    if (set.base <= 1 && set.count === 0 && !final) proxy.acked = Math.max(proxy.start, this.history.first - 1);
    else proxy.acked = Math.max(before, Math.min(set.base - 1, this.history.last));
    // What it says unasked, when it begins, wants an answer.
    if (!proxy.inStep && (final || set.base > 1 || set.count > 0)) {
      proxy.inStep = true;
      this.onInStep?.(proxy.address.guid);
    }
    if (proxy.acked > before) this.#trim();
    if (set.count > 0) this.#resendMissing(proxy, set);
    else if (!final && proxy.acked < this.history.last) this.#sendHeartbeat(proxy, performance.now(), false);
    else if (!final && before === proxy.acked) this.#sendHeartbeat(proxy, performance.now(), true);
  }

  nackFrag(proxy: ReaderProxy, sequence: number, set: NumberSet): void {
    if (!proxy.reliable || sequence <= proxy.acked || sequence > this.history.last) return;
    const { address } = proxy;
    const change = this.#relevant(proxy, sequence);
    if (change === undefined) {
      this.#sendGap(proxy, sequence);
      return;
    }
    const nFragments = fragmentsOf(change, address);
    if (nFragments === 1) {
      this.#resend(proxy, change);
      return;
    }
    const most = Math.min(set.count, Math.ceil(LIMITS.resendBytes / address.destination.fragmentBytes));
    for (let i = 0; i < most && set.numbers[i] <= nFragments; i++) {
      this.#messages.fragment(address, change, set.numbers[i]);
    }
    this.#messages.heartbeatFrag(address, change, this.#firstFor(proxy), this.history.last);
    proxy.asked(performance.now());
  }

  /** A heartbeat that says no more than that the writer is alive. */
  assertAlive(): void {
    const { last } = this.history;
    for (const proxy of this.#proxies.values()) {
      this.#messages.heartbeat(proxy.address, proxy.reliable ? this.#firstFor(proxy) : last + 1, last, true, true);
    }
  }

  tick(nowMs: number): boolean {
    this.#expire();
    let busy = false;
    for (const proxy of this.#proxies.values()) {
      if (!proxy.reliable || (proxy.inStep && proxy.acked >= this.history.last)) continue;
      busy = true;
      if (proxy.due(nowMs)) this.#sendHeartbeat(proxy, nowMs, false);
    }
    return busy || (this.options.lifespanSec !== undefined && this.history.span > 0);
  }

  #join(proxy: ReaderProxy): void {
    const { prefix, destination, entity } = proxy.address;
    const group = this.#groups.find((g) => g.prefix.equals(prefix) && sameDestination(g.destination, destination));
    if (group === undefined) {
      this.#groups.push({ prefix, destination, proxies: [proxy], reliable: proxy.reliable, entity });
      return;
    }
    group.proxies.push(proxy);
    group.reliable ||= proxy.reliable;
    group.entity = 0;
  }

  #leave(proxy: ReaderProxy): void {
    const i = this.#groups.findIndex((g) => g.proxies.includes(proxy));
    const group = this.#groups[i];
    group.proxies.splice(group.proxies.indexOf(proxy), 1);
    if (group.proxies.length === 0) this.#groups.splice(i, 1);
    else {
      group.reliable = group.proxies.some((p) => p.reliable);
      group.entity = group.proxies.length === 1 ? group.proxies[0].address.entity : 0;
    }
  }

  /** Drops what nobody can ask for any more. */
  #trim(): void {
    if (!this.options.transientLocal) this.history.dropBefore(this.acked + 1);
    this.onProgress?.();
  }

  #expire(): void {
    const { lifespanSec } = this.options;
    if (lifespanSec === undefined) return;
    const before = (performance.timeOrigin + performance.now()) / 1000 - lifespanSec;
    const { history } = this;
    let first = history.first;
    for (let change = history.get(first); change !== undefined && change.timeSec < before; )
      change = history.get(++first);
    if (first === history.first) return;
    history.dropBefore(first);
    this.onProgress?.();
  }

  #firstFor(proxy: ReaderProxy): number {
    return Math.min(Math.max(this.history.first, proxy.start + 1), this.history.last + 1);
  }

  #sendHeartbeat(proxy: ReaderProxy, nowMs: number, final: boolean): void {
    this.#messages.heartbeat(proxy.address, this.#firstFor(proxy), this.history.last, final);
    proxy.asked(nowMs);
  }

  #sendToGroup(group: ReaderGroup, change: Change): void {
    let ask = false;
    let first = change.sequence;
    if (group.reliable) {
      const nowMs = performance.now();
      for (const proxy of group.proxies) {
        if (!proxy.reliable) continue;
        if (nowMs - proxy.askedMs > ASK_EVERY_MS || change.sequence - proxy.acked > ASK_EVERY_SAMPLES) ask = true;
        first = Math.min(first, this.#firstFor(proxy));
      }
      if (ask) for (const proxy of group.proxies) proxy.asked(nowMs);
    }
    this.#messages.sample(group, change, group.reliable ? first : 0, this.history.last, !ask);
  }

  #resendMissing(proxy: ReaderProxy, set: NumberSet): void {
    let bytes = 0;
    let gapEnd = 0;
    for (let i = 0; i < set.count && bytes < LIMITS.resendBytes; i++) {
      const sequence = set.numbers[i];
      if (sequence > this.history.last) break;
      if (sequence <= gapEnd) continue;
      const change = this.#relevant(proxy, sequence);
      if (change === undefined) gapEnd = this.#sendGap(proxy, sequence);
      else bytes += this.#resend(proxy, change);
    }
    this.#outlet.attend(this);
  }

  #relevant(proxy: ReaderProxy, sequence: number): Change | undefined {
    return sequence > proxy.start ? this.history.get(sequence) : undefined;
  }

  /** Says that the sample does not exist for the reader, nor those next to it. @returns the last of them */
  #sendGap(proxy: ReaderProxy, sequence: number): number {
    const { history } = this;
    let last = Math.max(sequence, Math.min(history.last, Math.max(proxy.start, history.first - 1)));
    while (last < history.last && history.get(last + 1) === undefined) last++;
    this.#messages.gap(proxy.address, sequence, last, this.#firstFor(proxy), history.last);
    return last;
  }

  /** @returns the bytes sent */
  #resend(proxy: ReaderProxy, change: Change): number {
    const nowMs = performance.now();
    if (change.resentTo === proxy && nowMs - change.resentAtMs < RESEND_GUARD_MS) return 0;
    change.resentAtMs = nowMs;
    change.resentTo = proxy;
    if (proxy.reliable) proxy.asked(nowMs);
    this.#messages.sample(proxy.address, change, proxy.reliable ? this.#firstFor(proxy) : 0, this.history.last, false);
    return change.payload?.length ?? 0;
  }
}
