import { expect, it } from 'vitest';
import { z } from 'zod';
import { isocenter } from './support/cli.ts';

const doctorSchema = z.object({
  version: z.string(),
  node: z.string(),
  processor: z.object({ name: z.string(), count: z.int(), usable: z.int() }),
  wasm: z.object({ threads: z.int(), sharedMemory: z.literal(true), simd: z.literal(true) }),
  webgpu: z.union([
    z.object({
      found: z.literal(true),
      name: z.string(),
      software: z.boolean(),
      limits: z.record(z.string(), z.number()),
    }),
    z.object({ found: z.literal(false), reason: z.string().min(1) }),
  ]),
  ros2: z.object({
    domain: z.number().int().min(0).max(232),
    port: z.number().int(),
    interfaces: z.array(z.string()).min(1),
    range: z.string(),
    peers: z.array(z.string()),
    reachesNetwork: z.boolean(),
    distro: z.string().optional(),
  }),
  auto: z.object({ kind: z.enum(['wasm', 'webgpu']), reason: z.string().min(1) }),
  checks: z.array(z.object({ kind: z.string(), pass: z.boolean(), checks: z.array(z.object({ name: z.string() })) })),
  healthy: z.boolean(),
});

/** No Vulkan driver: fast, and the same everywhere. */
const noGpu = { VK_ICD_FILENAMES: '/nonexistent', VK_DRIVER_FILES: '/nonexistent', ISOCENTER_THREADS: '2' };

it('doctor --json says what there is, what auto takes, and that it computes correctly', async () => {
  const { code, stdout } = await isocenter(['doctor', '--json'], { env: noGpu });
  const report = doctorSchema.parse(JSON.parse(stdout));
  expect(report.wasm.threads).toBe(2);
  expect(report.checks[0]).toMatchObject({ kind: 'wasm', pass: true });
  expect(report.checks[0].checks.map(({ name }) => name)).toEqual(['calibration', 'adjoint']);
  expect(report.healthy).toBe(true);
  expect(code).toBe(0);
});

it('doctor checks the WebGPU adapter that the tests have', async () => {
  const { code, stdout } = await isocenter(['doctor', '--json']);
  const report = doctorSchema.parse(JSON.parse(stdout));
  if (report.webgpu.found) expect(report.checks[1]).toMatchObject({ kind: 'webgpu', pass: true });
  expect(code).toBe(0);
});

it('doctor prints for people', async () => {
  const { code, stdout } = await isocenter(['doctor'], { env: noGpu });
  expect(code).toBe(0);
  expect(stdout).toMatch(/--device auto +takes /);
  expect(stdout).toMatch(/ros 2 +domain \d+ on .*127\.0\.0\.1/);
  expect(stdout).toMatch(/pass {2}calibration/);
  expect(stdout).toContain('All well.');
});

it('demo plans the C-shape and says what to try next', async () => {
  const { code, stdout, stderr } = await isocenter(['demo', '--once']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Plan of tg119-cshape');
  expect(stdout).toContain('What next');
  expect(stdout).toContain('not for clinical use');
});

it.each(['protocols', 'machines', 'phantoms'])('%s lists names', async (command) => {
  const { code, stdout } = await isocenter([command]);
  expect(code).toBe(0);
  expect(stdout.split('\n').length).toBeGreaterThan(2);
});

it('--help and --version go to stdout', async () => {
  const help = await isocenter(['plan', '--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('--max-iterations');
  const version = await isocenter(['--version']);
  expect(version).toMatchObject({ code: 0, stderr: '' });
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
