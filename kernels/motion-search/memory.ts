import type { StepModule } from '../../engine/compute/wasm/step-module.ts';
import { FIELD, SPACE_WORDS, type SpaceField } from './layout.ts';

/** The record that the kernel works on, and all the tables and working memory that belong to it. */
export class SpaceMemory {
  readonly module: StepModule;
  readonly address: number;
  /** The record's words, as whole numbers and as float32. */
  readonly words: Uint32Array;
  readonly floats: Float32Array;
  readonly #blocks: number[] = [];

  constructor(module: StepModule) {
    this.module = module;
    this.address = this.allocate(4 * SPACE_WORDS);
    this.words = module.u32(this.address, SPACE_WORDS).fill(0);
    this.floats = module.f32(this.address, SPACE_WORDS);
  }

  /** Address of bytes that hold whatever was there. */
  allocate(bytes: number): number {
    const address = this.module.allocate(bytes, 'motion search');
    this.#blocks.push(address);
    return address;
  }

  /** Allocates what a field of the record points to. */
  table(field: SpaceField, bytes: number): number {
    const address = this.allocate(bytes);
    this.words[FIELD[field]] = address;
    return address;
  }

  f32(field: SpaceField, length: number): Float32Array {
    return this.module.f32(this.table(field, 4 * length), length);
  }

  u32(field: SpaceField, length: number): Uint32Array {
    return this.module.u32(this.table(field, 4 * length), length);
  }

  /** Address of a copy, bit by bit: what tables hold is not all numbers. */
  copy(data: Float32Array): number {
    const address = this.allocate(data.byteLength);
    this.module.u32(address, data.length).set(new Uint32Array(data.buffer, data.byteOffset, data.length));
    return address;
  }

  close(): void {
    for (const address of this.#blocks.splice(0)) this.module.free(address);
  }
}
