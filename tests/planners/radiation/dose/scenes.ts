import type { Device } from '../../../../engine/compute/device.ts';
import type { BeamAngles } from '../../../../engine/core/frames.ts';
import { defaultHlut, relativeElectronDensity } from '../../../../engine/formats/hlut.ts';
import { centroidMm, createBeams } from '../../../../planners/radiation/beams/beam.ts';
import { voxelPositions } from '../../../../planners/radiation/dose/dose-grid.ts';
import { DoseOperator, type DoseSetup } from '../../../../planners/radiation/dose/operator.ts';
import { buildPhantom } from '../../../../sim/phantoms/registry.ts';
import { builtIn } from '../machine/water-tank.ts';

/** Gantry, couch, collimator [deg]. */
export type Angles = readonly [number, number, number];

export interface Scene {
  readonly phantom: 'tg119-cshape' | 'multi-target' | 'slab';
  readonly voxelMm: number;
  readonly bixelMm: number;
  readonly angles: readonly Angles[];
  readonly machine?: Parameters<typeof builtIn>[0];
}

const TARGETS = { 'tg119-cshape': 'PTV', 'multi-target': 'PTVSuperior', slab: 'Lung' } as const;
/** Half the side of the cube that is the target in the slab, whose structures fill it from edge to edge. */
const SLAB_TARGET_MM = 20;

export const coplanar = (count: number): Angles[] =>
  Array.from({ length: count }, (_, i) => [(360 * i) / count, 0, 0] as const);

/** Oblique, from behind, with the couch turned by 30 degrees either way and the collimator turned. */
export const nonCoplanar: readonly Angles[] = [
  [180, 0, 0],
  [35, 30, 0],
  [215, 30, 15],
  [300, -30, 90],
];

/** A dose problem in a phantom, dose wanted in all its voxels. */
export function sceneSetup(scene: Scene): DoseSetup {
  const patient = buildPhantom(scene.phantom, { voxelMm: scene.voxelMm });
  const { grid } = patient.structureSet;
  const wanted = TARGETS[scene.phantom];
  const structure = patient.structureSet.structures.find(({ name }) => name === wanted)?.voxels ?? new Uint32Array(0);
  const positions = voxelPositions(grid, structure);
  const targetVoxels = structure.filter(
    (_, i) =>
      scene.phantom !== 'slab' || ([0, 2] as const).every((a) => Math.abs(positions[4 * i + a]) < SLAB_TARGET_MM),
  );
  const density = relativeElectronDensity(patient.ct, defaultHlut);
  const model = builtIn(scene.machine ?? 'generic-6mv');
  const beams = createBeams({
    angles: scene.angles.map(
      ([gantryDeg, couchDeg, collimatorDeg]): BeamAngles => ({ gantryDeg, couchDeg, collimatorDeg }),
    ),
    isocenterMm: centroidMm(grid, targetVoxels),
    sadMm: model.sadMm,
    bixelMm: scene.bixelMm,
    density,
    targetVoxels,
  });
  return { model, beams, density, positions: voxelPositions(grid, patient.doseVoxels), fractions: 25 };
}

/** Forward and adjoint of one operator on host vectors. */
export class HostOperator {
  readonly operator: DoseOperator;
  readonly #device: Device;

  private constructor(device: Device, operator: DoseOperator) {
    this.#device = device;
    this.operator = operator;
  }

  static async create(device: Device, setup: DoseSetup): Promise<HostOperator> {
    return new HostOperator(device, await DoseOperator.create(device, setup));
  }

  async forward(weights: Float32Array): Promise<Float32Array> {
    return this.#apply(weights, this.operator.voxelCount, (from, to) => this.operator.prepareForward(from, to));
  }

  async adjoint(voxels: Float32Array): Promise<Float32Array> {
    return this.#apply(voxels, this.operator.bixelCount, (from, to) => this.operator.prepareAdjoint(from, to));
  }

  free(): void {
    this.operator.free();
  }

  async #apply(
    input: Float32Array,
    outLength: number,
    prepare: (
      from: ReturnType<Device['allocate']>,
      to: ReturnType<Device['allocate']>,
    ) => ReturnType<DoseOperator['prepareForward']>,
  ): Promise<Float32Array> {
    const device = this.#device;
    const from = device.allocate(vectorBytes(input.length), 'input');
    const to = device.allocate(vectorBytes(outLength), 'output');
    device.write(from, input);
    for (const launch of prepare(from, to)) device.run(launch);
    const out = new Float32Array(outLength);
    await device.read(to, out);
    device.free(from);
    device.free(to);
    return out;
  }
}

function vectorBytes(floats: number): number {
  return 16 * Math.ceil(floats / 4);
}
