import type { DeviceBuffer } from '../../engine/compute/device.ts';
import type { SharedGpuDevice } from '../../engine/compute/webgpu/device.ts';
import { type Grid, voxelCount } from '../../engine/core/grid.ts';

/** Marks a voxel without dose. */
const NONE = 0xffffffff;
/** GPUBufferUsage: storage, and to be copied from or written to. */
const STORAGE = 128;
const COPY_SOURCE = 4;
const COPY_TARGET = 8;
const UNIFORM = 64;
const THREADS = 64;

/** Thread = two neighbours along x: their doses as half floats, in rows as a copy to a texture wants them. */
const SHADER = `
struct Params { size: vec3u, wordsPerRow: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dose: array<f32>;
@group(0) @binding(2) var<storage, read> positions: array<u32>;
@group(0) @binding(3) var<storage, read_write> halves: array<u32>;

fn at(x: u32, row: u32) -> f32 {
  if (x >= params.size.x) { return 0.0; }
  let position = positions[x + params.size.x * row];
  if (position == ${NONE}u) { return 0.0; }
  return max(0.0, dose[position]);
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
  readonly #positions: GPUBuffer;
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
    this.#positions = buffer('dose of each voxel', 4 * voxelCount(grid), STORAGE | COPY_TARGET);
    this.#halves = buffer('dose as half floats', 4 * this.#wordsPerRow * ny * nz, STORAGE | COPY_SOURCE);
    gpu.queue.writeBuffer(this.#params, 0, Uint32Array.of(nx, ny, nz, this.#wordsPerRow));
    const positions = new Uint32Array(voxelCount(grid)).fill(NONE);
    for (let n = 0; n < doseVoxels.length; n++) positions[doseVoxels[n]] = n;
    gpu.queue.writeBuffer(this.#positions, 0, positions);
    const module = gpu.createShaderModule({ label: 'dose texture', code: SHADER });
    this.#pipeline = gpu.createComputePipeline({ label: 'dose texture', layout: 'auto', compute: { module } });
  }

  /** @param dose f32, total [Gy] of each dose voxel @param texture r16float, of the grid's size */
  write(dose: DeviceBuffer, texture: GPUTexture): void {
    const { gpu } = this.#device;
    const [nx, ny, nz] = this.#grid.size;
    const buffers = [this.#params, this.#device.gpuBuffer(dose), this.#positions, this.#halves];
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
    for (const buffer of [this.#params, this.#positions, this.#halves]) buffer.destroy();
  }
}
