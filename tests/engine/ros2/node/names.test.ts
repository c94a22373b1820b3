import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkFullName,
  checkName,
  checkNodeName,
  expandName,
  fullNamespace,
} from '../../../../engine/ros2/node/names.ts';
import { createRemapping } from '../../../../engine/ros2/node/remap.ts';

describe('names of ROS', () => {
  // rcl's rules (design.ros2.org, topic and service names) and its own tests' examples.
  it.each(['foo', 'foo/bar', '/foo/bar', '~', '~/foo', '_foo', 'foo_1/b2', '/foo/_hidden', '__foo', 'F9'])(
    'takes %s',
    (name) => {
      expect(() => checkName(name)).not.toThrow();
    },
  );
  it.each([
    ['', 'is empty'],
    ['/', 'no name'],
    ['foo/', 'slash'],
    ['foo//bar', 'two slashes'],
    ['foo~', '~'],
    ['~foo', '~'],
    ['foo/~', '~'],
    ['1foo', 'digit'],
    ['foo/2bar', 'digit'],
    ['foo bar', 'characters'],
    ['foo-bar', 'characters'],
    ['foo.bar', 'characters'],
    ['//foo', 'two slashes'],
    ['fóo', 'characters'],
    ['foo\n', 'characters'],
    [`/${'a'.repeat(300)}`, '247'],
  ])('refuses %j', (name, why) => {
    expect(() => checkName(name)).toThrow(why);
  });
  it('takes names of nodes and namespaces', () => {
    expect(() => checkNodeName('talker_1')).not.toThrow();
    for (const bad of ['', '1a', 'a/b', 'a b', 'a'.repeat(256)]) expect(() => checkNodeName(bad)).toThrow(/no name/);
    expect([undefined, '', '/', 'a', '/a/b'].map(fullNamespace)).toEqual(['/', '/', '/', '/a', '/a/b']);
    expect(() => fullNamespace('/a/')).toThrow(/slash/);
    expect(() => checkFullName('a')).toThrow(/begin/);
  });
  it('expands them', () => {
    const at = (name: string, space = '/ns') => expandName(name, 'node', space);
    expect(at('chatter')).toBe('/ns/chatter');
    expect(at('/chatter')).toBe('/chatter');
    expect(at('~/chatter')).toBe('/ns/node/chatter');
    expect(at('~')).toBe('/ns/node');
    expect(at('~/chatter', '/')).toBe('/node/chatter');
    expect(at('{node}/chatter')).toBe('/ns/node/chatter');
    expect(at('{ns}/chatter')).toBe('/ns/chatter');
    expect(at('{namespace}/chatter', '/')).toBe('/chatter');
    expect(() => at('{other}/chatter')).toThrow(/characters/);
    expect(() => at('/a//b')).toThrow(/two slashes/);
  });
  it('expands to names that are valid, whatever the names are', () => {
    const part = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
    const relative = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const space = fc.oneof(
      fc.constant('/'),
      relative.map((name) => `/${name}`),
    );
    const name = fc.oneof(
      relative,
      relative.map((each) => `/${each}`),
      relative.map((each) => `~/${each}`),
    );
    fc.assert(
      fc.property(name, part, space, (given, node, namespace) => {
        const full = expandName(given, node, namespace);
        expect(full.startsWith('/')).toBe(true);
        checkName(full);
        expect(expandName(full, 'other', '/else')).toBe(full);
      }),
      { seed: 20260101 },
    );
  });
});

describe('remapping', () => {
  const remap = (rules: string[], name = 'talker', space = '/ns') => createRemapping(name, space, rules);
  it('changes names, the first rule that fits', () => {
    const { resolve } = remap(['chatter:=/robot/words', 'chatter:=later', '~/state:=state', 'a/b:=~/c']);
    expect(resolve('chatter')).toBe('/robot/words');
    expect(resolve('/ns/chatter')).toBe('/robot/words');
    expect(resolve('/chatter')).toBe('/chatter');
    expect(resolve('~/state')).toBe('/ns/state');
    expect(resolve('a/b')).toBe('/ns/talker/c');
  });
  it('changes the node and its namespace before the rest', () => {
    const { name, namespace, resolve } = remap(['__node:=listener', '__ns:=/other', '~/state:=x']);
    expect([name, namespace]).toEqual(['listener', '/other']);
    expect(resolve('chatter')).toBe('/other/chatter');
    expect(resolve('~/state')).toBe('/other/x');
  });
  it('keeps rules of other nodes apart', () => {
    const rules = ['talker:__node:=t', 'listener:__node:=l', 'talker:chatter:=a', 'listener:chatter:=b'];
    expect(remap(rules).name).toBe('t');
    expect(remap(rules).resolve('chatter')).toBe('/ns/a');
    expect(remap(rules, 'listener').resolve('chatter')).toBe('/ns/b');
  });
  it('takes rules with a scheme', () => {
    expect(remap(['rostopic://chatter:=/a']).resolve('chatter')).toBe('/a');
    expect(remap(['talker:rosservice:///add:=/b']).resolve('/add')).toBe('/b');
  });
  it.each(['chatter', 'a:=', ':=b', 'a:=b:=c', 'a b:=c', 'a:=b c'])('refuses %j', (rule) => {
    expect(() => remap([rule])).toThrow();
  });
});
