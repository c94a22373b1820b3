import { describe, expect, it } from 'vitest';
import { defaultHlut } from '../../../engine/formats/hlut.ts';
import { openDevice } from '../../../kernels/device.ts';
import { equispacedAngles } from '../../../planners/radiation/beams/beam.ts';
import { builtinMachine } from '../../../planners/radiation/machine/registry.ts';
import { LivePlan } from '../../../planners/radiation/planning/live-plan.ts';
import { planPatient } from '../../../planners/radiation/planning/plan.ts';
import {
  aimOf,
  objectiveForGoal,
  objectiveForPoint,
  placeOfGoal,
  pursueGoal,
  pursuers,
} from '../../../planners/radiation/planning/steer.ts';
import { type Objective, objectiveSchema } from '../../../planners/radiation/protocol/objectives.ts';
import { builtinProtocol } from '../../../planners/radiation/protocol/registry.ts';
import { buildPhantom } from '../../../sim/phantoms/registry.ts';

describe('objectives from wishes', () => {
  it('a point dragged to less is an upper wish, to more a lower one', () => {
    const from = { doseGy: 30, volumePercent: 50 };
    expect(objectiveForPoint('Core', from, { doseGy: 20, volumePercent: 50 })).toMatchObject({ function: 'max-dvh' });
    expect(objectiveForPoint('PTV', from, { doseGy: 40, volumePercent: 50 })).toMatchObject({ function: 'min-dvh' });
    expect(objectiveForPoint('PTV', from, { doseGy: -3, volumePercent: 130 }).parameters).toEqual({
      doseGy: 0,
      volumePercent: 100,
    });
  });

  it.each([
    ['mean', '<=', 'mean-dose'],
    ['max', '<=', 'squared-overdosing'],
    ['min', '>=', 'squared-underdosing'],
    ['D95', '>=', 'min-dvh'],
    ['D0.1cc', '<=', 'max-dvh'],
    ['V20Gy', '<=', 'max-dvh'],
    ['gEUD(8)', '<=', 'eud'],
  ] as const)('a goal %s %s is pursued by %s', (metric, comparator, wanted) => {
    const objective = objectiveForGoal({ structure: 'X', metric, comparator, limit: 20 }, 50);
    expect(objective?.function).toBe(wanted);
    expect(objectiveSchema.safeParse(objective).success).toBe(true);
  });

  it('a goal moves its own objective, wherever that came from, and no other', () => {
    const d2 = { structure: 'X', metric: 'D2', comparator: '<=', limit: 20 } as const;
    const d50 = { ...d2, metric: 'D50' } as const;
    const weak = objectiveForPoint('X', { doseGy: 30, volumePercent: 2 }, { doseGy: 25, volumePercent: 2 });
    const first = [{ ...weak, weight: 10 }, ...pursueGoal([], d50, 50, undefined)];
    expect(pursuers(first, [d50, d2, { ...d2, structure: 'Y' }], [50, 50, 50])).toEqual([1, 0, undefined]);
    const moved = pursueGoal(pursueGoal(first, d2, 50, 0), { ...d2, limit: 15 }, 50, 0);
    expect(moved).toHaveLength(2);
    expect(moved[0]).toMatchObject({ weight: 300, parameters: { doseGy: 15, volumePercent: 2 } });
    expect(moved[1]).toBe(first[1]);
    expect(moved.map((one) => aimOf(one, d2, 50))).toEqual([15, undefined]);
    const cc = { ...d2, metric: 'D0.1cc' } as const;
    const twice = pursueGoal(pursueGoal([], cc, 30, undefined), { ...cc, limit: 9 }, 30, 0);
    expect(twice.map((one) => aimOf(one, cc, 30))).toEqual([9]);
    const geud = { structure: 'X', metric: 'gEUD(-10)', comparator: '>=', limit: 60 } as const;
    expect(pursueGoal(first, geud, 50, undefined)).toBe(first);
    expect(objectiveForGoal({ ...d2, metric: 'max', comparator: '>=' }, 50)).toBeUndefined();
    expect(objectiveForGoal({ ...d2, metric: 'min' }, 50)).toBeUndefined();
  });

  it('two goals of one metric have an objective each, also once one of them was moved', () => {
    const wanted = { structure: 'PTV', metric: 'D95', comparator: '>=', limit: 57 } as const;
    const goals = [wanted, { ...wanted, limit: 60 }];
    const objectives = goals.reduceRight<readonly Objective[]>((all, goal) => pursueGoal(all, goal, 9, undefined), []);
    expect(pursuers(objectives, goals, [9, 9])).toEqual([1, 0]);
    const moved = pursueGoal(objectives, { ...wanted, limit: 58 }, 9, 1);
    expect(pursuers(moved, goals, [9, 9])).toEqual([1, 0]);
    expect(pursuers(moved.slice(1), goals, [9, 9])).toEqual([0, undefined]);
  });

  it.each([
    ['max', { along: 'dose', doseGy: 20, volumePercent: 0, isMost: true }],
    ['D95', { along: 'dose', doseGy: 20, volumePercent: 95, isMost: true }],
    ['D1cc', { along: 'dose', doseGy: 20, volumePercent: 2, isMost: true }],
    ['V30Gy', { along: 'volume', doseGy: 30, volumePercent: 20, isMost: true }],
    ['mean', undefined],
  ] as const)('a goal of %s stands on the curve where it is met', (metric, place) => {
    expect(placeOfGoal({ structure: 'X', metric, comparator: '<=', limit: 20 }, 50)).toEqual(place);
  });
});

it('a live plan ends where planning in one go ends, and goes on from there', async () => {
  const device = await openDevice({ prefer: 'wasm' });
  const request = {
    patient: buildPhantom('tg119-cshape', { voxelMm: 8 }),
    protocol: builtinProtocol('tg119-cshape'),
    model: builtinMachine('generic-6mv'),
    angles: equispacedAngles(5),
    bixelMm: 10,
    hlut: defaultHlut,
  };
  const once = await planPatient(device, request);
  const live = await LivePlan.create(device, request);
  const doses: number[] = [];
  const first = await live.optimize(once.protocol.objectives, {
    doseEveryMs: 0,
    onDose: ({ value }) => doses.push(value),
  });
  // The same start and the same steps: the same bits.
  expect(first.value).toBe(once.fluence.value);
  expect(live.dose).toEqual(once.fluence.dose);
  expect(doses).toHaveLength(first.iteration);
  expect(live.evaluate().goals).toEqual(once.evaluation.goals);
  expect(live.judge()).toEqual(once.evaluation.goals);

  // From the weights of a plan an equal one goes on: nothing is left to do.
  const again = await LivePlan.create(device, { ...request, start: live.weights });
  const resumed = await again.optimize(once.protocol.objectives);
  expect(resumed.trace[0]).toBeCloseTo(first.value, 1);
  again.free();

  const wish = objectiveForPoint('Core', { doseGy: 25, volumePercent: 50 }, { doseGy: 5, volumePercent: 50 });
  const second = await live.optimize([...once.protocol.objectives, wish]);
  const core = (goals: typeof once.evaluation.goals): number =>
    goals.find(({ structure }) => structure === 'Core')?.value ?? 0;
  expect(core(live.evaluate().goals)).toBeLessThan(core(once.evaluation.goals));
  expect(second.iteration).toBeGreaterThan(0);

  const stop = new AbortController();
  stop.abort();
  expect((await live.optimize(once.protocol.objectives, { signal: stop.signal })).stop).toBe('cancelled');
  live.free();
  await device.close();
});
