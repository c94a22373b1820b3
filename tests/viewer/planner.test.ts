import { expect, it } from 'vitest';
import { openDevice } from '../../kernels/device.ts';
import { equispacedAngles } from '../../planners/radiation/beams/beam.ts';
import { objectiveForPoint } from '../../planners/radiation/planning/steer.ts';
import { buildPhantom } from '../../sim/phantoms/registry.ts';
import type { PlannerEvent } from '../../viewer/engine/messages.ts';
import { viewOf } from '../../viewer/engine/patient-view.ts';
import { Planner } from '../../viewer/engine/planner.ts';
import { builtinMatch } from '../../viewer/files/protocol.ts';
import { pause, until } from '../support/wait.ts';

it('shows doses while wishes come faster than first steps of runs, and ends with the last wish', async () => {
  const device = await openDevice({ prefer: 'wasm' });
  const read = device.read.bind(device);
  // As slow as a patient on a busy machine: a run has its first dose after more than three of these.
  const slow = async (...args: Parameters<typeof read>): Promise<void> => {
    await pause(12);
    return read(...args);
  };
  Object.assign(device, { read: slow });
  const events: PlannerEvent[] = [];
  const planner = new Planner({ say: (event) => events.push(event), openDevice: async () => device });
  const phantom = buildPhantom('tg119-cshape', { voxelMm: 10 });
  const { patient, protocol, matches, notes, input } = builtinMatch('tg119-cshape', phantom);
  const origin = { inputs: [], protocolInput: input, matches, readMs: 0 };
  planner.take({ kind: 'open', patient: viewOf({ patient, protocol, notes, referenceDoses: [], origin }) });
  planner.take({ kind: 'prepare', setup: { angles: equispacedAngles(3), bixelMm: 10 }, run: 0 });
  await until(() => events.some(({ kind }) => kind === 'prepared'));
  let run = 0;
  const wish = (doseGy: number): void => {
    const from = { doseGy: 25, volumePercent: 50 };
    const objectives = [...protocol.objectives, objectiveForPoint('Core', from, { doseGy, volumePercent: 50 })];
    planner.take({ kind: 'optimize', objectives, run: ++run });
  };
  for (let n = 0; n < 100; n++) {
    wish(20 - n / 10);
    await pause(10);
  }
  expect(events.filter(({ kind }) => kind === 'dose').length).toBeGreaterThan(5);
  await until(() => events.some((event) => event.kind === 'finished' && event.run === run), 'the last run', 20_000);
  expect(events.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
  expect(events.filter(({ kind }) => kind === 'fault')).toEqual([]);
  await device.close();
});
