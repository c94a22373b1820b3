import { expect, it } from 'vitest';
import { IsocenterError } from '../../../engine/core/errors.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import { readJointLimits } from '../../../engine/formats/joint-limits.ts';
import { readMesh } from '../../../engine/formats/mesh/read.ts';
import { readMotionRequest } from '../../../engine/formats/moveit/motion-request.ts';
import { readPlanningScene } from '../../../engine/formats/moveit/planning-scene.ts';
import { readSrdf } from '../../../engine/formats/srdf.ts';
import { readTool } from '../../../engine/formats/tool.ts';
import { readUrdf } from '../../../engine/formats/urdf/read.ts';

const SEED = 77;
const CASES = 3000;

const urdf = `<?xml version="1.0"?><robot name="r"><link name="a"/><link name="b"><collision><origin xyz="0 0 1" rpy="0 1 0"/>
  <geometry><box size="1 2 3"/></geometry></collision></link><link name="c"/>
  <joint name="j" type="revolute"><parent link="a"/><child link="b"/><axis xyz="0 0 1"/><limit lower="-1" upper="1" velocity="1" effort="1"/></joint>
  <joint name="k" type="prismatic"><parent link="b"/><child link="c"/><limit lower="-1" upper="1" velocity="1" effort="1"/><mimic joint="j"/></joint></robot>`;
const srdf = `<robot name="r"><group name="g"><chain base_link="a" tip_link="c"/></group><disable_collisions link1="a" link2="b"/></robot>`;
const scene = `world:\n  collision_objects:\n    - id: x\n      primitives: [{type: box, dimensions: [1, 2, 3]}]\n      primitive_poses: [{position: [0, 0, 1], orientation: [0, 0, 0, 1]}]\n`;
const request = `start_state: {joint_state: {name: [a], position: [0]}}\ngoal_constraints:\n  - joint_constraints: [{joint_name: a, position: 1.5}]\n`;
const limits = 'default: {velocity: 1}\nj: {acceleration: 2, jerk: 3}\n';
const tool = 'link: hand\nlength: 0.3\naxis: [0, 0, 1]\n';
const obj = 'v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n';
const stl =
  'solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Cuts, doubles, swaps and overwrites pieces of a text. */
function mutate(text: string, random: () => number): string {
  let out = text;
  for (let edits = 1 + Math.floor(4 * random()); edits > 0; edits--) {
    const at = Math.floor(random() * out.length);
    const end = Math.min(out.length, at + Math.floor(12 * random()));
    const piece = [
      '',
      out.slice(at, end).repeat(3),
      String.fromCharCode(Math.floor(256 * random())),
      'NaN',
      '1e999',
      '-0',
      '<',
      '&a ',
      '*a',
      '[[[[',
      '{',
      '\u0000',
    ][Math.floor(12 * random())];
    out = out.slice(0, at) + piece + out.slice(end);
  }
  return out;
}

it.each<[string, string, (text: string) => unknown]>([
  ['URDF', urdf, (text) => readUrdf(text, { path: 'f' })],
  ['SRDF', srdf, (text) => readSrdf(text, 'f')],
  ['scene', scene, (text) => readPlanningScene(text, 'f')],
  ['request', request, (text) => readMotionRequest(text, 'f')],
  ['limits', limits, (text) => readJointLimits(text, 'f')],
  ['tool', tool, (text) => readTool(text, 'f')],
  ['OBJ', obj, (text) => readMesh(encode(text), 'f.obj')],
  ['STL', stl, (text) => readMesh(encode(text), 'f.stl')],
])(`a broken %s file gives an IsocenterError and nothing else (${CASES} cases, seed ${SEED})`, (_, text, read) => {
  const random = seededRandom(SEED);
  let refused = 0;
  for (let i = 0; i < CASES; i++) {
    const broken = mutate(text, random);
    try {
      read(broken);
    } catch (error) {
      if (!(error instanceof IsocenterError)) throw new Error(JSON.stringify(broken), { cause: error });
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(CASES / 20);
});

it('aliases that multiply are refused', () => {
  const bomb =
    'a: &a [1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]';
  expect(() => readPlanningScene(bomb, 'f')).toThrow(IsocenterError);
});
