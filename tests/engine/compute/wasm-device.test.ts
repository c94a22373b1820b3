import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Device, type DeviceBuffer, upload } from '../../../engine/compute/device.ts';
import { wasmThreads } from '../../../engine/compute/open.ts';
import { Arena } from '../../../engine/compute/wasm/arena.ts';
import { IsocenterError } from '../../../engine/core/errors.ts';
import { openDevice } from '../../../kernels/device.ts';
import { prepareGatherScale, prepareProjectedStep, STEP_PARAM, VECTOR_CHUNK } from '../../../kernels/vector/index.ts';

const PAGE = 65536;

function arenaOf(pages: number, heapBase = 0): Arena {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 100, shared: true });
  return new Arena(memory, heapBase, pages * PAGE);
}

function errorOf(run: () => unknown): IsocenterError {
  try {
    run();
  } catch (error) {
    if (error instanceof IsocenterError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('arena', () => {
  it('places blocks above the heap base, on cache lines, without overlap', () => {
    const arena = arenaOf(10, 1000);
    const blocks = [1, 64, 65, 0, 1000].map((size) => [arena.allocate(size, 'block'), size]);
    expect(blocks[0][0]).toBe(1024);
    for (const [address] of blocks) expect(address % 64).toBe(0);
    for (let i = 1; i < blocks.length; i++) {
      expect(blocks[i][0]).toBeGreaterThanOrEqual(blocks[i - 1][0] + Math.max(1, blocks[i - 1][1]));
    }
    expect(arena.usedBytes).toBe(64 + 64 + 128 + 64 + 1024);
  });

  it('joins free neighbours, in whatever order they were freed', () => {
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const arena = arenaOf(10);
      const blocks = [640, 1280, 640].map((size) => arena.allocate(size, 'block'));
      const after = arena.allocate(64, 'after');
      for (const i of order) arena.free(blocks[i]);
      expect(arena.usedBytes).toBe(64);
      expect(arena.allocate(640 + 1280 + 640, 'whole')).toBe(blocks[0]);
      expect(arena.allocate(64, 'next')).toBe(after + 64);
    }
  });

  it('takes the first free block that is large enough, and leaves its rest free', () => {
    const arena = arenaOf(10);
    const [a, , c] = [64, 64, 640, 64].map((size) => arena.allocate(size, 'block'));
    arena.free(a);
    arena.free(c);
    expect(arena.allocate(128, 'b')).toBe(c);
    expect(arena.allocate(64, 'b')).toBe(a);
    expect(arena.allocate(512, 'b')).toBe(c + 128);
  });

  it('hands out zeros, also where something else was before', () => {
    const arena = arenaOf(10);
    const a = arena.allocate(256, 'a');
    new Uint8Array(arena.memory.buffer, a, 256).fill(7);
    arena.free(a);
    const b = arena.allocate(256, 'b');
    expect(b).toBe(a);
    expect(new Uint8Array(arena.memory.buffer, b, 256).every((byte) => byte === 0)).toBe(true);
  });

  it('remembers the most that was in use, and ignores a second free', () => {
    const arena = arenaOf(10);
    const a = arena.allocate(640, 'a');
    arena.allocate(64, 'b');
    arena.free(a);
    arena.free(a);
    arena.free(12345);
    expect([arena.usedBytes, arena.peakBytes]).toEqual([64, 704]);
  });

  it('grows the memory, and fails with the name and the limit where it cannot', () => {
    const arena = arenaOf(3);
    arena.allocate(2 * PAGE, 'maps');
    expect(arena.memory.buffer.byteLength).toBe(2 * PAGE);
    const error = errorOf(() => arena.allocate(1.5 * PAGE, 'fluence maps'));
    expect(error.code).toBe('device/out-of-memory');
    expect(error.message).toContain('fluence maps');
    expect(error.hint).not.toBe('');
    // What fits still does.
    arena.allocate(PAGE, 'the rest');
    expect(arena.memory.buffer.byteLength).toBe(3 * PAGE);
  });

  it('keeps blocks apart through many allocations and frees, seed 1', () => {
    const arena = arenaOf(20);
    let state = 1;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const blocks: { address: number; size: number }[] = [];
    for (let step = 0; step < 2000; step++) {
      if (blocks.length > 0 && random(2) === 0) {
        const [block] = blocks.splice(random(blocks.length), 1);
        arena.free(block.address);
      } else if (blocks.length < 40) {
        const size = 1 + random(5000);
        const address = arena.allocate(size, 'block');
        for (const other of blocks) {
          expect(address + size <= other.address || other.address + other.size <= address).toBe(true);
        }
        blocks.push({ address, size });
      }
    }
    for (const { address } of blocks) arena.free(address);
    expect(arena.usedBytes).toBe(0);
  });
});

describe('buffers', async () => {
  const device = await openDevice({ prefer: 'wasm', threads: 1 });
  afterAll(() => device.close());

  it('are zero, and are written and read in ranges', async () => {
    const buffer = device.allocate(64, 'buffer');
    const words = new Uint32Array(16);
    await device.read(buffer, words);
    expect(words.every((word) => word === 0)).toBe(true);
    device.write(buffer, Float32Array.of(1, 2, 3), 16);
    // A view into a larger array is written as the view, not as the array.
    device.write(buffer, new Float32Array([9, 9, 4, 5, 9]).subarray(2, 4), 56);
    const target = new Float32Array(5);
    await device.read(buffer, target, 12);
    expect([...target]).toEqual([0, 1, 2, 3, 0]);
    const bytes = new Uint8Array(8);
    await device.read(buffer, bytes.subarray(2, 6), 56);
    expect([...bytes]).toEqual([0, 0, 0, 0, 128, 64, 0, 0]);
    device.free(buffer);
  });

  it('are cleared and copied', async () => {
    const a = upload(device, Uint32Array.of(1, 2, 3, 4), 'a');
    const b = upload(device, Uint32Array.of(5, 6, 7, 8), 'b');
    device.copy(a, b, 8);
    const target = new Uint32Array(4);
    await device.read(b, target);
    expect([...target]).toEqual([1, 2, 7, 8]);
    device.clear(b);
    await device.read(b, target);
    expect([...target]).toEqual([0, 0, 0, 0]);
    expect(upload(device, new Uint8Array(0), 'nothing').byteLength).toBe(16);
    expect(upload(device, new Uint8Array(17), 'odd').byteLength).toBe(32);
  });

  it('refuse ranges beyond their end', async () => {
    const buffer = device.allocate(32, 'small buffer');
    const codes: string[] = [];
    codes.push(errorOf(() => device.write(buffer, new Uint8Array(33))).code);
    codes.push(errorOf(() => device.write(buffer, new Uint8Array(4), 29)).code);
    codes.push(errorOf(() => device.copy(buffer, buffer, 48)).code);
    expect(codes).toEqual(['device/out-of-range', 'device/out-of-range', 'device/out-of-range']);
    await expect(device.read(buffer, new Float32Array(8), 4)).rejects.toThrow('small buffer');
  });

  it('count towards the memory in use', () => {
    const before = device.memory().usedBytes;
    const buffer = device.allocate(1 << 20, 'a mebibyte');
    expect(device.memory().usedBytes).toBe(before + (1 << 20));
    device.free(buffer);
    expect(device.memory().usedBytes).toBe(before);
    expect(device.memory().peakBytes).toBeGreaterThanOrEqual(before + (1 << 20));
  });

  it('that do not fit end in an error that says what to do, and the device goes on', async () => {
    const error = errorOf(() => device.allocate(5 * 2 ** 30, 'dose of 900 beams'));
    expect(error.code).toBe('device/out-of-memory');
    expect(error.message).toContain('5120.0 MiB for dose of 900 beams');
    expect(error.hint).toContain('fewer beams');
    expect(device.allocate(16, 'small').byteLength).toBe(16);
  });
});

/** A projected step on n elements with w = 1 and direction = i mod 5. */
function stepLaunch(device: Device, n: number) {
  const w = upload(device, new Float32Array(n).fill(1), 'w');
  const direction = upload(
    device,
    Float32Array.from({ length: n }, (_, i) => i % 5),
    'direction',
  );
  const trial = device.allocate(Math.ceil(n / 4) * 16, 'trial');
  return { launch: prepareProjectedStep(device, n, { w, direction, trial }), trial };
}

async function floats(device: Device, buffer: DeviceBuffer, n: number): Promise<Float32Array> {
  const target = new Float32Array(n);
  await device.read(buffer, target);
  return target;
}

describe('launches', async () => {
  const devices = await Promise.all([1, 2, 4].map((threads) => openDevice({ prefer: 'wasm', threads })));
  afterAll(() => Promise.all(devices.map((device) => device.close())));

  it('the device has the threads that were asked for, and says what it is', () => {
    expect(devices.map((device) => device.threads)).toEqual([1, 2, 4]);
    for (const device of devices) expect([device.kind, device.name.length > 0]).toEqual(['wasm', true]);
  });

  it('take their arguments anew at each run', async () => {
    for (const device of devices) {
      const { launch, trial } = stepLaunch(device, 10);
      device.run(launch);
      expect([...(await floats(device, trial, 5))]).toEqual([1, 2, 3, 4, 5]);
      launch.setParam(STEP_PARAM, -0.5);
      device.run(launch);
      expect([...(await floats(device, trial, 5))]).toEqual([1, 0.5, 0, 0, 0]);
    }
  });

  it('allocate nothing when they run', () => {
    for (const device of devices) {
      const { launch } = stepLaunch(device, 10 * VECTOR_CHUNK);
      const before = device.memory().usedBytes;
      for (let i = 0; i < 100; i++) device.run(launch);
      expect(device.memory().usedBytes).toBe(before);
    }
  });

  it('do every task once, however many threads there are', async () => {
    // 97 tasks, a few hundred times: claims and the join between jobs must never lose or repeat one.
    const n = 96 * VECTOR_CHUNK + 1;
    for (const device of devices) {
      const { launch, trial } = stepLaunch(device, n);
      for (let round = 1; round <= 300; round++) {
        launch.setParam(STEP_PARAM, round);
        device.run(launch);
        if (round % 50 !== 0) continue;
        const values = await floats(device, trial, n);
        expect(values.every((value, i) => value === 1 + round * (i % 5))).toBe(true);
      }
    }
  });

  it('follow one another in order', async () => {
    for (const device of devices) {
      const n = 20 * VECTOR_CHUNK;
      const { launch, trial } = stepLaunch(device, n);
      const index = upload(
        device,
        Uint32Array.from({ length: n }, (_, i) => n - 1 - i),
        'index',
      );
      const scale = upload(device, new Float32Array(n).fill(2), 'scale');
      const out = device.allocate(4 * n, 'out');
      const gather = prepareGatherScale(device, n, { x: trial, index, scale, out });
      for (const step of [1, 2, 3]) {
        launch.setParam(STEP_PARAM, step);
        device.run(launch);
        device.run(gather);
      }
      const values = await floats(device, out, n);
      expect(values.every((value, i) => value === 2 * (1 + 3 * ((n - 1 - i) % 5)))).toBe(true);
    }
  });

  it('of an unknown entry are refused', () => {
    const spec = { kernel: 'vector', entry: 'noSuchEntry', params: [], buffers: [], tasks: 1 };
    expect(() => devices[0].prepare({ ...spec, workgroups: [1, 1, 1] })).toThrow('noSuchEntry');
  });

  it('that trap throw', async () => {
    const n = 8 * VECTOR_CHUNK;
    for (const threads of [1, 3]) {
      const device = await openDevice({ prefer: 'wasm', threads });
      // 2 GiB beyond x, where the memory has not grown to.
      const index = upload(device, new Uint32Array(n).fill(0x20000000), 'index');
      const scale = upload(device, new Float32Array(n), 'scale');
      const x = device.allocate(16, 'x');
      const out = device.allocate(4 * n, 'out');
      const launch = prepareGatherScale(device, n, { x, index, scale, out });
      expect(() => device.run(launch)).toThrow();
      await device.close();
    }
  });

  it('a device can be closed twice', async () => {
    const device = await openDevice({ prefer: 'wasm', threads: 3 });
    await device.close();
    await device.close();
  });
});

describe('number of threads', () => {
  const before = process.env.ISOCENTER_THREADS;
  afterEach(() => {
    if (before === undefined) delete process.env.ISOCENTER_THREADS;
    else process.env.ISOCENTER_THREADS = before;
  });

  it('comes from ISOCENTER_THREADS, unless the call says it', () => {
    process.env.ISOCENTER_THREADS = '3';
    expect(wasmThreads()).toBe(3);
    expect(wasmThreads(2)).toBe(2);
    delete process.env.ISOCENTER_THREADS;
    expect(wasmThreads()).toBeGreaterThanOrEqual(1);
    expect(wasmThreads()).toBeLessThanOrEqual(16);
  });

  for (const bad of ['0', '-1', '2.5', '257', 'four', '1e9', '']) {
    it(`ISOCENTER_THREADS=${JSON.stringify(bad)} is refused`, async () => {
      process.env.ISOCENTER_THREADS = bad;
      await expect(openDevice({ prefer: 'wasm' })).rejects.toMatchObject({ code: 'device/threads', origin: 'input' });
    });
  }

  it('a bad number in the call is refused', () => {
    for (const bad of [0, -3, 1.5, Number.NaN, 1000]) {
      expect(errorOf(() => wasmThreads(bad)).code).toBe('device/threads');
    }
  });
});
