import type { DeviceBuffer } from '../../engine/compute/device.ts';
import type { SharedGpuDevice } from '../../engine/compute/webgpu/device.ts';
import { type Grid, voxelCount } from '../../engine/core/grid.ts';

/** GPUBufferUsage: storage, and to be copied from or written to. */
const STORAGE = 128;
const COPY_SOURCE = 4;
const COPY_TARGET = 8;
const UNIFORM = 64;
const THREADS = 64;
/** Workgroups along one axis at most. */
const MOST_GROUPS = 65_535;

/**
 * `place`: thread = dose voxel; the voxel of the grid learns its place in the dose, counted from 1, since new memory is zero.
 * `pack`: thread = two neighbours along x: their doses as half floats, in rows as a copy to a texture wants them.
 */
const SHADER = `
struct Params { size: vec3u, wordsPerRow: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dose: array<f32>;
@group(0) @binding(2) var<storage, read_write> places: array<u32>;
@group(0) @binding(3) var<storage, read_write> halves: array<u32>;
@group(0) @binding(4) var<storage, read> voxels: array<u32>;

@compute @workgroup_size(${THREADS})
fn place(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = id.x + ${THREADS}u * groups.x * id.y;
  if (n < arrayLength(&voxels)) { places[voxels[n]] = n + 1u; }
}

fn at(x: u32, row: u32) -> f32 {
  if (x >= params.size.x) { return 0.0; }
  let place = places[x + params.size.x * row];
  if (place == 0u) { return 0.0; }
  return max(0.0, dose[place - 1u]);
}

@compute @workgroup_size(${THREADS})
fn pack(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.wordsPerRow) { return; }
  let row = id.y + params.size.y * id.z;
  halves[id.x + params.wordsPerRow * row] = pack2x16float(vec2f(at(2u * id.x, row), at(2u * id.x + 1u, row)));
}`;

/**
 * Brings a dose from the planner's memory into a texture of the renderer without leaving the device that both share: a kernel
 * spreads it over the grid as half floats, and a copy puts these into the texture. Half floats in one channel can be filtered on
 * every device, but no kernel can write them into a texture; float32 could be written, and filtered on some.
 */
export class DoseTexture {
  readonly #device: SharedGpuDevice;
  readonly #grid: Grid;
  readonly #wordsPerRow: number;
  readonly #pipeline: GPUComputePipeline;
  readonly #params: GPUBuffer;
  readonly #places: GPUBuffer;
  readonly #halves: GPUBuffer;

  /** @param doseVoxels voxel of the grid of each dose */
  constructor(device: SharedGpuDevice, grid: Grid, doseVoxels: Uint32Array) {
    this.#device = device;
    this.#grid = grid;
    const [nx, ny, nz] = grid.size;
    // A row of a copy is a multiple of 256 bytes.
    this.#wordsPerRow = 64 * Math.ceil(nx / 128);
    const { gpu } = device;
    const buffer = (label: string, size: number, usage: number): GPUBuffer => gpu.createBuffer({ label, size, usage });
    this.#params = buffer('size of the dose texture', 16, UNIFORM | COPY_TARGET);
    this.#places = buffer('dose of each voxel', 4 * voxelCount(grid), STORAGE);
    this.#halves = buffer('dose as half floats', 4 * this.#wordsPerRow * ny * nz, STORAGE | COPY_SOURCE);
    gpu.queue.writeBuffer(this.#params, 0, Uint32Array.of(nx, ny, nz, this.#wordsPerRow));
    const module = gpu.createShaderModule({ label: 'dose texture', code: SHADER });
    const pipeline = (entryPoint: string): GPUComputePipeline =>
      gpu.createComputePipeline({
        label: `dose texture, ${entryPoint}`,
        layout: 'auto',
        compute: { module, entryPoint },
      });
    this.#pipeline = pipeline('pack');
    this.#place(pipeline('place'), doseVoxels);
  }

  /** Done on the device: a grid may have more voxels than the page has time for. */
  #place(pipeline: GPUComputePipeline, doseVoxels: Uint32Array): void {
    const { gpu } = this.#device;
    const size = Math.max(4, doseVoxels.byteLength);
    const voxels = gpu.createBuffer({ label: 'dose voxels', size, usage: STORAGE | COPY_TARGET });
    gpu.queue.writeBuffer(voxels, 0, doseVoxels as Uint32Array<ArrayBuffer>);
    const bindings = gpu.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 2, resource: { buffer: this.#places } },
        { binding: 4, resource: { buffer: voxels } },
      ],
    });
    const groups = Math.ceil(doseVoxels.length / THREADS);
    const rows = Math.ceil(groups / MOST_GROUPS);
    this.#device.record((encoder) => {
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups(Math.ceil(groups / rows), rows);
      pass.end();
    });
    void this.#device.finish().then(
      () => voxels.destroy(),
      // What goes wrong on the device, the planner meets and tells.
      () => {},
    );
  }

  /** @param dose f32, total [Gy] of each dose voxel @param texture r16float, of the grid's size */
  write(dose: DeviceBuffer, texture: GPUTexture): void {
    const { gpu } = this.#device;
    const [nx, ny, nz] = this.#grid.size;
    const buffers = [this.#params, this.#device.gpuBuffer(dose), this.#places, this.#halves];
    const bindings = gpu.createBindGroup({
      layout: this.#pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    this.#device.record((encoder) => {
      const pass = encoder.beginComputePass();
      pass.setPipeline(this.#pipeline);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups(Math.ceil(this.#wordsPerRow / THREADS), ny, nz);
      pass.end();
      encoder.copyBufferToTexture(
        { buffer: this.#halves, bytesPerRow: 4 * this.#wordsPerRow, rowsPerImage: ny },
        { texture },
        [nx, ny, nz],
      );
    });
  }

  dispose(): void {
    for (const buffer of [this.#params, this.#places, this.#halves]) buffer.destroy();
  }
}
