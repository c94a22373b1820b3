import { Data3DTexture, HalfFloatType, LinearFilter, RedFormat } from 'three/webgpu';
import { type Grid, voxelCount } from '../../engine/core/grid.ts';
import { writeHalves } from '../engine/shared.ts';
import type { Quantity } from '../state/display.ts';
import { SliceMaterial } from './slice-material.ts';
import { type SliceStyle, sliceStyle } from './slice-style.ts';

type Field = 'plan' | 'other' | 'gamma';

/** Half floats: no dose, and a gamma that was not judged, -1. */
const nothing: Readonly<Record<Field, number>> = { plan: 0, other: 0, gamma: 0xbc00 };

const fieldsOf: Readonly<Record<Quantity, readonly Field[]>> = {
  plan: ['plan'],
  other: ['other'],
  difference: ['plan', 'other'],
  gamma: ['gamma'],
};

/** Image, doses and gamma of a patient as textures, and a material for each quantity; made when first wanted. */
export class SliceImages {
  readonly grid: Grid;
  readonly hu: Data3DTexture;
  readonly #fields = new Map<Field, Data3DTexture>();
  readonly #materials = new Map<Quantity, SliceMaterial>();

  constructor(grid: Grid, huHalf: Uint16Array) {
    this.grid = grid;
    // What is shared with workers cannot be uploaded: textures have copies of their own.
    this.hu = volumeTexture(Uint16Array.from(huHalf), grid);
  }

  material(quantity: Quantity): SliceMaterial {
    let made = this.#materials.get(quantity);
    if (made === undefined) {
      const values = fieldsOf[quantity].map((field) => this.texture(field));
      made = new SliceMaterial(this.grid, this.hu, values, quantity);
      made.setStyle(sliceStyle.peek());
      this.#materials.set(quantity, made);
    }
    return made;
  }

  setStyle(style: SliceStyle): void {
    for (const made of this.#materials.values()) made.setStyle(style);
  }

  texture(field: Field): Data3DTexture {
    let made = this.#fields.get(field);
    if (made === undefined) {
      made = volumeTexture(new Uint16Array(voxelCount(this.grid)).fill(nothing[field]), this.grid);
      this.#fields.set(field, made);
    }
    return made;
  }

  setDose(doseHalf: Uint16Array): void {
    const made = this.texture('plan');
    (made.image.data as Uint16Array).set(doseHalf);
    made.needsUpdate = true;
  }

  /** @param values on the grid; undefined where there is nothing to be coloured */
  setField(field: 'other' | 'gamma', values: Float32Array | undefined): void {
    if (values === undefined && !this.#fields.has(field)) return;
    const made = this.texture(field);
    const halves = made.image.data as Uint16Array;
    if (values === undefined) halves.fill(nothing[field]);
    else writeHalves(values, halves);
    made.needsUpdate = true;
  }

  dispose(): void {
    for (const made of this.#materials.values()) made.dispose();
    for (const made of this.#fields.values()) made.dispose();
    this.hu.dispose();
  }
}

function volumeTexture(values: Uint16Array, { size }: Grid): Data3DTexture {
  const made = new Data3DTexture(values, size[0], size[1], size[2]);
  made.format = RedFormat;
  made.type = HalfFloatType;
  made.minFilter = made.magFilter = LinearFilter;
  made.unpackAlignment = 1;
  made.needsUpdate = true;
  return made;
}
