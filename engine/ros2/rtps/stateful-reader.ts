import type { Outlet } from './outlet.ts';
import type { RemoteAddress } from './reader-proxy.ts';
import { type Sample, WriterProxy } from './writer-proxy.ts';

/** Takes samples from all matched writers: in order for each of them. */
export class StatefulReader {
  readonly entity: number;
  readonly reliable: boolean;
  readonly #outlet: Outlet;
  readonly #proxies = new Map<string, WriterProxy>();
  /** Called with the GUID of a writer that knows of this reader now. */
  onInStep: ((guid: string) => void) | undefined;
  readonly #deliver: (sample: Sample, from: WriterProxy) => void;

  constructor(outlet: Outlet, entity: number, reliable: boolean, deliver: (sample: Sample, from: WriterProxy) => void) {
    this.#outlet = outlet;
    this.entity = entity;
    this.reliable = reliable;
    this.#deliver = deliver;
  }

  /** @returns undefined where the writer is matched already */
  match(address: RemoteAddress): WriterProxy | undefined {
    if (this.#proxies.has(address.guid)) return undefined;
    const proxy = new WriterProxy(this.#outlet, this.entity, address, this.reliable, this.#deliver);
    proxy.onInformed = () => this.onInStep?.(address.guid);
    this.#proxies.set(address.guid, proxy);
    return proxy;
  }

  isInStep(guid: string): boolean {
    const proxy = this.#proxies.get(guid);
    return proxy === undefined || !proxy.reliable || proxy.informed;
  }

  unmatch(guid: string): WriterProxy | undefined {
    const proxy = this.#proxies.get(guid);
    this.#proxies.delete(guid);
    proxy?.close();
    return proxy;
  }

  close(): void {
    for (const guid of [...this.#proxies.keys()]) this.unmatch(guid);
  }
}
