import { type IsocenterError, inputError } from '../../core/errors.ts';
import { type PathPart, pathText } from './path.ts';

/** Representations of DDS-XTypes 7.6.3.1.2 that are not plain CDR, by their identifier. */
const OTHER_REPRESENTATIONS: Readonly<Record<number, string>> = {
  2: 'PL_CDR, big endian',
  3: 'PL_CDR, little endian',
  4: 'XML',
  6: 'CDR2 (XCDR version 2), big endian',
  7: 'CDR2 (XCDR version 2), little endian',
  8: 'D_CDR2 (XCDR version 2), big endian',
  9: 'D_CDR2 (XCDR version 2), little endian',
  10: 'PL_CDR2 (XCDR version 2), big endian',
  11: 'PL_CDR2 (XCDR version 2), little endian',
};

const utf8 = new TextDecoder();
const utf16 = [new TextDecoder('utf-16be'), new TextDecoder('utf-16le')] as const;

/** Bytes of a message on their way to values; nothing is read or set aside that the bytes do not hold. */
export class CdrInput {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  /** Field that is being read. */
  readonly path: PathPart[] = [];
  depth = 0;
  private readonly type: string;
  private offset = 4;

  /** @throws IsocenterError `ros2/cdr` where the first 4 bytes do not say plain CDR */
  constructor(bytes: Uint8Array, type: string) {
    this.bytes = bytes;
    this.type = type;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 4) throw this.fault(`${bytes.length} bytes are no message: 4 of them say how it is encoded`);
    const representation = this.view.getUint16(0);
    if (representation > 1) {
      const name = OTHER_REPRESENTATIONS[representation] ?? `0x${representation.toString(16).padStart(4, '0')}`;
      throw this.fault(`encoded as ${name}; only plain CDR (0x0000 and 0x0001) is read`);
    }
    this.littleEndian = representation === 1;
  }

  /** Where `size` bytes begin, aligned to `alignment` (a power of two). */
  take(size: number, alignment: number): number {
    const at = this.offset + (-(this.offset - 4) & (alignment - 1));
    if (at + size > this.bytes.length) {
      throw this.fault(`${size} bytes wanted at byte ${at}, but the message ends at ${this.bytes.length}`);
    }
    this.offset = at + size;
    return at;
  }

  /** Length of a sequence whose entries take `entryBytes` at least, before anything is set aside for them. */
  count(entryBytes: number, bound: number | undefined): number {
    const count = this.view.getUint32(this.take(4, 4), this.littleEndian);
    if (bound !== undefined && count > bound) throw this.fault(`${count} entries, but its definition allows ${bound}`);
    this.need(count, entryBytes);
    return count;
  }

  /** That `count` entries of `entryBytes` at least can be there. */
  need(count: number, entryBytes: number): void {
    const left = this.bytes.length - this.offset;
    if (count * entryBytes > left) {
      throw this.fault(`${count} entries of ${entryBytes} bytes or more, but only ${left} bytes are left`);
    }
  }

  string(bound: number | undefined): string {
    const size = this.view.getUint32(this.take(4, 4), this.littleEndian);
    if (size === 0) return '';
    if (bound !== undefined && size - 1 > bound) {
      throw this.fault(`a string of ${size - 1} bytes, but its definition allows ${bound}`);
    }
    const at = this.take(size, 1);
    const end = at + size - 1;
    if (this.bytes[end] !== 0) throw this.fault(`the string at byte ${at} does not end with a zero`);
    if (size > 48) return utf8.decode(this.bytes.subarray(at, end));
    let text = '';
    for (let i = at; i < end; i++) {
      const code = this.bytes[i];
      if (code > 127) return utf8.decode(this.bytes.subarray(at, end));
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** Code units of 2 bytes after their number, as DDS-XTypes has it. */
  wstring(bound: number | undefined): string {
    const units = this.view.getUint32(this.take(4, 4), this.littleEndian);
    if (bound !== undefined && units > bound) {
      throw this.fault(`a wstring of ${units} code units, but its definition allows ${bound}`);
    }
    const at = this.take(2 * units, 1);
    return utf16[this.littleEndian ? 1 : 0].decode(this.bytes.subarray(at, at + 2 * units));
  }

  fault(what: string): IsocenterError {
    const field = pathText(this.path, this.depth);
    return inputError(
      'ros2/cdr',
      `${this.type}${field === '' ? '' : `, ${field}`}: ${what}`,
      'the sender has another definition of this type, or the bytes are damaged: compare the type hashes',
    );
  }
}
