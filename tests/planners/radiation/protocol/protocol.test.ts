import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../../engine/core/errors.ts';
import type { Patient } from '../../../../engine/core/patient.ts';
import { matchProtocol, objectiveVoxels } from '../../../../planners/radiation/protocol/match.ts';
import { type Protocol, parseProtocol, readProtocol } from '../../../../planners/radiation/protocol/protocol.ts';
import { buildPhantom } from '../../../../sim/phantoms/registry.ts';

const builtin = fileURLToPath(new URL('../../../../planners/radiation/protocol/builtin/', import.meta.url));
const readBuiltin = (name: string): Protocol =>
  readProtocol(readFileSync(`${builtin}${name}.json`, 'utf8'), `${name}.json`);
const names = readdirSync(builtin).map((file) => file.replace(/\.json$/, ''));

function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof IsocenterError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

const valid = {
  name: 'test',
  description: '',
  fractions: 25,
  doseVolumeConvention: 'openkbp',
  targets: [
    { structure: 'Low', prescriptionGy: 50 },
    { structure: 'High', prescriptionGy: 70 },
  ],
  goals: [{ structure: 'Organ', metric: 'D0.1cc', comparator: '<=', limit: 45, priority: 1 }],
  objectives: [
    { structure: 'Low', function: 'squared-deviation', parameters: { doseGy: 50 }, weight: 1000 },
    {
      structure: 'Organ',
      function: 'mean-dose',
      parameters: { doseGy: 0, kind: 'linear' },
      weight: 1,
      excludes: 'targets',
    },
    { structure: 'Body', function: 'eud', parameters: { doseGy: 10, exponent: 3.5 }, weight: 1 },
  ],
  overlapPriority: ['High', 'Low'],
};

function changed(change: (protocol: Record<string, unknown>) => void): unknown {
  const copy: Record<string, unknown> = structuredClone(valid);
  change(copy);
  return copy;
}

const first = (list: unknown): Record<string, unknown> => (list as Record<string, unknown>[])[0];

describe('protocol files', () => {
  it.each(names)('%s is valid and called like its file', (name) => {
    expect(readBuiltin(name).name).toBe(name);
  });

  it.each([
    ['tg119-cshape', 'tg119-cshape'],
    ['tg119-cshape-hard', 'tg119-cshape'],
    ['tg119-prostate', 'prostate'],
    ['tg119-head-neck', 'head-and-neck'],
    ['tg119-multi-target', 'multi-target'],
  ])('%s names only structures of phantom %s', (name, phantom) => {
    const protocol = readBuiltin(name);
    const patient = buildPhantom(phantom);
    expect(matchProtocol(protocol, patient).notes).toEqual([]);
    for (const objective of protocol.objectives) {
      expect(objectiveVoxels(patient, protocol, objective).length).toBeGreaterThan(0);
    }
  });

  it('head-neck-openkbp has the ten criteria of OpenKBP-Opt', () => {
    const { goals, targets } = readBuiltin('head-neck-openkbp');
    expect(goals.length).toBe(10);
    for (const { structure, prescriptionGy } of targets) {
      const goal = goals.find((candidate) => candidate.structure === structure);
      expect(goal?.limit).toBeCloseTo(0.95 * prescriptionGy, 12);
    }
  });

  it('accepts every function', () => {
    const parameters = {
      'squared-deviation': { doseGy: 1 },
      'squared-overdosing': { doseGy: 1 },
      'squared-underdosing': { doseGy: 1 },
      'mean-dose': { doseGy: 0, kind: 'quadratic' },
      eud: { doseGy: 1, exponent: -8 },
      'max-dvh': { doseGy: 1, volumePercent: 30 },
      'min-dvh': { doseGy: 1, volumePercent: 95 },
    };
    const objectives = Object.entries(parameters).map(([name, values]) => ({
      structure: 'Low',
      function: name,
      parameters: values,
      weight: 1,
    }));
    expect(parseProtocol({ ...valid, objectives }, 'p.json').objectives.length).toBe(7);
  });

  it.each<[string, (protocol: Record<string, unknown>) => void, string]>([
    [
      'fractions of 0',
      (p) => {
        p.fractions = 0;
      },
      'p.json: fractions: ',
    ],
    [
      'no name',
      (p) => {
        delete p.name;
      },
      'p.json: name: ',
    ],
    [
      'an unknown field',
      (p) => {
        p.colour = 'red';
      },
      'colour',
    ],
    [
      'no target',
      (p) => {
        p.targets = [];
      },
      'p.json: targets: ',
    ],
    [
      'a target twice',
      (p) => {
        p.targets = [...valid.targets, valid.targets[0]];
      },
      'targets[2]: Low is listed twice',
    ],
    [
      'the body as target',
      (p) => {
        first(p.targets).structure = 'Body';
      },
      'targets[0].structure: Body cannot be',
    ],
    [
      'a negative prescription',
      (p) => {
        first(p.targets).prescriptionGy = -1;
      },
      'targets[0].prescriptionGy: ',
    ],
    [
      'an unknown metric',
      (p) => {
        first(p.goals).metric = 'D_95';
      },
      'goals[0].metric: Known forms: mean',
    ],
    [
      'an unknown comparator',
      (p) => {
        first(p.goals).comparator = '<';
      },
      'goals[0].comparator: ',
    ],
    [
      'a limit as text',
      (p) => {
        first(p.goals).limit = '45';
      },
      'goals[0].limit: ',
    ],
    [
      'an unknown function',
      (p) => {
        first(p.objectives).function = 'magic';
      },
      'objectives[0].function: ',
    ],
    [
      'a missing parameter',
      (p) => {
        first(p.objectives).parameters = {};
      },
      'objectives[0].parameters.doseGy: ',
    ],
    [
      'a weight of 0',
      (p) => {
        first(p.objectives).weight = 0;
      },
      'objectives[0].weight: ',
    ],
    [
      'an unknown convention',
      (p) => {
        p.doseVolumeConvention = 'x';
      },
      'doseVolumeConvention: ',
    ],
    [
      'a name twice in the priorities',
      (p) => {
        p.overlapPriority = ['A', 'A'];
      },
      'overlapPriority[1]: A is listed twice',
    ],
  ])('refuses %s', (_name, change, part) => {
    const fault = faultOf(() => parseProtocol(changed(change), 'p.json'));
    expect(fault).toContain('protocol/invalid: p.json: ');
    expect(fault).toContain(part);
    expect(fault).toContain('(found ');
  });

  it('refuses what is not JSON, or no object', () => {
    expect(faultOf(() => readProtocol('{ "name": ', 'p.json'))).toContain('protocol/not-json: p.json is not JSON');
    expect(faultOf(() => readProtocol('null', 'p.json'))).toContain('protocol/invalid: p.json: the file: ');
  });
});

describe('a protocol and a patient', () => {
  const protocol = parseProtocol(valid, 'p.json');
  const patient = (structures: Record<string, number[]>): Patient => {
    const grid = { size: [8, 1, 1], spacingMm: [10, 10, 10], originMm: [0, 0, 0] } as const;
    return {
      id: 'pt',
      ct: { grid, data: new Float32Array(8), unit: 'HU' },
      structureSet: {
        grid,
        structures: Object.entries(structures).map(([name, voxels]) => ({ name, voxels: Uint32Array.from(voxels) })),
      },
      doseVoxels: Uint32Array.of(0, 1, 2, 3, 4, 5, 6),
      warnings: [],
      source: { kind: 'test', path: 'pt' },
    };
  };

  it('orders the targets by prescription', () => {
    const matched = matchProtocol(protocol, patient({ Low: [1], High: [2], Organ: [3] }));
    expect(matched.protocol.targets.map(({ structure }) => structure)).toEqual(['High', 'Low']);
    expect(matched.notes).toEqual([]);
  });

  it('leaves out what the patient lacks, and says so', () => {
    const matched = matchProtocol(protocol, patient({ Low: [1], High: [], Other: [3] }));
    expect(matched.protocol.targets.map(({ structure }) => structure)).toEqual(['Low']);
    expect(matched.protocol.goals).toEqual([]);
    expect(matched.protocol.objectives.map(({ structure }) => structure)).toEqual(['Low', 'Body']);
    expect(matched.protocol.overlapPriority).toEqual(['Low']);
    expect(matched.notes).toEqual([
      'Patient pt has no voxels in structure High: left out (target).',
      'Patient pt has no structure Organ: left out (1 goal, 1 objective).',
    ]);
  });

  it('refuses a patient without any target, and lists the structures', () => {
    const fault = faultOf(() => matchProtocol(protocol, patient({ Organ: [3], ptv: [1] })));
    expect(fault).toContain('protocol/no-target: ');
    expect(fault).toContain('(Low, High); its structures: Organ, ptv.');
  });

  it('gives each objective its voxels', () => {
    const anatomy = patient({ Low: [1, 2, 3], High: [3, 4], Organ: [2, 5, 7] });
    const voxels = protocol.objectives.map((objective) => [...objectiveVoxels(anatomy, protocol, objective)]);
    // Low without the voxel of High; the organ without targets and without voxel 7, where no dose is wanted; the rest.
    expect(voxels).toEqual([[1, 2], [5], [0, 5, 6]]);
  });
});
