import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { peerProgram, type Vendor } from './build.ts';

/** What a peer says on a line. */
export interface PeerEvent {
  readonly event: string;
  readonly [name: string]: unknown;
}

/** Times of many samples [ms]. */
export interface Times {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** What a subscribing peer says at its end. */
export interface Summary {
  readonly received: number;
  readonly corrupt: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly peakKiB: number;
  readonly delayMs: Times | null;
  readonly flows: readonly Flow[];
}

/** The samples of one writer in the order of their arrival. */
export interface Flow {
  readonly writer: number;
  readonly received: number;
  readonly first: number;
  readonly last: number;
  readonly missing: number;
  readonly reordered: number;
  readonly repeated: number;
  /** How many came one after the other at the end. */
  readonly streak: number;
}

export type PeerOptions = Readonly<Record<string, string | number>>;

/** Loopback has no flag for multicast, so it must be told; only the search for participants needs it. */
const cycloneOnLoopback = (leaseSec: number): string => `<CycloneDDS><Domain id="any"><General><Interfaces>
  <NetworkInterface address="127.0.0.1" multicast="true"/></Interfaces>
  <AllowMulticast>spdp</AllowMulticast></General>
  <Discovery><LeaseDuration>${leaseSec}s</LeaseDuration></Discovery></Domain></CycloneDDS>`;

/** A program of another vendor's DDS in a role: see the sources for the roles and their options. */
export class Peer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #events: PeerEvent[] = [];
  readonly #exited: Promise<number | NodeJS.Signals>;
  #ended = false;
  #errors = '';
  #wake: () => void = () => {};

  constructor(vendor: Vendor, role: string, domain: number, options: PeerOptions = {}) {
    const words = Object.entries({ ...options, domain }).map(([name, value]) => `${name}=${value}`);
    this.#process = spawn(peerProgram(vendor), [role, ...words], {
      env: { ...process.env, CYCLONEDDS_URI: cycloneOnLoopback(Number(options.lease ?? 10)) },
    });
    // Output ends after the process: what it said last is read then.
    this.#exited = new Promise((resolve) =>
      this.#process.on('close', (code, signal) => {
        this.#ended = true;
        this.#wake();
        resolve(signal ?? code ?? -1);
      }),
    );
    this.#process.stderr.on('data', (bytes: Buffer) => {
      this.#errors = (this.#errors + bytes.toString()).slice(-2000);
    });
    createInterface(this.#process.stdout).on('line', (line) => {
      this.#events.push(JSON.parse(line) as PeerEvent);
      this.#wake();
    });
  }

  /** Everything that it has said and that nobody has awaited. */
  get said(): readonly PeerEvent[] {
    return this.#events;
  }

  /** The next event of that name; those before it are passed over. */
  async next(name: string, timeoutMs = 30_000): Promise<PeerEvent> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      while (this.#events.length > 0) {
        const event = this.#events.shift()!;
        if (event.event === name) return event;
        if (event.event === 'failed') throw new Error(`the peer failed: ${JSON.stringify(event)}`);
      }
      const left = end - performance.now();
      if (this.#ended) throw new Error(`the peer ended before ${name}: ${this.#errors}`);
      if (left <= 0) throw new Error(`the peer did not say ${name} within ${timeoutMs} ms: ${this.#errors}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Lets a publisher begin that has said `matched`. */
  go(): void {
    this.#process.stdin.write('\n');
  }

  /** Has a subscriber sum up what came, if it has not yet. */
  stop(): void {
    this.#process.kill('SIGTERM');
  }

  async summary(timeoutMs?: number): Promise<Summary> {
    return (await this.next('summary', timeoutMs)) as unknown as Summary;
  }

  /** Ends it as if the machine had lost power, and waits for that. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  get exited(): Promise<number | NodeJS.Signals> {
    return this.#exited;
  }
}

const open: Peer[] = [];

/** A peer that {@link endPeers} ends. */
export async function peer(vendor: Vendor, role: string, domain: number, options: PeerOptions = {}): Promise<Peer> {
  const created = new Peer(vendor, role, domain, options);
  open.push(created);
  await created.next('ready');
  return created;
}

export async function endPeers(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.kill()));
}
