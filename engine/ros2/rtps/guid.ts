import { randomBytes } from 'node:crypto';
import { OUR_VENDOR, PREFIX_BYTES } from './wire/constants.ts';

/** A prefix that no other participant has: the vendor id, then random bytes. */
export function newPrefix(): Buffer {
  const prefix = randomBytes(PREFIX_BYTES);
  prefix.writeUInt16BE(OUR_VENDOR, 0);
  return prefix;
}

export function entityHex(entity: number): string {
  return entity.toString(16).padStart(8, '0');
}

export function guidBytes(prefix: Buffer, entity: number): Buffer {
  const guid = Buffer.alloc(16);
  prefix.copy(guid, 0, 0, PREFIX_BYTES);
  guid.writeUInt32BE(entity, PREFIX_BYTES);
  return guid;
}

/** Finds what belongs to a prefix inside a datagram without making a string of it. */
export class PrefixMap<T extends { readonly prefix: Buffer }> {
  readonly #buckets = new Map<number, T[]>();
  #last: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(bytes: Buffer, at: number): T | undefined {
    if (this.#last !== undefined && samePrefix(this.#last.prefix, bytes, at)) return this.#last;
    const bucket = this.#buckets.get(hash(bytes, at));
    if (bucket === undefined) return undefined;
    for (const entry of bucket) {
      if (!samePrefix(entry.prefix, bytes, at)) continue;
      this.#last = entry;
      return entry;
    }
    return undefined;
  }

  add(entry: T): void {
    const key = hash(entry.prefix, 0);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, [entry]);
    else bucket.push(entry);
    this.#size++;
  }

  delete(entry: T): boolean {
    const key = hash(entry.prefix, 0);
    const bucket = this.#buckets.get(key);
    const i = bucket?.indexOf(entry) ?? -1;
    if (bucket === undefined || i < 0) return false;
    if (bucket.length === 1) this.#buckets.delete(key);
    else bucket.splice(i, 1);
    if (this.#last === entry) this.#last = undefined;
    this.#size--;
    return true;
  }

  *[Symbol.iterator](): Generator<T> {
    for (const bucket of this.#buckets.values()) yield* bucket;
  }
}

/** Whether the bytes of a datagram are the prefix. */
export function samePrefix(prefix: Buffer, bytes: Buffer, at: number): boolean {
  for (let i = PREFIX_BYTES - 1; i >= 0; i--) if (prefix[i] !== bytes[at + i]) return false;
  return true;
}

/** FNV-1a over the prefix. */
function hash(bytes: Buffer, at: number): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < PREFIX_BYTES; i++) h = Math.imul(h ^ bytes[at + i], 0x01000193);
  return h >>> 0;
}
