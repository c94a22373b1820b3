import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDomain } from './support/domain.ts';

const root = join(import.meta.dirname, '..');
let folder = '';

function run(command: string, args: readonly string[], cwd: string): string {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', env, timeout: 240_000 });
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${result.status}\n${result.stderr}`);
  return result.stdout;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isocenter-pack-'));
  const packed = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root)) as {
    filename: string;
    files: { path: string }[];
  }[];
  const paths = packed[0].files.map((file) => file.path);
  expect(paths.filter((path) => /^(dist\/(tests|bench|viewer)\/|tests\/|bench\/|.*tsbuildinfo)/.test(path))).toEqual(
    [],
  );
  expect(paths).toContain('LICENSE');
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
  // Without the optional package for WebGPU everything else must work.
  run('npm', ['install', '--omit=optional', '--no-audit', '--no-fund', join(folder, packed[0].filename)], folder);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the tarball runs its commands in an empty folder', () => {
  const demo = run('npx', ['--no-install', 'isocenter', 'demo', '--once'], folder);
  expect(demo).toContain('PTV');
  const doctor = JSON.parse(run('npx', ['--no-install', 'isocenter', 'doctor', '--json'], folder)) as object;
  expect(JSON.stringify(doctor)).toContain('wasm');
}, 240_000);

it('the bridge runs from the tarball, ros2-web-bridge and its facade with it', async () => {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const cli = join(folder, 'node_modules', '.bin', 'isocenter');
  const bridge = spawn(cli, ['bridge', '--port', '0', '--domain', String(testDomain())], { cwd: folder, env });
  let said = '';
  bridge.stderr.on('data', (data: Buffer) => {
    said += data;
  });
  const [line] = (await once(bridge.stdout, 'data')) as [Buffer];
  expect(line.toString()).toContain('rosbridge on ws://127.0.0.1:');
  bridge.kill('SIGINT');
  const [code] = (await once(bridge, 'exit')) as [number];
  expect(code, said).toBe(0);
  // The published program itself resolves the facade in this layout too.
  const inside = join(folder, 'node_modules', 'isocenter', 'node_modules', 'ros2-web-bridge', 'bin', 'rosbridge.js');
  expect(run('node', [inside, '--version'], folder).trim()).toBe('0.3.0');
}, 60_000);

it("the guide's library example runs", () => {
  const guide = readFileSync(join(root, 'docs', 'guide-engineer.md'), 'utf8');
  const example = guide.split('```ts')[1].split('```')[0];
  writeFileSync(
    join(folder, 'example.mjs'),
    example.replace("buildPhantom('tg119-cshape')", "buildPhantom('tg119-cshape', { voxelMm: 6 })"),
  );
  expect(run('node', ['example.mjs'], folder)).toContain('PTV');
}, 240_000);
