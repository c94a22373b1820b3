import { parse } from '@foxglove/rosmsg';
import { describe, expect, it } from 'vitest';
import { interfaceNameOf, isInterfacePath, loadInterfaces } from '../../../../engine/ros2/messages/load.ts';
import { createInterfaceRegistry } from '../../../../engine/ros2/messages/registry.ts';

const fault = (code: string, message: RegExp): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe("a user's interfaces", () => {
  it('are taken in any order, with the types of their own package and those of others', () => {
    const registry = createInterfaceRegistry();
    const names = loadInterfaces(registry, [
      {
        path: '/ws/src/beam_msgs/action/Deliver.action',
        text: 'Plan plan\n---\nbool done\n---\nfloat32 fraction\nbuiltin_interfaces/Time stamp\n',
      },
      { path: 'C:\\ws\\beam_msgs\\srv\\Check.srv', text: 'Plan plan\n---\nbool ok\nstring<=64 why\n' },
      { path: 'beam_msgs/msg/Plan.msg', text: 'std_msgs/Header header\nBeam[<=16] beams\n' },
      {
        path: 'beam_msgs/msg/Beam.msg',
        text: '# a beam\r\nfloat64 gantry_deg 90.0 # from where\r\nuint8 PHOTON=0\r\nuint8 kind\r\nbyte[3] tag\r\nwstring label "x"\r\n',
      },
    ]);
    expect(names).toContain('beam_msgs/srv/Check');
    const plan = registry.message('beam_msgs/Plan');
    expect(plan.zero()).toEqual({ header: { stamp: { sec: 0, nanosec: 0 }, frame_id: '' }, beams: [] });
    const beam = { gantry_deg: 12, kind: 1, tag: Uint8Array.of(1, 2, 3), label: 'ä𝄞' };
    expect(registry.message('beam_msgs/Beam').zero()).toEqual({
      gantry_deg: 90,
      kind: 0,
      tag: new Uint8Array(3),
      label: 'x',
    });
    const { goal } = registry.action('beam_msgs/Deliver');
    const value = { plan: { header: { stamp: { sec: 1, nanosec: 2 }, frame_id: 'ct' }, beams: [beam, beam] } };
    expect(goal.decode(goal.encode(value))).toEqual(value);
    const [own, ...parts] = registry.service('beam_msgs/Check').request.definitions.map(({ name }) => name);
    expect(own).toBe('beam_msgs/srv/Check_Request');
    expect(parts.sort()).toEqual([
      'beam_msgs/msg/Beam',
      'beam_msgs/msg/Plan',
      'builtin_interfaces/msg/Time',
      'std_msgs/msg/Header',
    ]);
  });

  it('may take the place of known ones', () => {
    const registry = createInterfaceRegistry();
    loadInterfaces(registry, [{ path: 'std_msgs/msg/String.msg', text: 'string data\nint32 more\n' }]);
    expect(registry.message('std_msgs/String').zero()).toEqual({ data: '', more: 0 });
  });

  it.each([
    ['a line that is none', 'int32 a\n\nnonsense\n', /p\/msg\/A\.msg:3: /],
    ['a bad name', 'int32 a\nint32 Bad\n', /p\/msg\/A\.msg:2: .*Bad/],
    ['a name that JavaScript would mind', 'int32 __proto__\n', /p\/msg\/A\.msg:1: /],
    ['the same name twice', 'int32 a\nint32 a\n', /p\/msg\/A\.msg:2: a is there twice/],
    ['a constant out of range', 'uint8 A=300\n', /p\/msg\/A\.msg:1: .*300/],
    [
      'a type that is missing',
      'int32 a\n# b\nother_msgs/Thing b\n',
      /p\/msg\/A\.msg:3: the type other_msgs\/msg\/Thing of b/,
    ],
    [
      'itself within itself',
      'int32 a\nA[] b\n',
      /p\/msg\/A\.msg:2: p\/msg\/A is part of itself: p\/msg\/A -> p\/msg\/A/,
    ],
    ['an array too long', 'uint8[18446744073709551616] a\n', /p\/msg\/A\.msg:1: .*over the limit/],
    ['an array of none', 'uint8[0] a\n', /p\/msg\/A\.msg:1: an array of no entries/],
    ['a part of a service', 'int32 a\n---\nint32 b\n', /p\/msg\/A\.msg:3: 2 parts/],
    ['a separator of other texts', 'int32 a\n====\nMSG: x/Y\n', /p\/msg\/A\.msg:2: '====' is no field/],
    ['defaults that do not fit', 'int32[3] a [1, 2]\n', /p\/msg\/A\.msg:1: 2 defaults for 3 entries/],
  ])('are refused with file and line: %s', (_, text, message) => {
    const registry = createInterfaceRegistry();
    expect(() => loadInterfaces(registry, [{ path: 'p/msg/A.msg', text }])).toThrow(fault('ros2/definition', message));
    expect(registry.has('msg', 'p/A')).toBe(false);
  });

  it('that hold each other, or more than memory holds, are refused, and none of them is taken', () => {
    const registry = createInterfaceRegistry();
    const round = [
      { path: 'p/msg/A.msg', text: 'B b' },
      { path: 'p/msg/B.msg', text: 'int8 x\nC c' },
      { path: 'p/msg/C.msg', text: 'A[] a' },
    ];
    expect(() => loadInterfaces(registry, round)).toThrow(
      fault('ros2/definition', /p\/msg\/C\.msg:1: p\/msg\/A is part of itself: .*A -> .*B -> .*C -> .*A/),
    );
    const huge = Array.from({ length: 6 }, (_, i) => ({
      path: `p/msg/H${i}.msg`,
      text: i === 0 ? 'uint8[1000] a' : `H${i - 1}[1000] a`,
    }));
    expect(() => loadInterfaces(registry, huge)).toThrow(fault('ros2/definition', /would hold over/));
    expect(registry.names('msg').filter((name) => name.startsWith('p/'))).toEqual([]);
  });

  it('say by their path what they are', () => {
    expect(interfaceNameOf('/a/share/x_msgs/srv/Do.srv')).toBe('x_msgs/srv/Do');
    expect(isInterfacePath('x_msgs/package.xml')).toBe(false);
    for (const path of ['Do.srv', 'x_msgs/msg/Do.srv', 'x/msg/do.msg', 'X/msg/Do.msg']) {
      expect(() => interfaceNameOf(path)).toThrow(fault('ros2/interface-path', new RegExp(path)));
    }
    const twice = ['a/p/msg/A.msg', 'b/p/msg/A.msg'].map((path) => ({ path, text: 'int8 x' }));
    expect(() => loadInterfaces(createInterfaceRegistry(), twice)).toThrow(fault('ros2/interface-path', /twice/));
  });
});

describe('the text of a type', () => {
  it('is one that the library reads to the same fields, for every type', () => {
    const registry = createInterfaceRegistry();
    for (const name of registry.names('msg')) {
      const type = registry.message(name);
      const parsed = parse(type.text, { ros2: true });
      const [own] = parsed;
      expect(own.definitions.map((field) => field.name)).toEqual(
        type.definitions[0].definitions.map((field) => field.name),
      );
      expect(parsed).toHaveLength(type.definitions.length);
    }
  });
});
