import { expect, it } from 'vitest';
import { defaultHlut } from '../../../engine/formats/hlut.ts';
import { openDevice } from '../../../kernels/device.ts';
import { equispacedAngles } from '../../../planners/radiation/beams/beam.ts';
import { builtinMachine } from '../../../planners/radiation/machine/registry.ts';
import { LivePlan } from '../../../planners/radiation/planning/live-plan.ts';
import type { Objective } from '../../../planners/radiation/protocol/objectives.ts';
import { builtinProtocol } from '../../../planners/radiation/protocol/registry.ts';
import { buildPhantom } from '../../../sim/phantoms/registry.ts';

it('while a point is dragged, each wish goes on with the curvature of the one before', async () => {
  const device = await openDevice({ prefer: 'wasm' });
  const { objectives } = builtinProtocol('tg119-cshape');
  const request = {
    patient: buildPhantom('tg119-cshape', { voxelMm: 8 }),
    protocol: builtinProtocol('tg119-cshape'),
    model: builtinMachine('generic-6mv'),
    angles: equispacedAngles(7),
    bixelMm: 8,
    hlut: defaultHlut,
  };
  const wish = (doseGy: number): readonly Objective[] => [
    ...objectives,
    { structure: 'Core', weight: 300, function: 'max-dvh', parameters: { doseGy, volumePercent: 30 } },
  ];
  const live = await LivePlan.create(device, request);
  await live.optimize(objectives);
  for (const doseGy of [16, 14, 12, 11]) {
    const stop = new AbortController();
    let iterations = 0;
    await live.optimize(wish(doseGy), {
      signal: stop.signal,
      onDeviceDose: () => {
        if (++iterations === 4) stop.abort();
      },
    });
  }
  const kept = live.weights.slice();
  const dragged = await live.optimize(wish(10));

  // The same from the same weights, but without any curvature to begin with.
  const fresh = await LivePlan.create(device, { ...request, start: kept });
  const afresh = await fresh.optimize(wish(10));
  expect(afresh.trace[0]).toBeCloseTo(dragged.trace[0], 0);
  const best = Math.min(dragged.value, afresh.value);
  const reach = (trace: readonly number[]): number => trace.findIndex((value) => value <= 1.02 * best);
  expect(reach(dragged.trace)).toBeGreaterThanOrEqual(0);
  expect(reach(dragged.trace)).toBeLessThan(reach(afresh.trace));
  await device.close();
});
