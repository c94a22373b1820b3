import { dataSetOf } from '../read.ts';
import { isStandardUid } from './edit.ts';
import { addIdentity, type Identity } from './identity.ts';
import { isRetained } from './rules.ts';
import type { RetainedGroup } from './table.ts';
import { elementTree } from './tree.ts';

/** Identity gathered from original files, to be looked for where it should not be. */
export class OriginalIdentity implements Identity {
  readonly words = new Set<string>();
  readonly uids = new Set<string>();

  readonly #keep: ReadonlySet<RetainedGroup>;

  /** @param keep what may stay, and is therefore no identity */
  constructor(keep: ReadonlySet<RetainedGroup> = new Set()) {
    this.#keep = keep;
  }

  /** @throws IsocenterError `dicom/...` for a damaged file */
  add(name: string, bytes: Uint8Array): void {
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { encoding, body } = dataSetOf(name, plain);
    addIdentity(elementTree(name, body, encoding), body, this.words, this.uids, (tag) =>
      isRetained(tag, { keep: this.#keep }),
    );
    for (const uid of this.uids) if (uid === '' || isStandardUid(uid)) this.uids.delete(uid);
  }
}
