import { sha256 } from '../../../core/sha256.ts';

const BLOCK = 64;
const FURTHEST_DAYS = 3650;

/**
 * What stands for identity: everything is derived by HMAC-SHA256 (RFC 2104) from a secret, so that the same secret gives the
 * same pseudonyms in every run, and without it nobody can try names against them.
 */
export class Pseudonyms {
  readonly #inner: Uint8Array;
  readonly #outer: Uint8Array;
  readonly #uids = new Map<string, string>();

  constructor(secret: string) {
    const bytes = new TextEncoder().encode(secret);
    const key = new Uint8Array(BLOCK);
    key.set(bytes.length > BLOCK ? bytesOf(sha256(bytes)) : bytes);
    this.#inner = key.map((byte) => byte ^ 0x36);
    this.#outer = key.map((byte) => byte ^ 0x5c);
  }

  /** A UID for a UID: 2.25. and 128 bits (PS3.5 B.2). */
  uid(uid: string): string {
    let pseudonym = this.#uids.get(uid);
    if (pseudonym === undefined) {
      pseudonym = `2.25.${BigInt(`0x${this.#code('uid', uid).slice(0, 32)}`)}`;
      this.#uids.set(uid, pseudonym);
    }
    return pseudonym;
  }

  /** An identifier for a patient, told apart by {@link isPatientPseudonym}. */
  patient(patient: string): string {
    return `P-${this.#code('patient', patient).slice(0, 12)}`;
  }

  /** By how many days all dates of a patient go back: 1 to 3650. */
  daysBack(patient: string): number {
    return 1 + (Number.parseInt(this.#code('days', patient).slice(0, 8), 16) % FURTHEST_DAYS);
  }

  /** Hexadecimal HMAC-SHA256 of a text, by what it is for. */
  #code(use: string, text: string): string {
    const message = new TextEncoder().encode(`${use}\0${text}`);
    return sha256(concat(this.#outer, bytesOf(sha256(concat(this.#inner, message)))));
  }
}

export function isPatientPseudonym(text: string): boolean {
  return /^P-[0-9a-f]{12}$/.test(text);
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, n) => Number.parseInt(hex.slice(2 * n, 2 * n + 2), 16));
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
