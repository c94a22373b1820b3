import { type EventDispatcher, Mesh, OrthographicCamera, PlaneGeometry, Scene } from 'three/webgpu';
import type { Grid } from '../../engine/core/grid.ts';
import type { SliceAxis } from '../engine/messages.ts';
import type { StageView } from '../scene/stage.ts';
import { type Framing, looks } from './slice-geometry.ts';
import type { SliceMaterial } from './slice-material.ts';

/** One slice as the stage draws it: a plane through the volume, seen square on. Lengths in mm, LPS. */
export class SliceScene implements StageView {
  readonly element: HTMLElement;
  readonly scene = new Scene();
  readonly camera = new OrthographicCamera(-1, 1, 1, -1, 1, 5000);
  readonly #axis: SliceAxis;
  readonly #plane: Mesh;
  #framing: Framing | undefined;

  constructor(element: HTMLElement, axis: SliceAxis, grid: Grid, material: SliceMaterial) {
    this.element = element;
    this.#axis = axis;
    const { across, up } = looks[axis];
    const extent = (a: number): number => grid.size[a] * grid.spacingMm[a];
    const middle = (a: number): number => grid.originMm[a] + ((grid.size[a] - 1) / 2) * grid.spacingMm[a];
    this.#plane = new Mesh(new PlaneGeometry(extent(across), extent(up)), material.material);
    this.#plane.frustumCulled = false;
    // The plane is made in its own x and y; its columns say where these point in the patient.
    const matrix = this.#plane.matrix;
    matrix.identity();
    const columns = [across, up, axis];
    for (let c = 0; c < 3; c++) {
      for (let r = 0; r < 3; r++) matrix.elements[4 * c + r] = columns[c] === r ? 1 : 0;
      matrix.elements[12 + c] = middle(c);
    }
    this.#plane.matrixAutoUpdate = false;
    this.scene.add(this.#plane);
    this.scene.background = null;
  }

  /** @returns whether that changes the image */
  show(framing: Framing, positionMm: number): boolean {
    const { elements } = this.#plane.matrix;
    if (this.#framing === framing && elements[12 + this.#axis] === positionMm) return false;
    this.#framing = framing;
    elements[12 + this.#axis] = positionMm;
    this.#plane.matrixWorldNeedsUpdate = true;
    return true;
  }

  fit(width: number, height: number): void {
    const framing = this.#framing;
    if (framing === undefined) return;
    const { across, acrossSign, up, upSign } = looks[this.#axis];
    const { camera } = this;
    const w = (width * framing.mmPerPixel) / 2;
    const h = (height * framing.mmPerPixel) / 2;
    camera.left = -w;
    camera.right = w;
    camera.top = h;
    camera.bottom = -h;
    const right = [0, 0, 0];
    right[across] = acrossSign;
    const top = [0, 0, 0];
    top[up] = upSign;
    const back = [
      right[1] * top[2] - right[2] * top[1],
      right[2] * top[0] - right[0] * top[2],
      right[0] * top[1] - right[1] * top[0],
    ];
    const at = [0, 0, 0];
    at[across] = framing.acrossMm;
    at[up] = framing.upMm;
    at[this.#axis] = this.#plane.matrix.elements[12 + this.#axis];
    camera.up.set(top[0], top[1], top[2]);
    camera.position.set(at[0] + 2000 * back[0], at[1] + 2000 * back[1], at[2] + 2000 * back[2]);
    camera.lookAt(at[0], at[1], at[2]);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
  }

  /** Gives back what the renderer keeps for it; the material is shared. */
  dispose(): void {
    this.#plane.geometry.dispose();
    (this.#plane as EventDispatcher<{ dispose: object }>).dispatchEvent({ type: 'dispose' });
  }
}
