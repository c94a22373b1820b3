import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FolderFiles, pathOf } from '../../app/server/files.ts';
import { isOwnHost, isOwnOrigin } from '../../app/server/origin.ts';
import type { LinkArray } from '../../engine/link/arrays.ts';
import { LinkClient } from '../../engine/link/client.ts';
import { decodeFrame, encodeFrame, FRAME_KIND } from '../../engine/link/frame.ts';
import { CLOSE, LONGEST_FRAME } from '../../engine/link/limits.ts';
import { webSocketLink } from '../../engine/link/socket.ts';
import { until } from '../support/wait.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';
import { type Serving, startServing } from './support/serve.ts';

/** A bare socket, and what it was closed with. */
async function bare(link: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(link, { headers });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  const heard: Buffer[] = [];
  socket.on('message', (data: Buffer) => heard.push(data));
  const status = await new Promise<number>((resolve) => {
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => resolve(0));
  });
  return { socket, closed, heard, status };
}

function get(serving: Serving, path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
  const { hostname, port } = new URL(serving.address);
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const asked = request({ hostname, port, path, ...options }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => {
        body += data;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const hello = (fields: object) =>
  encodeFrame(FRAME_KIND.control, 0, { t: 'hello', versions: [1], client: 'test', ...fields });

let serving: Serving;
beforeAll(async () => {
  serving = await startServing('--robot', 'psm');
});
afterAll(async () => {
  expect(await serving.stop()).toBe(0);
});

describe('files over HTTP', () => {
  it('come isolated, with a policy, and only by GET and HEAD', async () => {
    const { headers, status } = await get(serving, '/nothing.js');
    expect(status).toBe(404);
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
    expect(headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect((await get(serving, '/', { method: 'POST' })).status).toBe(405);
    expect((await get(serving, '/%zz')).status).toBe(400);
    expect((await get(serving, '/../package.json')).status).toBe(400);
    expect((await get(serving, '/', { headers: { Host: 'evil.example' } })).status).toBe(421);
  });

  it('never leave the folder, whatever the path says', () => {
    for (const url of ['/../x', '/a/../../x', '/%2e%2e/x', '/..%2fx', '/a\\..\\x', '/.git/config', '/%00', 'x', '/%']) {
      expect(pathOf(url), url).toBeUndefined();
    }
    expect(pathOf('/assets/a%20b.js?x#y')).toBe('/assets/a b.js');
    expect(pathOf('/')).toBe('/index.html');
  });

  it('are kept for good where their name has a hash, and asked for again by their tag elsewhere', async () => {
    const { createServer } = await import('node:http');
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html>');
    writeFileSync(join(folder, 'assets', 'main-Ab3_x9Zq.js'), 'export {};');
    const files = new FolderFiles(folder);
    const server = createServer((asked, response) => void files.answer(asked, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const here = { address: `http://127.0.0.1:${port}/` } as Serving;
    const page = await get(here, '/');
    expect(page).toMatchObject({ status: 200, body: '<!doctype html>' });
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
    const tag = String(page.headers.etag);
    expect((await get(here, '/', { headers: { 'If-None-Match': tag } })).status).toBe(304);
    const script = await get(here, '/assets/main-Ab3_x9Zq.js', { method: 'HEAD' });
    expect(script).toMatchObject({ status: 200, body: '' });
    expect(script.headers['cache-control']).toContain('immutable');
    expect(script.headers['content-type']).toContain('text/javascript');
    server.close();
  });

  it('are for the names of this server, and its pages', () => {
    expect(isOwnHost('127.0.0.1:8080', '127.0.0.1', 8080)).toBe(true);
    expect(isOwnHost('localhost:8080', '127.0.0.1', 8080)).toBe(true);
    expect(isOwnHost('127.0.0.1:8081', '127.0.0.1', 8080)).toBe(false);
    expect(isOwnHost('rebound.example:8080', '0.0.0.0', 8080)).toBe(false);
    expect(isOwnHost('192.168.1.5:8080', '0.0.0.0', 8080)).toBe(true);
    expect(isOwnHost(undefined, '127.0.0.1', 80)).toBe(false);
    expect(isOwnOrigin('http://localhost:8080', 'localhost:8080')).toBe(true);
    expect(isOwnOrigin('https://localhost:8080', 'localhost:8080')).toBe(false);
    expect(isOwnOrigin(undefined, 'localhost:8080')).toBe(false);
  });
});

describe('who may connect', () => {
  it('no page of elsewhere, and no program without the token', async () => {
    const origin = serving.address.replace(/\/$/, '');
    expect((await bare(serving.link, { Origin: 'http://evil.example' })).status).toBe(403);
    expect((await bare(serving.link.replace('/link', '/other'))).status).toBe(404);
    for (const token of [undefined, 'wrong']) {
      const { socket, closed, heard } = await bare(serving.link);
      socket.send(hello({ token }));
      expect((await closed).code).toBe(CLOSE.refused);
      expect(decodeFrame(heard[0])).toMatchObject({ value: { t: 'refuse', error: { code: 'link/token' } } });
    }
    const { socket, heard } = await bare(serving.link, { Origin: origin });
    socket.send(hello({}));
    await until(() => heard.length > 0);
    expect(decodeFrame(heard[0])).toMatchObject({ value: { t: 'welcome', mayControl: false, resumed: false } });
    socket.terminate();
  });

  it('a page without the token sees the robot and may stop it, but neither arms it nor plans', async () => {
    const origin = serving.address.replace(/\/$/, '');
    const client = new LinkClient({
      connect: () => webSocketLink(new WebSocket(serving.link, { headers: { Origin: origin } }) as never),
      client: 'page',
    });
    expect(await client.peer.request('about')).toMatchObject({ mayControl: false, robot: { robot: 'psm' } });
    await expect(client.peer.request('robot', { command: 'arm' })).rejects.toMatchObject({ code: 'link/forbidden' });
    await expect(client.peer.request('plan', { patient: 'phantom:slab' })).rejects.toMatchObject({
      code: 'link/forbidden',
    });
    await expect(client.peer.request('keep-outs')).rejects.toMatchObject({ code: 'link/forbidden' });
    await client.peer.request('robot', { command: 'stop' });
    const owner = serving.open();
    await expect(owner.peer.request('robot', { command: 'arm' })).rejects.toMatchObject({
      code: 'robot/refused',
      message: expect.stringContaining('disarm first'),
    });
    await owner.peer.request('robot', { command: 'disarm' });
    client.close();
    owner.close();
  });

  it('what is malformed, too long or of another version ends that connection only', async () => {
    const frames: [Uint8Array | string, number][] = [
      [new Uint8Array([1, 2, 3]), CLOSE.malformed],
      ['{"op":"subscribe"}', CLOSE.malformed],
      [new Uint8Array(LONGEST_FRAME + 1), 1009],
      [hello({ versions: [7] }), CLOSE.version],
      [encodeFrame(FRAME_KIND.control, 0, { t: 'ack', received: 0 }), CLOSE.malformed],
    ];
    const other = hello({});
    other[2] = 9;
    frames.push([other, CLOSE.version]);
    for (const [frame, code] of frames) {
      const { socket, closed, heard } = await bare(serving.link);
      socket.send(frame);
      expect((await closed).code).toBe(code);
      if (code === CLOSE.version) {
        expect(decodeFrame(heard[0])).toMatchObject({ value: { t: 'refuse', versions: [1] } });
      }
    }
    // Also after hello: the session's connection is closed, others live.
    const alive = serving.open();
    const { socket, closed } = await bare(serving.link);
    socket.send(hello({ token: serving.token }));
    socket.send(encodeFrame(FRAME_KIND.record, 5, { t: 'cancel', id: 1 }));
    expect((await closed).reason).toContain('frame 5 where 1 should come');
    expect(await alive.peer.request('patients')).toContainEqual({ name: 'phantom:slab', kind: 'phantom' });
    await expect(alive.peer.request('unheard-of')).rejects.toMatchObject({ code: 'link/unknown-method' });
    await expect(alive.peer.request('robot', { command: 'fly' })).rejects.toMatchObject({ code: 'link/bad-params' });
    alive.close();
  });
});

describe('plans', () => {
  it('come with progress, arrays and goals; a second one is cancelled', async () => {
    const client = serving.open();
    const arrays = new Map<string, [LinkArray, unknown]>();
    const texts: string[] = [];
    const plan = client.peer.request(
      'plan',
      {
        patient: 'phantom:tg119-cshape',
        doseGridMm: 8,
        gantryDeg: [0, 72, 144, 216, 288],
        bixelMm: 10,
        maxIterations: 20,
      },
      {
        onProgress: (value) => texts.push((value as { text: string }).text),
        onArray: (name, array, about) => arrays.set(name, [array, about]),
      },
    );
    const abort = new AbortController();
    const second = client.peer.request(
      'plan',
      { patient: 'phantom:tg119-cshape', doseGridMm: 3 },
      { signal: abort.signal },
    );
    const cancelled = expect(second).rejects.toMatchObject({ code: 'link/cancelled' });
    const result = (await plan) as { patient: string; goals: unknown[]; provenance?: unknown };
    setTimeout(() => abort.abort(), 300);
    expect(result.patient).toBe('phantom:tg119-cshape');
    expect(result.goals.length).toBeGreaterThan(0);
    expect(result.provenance).toBeUndefined();
    expect(texts.some((text) => text.startsWith('optimize'))).toBe(true);
    const [dose, about] = arrays.get('dose') as [Float32Array, { grid: { size: number[] } }];
    expect(dose.length).toBe(about.grid.size.reduce((a, b) => a * b));
    expect(Math.max(...dose.subarray(0, 1e5))).toBeGreaterThan(0);
    expect(arrays.get('dvh')?.[0][0]).toBe(100);
    await cancelled;
    await expect(client.peer.request('plan', { patient: '/etc' })).rejects.toMatchObject({
      code: 'serve/unknown-patient',
    });
    await expect(
      client.peer.request('plan', { patient: 'phantom:slab', machine: '/etc/passwd' }),
    ).rejects.toMatchObject({ code: 'machine/unknown' });
    client.close();
  });

  it('of a patient that is opened bring the CT and the structures', async () => {
    const client = serving.open();
    const names: string[] = [];
    let voxels = 0;
    const result = await client.peer.request(
      'patient',
      { patient: 'phantom:slab' },
      {
        onArray: (name, array) => {
          names.push(name);
          if (name === 'ct') voxels = array.length;
        },
      },
    );
    const { grid } = result as { grid: { size: number[] } };
    expect(voxels).toBe(grid.size.reduce((a, b) => a * b));
    expect(names).toContain('structure');
    client.close();
  });
});

describe('isocenter serve', () => {
  it('that was killed and started again is found again by its viewers, where the token stays', async () => {
    process.env.ISOCENTER_TOKEN = 'a-token-of-the-tests';
    const first = await startServing();
    const { port } = new URL(first.address);
    const sessions: string[] = [];
    const client = first.open({ onSession: (_peer, { session }) => sessions.push(session) });
    await until(() => sessions.length === 1);
    first.child.kill('SIGKILL');
    await until(() => !client.peer.endpoint.isAttached);
    const second = await startServing('--port', port);
    await until(() => sessions.length === 2);
    expect(await client.peer.request('patients')).toContainEqual({ name: 'phantom:slab', kind: 'phantom' });
    client.close();
    expect(await second.stop()).toBe(0);
    process.env.ISOCENTER_TOKEN = 'short';
    expect(await isocenter(['serve', '--port', '0'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('16 to'),
    });
    delete process.env.ISOCENTER_TOKEN;
  });

  it('says in two lines that its port is in use, or a folder is missing', async () => {
    const { port } = new URL(serving.address);
    const taken = await isocenter(['serve', '--port', port]);
    expect(taken.code).toBe(2);
    expect(taken.stderr).toMatch(/^error: 127\.0\.0\.1:\d+ is in use by another program\nhint: .*--port\n$/);
    const missing = await isocenter(['view', '--no-open', '--recordings', '/nowhere']);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no such file or folder') });
    const patient = await isocenter(['view', '/nowhere', '--no-open']);
    expect(patient).toMatchObject({ code: 2, stderr: expect.stringContaining('patient /nowhere') });
    const nobody = await isocenter(['serve', 'phantom:slab', '--port', '0', '--keep-out', 'Core:5']);
    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no robot') });
    const nowhere = await isocenter(['serve', '--port', '0', '--robot', 'psm', '--keep-out', 'Core:5']);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('registration') });
  });
});
