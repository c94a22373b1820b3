import type { Destination } from './transport.ts';
import type { MessageWriter } from './wire/message-writer.ts';

/** What asks to be looked after until it says that nothing is left to do. */
export interface Attended {
  /** @returns whether it has more to do */
  tick(nowMs: number): boolean;
}

/** Memory that all readers of a participant share for what is not yet complete or in order. */
export class Budget {
  readonly limitBytes: number;
  usedBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** @param anyway for what must go on whatever the others hold */
  reserve(bytes: number, anyway = false): boolean {
    if (!anyway && this.usedBytes + bytes > this.limitBytes) return false;
    this.usedBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.usedBytes -= bytes;
  }
}

/** What endpoints need of their participant. */
export interface Outlet {
  readonly message: MessageWriter;
  readonly budget: Budget;
  send(datagram: Buffer, to: Destination): void;
  /** Has the endpoint's tick called every few milliseconds until it returns false. */
  attend(what: Attended): void;
}

/** How often what is attended is looked after [ms]. */
export const TICK_MS = 5;
