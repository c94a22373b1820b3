import { describe, it } from 'vitest';
import { readUrdf } from '../../../../engine/formats/urdf/read.ts';
import { failsWith } from '../../../support/errors.ts';
import { joint, limit, links, robot } from '../../../support/urdf.ts';

const read = (text: string) => readUrdf(text, { path: 'r.urdf' });

describe('a URDF', () => {
  it.each<[string, string, string, string]>([
    ['broken XML', '<robot><link></robot>', 'xml/malformed', 'line 1'],
    ['text that is no XML', 'hello', 'xml/malformed', 'r.urdf'],
    ['nothing', '', 'xml/malformed', 'root element'],
    ['another document', '<svg/>', 'urdf/not-a-robot', 'svg'],
    ['a macro', robot('\n<xacro:macro name="x"/>'), 'urdf/xacro', 'line 2'],
    [
      'an expression of xacro',
      robot(`<link name="a"><collision><geometry><sphere radius="$\{r}"/></geometry></collision></link>`),
      'urdf/xacro',
      'an expression of xacro',
    ],
    ['1001 links', robot(links(...Array.from({ length: 1001 }, (_, i) => `l${i}`))), 'urdf/too-large', '1001'],
    [
      'two shapes in one geometry',
      robot(
        '<link name="a"><collision><geometry><sphere radius="1"/><box size="1 1 1"/></geometry></collision></link>',
      ),
      'urdf/two-shapes',
      '<sphere> and <box>',
    ],
    [
      'two origins',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<origin/><origin/>`)),
      'urdf/repeated',
      'origin',
    ],
    [
      'a scale of 0',
      robot('<link name="a"><visual><geometry><mesh filename="m" scale="1 0 1"/></geometry></visual></link>'),
      'urdf/bad-size',
      '1 0 1',
    ],
    [
      'a place at 10^7 m',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<origin xyz="0 1e7 0"/>`)),
      'urdf/too-far',
      '10000000',
    ],
    [
      'no velocity limit',
      robot(links('a', 'b') + joint('j', 'a', 'b', '<limit lower="0" upper="1" effort="1"/>')),
      'urdf/joint-limits',
      'no velocity',
    ],
    [
      'a hexadecimal number',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<origin xyz="0 0 0x1"/>`)),
      'urdf/bad-number',
      '0x1',
    ],
    [
      'mimicking that grows beyond all numbers',
      robot(
        links('a', 'b', 'c', 'd') +
          joint('x', 'a', 'b') +
          joint('y', 'b', 'c', `${limit}<mimic joint="x" multiplier="1e200"/>`) +
          joint('z', 'c', 'd', `${limit}<mimic joint="y" multiplier="1e200"/>`),
      ),
      'urdf/mimic',
      'Infinity',
    ],
    ['no link', robot(''), 'urdf/no-link', 'no link'],
    ['a link without a name', robot('<link/>'), 'urdf/missing-attribute', 'name'],
    ['two links of one name', robot(links('a', 'a')), 'urdf/duplicate-link', 'a'],
    [
      'two joints of one name',
      robot(links('a', 'b', 'c') + joint('j', 'a', 'b') + joint('j', 'b', 'c')),
      'urdf/duplicate-joint',
      'j',
    ],
    ['a missing link', robot(links('a') + joint('j', 'a', 'zz')), 'urdf/missing-link', 'zz'],
    [
      'two parents',
      robot(links('a', 'b', 'c') + joint('j', 'a', 'c') + joint('k', 'b', 'c')),
      'urdf/two-parents',
      'j and k',
    ],
    ['two roots', robot(links('a', 'b')), 'urdf/two-roots', 'a and b'],
    ['a circle', robot(links('a', 'b', 'c') + joint('j', 'b', 'c') + joint('k', 'c', 'b')), 'urdf/cycle', 'b, c'],
    [
      'a circle of all links',
      robot(links('b', 'c') + joint('j', 'b', 'c') + joint('k', 'c', 'b')),
      'urdf/cycle',
      'b, c',
    ],
    [
      'no parent',
      robot('<link name="a"/><joint name="j" type="fixed"><child link="a"/></joint>'),
      'urdf/joint-link',
      'parent',
    ],
    ['a planar joint', robot(links('a', 'b') + joint('j', 'a', 'b', limit, 'planar')), 'urdf/joint-type', 'planar'],
    [
      'a zero axis',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<axis xyz="0 0 0"/>`)),
      'urdf/joint-axis',
      'j',
    ],
    ['no limits', robot(links('a', 'b') + joint('j', 'a', 'b', '')), 'urdf/joint-limits', 'j'],
    [
      'inverted limits',
      robot(links('a', 'b') + joint('j', 'a', 'b', '<limit lower="1" upper="-1" velocity="1" effort="1"/>')),
      'urdf/joint-limits',
      'lower limit 1',
    ],
    [
      'equal limits',
      robot(links('a', 'b') + joint('j', 'a', 'b', '<limit lower="1" upper="1" velocity="1" effort="1"/>')),
      'urdf/joint-limits',
      'not below',
    ],
    [
      'zero velocity',
      robot(links('a', 'b') + joint('j', 'a', 'b', '<limit lower="0" upper="1" velocity="0" effort="1"/>')),
      'urdf/joint-limits',
      'velocity',
    ],
    [
      'NaN',
      robot(links('a', 'b') + joint('j', 'a', 'b', '<limit lower="NaN" upper="1" velocity="1" effort="1"/>')),
      'urdf/bad-number',
      'NaN',
    ],
    [
      'a number that is none',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<origin xyz="0 0 q"/>`)),
      'urdf/bad-number',
      '"q"',
    ],
    [
      'two numbers for three',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<origin xyz="0 0"/>`)),
      'urdf/bad-number',
      '2 values',
    ],
    [
      'an unknown mimic',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<mimic joint="q"/>`)),
      'urdf/mimic',
      'q',
    ],
    [
      'a mimic of itself',
      robot(links('a', 'b') + joint('j', 'a', 'b', `${limit}<mimic joint="j"/>`)),
      'urdf/mimic',
      'itself',
    ],
    [
      'an unknown shape',
      robot('<link name="a"><collision><geometry><cone/></geometry></collision></link>'),
      'urdf/unsupported-geometry',
      'cone',
    ],
    [
      'a shape without size',
      robot('<link name="a"><collision><geometry><sphere/></geometry></collision></link>'),
      'urdf/missing-attribute',
      'radius',
    ],
    [
      'a negative size',
      robot('<link name="a"><collision><geometry><sphere radius="-1"/></geometry></collision></link>'),
      'urdf/bad-size',
      '-1',
    ],
    ['no geometry', robot('<link name="a"><collision/></link>'), 'urdf/no-geometry', 'geometry'],
  ])('refuses %s', (_, text, code, part) => {
    failsWith(() => read(text), code, part);
  });
});
