import { afterAll, describe, expect, it } from 'vitest';
import { type Device, upload } from '../../engine/compute/device.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { openDevice } from '../../kernels/device.ts';
import { maskOf } from '../../kernels/distance-transform/contract.ts';
import {
  distanceTransformScratchBytes,
  NO_SURFACE_M,
  prepareDistanceTransform,
} from '../../kernels/distance-transform/index.ts';
import { distanceTransformReference } from '../../kernels/distance-transform/reference.ts';
import { openWebGpu } from '../support/webgpu.ts';

const wasm = await openDevice({ prefer: 'wasm', threads: 2 });
const webgpu = await openWebGpu();
afterAll(() => Promise.all([wasm.close(), webgpu.close()]));

async function transform(device: Device, size: Vec3, spacingMm: Vec3, mask: Uint32Array): Promise<Float32Array> {
  const bits = upload(device, mask, 'bits');
  const scratch = device.allocate(distanceTransformScratchBytes(size, device.kind), 'scratch');
  const distance = device.allocate(Math.ceil((size[0] * size[1] * size[2]) / 4) * 16, 'distance');
  for (const launch of prepareDistanceTransform(device, { size, spacingMm }, { bits, scratch, distance })) {
    device.run(launch);
  }
  const result = new Float32Array(size[0] * size[1] * size[2]);
  await device.read(distance, result);
  for (const buffer of [bits, scratch, distance]) device.free(buffer);
  return result;
}

/** Largest error relative to the value itself: every distance is right, however small beside the largest. */
function worstRelative(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) worst = Math.max(worst, Math.abs(got[i] - wanted[i]) / Math.abs(wanted[i]));
  return worst;
}

/** Three squares, two sums, a square root and the spacings rounded to float32: six roundings of 6e-8 at most. */
const FLOAT32 = 4e-7;

describe.each([
  ['wasm', wasm],
  ['webgpu', webgpu],
] as const)('on %s', (_, device) => {
  for (const seed of [190, 191, 192, 193, 194, 195]) {
    it(`equals brute force voxel by voxel, seed ${seed}`, async () => {
      const random = seededRandom(seed);
      const size: Vec3 = [1 + Math.floor(19 * random()), 1 + Math.floor(14 * random()), 1 + Math.floor(14 * random())];
      const spacingMm: Vec3 = [0.3 + 4 * random(), 0.3 + 4 * random(), 0.3 + 4 * random()];
      const density = 10 ** (-3 * random());
      const mask = maskOf(size, () => random() < density);
      const got = await transform(device, size, spacingMm, mask);
      expect(worstRelative(got, distanceTransformReference({ size, spacingMm }, mask))).toBeLessThan(FLOAT32);
    });
  }

  it('of a half space is the distance to the plane halfway between the voxels', async () => {
    const size: Vec3 = [4, 5, 40];
    const got = await transform(
      device,
      size,
      [1, 2, 3],
      maskOf(size, (_i, _j, k) => k < 13),
    );
    const wanted = Float64Array.from(got, (_d, voxel) => (3 * (Math.floor(voxel / 20) - 12.5)) / 1000);
    expect(worstRelative(got, wanted)).toBeLessThan(FLOAT32);
  });

  it('of a box of voxels is the distance to the box, in closed form', async () => {
    const size: Vec3 = [40, 31, 26];
    const h: Vec3 = [1.5, 2, 3];
    const first = [12, 9, 7];
    const last = [25, 20, 16];
    const within = (...at: number[]): boolean => at.every((n, axis) => n >= first[axis] && n <= last[axis]);
    const got = await transform(device, size, h, maskOf(size, within));
    const wanted = Float64Array.from(got, (_d, voxel) => {
      const at = [voxel % 40, Math.floor(voxel / 40) % 31, Math.floor(voxel / (40 * 31))];
      // Signed distance to the faces of the box along each axis, faces half a voxel beyond the outermost centres.
      const q = at.map((n, axis) => h[axis] * Math.max(first[axis] - 0.5 - n, n - last[axis] - 0.5));
      const outside = Math.hypot(...q.map((value) => Math.max(0, value)));
      return (outside > 0 ? outside : Math.max(...q)) / 1000;
    });
    expect(worstRelative(got, wanted)).toBeLessThan(FLOAT32);
  });

  it('has no surface where all voxels are of one kind', async () => {
    const size: Vec3 = [3, 3, 3];
    const ones = await transform(
      device,
      size,
      [1, 1, 1],
      maskOf(size, () => true),
    );
    const zeros = await transform(
      device,
      size,
      [1, 1, 1],
      maskOf(size, () => false),
    );
    for (let i = 0; i < 27; i++) {
      expect(ones[i] / -NO_SURFACE_M).toBeCloseTo(1, 6);
      expect(zeros[i] / NO_SURFACE_M).toBeCloseTo(1, 6);
    }
  });
});

it('a ball of voxels is as far as the ball, to half the diagonal of a voxel', async () => {
  // The surface of the cells lies within half a diagonal of the sphere's on either side.
  const size: Vec3 = [64, 64, 64];
  const mask = maskOf(size, (i, j, k) => Math.hypot(i - 31.5, j - 31.5, k - 31.5) < 20);
  const got = await transform(wasm, size, [1, 1, 1], mask);
  let worst = 0;
  for (let voxel = 0; voxel < got.length; voxel++) {
    const [i, j, k] = [voxel % 64, Math.floor(voxel / 64) % 64, Math.floor(voxel / 4096)];
    const exactMm = Math.hypot(i - 31.5, j - 31.5, k - 31.5) - 20;
    worst = Math.max(worst, Math.abs(1000 * got[voxel] - exactMm));
  }
  expect(worst).toBeLessThan(Math.sqrt(3) / 2);
});

describe('refuses', () => {
  const buffers = (() => {
    const buffer = wasm.allocate(16, 'none');
    return { bits: buffer, scratch: buffer, distance: buffer };
  })();

  it.each<[string, Vec3, Vec3]>([
    ['a spacing of zero', [4, 4, 4], [1, 0, 1]],
    ['a negative spacing', [4, 4, 4], [1, 1, -2]],
    ['a spacing that is NaN', [4, 4, 4], [Number.NaN, 1, 1]],
    ['an infinite spacing', [4, 4, 4], [1, 1, Number.POSITIVE_INFINITY]],
    ['an empty volume', [4, 0, 4], [1, 1, 1]],
    ['a fraction of a voxel', [4, 2.5, 4], [1, 1, 1]],
    ['too many voxels', [512, 512, 512], [1, 1, 1]],
    ['too long an axis', [5000, 1, 1], [1, 1, 1]],
  ])('%s', (_, size, spacingMm) => {
    expect(() => prepareDistanceTransform(wasm, { size, spacingMm }, buffers)).toThrow(/outside/);
  });
});
