import { sha256 } from '../../engine/core/sha256.ts';

/** SHA-256 as 64 hexadecimal digits; by the browser where the page came over a safe way. */
export async function digest(bytes: Uint8Array): Promise<string> {
  // What is not safe (http from another computer) has no SubtleCrypto.
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return sha256(bytes);
  const found = new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(found, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** One hash for many files: of the hashes and names, in their order. */
export function hashOfInputs(inputs: readonly { readonly name: string; readonly sha256: string }[]): Promise<string> {
  return digest(new TextEncoder().encode(inputs.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('')));
}
