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

const SEED = 20261127;

describe('names', () => {
  it.each(['a', '/a', '/a/b_1', '~', '~/x', 'A9', '__x', '/_hidden/topic'])('takes %s', (name) => {
    expect(() => checkName(name)).not.toThrow();
  });

  it.each(['', 'a/', '//a', '/', 'a//b', 'a b', 'ä', '1a', '/a/2b', 'a~', '~a', 'a-b', 'a.b', `/${'a'.repeat(300)}`])(
    'refuses %j',
    (name) => {
      expect(() => checkName(name)).toThrow(/name/);
    },
  );

  it('expands relative, absolute and private names', () => {
    expect(expandName('scan', 'driver', '/')).toBe('/scan');
    expect(expandName('scan', 'driver', '/robot')).toBe('/robot/scan');
    expect(expandName('/scan', 'driver', '/robot')).toBe('/scan');
    expect(expandName('~/scan', 'driver', '/robot')).toBe('/robot/driver/scan');
    expect(expandName('~', 'driver', '/')).toBe('/driver');
    expect(fullNamespace('robot')).toBe('/robot');
    expect(fullNamespace('')).toBe('/');
    expect(() => fullNamespace('/a/')).toThrow();
    expect(() => checkNodeName('a/b')).toThrow();
    expect(() => checkFullName('a')).toThrow();
  });

  it(`makes whole names of all that it takes (seed ${SEED})`, () => {
    const token = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
    const name = fc
      .tuple(fc.constantFrom('', '/', '~/'), fc.array(token, { minLength: 1, maxLength: 4 }))
      .map(([prefix, tokens]) => prefix + tokens.join('/'));
    fc.assert(
      fc.property(name, token, token, (given, node, space) => {
        const full = expandName(given, node, `/${space}`);
        expect(() => checkFullName(full)).not.toThrow();
        // A whole name is its own expansion.
        expect(expandName(full, node, `/${space}`)).toBe(full);
      }),
      { seed: SEED },
    );
  });

  it('remaps topics, the node and its namespace, for one node or all', () => {
    const rules = ['scan:=/lidar/scan', '~/state:=state', '__ns:=/left', 'other:chatter:=/no', 'driver:chatter:=/yes'];
    const remapping = createRemapping('driver', '/robot', rules);
    expect(remapping.namespace).toBe('/left');
    expect(remapping.resolve('scan')).toBe('/lidar/scan');
    expect(remapping.resolve('/left/scan')).toBe('/lidar/scan');
    expect(remapping.resolve('~/state')).toBe('/left/state');
    expect(remapping.resolve('chatter')).toBe('/yes');
    expect(remapping.resolve('else')).toBe('/left/else');
    expect(createRemapping('driver', undefined, ['__node:=better']).name).toBe('better');
    for (const bad of ['scan', 'a:=', ':=b', 'a:=b:=c', '__node:=a b', 'a b:=c']) {
      expect(() => createRemapping('driver', '/', [bad]), bad).toThrow();
    }
  });
});
