import { type Unzipped, unzipSync, type Zippable, zipSync } from 'fflate';
import { inputError } from '../../../engine/core/errors.ts';
import { MOST_BYTES } from '../limits.ts';

/**
 * The file of a session: a zip of its manifest (JSON), of raw arrays (little endian), and of the manifest's own hash. The manifest
 * names every array with its type, length and hash, so that no damage goes unseen.
 */

/** The first entry. */
export const MANIFEST = 'isocenter-session.json';
const MANIFEST_HASH = 'isocenter-session.sha256';
const MOST_MANIFEST_BYTES = 2 ** 26;
/** Deflate makes a file at most this much larger. */
const MOST_GROWTH = 1040;

export type Digest = (bytes: Uint8Array) => Promise<string>;

export interface ArrayPlace {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Whether a file begins as a session does. */
export function looksLikeSession(bytes: Uint8Array): boolean {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
  return isZip && new TextDecoder('latin1').decode(bytes.subarray(30, 30 + MANIFEST.length)) === MANIFEST;
}

/**
 * @param manifest gets the places of the arrays as its `arrays`
 * @throws IsocenterError `session/too-large`, for what would not be read again
 */
export async function pack(
  manifest: object,
  arrays: ReadonlyMap<string, Uint8Array>,
  digest: Digest,
): Promise<Uint8Array> {
  const total = [...arrays.values()].reduce((sum, { length }) => sum + length, 0);
  if (total > MOST_BYTES) {
    throw inputError(
      'session/too-large',
      `the session has ${(total / 1e9).toFixed(1)} GB of arrays; 2.1 GB are saved at most`,
      'keep fewer plans, each of which has a dose of its own',
    );
  }
  const places: ArrayPlace[] = [];
  for (const [name, bytes] of arrays) places.push({ name, bytes: bytes.length, sha256: await digest(bytes) });
  const text = new TextEncoder().encode(JSON.stringify({ ...manifest, arrays: places }));
  const entries: Zippable = {
    [MANIFEST]: text,
    [MANIFEST_HASH]: new TextEncoder().encode(await digest(text)),
    ...Object.fromEntries(arrays),
  };
  return zipSync(entries, { level: 3 });
}

/**
 * The manifest of a session's file, its own hash proved.
 *
 * @throws IsocenterError `session/damaged`
 */
export async function unpackManifest(file: string, bytes: Uint8Array, digest: Digest): Promise<unknown> {
  const found = unzip(
    file,
    bytes,
    ({ name, size }) => (name === MANIFEST || name === MANIFEST_HASH) && size <= MOST_MANIFEST_BYTES,
  );
  const text = found[MANIFEST];
  const hash = found[MANIFEST_HASH];
  if (text === undefined || hash === undefined || new TextDecoder().decode(hash) !== (await digest(text))) {
    throw damaged(file, 'its manifest is not whole');
  }
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    throw damaged(file, 'its manifest is no JSON');
  }
}

/**
 * The arrays that a manifest names, their hashes proved.
 *
 * @throws IsocenterError `session/damaged`, `session/too-large`
 */
export async function unpackArrays(
  file: string,
  bytes: Uint8Array,
  places: readonly ArrayPlace[],
  digest: Digest,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const total = places.reduce((sum, place) => sum + place.bytes, 0);
  if (!(total <= MOST_BYTES)) {
    const hint = 'open it on another computer, or open the patient from its files';
    throw inputError(
      'session/too-large',
      `${file} holds ${(total / 1e9).toFixed(1)} GB of arrays; 2.1 GB are read`,
      hint,
    );
  }
  const wanted = new Map(places.map((place) => [place.name, place.bytes]));
  const found = unzip(file, bytes, ({ name, size }) => wanted.get(name) === size);
  const arrays = new Map<string, Uint8Array>();
  for (const { name, sha256 } of places) {
    const array = found[name];
    if (array === undefined) throw damaged(file, `${name} is missing or cut off`);
    if ((await digest(array)) !== sha256) throw damaged(file, `${name} is not what was saved`);
    arrays.set(name, array);
  }
  return arrays;
}

export function damaged(file: string, what: string): Error {
  return inputError('session/damaged', `${file} is no whole session: ${what}`, 'take a fresh copy, or an earlier one');
}

/** @param takes is asked before anything is allocated for an entry */
function unzip(
  file: string,
  bytes: Uint8Array,
  takes: (entry: { readonly name: string; readonly size: number }) => boolean,
): Unzipped {
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize, size }) =>
        originalSize <= MOST_GROWTH * (size + 64) && takes({ name, size: originalSize }),
    });
  } catch (cause) {
    throw damaged(file, cause instanceof Error ? cause.message : String(cause));
  }
}
