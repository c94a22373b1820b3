import { type IsocenterError, inputError } from '../../core/errors.ts';
import { type PathPart, pathText, shownValue } from './path.ts';

const encoder = new TextEncoder();
/** A buffer that has grown beyond this is not kept [bytes]. */
const KEPT_BYTES = 2 ** 20;

/** Values on their way to bytes: plain CDR, little endian. The buffer grows and is used again. */
export class CdrOutput {
  view: DataView;
  bytes: Uint8Array;
  readonly path: PathPart[] = [];
  depth = 0;
  private type = '';
  private offset = 4;

  constructor() {
    this.bytes = new Uint8Array(1024);
    this.view = new DataView(this.bytes.buffer);
  }

  start(type: string): void {
    this.type = type;
    this.depth = 0;
    this.offset = 4;
    if (this.bytes.length > KEPT_BYTES) this.resize(1024);
    this.view.setUint32(0, 0x00010000);
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.offset);
  }

  /** Where `size` bytes begin, aligned to `alignment` (a power of two); what is skipped is zero. */
  take(size: number, alignment: number): number {
    const at = this.offset + (-(this.offset - 4) & (alignment - 1));
    const end = at + size;
    if (end > this.bytes.length) this.resize(Math.max(2 * this.bytes.length, end));
    while (this.offset < at) this.bytes[this.offset++] = 0;
    this.offset = end;
    return at;
  }

  uint32(value: number): void {
    const at = this.take(4, 4);
    this.view.setUint32(at, value, true);
  }

  zeros(size: number, alignment: number): void {
    const at = this.take(size, alignment);
    this.bytes.fill(0, at, at + size);
  }

  string(value: string, bound: number | undefined): void {
    const at = this.take(4 + 3 * value.length + 1, 4);
    let end = at + 4;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code === 0) throw this.fault(value, 'a string without a zero character');
      if (code > 127) {
        if (value.includes('\0')) throw this.fault(value, 'a string without a zero character');
        end = at + 4 + encoder.encodeInto(value, this.bytes.subarray(at + 4)).written;
        break;
      }
      this.bytes[end++] = code;
    }
    const size = end - at - 4;
    if (bound !== undefined && size > bound)
      throw this.fault(value, `at most ${bound} bytes of UTF-8 (it has ${size})`);
    this.bytes[end] = 0;
    this.view.setUint32(at, size + 1, true);
    this.offset = end + 1;
  }

  wstring(value: string, bound: number | undefined): void {
    if (bound !== undefined && value.length > bound) {
      throw this.fault(value, `at most ${bound} code units (it has ${value.length})`);
    }
    this.uint32(value.length);
    const at = this.take(2 * value.length, 1);
    for (let i = 0; i < value.length; i++) this.view.setUint16(at + 2 * i, value.charCodeAt(i), true);
  }

  /** @param wanted what fits: `an integer from 0 to 255` */
  fault(value: unknown, wanted: string): IsocenterError {
    return inputError(
      'ros2/message',
      `${this.type}, ${pathText(this.path, this.depth)}: ${shownValue(value)} is not ${wanted}`,
      'see the definition of the type; 64-bit integers are bigint (5n)',
    );
  }

  private resize(size: number): void {
    const grown = new Uint8Array(size);
    grown.set(this.bytes.subarray(0, Math.min(this.offset, size)));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
