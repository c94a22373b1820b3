import { abs, mix, positionWorld, step, texture3D, uniform, vec3 } from 'three/tsl';
import { type Data3DTexture, type DataTexture, DoubleSide, MeshBasicNodeMaterial, Vector3 } from 'three/webgpu';
import type { Grid } from '../../engine/core/grid.ts';
import { differenceColor, doseColor, gammaColor, MOST_GAMMA } from '../state/colors.ts';
import type { Quantity } from '../state/display.ts';
import { colorNode, colorTexture } from './color-texture.ts';
import type { SliceStyle } from './slice-style.ts';

/** What a quantity is coloured by. */
const colors = {
  plan: doseColor,
  other: doseColor,
  difference: (t: number) => differenceColor(2 * t - 1),
  gamma: (t: number) => gammaColor(MOST_GAMMA * t),
} as const;

/** Image and one quantity over it, on any plane through the patient. */
export class SliceMaterial {
  readonly material = new MeshBasicNodeMaterial({ side: DoubleSide });
  readonly #quantity: Quantity;
  readonly #table: DataTexture;
  readonly #low = uniform(-160);
  readonly #width = uniform(400);
  readonly #first = uniform(0);
  readonly #range = uniform(1);
  readonly #cutoff = uniform(1);
  readonly #opacity = uniform(0);

  /** @param values textures of the quantity, or the two whose difference it is */
  constructor(grid: Grid, hu: Data3DTexture, values: readonly Data3DTexture[], quantity: Quantity) {
    this.#quantity = quantity;
    const table = colorTexture(colors[quantity]);
    this.#table = table;
    const corner = grid.originMm.map((mm, a) => mm - grid.spacingMm[a] / 2);
    const extent = grid.size.map((n, a) => n * grid.spacingMm[a]);
    const at = positionWorld
      .sub(uniform(new Vector3(corner[0], corner[1], corner[2])))
      .div(uniform(new Vector3(extent[0], extent[1], extent[2])));
    const grey = texture3D(hu, at, 0).r.sub(this.#low).div(this.#width).clamp(0, 1);
    const first = texture3D(values[0], at, 0).r;
    const value = values.length === 1 ? first : first.sub(texture3D(values[1], at, 0).r);
    const t = value.sub(this.#first).div(this.#range).clamp(0, 1);
    const share = step(this.#cutoff, quantity === 'difference' ? abs(value) : value).mul(this.#opacity);
    this.material.colorNode = mix(vec3(grey, grey, grey), colorNode(table, t), share);
  }

  setStyle({ window, opacity, scales }: SliceStyle): void {
    this.#low.value = window.centre - window.width / 2;
    this.#width.value = Math.max(1, window.width);
    const { first, last, cutoff } = scales[this.#quantity];
    this.#first.value = first;
    this.#range.value = Math.max(1e-6, last - first);
    this.#cutoff.value = cutoff;
    this.#opacity.value = opacity;
  }

  dispose(): void {
    this.#table.dispose();
    this.material.dispose();
  }
}
