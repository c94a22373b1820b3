import { describe, expect, it } from 'vitest';
import { inputError } from '../../../engine/core/errors.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import type { LinkArray } from '../../../engine/link/arrays.ts';
import { CLOSE, OUTBOX_BYTES, SAMPLE_DEPTH, SOCKET_BYTES } from '../../../engine/link/limits.ts';
import type { StreamSink } from '../../../engine/link/stream.ts';
import { pause, until } from '../../support/wait.ts';
import { mutatedFrames } from './support/mutations.ts';
import { peerPair } from './support/wires.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];

describe('requests', () => {
  it('are answered with progress, arrays and a result, or with the error', async () => {
    const { client, connect } = peerPair(
      {
        request: async (method, params, { progress, sendArray }) => {
          if (method === 'fail') throw inputError('plan/no-target', 'the patient has no target', 'contour one');
          if (method === 'break') throw new Error('secret path /etc');
          progress({ part: 0.5 });
          await sendArray(
            'dose',
            Float32Array.from({ length: 300_000 }, (_, i) => i),
            { unit: 'Gy' },
          );
          await sendArray('none', new Uint16Array(0));
          return { seen: params };
        },
      },
      { largestArray: 1 << 24 },
    );
    connect();
    const heard: unknown[] = [];
    const arrays = new Map<string, [LinkArray, unknown]>();
    const result = await client.request(
      'plan',
      { a: [1, 2] },
      {
        onProgress: (value) => heard.push(value),
        onArray: (name, array, about) => arrays.set(name, [array, about]),
      },
    );
    expect(result).toEqual({ seen: { a: [1, 2] } });
    expect(heard).toEqual([{ part: 0.5 }]);
    const [dose, about] = arrays.get('dose') as [Float32Array, unknown];
    expect([dose.length, dose[299_999], about]).toEqual([300_000, 299_999, { unit: 'Gy' }]);
    expect(arrays.get('none')?.[0]).toEqual(new Uint16Array(0));
    await expect(client.request('fail')).rejects.toMatchObject({ code: 'plan/no-target', hint: 'contour one' });
    // What broke inside is not told: it may name what is private.
    await expect(client.request('break')).rejects.toMatchObject({
      code: 'link/internal',
      message: expect.not.stringContaining('etc'),
    });
  });

  it('are cancelled at the other end', async () => {
    let wasAborted = false;
    const { client, connect } = peerPair({
      request: (_method, _params, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            wasAborted = true;
            reject(signal.reason);
          });
        }),
    });
    connect();
    const abort = new AbortController();
    const answer = client.request('wait', {}, { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    await expect(answer).rejects.toMatchObject({ code: 'link/cancelled' });
    expect(wasAborted).toBe(true);
  });
});

describe('connections that break', () => {
  it.each(SEEDS)('anywhere, again and again: all comes once and in order (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const seen: number[] = [];
    const { client, server, connect } = peerPair(
      {
        request: async (_method, params, { progress, sendArray }) => {
          seen.push(params as number);
          progress(params);
          await sendArray(
            'a',
            Uint32Array.from({ length: 150_000 }, (_, i) => i ^ (params as number)),
          );
          return params;
        },
        subscribe: async (_topic, _params, sink) => {
          void (async () => {
            for (let n = 0; n < 200; n++) await sink.deliver(n);
            sink.end();
          })();
        },
      },
      { largestArray: 1 << 26 },
    );
    let breaks = 0;
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      const wires = connect();
      let left = 1 + Math.floor(random() * 12);
      for (const wire of wires) {
        wire.onSend = () => {
          if (--left > 0 || breaks >= 60) return;
          if (left === 0) {
            breaks++;
            wire.cut();
            setTimeout(again, 1);
          }
        };
      }
    };
    again();
    const items: unknown[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      client.subscribe(
        'count',
        {},
        {
          window: 8,
          onSample: (value) => items.push(value),
          onEnd: (error) => (error === undefined ? resolve() : reject(error)),
        },
      );
    });
    const asked = Array.from({ length: 12 }, (_, n) => n);
    const arrays: LinkArray[] = [];
    const results = await Promise.all(
      asked.map((n) => client.request('echo', n, { onArray: (_name, array) => arrays.push(array) })),
    );
    await ended;
    isOver = true;
    connect();
    expect(breaks).toBeGreaterThan(10);
    expect(seen).toEqual(asked);
    expect(results).toEqual(asked);
    expect(items).toEqual(Array.from({ length: 200 }, (_, n) => n));
    expect(arrays.length).toBe(12);
    for (const array of arrays) {
      const key = array[0];
      expect(array.every((value, i) => value === (i ^ key))).toBe(true);
    }
    await until(() => client.endpoint.waitingBytes + server.endpoint.waitingBytes === 0, 'all is acknowledged');
    client.close();
    server.close();
  });

  it('of a session that ends for good fail what waits, and stop what fills streams', async () => {
    let sink: StreamSink | undefined;
    const { client, server, connect } = peerPair({
      request: () => new Promise(() => {}),
      subscribe: (_topic, _params, opened) => {
        sink = opened;
      },
    });
    connect();
    const answer = client.request('wait');
    const failed = expect(answer).rejects.toMatchObject({ code: 'link/closed' });
    const ended = new Promise((resolve) => client.subscribe('robot', {}, { onSample: () => {}, onEnd: resolve }));
    await until(() => sink !== undefined);
    client.close();
    server.close();
    await failed;
    expect(await ended).toMatchObject({ code: 'link/closed' });
    expect(sink?.signal.aborted).toBe(true);
    await expect(client.request('late')).rejects.toMatchObject({ code: 'link/closed' });
  });
});

describe('a peer that does not read', () => {
  it('loses the oldest samples, and no memory grows', async () => {
    let sink: StreamSink | undefined;
    const { client, server, connect } = peerPair({
      subscribe: (_topic, _params, opened) => {
        sink = opened;
      },
    });
    const [, wire] = connect();
    const seen: number[] = [];
    client.subscribe('robot', {}, { onSample: (_value, index) => seen.push(index), window: 4 });
    await until(() => sink !== undefined);
    await pause(10);
    wire.isStuck = true;
    for (let n = 0; n < 20_000; n++) sink?.publish({ n, q: [1, 2, 3, 4, 5, 6, 7] });
    // The window is on the way, the depth waits; all others are gone.
    expect(wire.bufferedAmount).toBeLessThan(1000);
    expect(sink?.dropped).toBe(20_000 - 4 - SAMPLE_DEPTH);
    wire.isStuck = false;
    wire.deliver();
    await until(() => seen.length === 4 + SAMPLE_DEPTH);
    expect(seen.slice(-SAMPLE_DEPTH)).toEqual(
      Array.from({ length: SAMPLE_DEPTH }, (_, n) => 20_000 - SAMPLE_DEPTH + n),
    );
    server.close();
  });

  it('gets arrays chunk by chunk as it takes them: what waits is bounded', async () => {
    const data = new Float32Array(16 << 20);
    data[data.length - 1] = 42;
    const { client, server, connect } = peerPair(
      { request: (_method, _params, { sendArray }) => sendArray('volume', data) },
      { largestArray: 1 << 27 },
    );
    const [, wire] = connect();
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, server.endpoint.waitingBytes + wire.bufferedAmount);
    }, 1);
    let last = 0;
    await client.request(
      'volume',
      {},
      {
        onArray: (_name, array) => {
          last = array[array.length - 1];
        },
      },
    );
    clearInterval(watch);
    expect(last).toBe(42);
    // 16 chunks of 256 KiB without credit and 8 frames without acknowledgement, which the socket may hold as well.
    expect(most).toBeLessThan(12 << 20);
    client.close();
    server.close();
  });

  it('is cut off where records pile up beyond the limit', async () => {
    const { client, server, connect } = peerPair({});
    const [wire] = connect();
    wire.isStuck = true;
    const big = 'x'.repeat(500_000);
    const failed: Promise<unknown>[] = [];
    for (let n = 0; n < 80; n++) failed.push(client.request('big', big).catch((error: unknown) => error));
    expect(client.endpoint.isClosed).toBe(true);
    expect(wire.closedWith).toBe(CLOSE.slow);
    expect(wire.bufferedAmount).toBeLessThan(SOCKET_BYTES + 600_000);
    expect(80 * big.length).toBeGreaterThan(OUTBOX_BYTES);
    for (const error of await Promise.all(failed)) expect(error).toMatchObject({ code: 'link/closed' });
    server.close();
  });
});

describe('a peer that sends what it likes', () => {
  it('loses its connection, or its session, at worst (2000 frames, seed 7)', () => {
    let closed = 0;
    let taken = 0;
    for (const bytes of mutatedFrames(7, 2000)) {
      const { server, connect } = peerPair({});
      const [wire] = connect();
      wire.send(bytes);
      wire.deliver();
      if (server.endpoint.isAttached) taken++;
      else closed++;
      server.close();
    }
    expect(closed).toBeGreaterThan(1000);
    expect(closed + taken).toBe(2000);
  });
});
