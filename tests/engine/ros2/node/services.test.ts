import { afterEach, describe, expect, it } from 'vitest';
import { openRosContext } from '../../../../engine/ros2/node/context.ts';
import { pause, until } from '../../../support/wait.ts';
import { closeNodes, DOMAIN, node, warningsOf } from './support.ts';

const ADD = 'example_interfaces/srv/AddTwoInts';
const TRIGGER = 'std_srvs/srv/Trigger';

afterEach(closeNodes);

const add = ({ a, b }: Record<string, unknown>) => ({ sum: (a as bigint) + (b as bigint) });

describe('services', () => {
  it('answer many calls at once, out of order, to the client that asked', async () => {
    const server = await node({ name: 'server', domain: DOMAIN });
    const served: bigint[] = [];
    server.createService(ADD, '/add', async (request) => {
      // The later a request came, the sooner its answer.
      await pause(60 - Number(request.a as bigint) / 5);
      served.push(request.a as bigint);
      return add(request);
    });
    const clients = await Promise.all(
      ['one', 'two'].map(async (name) => (await node({ name, domain: DOMAIN })).createClient(ADD, '/add')),
    );
    const numbers = Array.from({ length: 250 }, (_, i) => BigInt(i));
    const answers = await Promise.all(
      clients.map((client, k) => Promise.all(numbers.map((a) => client.call({ a, b: 1000n * BigInt(k) })))),
    );
    for (const [k, sums] of answers.entries()) {
      expect(sums).toEqual(numbers.map((a) => ({ sum: a + 1000n * BigInt(k) })));
    }
    expect(served.length).toBe(500);
    expect(served).not.toEqual([...served].sort((a, b) => Number(a - b)));
  });

  it('keep two clients of one node apart', async () => {
    const server = await node({ name: 'server', domain: DOMAIN });
    server.createService(ADD, '/add', add);
    const both = await node({ name: 'both', domain: DOMAIN });
    const clients = [both.createClient(ADD, '/add'), both.createClient(ADD, '/add')];
    const calls = clients.flatMap((client, k) =>
      Array.from({ length: 50 }, async (_, i) => {
        const { sum } = await client.call({ a: BigInt(i), b: 100n * BigInt(k) });
        return sum === BigInt(i) + 100n * BigInt(k);
      }),
    );
    expect((await Promise.all(calls)).every((right) => right)).toBe(true);
  });

  it('say that nobody offers them, that an answer is late, that a caller gave up', async () => {
    const asks = await node({ name: 'asks', domain: DOMAIN });
    const nobody = asks.createClient(TRIGGER, '/nobody');
    expect(await nobody.waitForService(100)).toBe(false);
    await expect(nobody.call({}, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'ros2/no-service' });
    const server = await node({ name: 'server', domain: DOMAIN });
    server.createService(TRIGGER, '/slow', () => new Promise(() => {}));
    const slow = asks.createClient(TRIGGER, '/slow');
    expect(await slow.waitForService(10_000)).toBe(true);
    await expect(slow.call({}, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'ros2/timeout' });
    const gaveUp = new AbortController();
    const call = slow.call({}, { signal: gaveUp.signal });
    const failure = expect(call).rejects.toThrow('enough');
    gaveUp.abort(new Error('enough'));
    await failure;
    await expect(slow.call({}, { signal: gaveUp.signal })).rejects.toThrow('enough');
    const hanging = expect(slow.call({})).rejects.toMatchObject({ code: 'ros2/closed' });
    await pause(20);
    slow.close();
    await hanging;
    await expect(slow.call({})).rejects.toMatchObject({ code: 'ros2/closed' });
    expect(await slow.waitForService(100)).toBe(false);
    expect(() => asks.createClient('std_srvs/srv/Nothing', '/a')).toThrow(/Nothing/);
  });

  it('fail calls at once when the server closes, and answer again when it is back', async () => {
    const asks = await node({ name: 'asks', domain: DOMAIN });
    const client = asks.createClient(TRIGGER, '/toggle');
    const first = await node({ name: 'first', domain: DOMAIN });
    let asked = 0;
    const hang = () => {
      asked++;
      return new Promise<never>(() => {});
    };
    const service = first.createService(TRIGGER, '/toggle', hang);
    for (const end of [() => service.close(), () => first.close()]) {
      const before = asked;
      const call = client.call({}, { timeoutMs: 60_000 });
      const failure = expect(call).rejects.toMatchObject({ code: 'ros2/no-service' });
      await until(() => asked > before);
      await end();
      // Long before the limit of the call, which is that of this test, too.
      await failure;
      if (asked === 1) first.createService(TRIGGER, '/toggle', hang);
    }
    const second = await node({ name: 'second', domain: DOMAIN });
    second.createService(TRIGGER, '/toggle', () => ({ success: true, message: 'second' }));
    expect(await client.call({})).toEqual({ success: true, message: 'second' });
  });

  it('warn of handlers that fail, and go on', async () => {
    const server = await node({ name: 'server', domain: DOMAIN });
    const said = warningsOf(server);
    server.createService(ADD, '/picky', (request) => {
      if (request.a === 0n) throw new Error('no zeros');
      return request.a === 1n ? { sum: 'one' } : add(request);
    });
    const client = (await node({ name: 'asks', domain: DOMAIN })).createClient(ADD, '/picky');
    await expect(client.call({ a: 0n }, { timeoutMs: 500 })).rejects.toMatchObject({ code: 'ros2/timeout' });
    await expect(client.call({ a: 1n }, { timeoutMs: 500 })).rejects.toMatchObject({ code: 'ros2/timeout' });
    expect(await client.call({ a: 2n, b: 3n })).toEqual({ sum: 5n });
    expect(said[0]).toMatch(/picky.*no zeros/);
    expect(said[1]).toMatch(/picky.*sum/);
    await expect(client.call({ c: 1n })).rejects.toThrow(/c/);
  });

  it('arrive though a tenth of the datagrams is lost', async () => {
    // A linear congruential generator: the same losses each time, but for the timing of the datagrams.
    let seed = 12345;
    const lose = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed / 0x7fffffff < 0.1;
    };
    const context = await openRosContext({ domain: DOMAIN, interface: '127.0.0.1', dropIn: lose, dropOut: lose });
    context.createNode({ name: 'server' }).createService(ADD, '/lossy', add);
    const client = (await node({ name: 'asks', domain: DOMAIN })).createClient(ADD, '/lossy');
    for (let i = 0n; i < 50n; i++)
      expect(await client.call({ a: i, b: i }, { timeoutMs: 20_000 })).toEqual({ sum: 2n * i });
    await context.close();
  });
});
