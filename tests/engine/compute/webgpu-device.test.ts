import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Device, upload } from '../../../engine/compute/device.ts';
import { describeAdapter, openWebGpuDevice } from '../../../engine/compute/webgpu/device.ts';
import { kernelModule } from '../../../kernels/device.ts';
import { prepareProjectedStep, STEP_PARAM } from '../../../kernels/vector/index.ts';
import { openWebGpu } from '../../support/webgpu.ts';

let device: Device;
beforeAll(async () => {
  device = await openWebGpu();
});
afterAll(() => device?.close());

/** trial = max(0, w + step * direction) with w = 1 and direction = 1. */
function stepping(on: Device) {
  const w = upload(on, new Float32Array(4).fill(1), 'w');
  const direction = upload(on, new Float32Array(4).fill(1), 'direction');
  const trial = on.allocate(16, 'trial');
  return { w, trial, launch: prepareProjectedStep(on, 4, { w, direction, trial }) };
}

async function first(on: Device, buffer: ReturnType<Device['allocate']>): Promise<number> {
  const target = new Float32Array(1);
  await on.read(buffer, target);
  return target[0];
}

describe('order of calls', () => {
  it('changes a parameter only for the runs that follow', async () => {
    const { trial, launch } = stepping(device);
    const kept = [device.allocate(16, 'kept'), device.allocate(16, 'kept'), device.allocate(16, 'kept')];
    kept.forEach((buffer, i) => {
      launch.setParam(STEP_PARAM, 10 * (i + 1));
      device.run(launch);
      device.copy(trial, buffer, 16);
    });
    expect(await Promise.all(kept.map((buffer) => first(device, buffer)))).toEqual([11, 21, 31]);
  });

  it('writes behind runs that were made before', async () => {
    const { w, trial, launch } = stepping(device);
    device.run(launch);
    device.write(w, new Float32Array([100]));
    expect(await first(device, trial)).toBe(2);
    expect(await first(device, w)).toBe(100);
  });

  it('reads what was there when it was asked', async () => {
    const { trial, launch } = stepping(device);
    device.run(launch);
    const before = first(device, trial);
    device.clear(trial);
    expect(await Promise.all([before, first(device, trial)])).toEqual([2, 0]);
  });

  it('runs more launches than one submission holds', async () => {
    const { w, trial, launch } = stepping(device);
    for (let i = 0; i < 100; i++) {
      device.run(launch);
      device.copy(trial, w, 16);
    }
    await device.finish();
    expect(await first(device, w)).toBe(101);
  });
});

describe('memory', () => {
  it('is zero at first, and counted', async () => {
    const before = device.memory().usedBytes;
    const buffer = device.allocate(1000, 'counted');
    expect(buffer.byteLength).toBe(1008);
    expect(device.memory().usedBytes).toBe(before + 1008);
    const bytes = new Uint8Array(1001);
    await device.read(buffer, bytes);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    device.free(buffer);
    expect(device.memory().usedBytes).toBe(before);
  });

  it('names what is too large, and the limit', () => {
    expect(() => device.allocate(2 ** 45, 'dose maps')).toThrow(/dose maps needs .* MiB, .* allows .* MiB/);
  });

  it('refuses to write beyond a buffer', () => {
    const buffer = device.allocate(16, 'small');
    expect(() => device.write(buffer, new Float32Array(4), 4)).toThrow(/16 bytes at 4 of small \(16 bytes\)/);
  });
});

describe('faults', () => {
  it('throws from the next read what the GPU refused', async () => {
    const other = await openWebGpu();
    const { trial } = stepping(other);
    const spec = { kernel: 'vector', entry: 'noSuchEntry', params: [], buffers: [trial], tasks: 0 };
    other.prepare({ ...spec, workgroups: [1, 1, 1] });
    await expect(first(other, trial)).rejects.toMatchObject({
      code: 'device/rejected',
      message: expect.stringContaining('vector/noSuchEntry'),
    });
    await other.close();
  });

  it('says that the device is lost', async () => {
    const other = await openWebGpu();
    const { trial } = stepping(other);
    await other.close();
    await expect(first(other, trial)).rejects.toMatchObject({ code: 'device/lost' });
  });

  it('takes no software adapter unless WebGPU was asked for by name', async () => {
    const adapter = await describeAdapter();
    const automatic = await openWebGpuDevice(kernelModule(), { required: false });
    expect(automatic !== undefined).toBe(adapter.found && !adapter.software);
    await automatic?.close();
  });
});
