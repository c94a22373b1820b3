import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upload } from '../../../engine/compute/device.ts';
import { requestGpu } from '../../../engine/compute/webgpu/adapter.ts';
import { adoptGpuDevice, type SharedGpuDevice } from '../../../engine/compute/webgpu/device.ts';
import { SubmissionQueue } from '../../../engine/compute/webgpu/queue.ts';
import { kernelModule } from '../../../kernels/device.ts';
import { prepareProjectedStep, STEP_PARAM } from '../../../kernels/vector/index.ts';

let gpu: GPUDevice;
let device: SharedGpuDevice;
beforeAll(async () => {
  const found = await requestGpu({ required: true });
  if (found === undefined) throw new Error('there is no WebGPU device');
  gpu = found.gpu;
  device = adoptGpuDevice(kernelModule(), found);
});
afterAll(() => gpu?.destroy());

describe('a device that a renderer shares', () => {
  it('keeps the order of writes, runs and reads over many batches', async () => {
    const w = upload(device, new Float32Array(4), 'w');
    const direction = upload(device, new Float32Array(4).fill(1), 'direction');
    const trial = device.allocate(16, 'trial');
    const launch = prepareProjectedStep(device, 4, { w, direction, trial });
    const seen: number[] = [];
    for (let n = 0; n < 100; n++) {
      device.write(w, new Float32Array(4).fill(n));
      launch.setParam(STEP_PARAM, n);
      device.run(launch);
      if (n % 10 !== 9) continue;
      const target = new Float32Array(4);
      await device.read(trial, target);
      seen.push(target[3]);
    }
    expect(seen).toEqual([18, 38, 58, 78, 98, 118, 138, 158, 178, 198]);
  });

  it('carries commands of others behind its own', async () => {
    const source = upload(device, new Float32Array([1, 2, 3, 4]), 'source');
    const target = device.allocate(16, 'target');
    device.record((encoder) =>
      encoder.copyBufferToBuffer(device.gpuBuffer(source), 0, device.gpuBuffer(target), 0, 16),
    );
    const read = new Float32Array(4);
    await device.read(target, read);
    expect([...read]).toEqual([1, 2, 3, 4]);
  });

  it('is left alive by those who close it', async () => {
    const other = adoptGpuDevice(kernelModule(), { name: 'other', gpu });
    await other.close();
    const buffer = upload(device, new Float32Array([7]), 'still here');
    const read = new Float32Array(1);
    await device.read(buffer, read);
    expect(read[0]).toBe(7);
  });
});

describe('batches', () => {
  /** A GPU that takes so long for each run [ms], on a clock that the test owns. */
  function slowGpu(): { queue: SubmissionQueue; gpu: { pending: (() => void)[] } } {
    const pending: (() => void)[] = [];
    const fake = { queue: { onSubmittedWorkDone: () => new Promise<void>((resolve) => pending.push(resolve)) } };
    return { queue: new SubmissionQueue(fake as unknown as GPUDevice, 8), gpu: { pending } };
  }

  it('go one at a time, and shrink where they take too long', async () => {
    const { queue, gpu: fake } = slowGpu();
    const handed: number[] = [];
    queue.submit(() => handed.push(1), 32);
    queue.submit(() => handed.push(2), 32);
    queue.do(() => handed.push(3));
    expect(handed).toEqual([1]);
    const before = queue.runsAtOnce;
    await new Promise((resolve) => setTimeout(resolve, 12));
    fake.pending.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(handed).toEqual([1, 2]);
    expect(queue.runsAtOnce).toBe(before / 2);
    fake.pending.shift()?.();
    await queue.handedOver();
    expect(handed).toEqual([1, 2, 3]);
  });
});
