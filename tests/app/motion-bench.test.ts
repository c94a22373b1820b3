import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { isocenter, temporaryFolder } from './support/cli.ts';

const spread = z.object({ mean: z.number(), median: z.number(), p95: z.number(), max: z.number() });
const figures = {
  problems: z.int(),
  valid: z.int(),
  solved: z.int(),
  planUs: spread,
  simplifyUs: spread,
  totalUs: spread,
  lengthRad: z.object({ raw: z.number(), simplified: z.number() }),
  trajectoryMs: spread,
};
const schema = z.object({
  robot: z.string(),
  files: z.array(z.string()),
  sets: z.array(z.object({ set: z.string(), ...figures })),
  overall: z.object(figures),
  refused: z.array(z.object({ problem: z.string(), reason: z.string() })),
  provenance: z.object({ inputs: z.array(z.object({ name: z.string(), sha256: z.string().length(64) })) }),
});

/** An arm of two joints, one problem that it solves round a post and one whose goal lies in the post. */
function benchmarkFolder(): string {
  const folder = join(temporaryFolder(), 'mini');
  mkdirSync(join(folder, 'post_mini'), { recursive: true });
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const ball = (x: number): string =>
    `<collision><origin xyz="${x} 0 0"/><geometry><sphere radius="0.05"/></geometry></collision>`;
  const joint = (name: string, parent: string, child: string, xyz: string, axis: string): string =>
    `<joint name="${name}" type="revolute"><parent link="${parent}"/><child link="${child}"/><origin xyz="${xyz}"/><axis xyz="${axis}"/><limit lower="-3" upper="3" velocity="2" effort="1"/></joint>`;
  const arm = `${joint('turn', 'base', 'upper', '0 0 0.5', '0 0 1')}${joint('lift', 'upper', 'lower', '0.3 0 0', '0 1 0')}`;
  write(
    'mini_spherized.urdf',
    `<robot name="mini"><link name="base"/><link name="upper">${ball(0)}${ball(0.15)}</link><link name="lower">${ball(0.1)}${ball(0.25)}</link>${arm}</robot>`,
  );
  write('mini.srdf', '<robot name="mini"/>');
  const scene = `world: {collision_objects: [{id: post, primitives: [{type: box, dimensions: [0.1, 0.1, 0.3]}], primitive_poses: [{position: [0.55, 0, 0.5]}]}]}`;
  const request = (goal: number): string =>
    `start_state: {joint_state: {name: [turn, lift], position: [-0.8, 0]}}\ngoal_constraints: [{joint_constraints: [{joint_name: turn, position: ${goal}}, {joint_name: lift, position: 0}]}]`;
  [0.8, 0].forEach((goal, i) => {
    write(`post_mini/scene000${i + 1}.yaml`, scene);
    write(`post_mini/request000${i + 1}.yaml`, request(goal));
  });
  return folder;
}

const folder = benchmarkFolder();

it('isocenter motion bench measures every problem of a folder and says what it cannot plan', async () => {
  const { code, stdout, stderr } = await isocenter(['motion', 'bench', folder, '--robot', 'mini', '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = schema.parse(JSON.parse(stdout));
  expect(report).toMatchObject({ robot: 'mini', files: ['mini_spherized.urdf', 'mini.srdf'] });
  expect(report.overall).toMatchObject({ problems: 2, valid: 1, solved: 1 });
  expect(report.overall.trajectoryMs.median).toBeGreaterThan(0);
  // Straight it would be 1.6 rad, through the post.
  expect(report.overall.lengthRad.simplified).toBeGreaterThan(1.6);
  expect(report.refused).toEqual([{ problem: 'post 2', reason: expect.stringMatching(/goal: link lower .* in post/) }]);
  expect(report.provenance.inputs.length).toBe(2);
});

it.each([
  [['motion', 'bench', '/no/such/folder'], /no such file/],
  [['motion', 'bench', folder, '--robot', 'panda'], /problems of robot mini, not of panda/],
])('%j is refused with two lines and exit code 2', async (args, message) => {
  const { code, stderr } = await isocenter(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
  expect(stderr).toMatch(message);
});
