import type { DeviceBuffer } from '../../engine/compute/device.ts';
import type { SharedGpuDevice } from '../../engine/compute/webgpu/device.ts';
import type { PatientView } from '../engine/messages.ts';
import type { Stage } from '../scene/stage.ts';
import { DoseTexture } from './dose-texture.ts';
import type { SliceImages } from './slice-images.ts';

/** Least time between two doses that are brought to the screen straight from the device [ms]: a frame of most screens. */
const EVERY_MS = 16;

/** Shows the planner's doses as they come, on the device that planner and stage share. */
export class DeviceDose {
  readonly #stage: Stage;
  readonly #images: SliceImages;
  readonly #view: PatientView;
  #texture: DoseTexture | undefined;
  /** What the texture was made with: each planner has a queue of its own on the device. */
  #device: SharedGpuDevice | undefined;
  #shownMs = Number.NEGATIVE_INFINITY;

  constructor(stage: Stage, images: SliceImages, view: PatientView) {
    this.#stage = stage;
    this.#images = images;
    this.#view = view;
  }

  /** @param isLast whether the plan comes to rest with this dose */
  readonly show = (device: SharedGpuDevice, dose: DeviceBuffer, isLast: boolean): void => {
    const target = this.#stage.gpuTexture(this.#images.texture('plan'));
    if (target === undefined || (!isLast && performance.now() - this.#shownMs < EVERY_MS)) return;
    this.#shownMs = performance.now();
    if (device !== this.#device) {
      this.#texture?.dispose();
      this.#texture = undefined;
      this.#device = device;
    }
    this.#texture ??= new DoseTexture(device, this.#view.grid, this.#view.doseVoxels);
    this.#texture.write(dose, target);
    // What goes wrong on the device, the planner meets and tells.
    device.finish().then(
      () => this.#stage.draw(),
      () => {},
    );
  };

  dispose(): void {
    this.#texture?.dispose();
  }
}
