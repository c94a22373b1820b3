import { float, mix, positionWorld, step, texture, texture3D, uniform, vec2, vec3 } from 'three/tsl';
import {
  ClampToEdgeWrapping,
  Data3DTexture,
  DataTexture,
  DoubleSide,
  HalfFloatType,
  LinearFilter,
  MeshBasicNodeMaterial,
  RedFormat,
  RGBAFormat,
  UnsignedByteType,
  Vector3,
} from 'three/webgpu';
import type { Grid } from '../../engine/core/grid.ts';
import { doseTable } from '../state/colors.ts';

/** Image and dose of a patient as textures, and the material that shows both on any plane through them. */
export class SliceMaterial {
  readonly material = new MeshBasicNodeMaterial({ side: DoubleSide });
  readonly #hu: Data3DTexture;
  readonly #dose: Data3DTexture;
  readonly #low = uniform(-160);
  readonly #width = uniform(400);
  readonly #doseMost = uniform(1);
  readonly #cutoff = uniform(1);
  readonly #opacity = uniform(0);
  readonly #doseValues: Uint16Array;

  constructor(grid: Grid, huHalf: Uint16Array) {
    // What is shared with workers cannot be uploaded: textures have copies of their own.
    this.#hu = volumeTexture(Uint16Array.from(huHalf), grid);
    this.#doseValues = new Uint16Array(huHalf.length);
    this.#dose = volumeTexture(this.#doseValues, grid);
    const colors = new DataTexture(doseTable(), 256, 1, RGBAFormat, UnsignedByteType);
    colors.minFilter = colors.magFilter = LinearFilter;
    colors.wrapS = colors.wrapT = ClampToEdgeWrapping;
    colors.needsUpdate = true;
    const corner = grid.originMm.map((mm, a) => mm - grid.spacingMm[a] / 2);
    const extent = grid.size.map((n, a) => n * grid.spacingMm[a]);
    const at = positionWorld
      .sub(uniform(new Vector3(corner[0], corner[1], corner[2])))
      .div(uniform(new Vector3(extent[0], extent[1], extent[2])));
    const grey = texture3D(this.#hu, at, 0).r.sub(this.#low).div(this.#width).clamp(0, 1);
    const gy = texture3D(this.#dose, at, 0).r;
    const color = texture(colors, vec2(gy.div(this.#doseMost).clamp(0, 1), float(0.5)));
    const share = step(this.#cutoff, gy).mul(this.#opacity);
    this.material.colorNode = mix(vec3(grey, grey, grey), color.rgb, share);
  }

  setWindow(centre: number, width: number): void {
    this.#low.value = centre - width / 2;
    this.#width.value = Math.max(1, width);
  }

  /** @param mostGy dose of the hottest colour @param cutoffGy least dose that is coloured */
  setDoseStyle(mostGy: number, cutoffGy: number, opacity: number): void {
    this.#doseMost.value = Math.max(1e-3, mostGy);
    this.#cutoff.value = Math.max(1e-3, cutoffGy);
    this.#opacity.value = opacity;
  }

  setDose(doseHalf: Uint16Array): void {
    this.#doseValues.set(doseHalf);
    this.#dose.needsUpdate = true;
  }

  dispose(): void {
    this.#hu.dispose();
    this.#dose.dispose();
    this.material.dispose();
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
