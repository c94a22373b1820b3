import { cpus } from 'node:os';
import { upload } from '../../engine/compute/device.ts';
import type { Vec3 } from '../../engine/core/grid.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { openDevice } from '../../kernels/device.ts';
import { maskOf } from '../../kernels/distance-transform/contract.ts';
import { distanceTransformScratchBytes, prepareDistanceTransform } from '../../kernels/distance-transform/index.ts';
import { timeLaunches } from '../timing.ts';

/**
 * `node dist/bench/motion/distance-transform.js [wasm|webgpu] [side]`: the exact distance transform of a cube of voxels, on
 * one thread and on all, for regions of different kinds.
 */
async function main(): Promise<void> {
  const prefer = process.argv[2] === 'webgpu' ? 'webgpu' : 'wasm';
  const side = Number(process.argv[3] ?? 256);
  const size: Vec3 = [side, side, side];
  const half = (side - 1) / 2;
  const random = seededRandom(41);
  const ball = (radius: number) => (i: number, j: number, k: number) =>
    (i - half) ** 2 + (j - half) ** 2 + (k - half) ** 2 < radius ** 2;
  const regions = {
    'one voxel': maskOf(size, (i, j, k) => i === 3 && j === 5 && k === 7),
    'a ball of a quarter of the side': maskOf(size, ball(side / 4)),
    'half full at random': maskOf(size, () => random() < 0.5),
    'one in a thousand at random': maskOf(size, () => random() < 1e-3),
  };
  console.log(`distance transform of ${size.join(' x ')} voxels, 1 x 1 x 1.5 mm, on ${cpus()[0].model.trim()}`);
  for (const threads of prefer === 'wasm' ? [1, cpus().length] : [1]) {
    const device = await openDevice({ prefer, threads });
    for (const [name, mask] of Object.entries(regions)) {
      const bits = upload(device, mask, 'bits');
      const scratch = device.allocate(distanceTransformScratchBytes(size, device.kind), 'scratch');
      const distance = device.allocate(4 * side ** 3, 'distance');
      const launches = prepareDistanceTransform(device, { size, spacingMm: [1, 1, 1.5] }, { bits, scratch, distance });
      const { medianMs, minMs } = await timeLaunches(name, device, launches);
      console.log(
        `${device.kind}, ${threads} threads, ${name}: median ${medianMs.toFixed(0)} ms, least ${minMs.toFixed(0)} ms`,
      );
      for (const buffer of [bits, scratch, distance]) device.free(buffer);
    }
    await device.close();
  }
}

await main();
process.exit(0);
