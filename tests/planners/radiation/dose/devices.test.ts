import { expect, it } from 'vitest';
import type { Device } from '../../../../engine/compute/device.ts';
import { seededRandom } from '../../../../engine/core/random.ts';
import { openDevice } from '../../../../kernels/device.ts';
import { openWebGpu } from '../../../support/webgpu.ts';
import { dot } from './exact-dose.ts';
import { HostOperator, nonCoplanar, sceneSetup } from './scenes.ts';

const largest = (x: Float32Array): number => x.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
const difference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((m, x, i) => Math.max(m, Math.abs(x - b[i])), 0);

// Seed 31. Software WebGPU, hence a small scene; rays, maps and sums are all formed anew on each device.
it('wasm and WebGPU agree on dose and gradient to 1e-4 of the maximum', async () => {
  const setup = sceneSetup({ phantom: 'tg119-cshape', voxelMm: 8, bixelMm: 5, angles: nonCoplanar });
  const random = seededRandom(31);
  const results: { dose: Float32Array; gradient: Float32Array }[] = [];
  let weights = new Float32Array(0);
  let slopes = new Float32Array(0);
  for (const open of [() => openDevice({ prefer: 'wasm' }), openWebGpu]) {
    const device: Device = await open();
    const operator = await HostOperator.create(device, setup);
    const { bixelCount, voxelCount } = operator.operator;
    if (weights.length === 0) {
      weights = Float32Array.from({ length: bixelCount }, random);
      slopes = Float32Array.from({ length: voxelCount }, random);
    }
    const dose = await operator.forward(weights);
    const gradient = await operator.adjoint(slopes);
    expect(Math.abs(dot(dose, slopes) / dot(weights, gradient) - 1)).toBeLessThan(1e-5);
    results.push({ dose, gradient });
    operator.free();
    await device.close();
  }
  const [wasm, webgpu] = results;
  expect(difference(wasm.dose, webgpu.dose)).toBeLessThan(1e-4 * largest(wasm.dose));
  expect(difference(wasm.gradient, webgpu.gradient)).toBeLessThan(1e-4 * largest(wasm.gradient));
});
