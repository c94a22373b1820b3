import type { Vec3 } from '../../engine/core/grid.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { defineKernel, type KernelCase } from '../contract.ts';
import {
  bitMaskLength,
  type DistanceTransformShape,
  distanceTransformScratchBytes,
  prepareDistanceTransform,
  wordsPerRow,
} from './index.ts';
import { distanceTransformReference } from './reference.ts';

/** Bits of the voxels for which `inside` holds; those beyond the end of a row are set, because they must not matter. */
export function maskOf(size: Vec3, inside: (i: number, j: number, k: number) => boolean): Uint32Array {
  const [nx, ny, nz] = size;
  const words = wordsPerRow(size);
  const bits = new Uint32Array(bitMaskLength(size));
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < 32 * words; i++) {
        if (i >= nx || inside(i, j, k)) bits[(j + ny * k) * words + (i >> 5)] |= 1 << (i & 31);
      }
    }
  }
  return bits;
}

type Inside = (i: number, j: number, k: number) => boolean;

function transformCase(name: string, size: Vec3, spacingMm: Vec3, inside: Inside): KernelCase<DistanceTransformShape> {
  return {
    name,
    params: { size, spacingMm },
    inputs: { bits: maskOf(size, inside) },
    outputs: { distance: { type: 'f32', length: size[0] * size[1] * size[2] } },
    scratch: {
      scratch: Math.max(distanceTransformScratchBytes(size, 'wasm'), distanceTransformScratchBytes(size, 'webgpu')),
    },
  };
}

function randomVoxels(seed: number, density: number): Inside {
  const random = seededRandom(seed);
  return () => random() < density;
}

export const distanceTransform = defineKernel<DistanceTransformShape>({
  name: 'distance-transform',
  doc: 'exact signed Euclidean distance from every voxel centre to the surface of a region of voxels',
  inputs: { bits: 'u32[nz][ny][words] one bit a voxel' },
  outputs: { distance: 'f32[nz][ny][nx] m, negative inside' },
  tolerance: {
    relative: 5e-7,
    why: 'a float32 square root of three squares; which cell is nearest is decided exactly',
  },
  cases: [
    transformCase('one voxel, no surface', [1, 1, 1], [1, 1, 1], () => true),
    transformCase('nothing inside', [5, 3, 2], [1, 2, 3], () => false),
    transformCase('one voxel in a corner', [9, 7, 6], [1, 1, 1], (i, j, k) => i + j + k === 0),
    transformCase('one voxel outside', [7, 9, 5], [0.5, 2, 3], (i, j, k) => !(i === 3 && j === 4 && k === 2)),
    transformCase('a single row', [70, 1, 1], [2.5, 1, 1], (i) => i % 33 < 5),
    transformCase('a single column', [1, 37, 1], [1, 0.7, 1], (_i, j) => j > 20),
    transformCase('a single line along z', [1, 1, 41], [1, 1, 3], (_i, _j, k) => k === 7 || k > 30),
    transformCase('half full at random', [33, 10, 9], [3.9, 3.9, 2.5], randomVoxels(180, 0.5)),
    transformCase('sparse at random', [17, 16, 13], [1, 1.5, 4], randomVoxels(181, 0.002)),
    transformCase('nearly full at random', [15, 13, 16], [3, 2, 1], randomVoxels(182, 0.995)),
    transformCase('a hollow ball', [15, 17, 16], [1.1, 1, 0.9], (i, j, k) => {
      const r = Math.hypot(i - 7, j - 8, k - 7);
      return r < 7 && r > 3;
    }),
    transformCase('columns beyond a tile', [35, 12, 6], [1, 1, 1], (i, j, k) => (i * 7 + j * 3 + k * 5) % 41 === 0),
  ],
  cost: ({ params: { size } }) => {
    const voxels = size[0] * size[1] * size[2];
    return { flops: 40 * voxels, bytes: 12 * voxels };
  },
  reference: ({ params, inputs }) => ({ distance: distanceTransformReference(params, inputs.bits as Uint32Array) }),
  prepare: (device, { params }, { bits, scratch, distance }) =>
    prepareDistanceTransform(device, params, { bits, scratch, distance }),
});
