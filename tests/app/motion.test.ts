import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { activeNames } from '../../engine/core/robot.ts';
import { readUrdf } from '../../engine/formats/urdf/read.ts';
import { createRcmIk, RCM_SOLVED, solveRcmIk } from '../../planners/motion/rcm/ik.ts';
import { createShaft, setShaft, shaftErrorM } from '../../planners/motion/rcm/shaft.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import { createWorkspace, setConfiguration } from '../../planners/motion/robot/workspace.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';

const folder = temporaryFolder();
let made = 0;
function file(text: string, ending = 'yaml'): string {
  const path = join(folder, `file-${made++}.${ending}`);
  writeFileSync(path, text);
  return path;
}

const schema = z.strictObject({
  robot: z.string(),
  joints: z.array(z.string()),
  solved: z.boolean(),
  reason: z.string(),
  message: z.string(),
  validity: z.strictObject({ start: z.boolean(), goal: z.boolean() }),
  timesMs: z.strictObject({
    path: z.number(),
    simplify: z.number(),
    trajectory: z.number(),
    timing: z.number(),
    total: z.number(),
  }),
  path: z
    .strictObject({ waypoints: z.array(z.array(z.number())), lengthRad: z.number(), rawLengthRad: z.number() })
    .nullable(),
  trajectory: z
    .strictObject({
      durationSec: z.number(),
      points: z.array(
        z.strictObject({
          timeSec: z.number(),
          positions: z.array(z.number()),
          velocities: z.array(z.number()),
          accelerations: z.array(z.number()),
        }),
      ),
      maxVelocityRatio: z.number(),
      maxAccelerationRatio: z.number(),
      maxJerkRatio: z.number(),
      minClearanceMm: z.number().nullable(),
      maxRcmErrorMm: z.number().nullable(),
    })
    .nullable(),
  goalDeviation: z.strictObject({ positionMm: z.number(), angleDeg: z.number() }).nullable(),
  notes: z.array(z.string()),
  provenance: z.object({ inputs: z.array(z.object({ role: z.string(), name: z.string() })) }),
});

const panda = builtinRobot('panda');
const names = activeNames(panda);
const ready = [0, -0.785, 0, -2.356, 0, 1.571, 0.785];
const turned = [1.2, -0.785, 0, -2.356, 0, 1.571, 0.785];
const state = (q: ArrayLike<number>): string =>
  `start_state: {joint_state: {name: [${names.join(', ')}], position: [${Array.from(q).join(', ')}]}}\n`;
const jointGoal = (q: ArrayLike<number>): string =>
  `goal_constraints:\n  - joint_constraints:\n${names.map((name, i) => `      - {joint_name: ${name}, position: ${q[i]}}\n`).join('')}`;
const request = (start: ArrayLike<number>, goal: ArrayLike<number>): string => file(state(start) + jointGoal(goal));
const wall = `world:\n  collision_objects:\n    - id: wall\n      primitives: [{type: box, dimensions: [0.02, 0.02, 1.2]}]\n      primitive_poses: [{position: [0.26, 0.18, 0.6]}]\n`;
const plan = ['motion', 'plan', '--robot', 'panda'];

describe('isocenter motion plan', () => {
  it('goes round a post, inside all limits, and says so as JSON and as a ROS trajectory', async () => {
    const out = join(folder, 'made', 'motion.json');
    const args = [...plan, '--scene', file(wall), '--request', request(ready, turned), '--out', out, '--json'];
    const { code, stdout, stderr } = await isocenter(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { solved, path, trajectory, joints } = schema.parse(JSON.parse(stdout));
    expect({ solved, joints }).toEqual({ solved: true, joints: names });
    expect(path?.waypoints[0]).toEqual(ready);
    expect(path?.waypoints.at(-1)).toEqual(turned);
    // Straight it would hit the post.
    expect(path?.waypoints.length).toBeGreaterThan(2);
    expect(trajectory?.minClearanceMm).toBeGreaterThan(0);
    for (const ratio of ['maxVelocityRatio', 'maxAccelerationRatio', 'maxJerkRatio'] as const) {
      expect(trajectory?.[ratio]).toBeLessThanOrEqual(1 + 1e-6);
    }
    const ros = JSON.parse(readFileSync(out, 'utf8')) as { joint_names: string[]; points: { positions: number[] }[] };
    expect(ros.joint_names).toEqual(names);
    expect(ros.points.at(-1)?.positions).toEqual(turned);
    expect(ros.points.length).toBe(trajectory?.points.length);
  });

  it('gives the same motion for the same seed, in words for people', async () => {
    const args = [...plan, '--scene', file(wall), '--request', request(ready, turned), '--seed', '7'];
    const [a, b] = [await isocenter(args), await isocenter(args)];
    const same = (text: string): string => text.replace(/ {2}time .*\n/, '');
    expect(same(a.stdout)).toBe(same(b.stdout));
    expect(a.stdout).toContain('solved, free along its whole length');
  });

  it('reaches a pose of a link', async () => {
    const space = createWorkspace(panda);
    setConfiguration(space, [0.5, -0.4, 0.2, -2, 0.1, 1.8, 0.4]);
    const link = panda.links.findIndex(({ name }) => name === 'panda_hand_tcp');
    const t = space.linkPoses.subarray(16 * link, 16 * link + 16);
    const goal = `goal_constraints: [{position_constraints: [{link_name: panda_hand_tcp, constraint_region: {primitive_poses: [{position: [${t[12]}, ${t[13]}, ${t[14]}]}]}}]}]`;
    const { code, stdout } = await isocenter([...plan, '--request', file(`${state(ready)}${goal}`), '--json']);
    expect(code).toBe(0);
    const { path } = schema.parse(JSON.parse(stdout));
    setConfiguration(space, path?.waypoints.at(-1) ?? []);
    for (let r = 0; r < 3; r++) expect(space.linkPoses[16 * link + 12 + r]).toBeCloseTo([t[12], t[13], t[14]][r], 5);
  });

  it('keeps the shaft in its trocar along the whole motion', async () => {
    const trocar = [0.5, 0, 0.3] as const;
    const tool = createTool(panda, { link: 'panda_hand', lengthM: 0.3 });
    const ik = createRcmIk(panda, tool);
    expect(solveRcmIk(ik, trocar, [0.5, 0.03, 0.2])).toBe(RCM_SOLVED);
    const start = ik.solution.slice();
    expect(solveRcmIk(ik, trocar, [0.54, -0.03, 0.18], start)).toBe(RCM_SOLVED);
    const toolFile = file('link: panda_hand\nlength: 0.3\n');
    const args = [...plan, '--request', request(start, ik.solution), '--tool', toolFile, '--rcm', trocar.join(',')];
    const { code, stdout } = await isocenter([...args, '--json']);
    expect(code).toBe(0);
    const { trajectory } = schema.parse(JSON.parse(stdout));
    expect(trajectory?.maxRcmErrorMm).toBeLessThanOrEqual(0.1);
    const shaft = createShaft(panda, tool);
    shaft.trocar.set(trocar);
    for (const { positions } of trajectory?.points ?? []) {
      setShaft(
        shaft,
        Float64Array.from(shaft.chain.columns, (c) => positions[c]),
      );
      expect(1000 * shaftErrorM(shaft)).toBeLessThanOrEqual(0.1);
    }
  });

  it('optimises a motion through a trocar, which it keeps to, and the shares of the limits that the request asks for', async () => {
    const trocar = [0.5, 0, 0.3] as const;
    const tool = createTool(panda, { link: 'panda_hand', lengthM: 0.3 });
    const ik = createRcmIk(panda, tool);
    expect(solveRcmIk(ik, trocar, [0.46, 0.05, 0.22])).toBe(RCM_SOLVED);
    const start = ik.solution.slice();
    expect(solveRcmIk(ik, trocar, [0.54, -0.04, 0.16], start)).toBe(RCM_SOLVED);
    const toolFile = file('link: panda_hand\nlength: 0.3\n');
    const scaled = `${readFileSync(request(start, ik.solution), 'utf8')}\nmax_velocity_scaling_factor: 0.5\nmax_acceleration_scaling_factor: 0.25\n`;
    const args = [
      ...plan,
      '--request',
      file(scaled),
      '--tool',
      toolFile,
      '--rcm',
      trocar.join(','),
      '--device',
      'wasm',
    ];
    const timed = schema.parse(JSON.parse((await isocenter([...args, '--json'])).stdout));
    const { code, stdout } = await isocenter([...args, '--optimize', '--json']);
    expect(code).toBe(0);
    const { trajectory, notes } = schema.parse(JSON.parse(stdout));
    expect(notes.join()).toMatch(/optimised on wasm: the objective fell from/);
    expect(trajectory?.durationSec).toBeLessThan(timed.trajectory?.durationSec ?? 0);
    expect(trajectory?.maxRcmErrorMm).toBeLessThanOrEqual(0.1);
    expect(trajectory?.maxVelocityRatio).toBeLessThanOrEqual(0.5 * (1 + 1e-9));
    expect(trajectory?.maxAccelerationRatio).toBeLessThanOrEqual(0.25 * (1 + 1e-9));
    expect(trajectory?.maxJerkRatio).toBeLessThanOrEqual(0.25 * (1 + 1e-9));
    const shaft = createShaft(panda, tool);
    shaft.trocar.set(trocar);
    for (const { positions } of trajectory?.points ?? []) {
      setShaft(
        shaft,
        Float64Array.from(shaft.chain.columns, (c) => positions[c]),
      );
      expect(1000 * shaftErrorM(shaft)).toBeLessThanOrEqual(trajectory?.maxRcmErrorMm ?? 0);
    }
  });

  it('optimises the whole trajectory when asked', async () => {
    const objective = file('duration: 1\njerk: 0.1\nclearance: [{name: wall, distance: 0.05, weight: 1}]');
    const args = [...plan, '--scene', file(wall), '--request', request(ready, turned), '--device', 'wasm', '--json'];
    const timed = schema.parse(JSON.parse((await isocenter(args)).stdout));
    const best = schema.parse(JSON.parse((await isocenter([...args, '--objective', objective])).stdout));
    expect(best.notes.join()).toContain('optimised on wasm');
    expect(best.timesMs.trajectory).toBeGreaterThan(0);
    expect(best.trajectory?.maxJerkRatio).toBeLessThanOrEqual(1 + 1e-6);
    expect(best.trajectory?.durationSec).toBeLessThanOrEqual(1.2 * (timed.trajectory?.durationSec ?? 0));
  });

  it('optimises among meshes of the scene', async () => {
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((c) =>
      [c & 1, (c >> 1) & 1, c >> 2].map((bit, r) => (bit - 0.5) * [0.02, 0.02, 1.2][r]),
    );
    const faces = [
      [0, 2, 3],
      [0, 3, 1],
      [4, 5, 7],
      [4, 7, 6],
      [0, 1, 5],
      [0, 5, 4],
      [2, 6, 7],
      [2, 7, 3],
      [0, 4, 6],
      [0, 6, 2],
      [1, 3, 7],
      [1, 7, 5],
    ];
    const vertices = corners.map(([x, y, z]) => `{x: ${x}, y: ${y}, z: ${z}}`).join(', ');
    const triangles = faces.map((face) => `{vertex_indices: [${face}]}`).join(', ');
    const mesh = `world:\n  collision_objects:\n    - id: wall\n      meshes: [{vertices: [${vertices}], triangles: [${triangles}]}]\n      mesh_poses: [{position: [0.26, 0.18, 0.6]}]\n`;
    const args = [...plan, '--scene', file(mesh), '--request', request(ready, turned), '--device', 'wasm', '--json'];
    const { code, stdout } = await isocenter([...args, '--optimize']);
    expect(code).toBe(0);
    const { notes, trajectory } = schema.parse(JSON.parse(stdout));
    expect(notes.join()).toMatch(/optimised on wasm: the objective fell from/);
    expect(trajectory?.minClearanceMm).toBeGreaterThan(0);
  });

  it('loads a URDF with its SRDF and limits, fits spheres and holds the joints it does not plan for', async () => {
    const urdf = `<robot name="crane"><link name="base"/><link name="mast"><collision><geometry><cylinder radius="0.05" length="0.6"/></geometry></collision></link>
      <link name="boom"><collision><origin xyz="0.3 0 0"/><geometry><box size="0.6 0.08 0.08"/></geometry></collision></link><link name="hook"><collision><geometry><sphere radius="0.03"/></geometry></collision></link>
      <joint name="turn" type="revolute"><parent link="base"/><child link="mast"/><origin xyz="0 0 0.3"/><axis xyz="0 0 1"/><limit lower="-3" upper="3" velocity="1" effort="10"/></joint>
      <joint name="lift" type="revolute"><parent link="mast"/><child link="boom"/><origin xyz="0 0 0.4"/><axis xyz="0 1 0"/><limit lower="-1" upper="1" velocity="1" effort="10"/></joint>
      <joint name="reel" type="prismatic"><parent link="boom"/><child link="hook"/><origin xyz="0.6 0 -0.1"/><axis xyz="0 0 -1"/><limit lower="0" upper="0.3" velocity="0.2" effort="10"/></joint></robot>`;
    expect(readUrdf(urdf, { path: 'crane' }).active.length).toBe(3);
    const start = 'start_state: {joint_state: {name: [turn, lift, reel], position: [-1, 0, 0.1]}}\n';
    const goal =
      'goal_constraints: [{joint_constraints: [{joint_name: turn, position: 1}, {joint_name: lift, position: 0.3}]}]';
    const limits = file('default: {acceleration: 2, jerk: 20}');
    const args = ['motion', 'plan', '--robot', file(urdf, 'urdf'), '--limits', limits];
    const { code, stdout } = await isocenter([...args, '--request', file(start + goal), '--json']);
    expect(code).toBe(0);
    const { joints, notes, trajectory } = schema.parse(JSON.parse(stdout));
    expect(joints).toEqual(['turn', 'lift']);
    expect(notes.join(' ')).toMatch(/spheres were fitted.*found by sampling.*reel is held at 0.1/);
    // Two radians at 1 rad/s with 2 rad/s^2 and 20 rad/s^3 take at least 2.5 s.
    expect(trajectory?.durationSec).toBeGreaterThan(2.5);
  });
});

describe('isocenter motion plan refuses, with two lines and exit code 2,', () => {
  const good = request(ready, turned);
  const inWall = `world: {collision_objects: [{id: block, primitives: [{type: box, dimensions: [0.3, 0.3, 0.3]}], primitive_poses: [{position: [0.31, 0, 0.59]}]}]}`;
  it.each<[string, () => readonly string[], RegExp]>([
    ['an unknown robot', () => ['--robot', 'r2d2', '--request', good], /no robot r2d2/],
    ['a missing URDF', () => ['--robot', '/no/such.urdf', '--request', good], /such\.urdf/],
    ['broken XML', () => ['--robot', file('<robot><link', 'urdf'), '--request', good], /line 1/],
    [
      'an unknown joint in the start',
      () => [
        ...robot,
        '--request',
        file(`start_state: {joint_state: {name: [elbow], position: [0]}}\n${jointGoal(turned)}`),
      ],
      /elbow/,
    ],
    [
      'a start outside its limits',
      () => [...robot, '--request', request([9, ...ready.slice(1)], turned)],
      /panda_joint1 is at 9/,
    ],
    [
      'a goal outside its limits',
      () => [...robot, '--request', request(ready, [0, 0, 0, 1, 0, 1, 0])],
      /goal: joint panda_joint4 is at 1/,
    ],
    [
      'a start in collision',
      () => [...robot, '--request', good, '--scene', file(inWall)],
      /start: link panda_\w+ \(sphere \d+\) is [\d.]+ mm deep in block/,
    ],
    [
      'a pose out of reach',
      () => [
        ...robot,
        '--request',
        file(
          `${state(ready)}goal_constraints: [{position_constraints: [{link_name: panda_hand, constraint_region: {primitive_poses: [{position: [3, 0, 0]}]}}]}]`,
        ),
      ],
      /out of reach/,
    ],
    [
      'an unknown link',
      () => [
        ...robot,
        '--request',
        file(
          `${state(ready)}goal_constraints: [{position_constraints: [{link_name: paw, constraint_region: {primitive_poses: [{position: [0.3, 0, 0.5]}]}}]}]`,
        ),
      ],
      /paw/,
    ],
    [
      'an unsupported shape',
      () => [...robot, '--request', good, '--scene', file(inWall.replace('type: box', 'type: cone'))],
      /cone/,
    ],
    ['a trocar without a tool', () => [...robot, '--request', good, '--rcm', '0,0,0'], /--rcm needs a tool/],
    [
      'a shaft that misses its trocar',
      () => [...robot, '--request', good, '--rcm', '0.5,0.3,0.3', '--tool', file('link: panda_hand\nlength: 0.3')],
      /misses the trocar by/,
    ],
    ['a trocar that is no point', () => [...robot, '--request', good, '--rcm', '1,2'], /2 numbers where three/],
    ['unknown joint limits', () => [...robot, '--request', good, '--limits', file('elbow: {jerk: 1}')], /elbow/],
    [
      'no way',
      () => [...robot, '--request', good, '--scene', file(wall), '--max-iterations', '1'],
      /no path after 1 samples/,
    ],
    ['an unwritable output', () => [...robot, '--request', good, '--out', '/proc/x/y.json'], /cannot be written/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await isocenter(['motion', 'plan', ...args()]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
    expect(stderr).toMatch(message);
  });

  it('and leaves no file behind', async () => {
    const out = join(folder, 'nothing', 'motion.json');
    const { code } = await isocenter([...plan, '--request', request(ready, [0, 0, 0, 1, 0, 1, 0]), '--out', out]);
    expect({ code, left: existsSync(out) }).toEqual({ code: 2, left: false });
  });

  it('with the reason in JSON, too', async () => {
    const { code, stdout } = await isocenter([...plan, '--request', good, '--scene', file(inWall), '--json']);
    const report = schema.parse(JSON.parse(stdout));
    expect(code).toBe(2);
    expect(report).toMatchObject({ solved: false, reason: 'start-in-collision', validity: { start: false } });
  });
});

const robot = ['--robot', 'panda'];
