import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Device, type DeviceBuffer, upload } from '../../../engine/compute/device.ts';
import { RemoteDevice } from '../../../engine/compute/remote/device.ts';
import { type ServedDevice, serveDevice } from '../../../engine/compute/remote/serve.ts';
import { inputError } from '../../../engine/core/errors.ts';
import { defaultHlut } from '../../../engine/formats/hlut.ts';
import { openDevice } from '../../../kernels/device.ts';
import { prepareProjectedStep, STEP_PARAM } from '../../../kernels/vector/index.ts';
import { equispacedAngles } from '../../../planners/radiation/beams/beam.ts';
import { builtinMachine } from '../../../planners/radiation/machine/registry.ts';
import { LivePlan } from '../../../planners/radiation/planning/live-plan.ts';
import { builtinProtocol } from '../../../planners/radiation/protocol/registry.ts';
import { buildPhantom } from '../../../sim/phantoms/registry.ts';

/** Refused by {@link strict}, as a GPU refuses what is above its limits. */
const LARGEST_BYTES = 256 * 1024 * 1024;

let device: Device;
let served: ServedDevice;
let remote: RemoteDevice;
const shown: { buffer: DeviceBuffer; isLast: boolean }[] = [];
beforeEach(async () => {
  device = await openDevice({ prefer: 'wasm', threads: 1 });
  served = serveDevice(strict(device), (buffer, isLast) => shown.push({ buffer, isLast }));
  remote = new RemoteDevice(served.end);
});
afterEach(async () => {
  served.close();
  shown.length = 0;
  await device.close();
});

function strict(own: Device): Device {
  return new Proxy(own, {
    get: (target, key) => {
      if (key === 'allocate') {
        return (byteLength: number, label: string) => {
          if (byteLength > LARGEST_BYTES) throw inputError('device/buffer-too-large', `${label} is too large`, 'less');
          return target.allocate(byteLength, label);
        };
      }
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('a device of another thread', () => {
  it('carries out calls in their order, with the contents that they had when they were made', async () => {
    const w = upload(remote, new Float32Array(4), 'w');
    const direction = upload(remote, new Float32Array(4).fill(1), 'direction');
    const trial = remote.allocate(16, 'trial');
    const launch = prepareProjectedStep(remote, 4, { w, direction, trial });
    const values = new Float32Array(4);
    const target = new Float32Array(4);
    for (let n = 0; n < 20; n++) {
      remote.write(w, values.fill(n));
      values.fill(-1);
      launch.setParam(STEP_PARAM, n);
      remote.run(launch);
      await remote.read(trial, target);
      expect(target[3]).toBe(2 * n);
    }
    remote.show(trial, true);
    remote.clear(w);
    remote.copy(trial, w, 16);
    await remote.read(w, target);
    expect(target).toEqual(new Float32Array(4).fill(38));
    expect(shown).toMatchObject([{ buffer: { label: 'trial' }, isLast: true }]);
  });

  it('sends in pieces what is large, and reads part of a buffer', async () => {
    const data = Uint32Array.from({ length: 3_000_001 }, (_, n) => n);
    const buffer = upload(remote, data, 'large');
    const back = new Uint32Array(data.length);
    await remote.read(buffer, back);
    expect(Buffer.compare(Buffer.from(back.buffer), Buffer.from(data.buffer))).toBe(0);
    const part = new Uint32Array(3);
    await remote.read(buffer, part, 4 * 2_999_990);
    expect([...part]).toEqual([2_999_990, 2_999_991, 2_999_992]);
  });

  it('tells what failed at the next read, leaves what was built on it, and goes on', async () => {
    const before = upload(remote, Uint32Array.of(1, 2, 3, 4), 'before');
    const large = remote.allocate(LARGEST_BYTES + 16, 'rays');
    remote.write(large, Uint32Array.of(5));
    const target = new Uint32Array(4);
    await expect(remote.read(before, target)).rejects.toMatchObject({
      code: 'device/buffer-too-large',
      message: 'rays is too large',
      origin: 'input',
    });
    remote.free(large);
    await remote.read(before, target);
    expect([...target]).toEqual([1, 2, 3, 4]);
  });

  it('gives back what the other thread held', async () => {
    const before = device.memory().usedBytes;
    upload(remote, new Float32Array(1024), 'held');
    await remote.finish();
    expect(device.memory().usedBytes).toBe(before + 4096);
    expect(remote.memory()).toEqual({ usedBytes: 4096, peakBytes: 4096 });
    served.close();
    expect(device.memory().usedBytes).toBe(before);
  });

  it('plans bit for bit as the device itself does', async () => {
    const protocol = builtinProtocol('tg119-cshape');
    const request = {
      patient: buildPhantom('tg119-cshape', { voxelMm: 10 }),
      protocol,
      model: builtinMachine('generic-6mv'),
      angles: equispacedAngles(5),
      bixelMm: 10,
      hlut: defaultHlut,
    };
    const plans: Float32Array[] = [];
    for (const one of [device, remote]) {
      const live = await LivePlan.create(one, request);
      await live.optimize(protocol.objectives);
      plans.push(live.dose.slice());
      live.free();
    }
    expect(plans[1]).toEqual(plans[0]);
    expect(plans[0].some((gy) => gy > 40)).toBe(true);
    await remote.finish();
  });
});
