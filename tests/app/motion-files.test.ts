import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isocenter, temporaryFolder } from './support/cli.ts';

const folder = temporaryFolder();
let made = 0;
function file(text: string): string {
  const path = join(folder, `file-${made++}.yaml`);
  writeFileSync(path, text);
  return path;
}

const joints = [1, 2, 3, 4, 5, 6, 7].map((i) => `panda_joint${i}`);
const at = (q: readonly number[]): string =>
  joints.map((name, i) => `{joint_name: ${name}, position: ${q[i]}}`).join(', ');
const home = [0, -0.785, 0, -2.356, 0, 1.571, 0.785];
const request = file(`start_state: {joint_state: {name: [${joints}], position: [${home}]}}
goal_constraints: [{joint_constraints: [${at([0.5, ...home.slice(1)])}]}]
`);
const scene = (frame: string, more = ''): string =>
  file(`world:
  collision_objects:
    - id: ball
      header: {frame_id: ${frame}}
      primitives: [{type: sphere, dimensions: [0.05]}]
      primitive_poses: [{position: [0, 0, 2]}]
${more}`);
const plan = (path: string) =>
  isocenter(['motion', 'plan', '--robot', 'panda', '--scene', path, '--request', request, '--json']);

describe('isocenter motion plan', () => {
  it("takes poses in the robot's base frame, and says which contacts the scene allows", async () => {
    const matrix = `allowed_collision_matrix:
  entry_names: [panda_link0, ball]
  entry_values: [[false, true], [true, false]]`;
    const { code, stdout } = await plan(scene('panda_link0', matrix));
    expect(code).toBe(0);
    const { solved, notes } = JSON.parse(stdout) as { solved: boolean; notes: string[] };
    expect(solved).toBe(true);
    expect(notes).toContain('The scene lets link panda_link0 touch ball: they are not checked against each other.');
  });

  it('takes from --limits what a URDF lacks', async () => {
    const urdf = join(folder, 'slider.urdf');
    writeFileSync(
      urdf,
      `<robot name="slider"><link name="base"/><link name="ball"><collision><geometry><sphere radius="0.1"/></geometry></collision>
        </link><joint name="slide" type="prismatic"><parent link="base"/><child link="ball"/><limit lower="0" upper="0" velocity="0"/>
        </joint></robot>`,
    );
    const wish = file(`start_state: {joint_state: {name: [slide], position: [0.1]}}
goal_constraints: [{joint_constraints: [{joint_name: slide, position: 0.5}]}]`);
    const args = ['motion', 'plan', '--robot', urdf, '--request', wish, '--json'];
    const refused = await isocenter(args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('lower limit 0 is not below upper limit 0');
    const { code, stdout, stderr } = await isocenter([...args, '--limits', file('slide: {upper: 1, velocity: 0.5}')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ solved: true, joints: ['slide'] });
  });

  it('refuses frames that it does not know', async () => {
    const { code, stderr } = await plan(scene('camera'));
    expect(code).toBe(2);
    expect(stderr).toContain('frame camera is not known');
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });
});
