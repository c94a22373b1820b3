import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { activeNames } from '../../engine/core/robot.ts';
import { createRcmIk, RCM_SOLVED, solveRcmIk } from '../../planners/motion/rcm/ik.ts';
import { createShaft, setShaft, shaftErrorM } from '../../planners/motion/rcm/shaft.ts';
import { createTool } from '../../planners/motion/rcm/tool.ts';
import { builtinRobot } from '../../planners/motion/robot/registry.ts';
import { breathAt } from '../planners/motion/support/breathing.ts';
import { isocenter, temporaryFolder } from './support/cli.ts';

const folder = temporaryFolder();
let made = 0;
function file(text: string, ending = 'yaml'): string {
  const path = join(folder, `file-${made++}.${ending}`);
  writeFileSync(path, text);
  return path;
}

const panda = builtinRobot('panda');
const names = activeNames(panda);
const trocar = [0.5, 0, 0.3] as const;
const tool = createTool(panda, { link: 'panda_hand', lengthM: 0.3 });
const toolFile = file('link: panda_hand\nlength: 0.3\n');
const AMPLITUDE = [0.004, 0, 0.012] as const;
const course = (origin: readonly number[], periodSec = 4): string => {
  const rows = Array.from({ length: 20 * periodSec + 1 }, (_, k) => {
    const offset = breathAt(k / 20, AMPLITUDE, periodSec);
    return [k / 20, ...offset.map((value, r) => value + origin[r])].join(',');
  });
  return file(`time_s,x_m,y_m,z_m\n${rows.join('\n')}\n`, 'csv');
};

const ik = createRcmIk(panda, tool);
const startCode = solveRcmIk(ik, trocar, [0.5, 0.03, 0.2]);
const start = ik.solution.slice();
const goalCode = solveRcmIk(ik, trocar, [0.54, -0.03, 0.18], start);
const request = file(`start_state: {joint_state: {name: [${names}], position: [${Array.from(start)}]}}
goal_constraints: [{joint_constraints: [${names.map((name, i) => `{joint_name: ${name}, position: ${ik.solution[i]}}`)}]}]
`);
const base = ['motion', 'plan', '--robot', 'panda', '--request', request, '--tool', toolFile];
const withTrocar = [...base, '--rcm', trocar.join(',')];

interface Report {
  readonly solved: boolean;
  readonly reason: string;
  readonly notes: readonly string[];
  readonly trajectory: {
    readonly durationSec: number;
    readonly maxRcmErrorMm: number;
    readonly maxJerkRatio: number;
    readonly points: readonly { readonly timeSec: number; readonly positions: readonly number[] }[];
  };
}

describe('isocenter motion plan --rcm-course', () => {
  it('keeps the shaft in a trocar that breathes, given as offsets or as places', async () => {
    expect([startCode, goalCode]).toEqual([RCM_SOLVED, RCM_SOLVED]);
    const answers: Report[] = [];
    for (const origin of [[0, 0, 0], trocar]) {
      const more = ['--rcm-course', course(origin), '--rcm-periodic', '--rcm-hold', '3', '--json'];
      const { code, stdout, stderr } = await isocenter([...withTrocar, ...more]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      answers.push(JSON.parse(stdout) as Report);
    }
    const [{ trajectory, notes }, other] = answers;
    expect(other.trajectory.durationSec).toBeCloseTo(trajectory.durationSec, 9);
    expect(trajectory.maxRcmErrorMm).toBeLessThanOrEqual(0.1);
    expect(trajectory.maxJerkRatio).toBeLessThanOrEqual(1);
    expect(notes.join()).toMatch(/following the trocar; at the goal after .* begins and ends moving with the trocar/);
    const shaft = createShaft(panda, tool);
    for (const { timeSec, positions } of trajectory.points) {
      const offset = breathAt(timeSec, AMPLITUDE);
      shaft.trocar.set(trocar.map((value, r) => value + offset[r]));
      setShaft(
        shaft,
        Float64Array.from(shaft.chain.columns, (c) => positions[c]),
      );
      expect(1000 * shaftErrorM(shaft)).toBeLessThanOrEqual(0.1);
    }
    expect(trajectory.points.at(-1)?.timeSec).toBeGreaterThan(3);
  });

  it.each<[string, () => readonly string[], RegExp]>([
    ['no trocar', () => [...base, '--rcm-course', course([0, 0, 0])], /says how the trocar moves, but not where it is/],
    ['no course', () => [...withTrocar, '--rcm-periodic'], /--rcm-periodic is about a trocar that moves/],
    ['a hold without a course', () => [...withTrocar, '--rcm-hold', '2'], /--rcm-hold is about a trocar that moves/],
    ['a missing file', () => [...withTrocar, '--rcm-course', '/no/such.csv'], /course \/no\/such\.csv cannot be read/],
    [
      'millimetres',
      () => [...withTrocar, '--rcm-course', file('time_s,x_m,y_m,z_m\n0,0,0,0\n0.1,0,0,4', 'csv')],
      /line 3: the trocar is 4\.000 m from its first place/,
    ],
    [
      'a course that ends too early',
      () => [
        ...withTrocar,
        '--rcm-course',
        file('time_s,x_m,y_m,z_m\n0,0,0,0\n0.1,0,0,0\n0.2,0,0,0\n0.3,0,0,0', 'csv'),
      ],
      /course ends after 0\.30 s, the motion takes/,
    ],
    [
      'a course that does not close',
      () => [
        ...withTrocar,
        '--rcm-periodic',
        '--rcm-course',
        file('time_s,x_m,y_m,z_m\n0,0,0,0\n1,0,0,0\n2,0,0,0\n3,0,0,0.01', 'csv'),
      ],
      /ends 10\.00 mm from where it begins/,
    ],
    [
      'a hold of no length',
      () => [...withTrocar, '--rcm-course', course([0, 0, 0]), '--rcm-hold', '-1'],
      /--rcm-hold: -1 s is outside/,
    ],
    [
      'another target',
      () => [...withTrocar, '--rcm-course', course([0, 0, 0]), '--rcm-target', 'table'],
      /--rcm-target/,
    ],
  ])('refuses, with two lines and exit code 2, %s', async (_, args, message) => {
    const { code, stdout, stderr } = await isocenter(args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
    expect(stderr).toMatch(message);
  });
});
