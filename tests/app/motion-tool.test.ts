import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { activeNames } from '../../engine/core/robot.ts';
import { createRcmIk, RCM_SOLVED, solveRcmIk } from '../../planners/motion/rcm/ik.ts';
import { createShaft, setShaft } from '../../planners/motion/rcm/shaft.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';

const folder = temporaryFolder();
let made = 0;
function file(text: string): string {
  const path = join(folder, `file-${made++}.yaml`);
  writeFileSync(path, text);
  return path;
}

const panda = builtinRobot('panda');
const names = activeNames(panda);
const trocar = [0.5, 0, 0.3] as const;
const tool = createTool(panda, { link: 'panda_hand', lengthM: 0.3 });
const ik = createRcmIk(panda, tool);
const startCode = solveRcmIk(ik, trocar, [0.5, 0.03, 0.2]);
const start = ik.solution.slice();
const state = `start_state: {joint_state: {name: [${names}], position: [${Array.from(start)}]}}\n`;
const place = (position: readonly number[], radius: number, more = ''): string =>
  file(`${state}goal_constraints: [{position_constraints: [{link_name: panda_hand, ${more}
    constraint_region: {primitives: [{type: sphere, dimensions: [${radius}]}], primitive_poses: [{position: [${position}]}]}}]}]`);
/** A ball where the shaft is at the start, far from the hand; and what may touch it. */
const ball = (allowed = ''): string =>
  file(`world:
  collision_objects:
    - {id: ball, primitives: [{type: sphere, dimensions: [0.01]}], primitive_poses: [{position: [0.5, 0.012, 0.26]}]}
${allowed}`);
const thin = file('link: panda_hand\nlength: 0.3\n');
const thick = file('link: panda_hand\nlength: 0.3\nradius: 0.004\n');
const plan = (request: string, ...more: readonly string[]) =>
  isocenter(['motion', 'plan', '--robot', 'panda', '--request', request, '--json', ...more]);

interface Report {
  readonly solved: boolean;
  readonly reason: string;
  readonly message: string;
  readonly notes: readonly string[];
  readonly goalDeviation: { readonly positionMm: number; readonly angleDeg: number } | null;
  readonly path: { readonly waypoints: readonly (readonly number[])[] } | null;
}
const reportOf = (stdout: string): Report => JSON.parse(stdout) as Report;

describe("a tool's shaft", () => {
  const near = place([0.52, -0.03, 0.18], 0.001);

  it('is kept clear of the scene where it has a radius, with a trocar and without, but for what the scene allows', async () => {
    expect(startCode).toBe(RCM_SOLVED);
    const through = ['--rcm', trocar.join(',')];
    expect(reportOf((await plan(near, '--scene', ball(), '--tool', thin, ...through)).stdout).solved).toBe(true);
    for (const more of [through, []]) {
      const met = reportOf((await plan(near, '--scene', ball(), '--tool', thick, ...more)).stdout);
      expect(met).toMatchObject({ solved: false, reason: 'start-in-collision' });
      expect(met.message).toMatch(/link panda_hand_shaft \(sphere \d+\) is [\d.]+ mm deep in ball/);
    }
    const matrix = `allowed_collision_matrix:
  entry_names: [panda_hand_shaft, ball]
  entry_values: [[false, true], [true, false]]`;
    const allowed = reportOf((await plan(near, '--scene', ball(matrix), '--tool', thick, ...through)).stdout);
    expect(allowed.solved).toBe(true);
    expect(allowed.notes.join()).toContain('The scene lets link panda_hand_shaft touch ball');
  });

  it('has a radius that makes sense', async () => {
    const { code, stderr } = await plan(near, '--tool', file('link: panda_hand\nlength: 0.3\nradius: -1\n'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*radius of -1 m.*\nhint: .+\n$/);
  });
});

describe('the tolerance of a goal', () => {
  const through = ['--tool', thin, '--rcm', trocar.join(',')];

  it('is used where the place itself cannot be reached, through a trocar too', async () => {
    // 310 mm below the trocar; the shaft is 300 mm long.
    const deep = [0.5, 0, -0.01];
    const exact = await plan(place(deep, 1e-5), ...through);
    expect(reportOf(exact.stdout)).toMatchObject({ solved: false, goalDeviation: null });
    expect(reportOf(exact.stdout).message).toMatch(/nor can any place that its tolerance allows/);
    const near = reportOf((await plan(place(deep, 0.2), ...through)).stdout);
    expect(near.solved).toBe(true);
    const shaft = createShaft(panda, tool);
    setShaft(shaft, Float64Array.from(near.path?.waypoints.at(-1) ?? []));
    const off = Math.hypot(...deep.map((value, r) => value - shaft.tipBase[r]));
    expect(off).toBeLessThan(0.2);
    expect(near.goalDeviation?.positionMm).toBeCloseTo(1000 * off, 3);
    expect(near.notes.join()).toMatch(/the motion ends [\d.]+ mm and 0.00 degrees from it, within its tolerances/);
  });

  it('is used without a trocar as well', async () => {
    const near = reportOf((await plan(place([1, 0, 0.4], 0.3))).stdout);
    expect(near.solved).toBe(true);
    expect(near.goalDeviation?.positionMm).toBeGreaterThan(1);
    expect(near.goalDeviation?.positionMm).toBeLessThan(300);
  });

  it('is null where the goal itself is reached, a point of the link too', async () => {
    const point = reportOf((await plan(place([0.5, 0.1, 0.5], 0.1, 'target_point_offset: {z: 0.1},'))).stdout);
    expect(point).toMatchObject({ solved: true, goalDeviation: null });
  });
});
