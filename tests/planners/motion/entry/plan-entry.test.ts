import { mat4 } from 'gl-matrix';
import { afterAll, describe, expect, it } from 'vitest';
import { transformPoint } from '../../../../engine/core/frames.ts';
import type { Vec3 } from '../../../../engine/core/grid.ts';
import { openDevice } from '../../../../kernels/device.ts';
import { planEntry } from '../../../../planners/motion/entry/plan-entry.ts';
import type { ArmCheck, EntryRequest } from '../../../../planners/motion/entry/request.ts';
import { dataFolder } from '../../../support/data.ts';
import { gridAround, patientOf } from '../collision/scenes.ts';
import { type EntryCase, exhaust, patientCases, phantomCases, refusalCounts } from './cases.ts';

const device = await openDevice({ prefer: 'wasm', threads: 2 });
afterAll(() => device.close());

/** Rounding of sums of some hundred lengths of 1e2 mm, and of the section search: far below a nanometre. */
const ROUNDING = 9;

async function expectExhaustive(request: EntryRequest): Promise<void> {
  const plan = await planEntry(device, request);
  const wanted = exhaust(request, plan.targetMm);
  expect(plan.candidates).toBe(wanted.candidates);
  expect(plan.accepted).toBe(wanted.ranked.length);
  expect(refusalCounts(plan)).toEqual(wanted.refused);
  expect(plan.ranked.length).toBe(Math.min(20, wanted.ranked.length));
  expect(plan.ranked.map(({ voxel }) => voxel)).toEqual(wanted.ranked.slice(0, 20).map(({ voxel }) => voxel));
  for (const [n, entry] of plan.ranked.entries()) {
    const other = wanted.ranked[n];
    expect(entry.cost).toBeCloseTo(other.cost, ROUNDING);
    expect(entry.pathMm).toBeCloseTo(other.pathMm, ROUNDING);
    expect(entry.tissueMm).toBeCloseTo(other.tissueMm, ROUNDING);
    expect(entry.angleDeg).toBeCloseTo(other.angleDeg, ROUNDING);
    for (const [s, { clearanceMm }] of entry.clearances.entries()) {
      expect(clearanceMm).toBeCloseTo(other.clearancesMm[s], ROUNDING);
    }
  }
}

const exhaustiveTest = ({ name, request }: EntryCase): void => {
  it(`${name}: list, figures and refusals`, () => expectExhaustive(request({ candidateSpacingMm: 12 })));
};

describe('equals an exhaustive search', () => {
  for (const entryCase of phantomCases) exhaustiveTest(entryCase);

  it('also of a body that is a structure, a region and a cone', () => {
    const [{ request }] = phantomCases;
    const cone = { axis: [1, -0.2, 0.3] as const, halfAngleDeg: 40 };
    return expectExhaustive(request({ body: 'External', cone, candidateSpacingMm: 9, maxAngleDeg: 30 }));
  });
});

const data = dataFolder();
describe.skipIf(data === undefined)('equals an exhaustive search, patients', () => {
  for (const entryCase of data === undefined ? [] : patientCases(data)) exhaustiveTest(entryCase);
});

/** A ball of tissue of 40 mm radius with a slab beside its centre and a cavity; voxels of 2 mm. */
const grid = gridAround([52, 52, 52], [2, 2, 2]);
const r = (x: number, y: number, z: number): number => Math.hypot(x, y, z);
const cavity = (x: number, y: number, z: number): boolean => r(x + 20, y, z) < 6;
const patient = patientOf(grid, {
  Body: (x, y, z) => r(x, y, z) < 40 && !cavity(x, y, z),
  Organ: (x, y, z) => Math.abs(x - 15) < 4 && Math.abs(y) < 12 && Math.abs(z) < 12,
  Front: (x, y, z) => r(x, y, z) < 40 && y < -30,
  Core: (x, y, z) => r(x, y, z) < 6,
  Nothing: () => false,
});
const request = (changes: Partial<EntryRequest> = {}): EntryRequest => ({
  patient,
  body: 'Body',
  target: { pointMm: [1, 1, 1] },
  avoid: [{ name: 'Organ', marginMm: 3 }],
  ...changes,
});

describe('an entry', () => {
  it('has terms that sum to its cost, and figures that are what they say', async () => {
    const weights = { tissue: 1.5, clearanceMm: 30, anglePerDeg: 0.5, dexterityMm: 10 };
    const { ranked, targetMm } = await planEntry(device, request({ weights }));
    expect(targetMm).toEqual([1, 1, 1]);
    for (const { terms, cost, tissueMm, pathMm, angleDeg, clearances, entryMm, direction } of ranked) {
      expect(terms.tissue).toBeCloseTo(1.5 * tissueMm, 9);
      expect(terms.angle).toBeCloseTo(0.5 * angleDeg, 9);
      const [{ clearanceMm, marginMm }] = clearances;
      expect(clearanceMm).toBeGreaterThanOrEqual(marginMm);
      expect(terms.clearance).toBeCloseTo(30 * Math.max(0, 1 - (clearanceMm - 3) / 10), 9);
      expect(cost).toBeCloseTo(terms.tissue + terms.clearance + terms.angle + terms.dexterity, 9);
      expect(tissueMm).toBeLessThanOrEqual(pathMm + 1e-9);
      for (let axis = 0; axis < 3; axis++) {
        expect(entryMm[axis] + pathMm * direction[axis]).toBeCloseTo(targetMm[axis], 9);
      }
    }
    expect(ranked.map(({ cost }) => cost)).toEqual(ranked.map(({ cost }) => cost).toSorted((a, b) => a - b));
  });

  it('never lies in a cavity', async () => {
    const { ranked } = await planEntry(device, request({ count: 10_000, candidateSpacingMm: 1 }));
    for (const { entryMm } of ranked) expect(Math.hypot(...entryMm)).toBeGreaterThan(36);
  });

  it('is the same in every run and on both devices', async () => {
    const first = await planEntry(device, request());
    expect(await planEntry(device, request())).toEqual(first);
    const webgpu = await openDevice({ prefer: 'webgpu' });
    expect(await planEntry(webgpu, request())).toEqual(first);
    await webgpu.close();
  });

  it('stays in the region asked for', async () => {
    const { ranked } = await planEntry(device, request({ region: 'Front' }));
    expect(ranked.length).toBeGreaterThan(3);
    for (const { entryMm } of ranked) expect(entryMm[1]).toBeLessThan(-29);
  });

  it('is worse farther from the normal or closer to the organ when these cost more', async () => {
    const [plain] = (await planEntry(device, request({ target: { pointMm: [7, 3, 2] }, avoid: [] }))).ranked;
    const [steep] = (
      await planEntry(device, request({ target: { pointMm: [7, 3, 2] }, avoid: [], weights: { anglePerDeg: 50 } }))
    ).ranked;
    expect(steep.angleDeg).toBeLessThanOrEqual(plain.angleDeg);
    expect(steep.tissueMm).toBeGreaterThanOrEqual(plain.tissueMm);
  });

  it('has a target structure whose centroid lies outside it', async () => {
    const shell = patientOf(grid, {
      Body: (x, y, z) => r(x, y, z) < 40,
      Shell: (x, y, z) => Math.abs(r(x, y, z) - 20) < 2,
    });
    const { targetMm } = await planEntry(device, {
      patient: shell,
      body: 'Body',
      target: { structure: 'Shell' },
      avoid: [],
    });
    expect(Math.abs(Math.hypot(...targetMm) - 20)).toBeLessThan(2);
  });
});

describe('the arm', () => {
  const T_base_patient = new Float64Array(16);
  mat4.fromRotation(T_base_patient, 1.1, [0.3, 1, -0.4]);
  T_base_patient.set([0.5, 0.1, 0.3], 12);

  it('is asked in its own frame, in metres', async () => {
    const asked: [Vec3, Vec3, number][] = [];
    const check: ArmCheck = (entryM, direction, depthM) => {
      asked.push([entryM, direction, depthM]);
      return { ok: true, dexterity: 1 };
    };
    const plan = await planEntry(device, request({ arm: { T_base_patient, check }, count: 3 }));
    const target = transformPoint(T_base_patient, [0.001, 0.001, 0.001]);
    for (const [entryM, direction, depthM] of asked) {
      for (let axis = 0; axis < 3; axis++)
        expect(entryM[axis] + depthM * direction[axis]).toBeCloseTo(target[axis], 12);
    }
    expect(plan.armChecked).toBe(asked.length);
    expect(plan.ranked[0].dexterity).toBe(1);
  });

  /** A made-up arm that works only from one side, with a dexterity that varies. */
  const check: ArmCheck = async ([x, y, z]) => {
    if (x < 0.5) return { ok: false, dexterity: 0, reason: 'out of reach' };
    if (z > 0.33) return { ok: false, dexterity: 0, reason: 'shaft meets bed' };
    return { ok: true, dexterity: 0.5 + 0.5 * Math.sin(300 * y) };
  };

  it('changes the ranks, and is asked no more often than they need', async () => {
    const all = await planEntry(device, request({ arm: { T_base_patient, check }, count: 10_000 }));
    const few = await planEntry(device, request({ arm: { T_base_patient, check }, count: 5 }));
    expect(all.armChecked).toBe(all.accepted);
    expect(few.armChecked).toBeLessThan(all.armChecked);
    expect(few.ranked).toEqual(all.ranked.slice(0, 5));
    for (const { terms, dexterity } of few.ranked) expect(terms.dexterity).toBeCloseTo(20 * (1 - (dexterity ?? 0)), 12);
    const reasons = all.refused.filter(({ kind }) => kind === 'arm');
    expect(reasons.map(({ reason }) => reason).toSorted()).toEqual(['out of reach', 'shaft meets bed']);
    expect(reasons.reduce((sum, { count }) => sum + count, 0) + all.ranked.length).toBe(all.accepted);
  });

  it('that refuses everything leaves an empty list and the reasons', async () => {
    const plan = await planEntry(
      device,
      request({ arm: { T_base_patient, check: () => ({ ok: false, dexterity: 0 }) } }),
    );
    expect(plan.ranked).toEqual([]);
    expect(plan.refused).toContainEqual({ kind: 'arm', reason: 'no reason given', count: plan.accepted });
  });

  it('that answers NaN is a fault', async () => {
    const nan: ArmCheck = () => ({ ok: true, dexterity: Number.NaN });
    await expect(planEntry(device, request({ arm: { T_base_patient, check: nan } }))).rejects.toThrow(
      /dexterity of NaN/,
    );
  });
});

describe('refuses', () => {
  const arm = { T_base_patient: new Float64Array(16), check: () => ({ ok: true, dexterity: 1 }) };
  it.each<[string, Partial<EntryRequest>, RegExp]>([
    ['a target outside the body', { target: { pointMm: [45, 0, 0] } }, /45.0, 0.0, 0.0 mm is not in the body/],
    ['a target in a cavity', { target: { pointMm: [-20, 0, 0] } }, /not in the body/],
    ['a target outside the grid', { target: { pointMm: [900, 0, 0] } }, /not in the body/],
    ['a target that is NaN', { target: { pointMm: [Number.NaN, 0, 0] } }, /not in the body/],
    ['an unknown target', { target: { structure: 'Heart' } }, /no structure "Heart"/],
    ['an empty target', { target: { structure: 'Nothing' } }, /has no voxels/],
    ['an unknown structure', { avoid: [{ name: 'Heart', marginMm: 1 }] }, /no structure "Heart"/],
    ['an unknown body', { body: 'Skin' }, /no structure "Skin"/],
    [
      'a target within a margin',
      { target: { pointMm: [10, 0, 0] } },
      /keep 3 mm from Organ: the target is 2.0 mm from it/,
    ],
    ['a target in an organ', { target: { pointMm: [15, 0, 0] } }, /the target is inside it/],
    [
      'a target deep in an organ',
      { target: { pointMm: [1, 1, 1] }, avoid: [{ name: 'Body', marginMm: 0 }] },
      /inside it/,
    ],
    ['a region away from the skin', { region: 'Core' }, /Core of patient made has no voxel at the skin/],
    ['a negative margin', { avoid: [{ name: 'Organ', marginMm: -1 }] }, /margin of Organ of -1 mm is outside/],
    ['a margin that is NaN', { avoid: [{ name: 'Organ', marginMm: Number.NaN }] }, /margin of Organ of NaN mm/],
    ['an angle of 90', { maxAngleDeg: 90 }, /largest angle of 90 deg is outside/],
    ['a tool of no length', { toolLengthMm: 0 }, /tool length of 0 mm/],
    ['a weight below 0', { weights: { tissue: -1 } }, /weight tissue of -1/],
    ['a cone without direction', { cone: { axis: [0, 0, 0], halfAngleDeg: 10 } }, /no direction/],
    ['a cone of NaN', { cone: { axis: [0, Number.NaN, 0], halfAngleDeg: 10 } }, /no direction/],
    ['a transform that is not rigid', { arm }, /not rigid/],
  ])('%s', async (_, changes, message) => {
    await expect(planEntry(device, request(changes))).rejects.toThrow(message);
  });

  it('every entry, with the reasons counted, where no path is good enough', async () => {
    const plan = await planEntry(device, request({ toolLengthMm: 30 }));
    expect([plan.ranked, plan.accepted]).toEqual([[], 0]);
    expect(plan.refused[0].kind).toBe('too-long');
    expect(plan.refused.reduce((sum, { count }) => sum + count, 0)).toBe(plan.candidates);
  });
});
