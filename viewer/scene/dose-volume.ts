import {
  Break,
  cameraPosition,
  exp,
  Fn,
  float,
  If,
  Loop,
  max,
  min,
  positionWorld,
  step,
  texture3D,
  uniform,
  vec3,
  vec4,
} from 'three/tsl';
import { BackSide, BoxGeometry, type Data3DTexture, Mesh, MeshBasicNodeMaterial, Vector3 } from 'three/webgpu';
import type { Grid } from '../../engine/core/grid.ts';
import { colorNode, colorTexture } from '../slices/color-texture.ts';
import type { Scale } from '../slices/slice-style.ts';
import { doseColor } from '../state/colors.ts';

/** Samples along a ray. */
const STEPS = 96;
/** What is nearly opaque hides the rest of its ray. */
const OPAQUE = 0.98;
/** Of the hottest dose so much makes 63 % opaque, at full density [mm]. */
const DEPTH_MM = 12;

/**
 * The dose as a cloud, marched along rays: colours as on slices, the denser the hotter. Surfaces inside of it shine through
 * only as far as it is thin: it is drawn over them.
 */
export class DoseVolume {
  readonly mesh: Mesh;
  readonly #low: readonly number[];
  readonly #high: readonly number[];
  readonly #from = uniform(new Vector3());
  readonly #to = uniform(new Vector3());
  readonly #first = uniform(0);
  readonly #range = uniform(1);
  readonly #cutoff = uniform(1);
  readonly #density = uniform(1);
  readonly #table = colorTexture(doseColor);
  readonly #material = new MeshBasicNodeMaterial({
    side: BackSide,
    transparent: true,
    depthTest: false,
    depthWrite: false,
  });

  /** @param dose [Gy], on the grid */
  constructor({ size, spacingMm, originMm }: Grid, dose: Data3DTexture) {
    this.#low = originMm.map((mm, a) => mm - spacingMm[a] / 2);
    this.#high = this.#low.map((mm, a) => mm + size[a] * spacingMm[a]);
    const corner = uniform(new Vector3(this.#low[0], this.#low[1], this.#low[2]));
    const extent = uniform(
      new Vector3(...([0, 1, 2].map((a) => this.#high[a] - this.#low[a]) as [number, number, number])),
    );
    this.#material.colorNode = Fn(() => {
      const direction = positionWorld.sub(cameraPosition).normalize();
      const inverse = vec3(1).div(direction);
      const [a, b] = [this.#from, this.#to].map((end) => vec3(end).sub(cameraPosition).mul(inverse));
      const [near, far] = [min(a, b), max(a, b)];
      const begin = max(max(near.x, max(near.y, near.z)), 0).toVar();
      const end = min(far.x, min(far.y, far.z));
      const stepMm = max(end.sub(begin), 0).div(STEPS).toVar();
      const color = vec3(0).toVar();
      const clear = float(1).toVar();
      Loop(STEPS, ({ i }) => {
        const at = cameraPosition.add(direction.mul(begin.add(stepMm.mul(float(i).add(0.5)))));
        const gy = texture3D(dose, at.sub(corner).div(extent), 0).r;
        const t = gy.sub(this.#first).div(this.#range).clamp(0, 1).toVar();
        const thickness = t.mul(t).mul(stepMm).mul(this.#density).div(DEPTH_MM).mul(step(this.#cutoff, gy));
        const share = float(1).sub(exp(thickness.negate())).toVar();
        color.addAssign(colorNode(this.#table, t).mul(share).mul(clear));
        clear.mulAssign(float(1).sub(share));
        If(clear.lessThan(1 - OPAQUE), () => {
          Break();
        });
      });
      const opacity = float(1).sub(clear);
      return vec4(color.div(max(opacity, 1e-4)), opacity);
    })();
    this.mesh = new Mesh(
      new BoxGeometry(...([0, 1, 2].map((n) => this.#high[n] - this.#low[n]) as [number, number, number])),
      this.#material,
    );
    this.mesh.position.set(...([0, 1, 2].map((n) => (this.#high[n] + this.#low[n]) / 2) as [number, number, number]));
    // After surfaces that are seen through.
    this.mesh.renderOrder = 3;
    this.mesh.visible = false;
    this.cut(undefined, 0, false);
  }

  /** @param density of the cloud, 0 to 1 */
  setStyle({ first, last, cutoff }: Scale, density: number): void {
    this.#first.value = first;
    this.#range.value = Math.max(1e-6, last - first);
    this.#cutoff.value = cutoff;
    this.#density.value = density;
  }

  /** Keeps what lies before a plane square to an axis of the patient, or behind it. */
  cut(axis: 0 | 1 | 2 | undefined, atMm: number, isFlipped: boolean): void {
    const [low, high] = [[...this.#low], [...this.#high]];
    if (axis !== undefined) {
      const held = Math.min(high[axis], Math.max(low[axis], atMm));
      (isFlipped ? low : high)[axis] = held;
    }
    this.#from.value.fromArray(low);
    this.#to.value.fromArray(high);
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.#material.dispose();
    this.#table.dispose();
  }
}
