import type { DevicePreference } from '../../engine/compute/open.ts';
import { defaultHlut } from '../../engine/formats/hlut.ts';
import { openDevice } from '../../kernels/device.ts';
import { equispacedAngles } from '../../planners/radiation/beams/beam.ts';
import { builtinMachine } from '../../planners/radiation/machine/registry.ts';
import { planPatient } from '../../planners/radiation/planning/plan.ts';
import { builtinProtocol } from '../../planners/radiation/protocol/registry.ts';
import { buildPhantom } from '../../sim/phantoms/registry.ts';
import type { BrowserPlan } from './browser-plan.ts';

/** Options of the page's address: device, beams, bixel and voxel in mm, iterations. */
const options = new URLSearchParams(location.search);
const number = (name: string, fallback: number): number => Number(options.get(name) ?? fallback);
const status = document.querySelector('#status') as HTMLElement;

async function plan(): Promise<BrowserPlan> {
  const device = await openDevice({ prefer: (options.get('device') ?? 'auto') as DevicePreference });
  const described = { kind: device.kind, name: device.name, threads: device.threads };
  const result = await planPatient(
    device,
    {
      patient: buildPhantom('tg119-cshape', { voxelMm: number('voxel', 3) }),
      protocol: builtinProtocol('tg119-cshape'),
      model: builtinMachine('generic-6mv'),
      angles: equispacedAngles(number('beams', 9)),
      bixelMm: number('bixel', 5),
      hlut: defaultHlut,
      optimizer: { maxIterations: number('iterations', 500) },
    },
    {
      onIteration: ({ iteration, value }) => {
        status.textContent = `Iteration ${iteration}, objective ${value.toPrecision(5)}`;
      },
    },
  );
  await device.close();
  const { fluence, evaluation, timeMs } = result;
  return {
    device: described,
    voxels: fluence.dose.length,
    bixels: fluence.weights.length,
    objective: fluence.value,
    iterations: fluence.iteration,
    timeMs,
    goals: evaluation.goals,
  };
}

function show(result: BrowserPlan): void {
  const { kind, name, threads } = result.device;
  const total = Object.values(result.timeMs).reduce((sum, ms) => sum + ms, 0);
  status.textContent =
    `${result.voxels} voxels, ${result.bixels} bixels: ${result.iterations} iterations, ` +
    `${(total / 1000).toFixed(2)} s on ${kind} (${name}, ${threads} threads).`;
  const table = document.querySelector('#goals') as HTMLTableElement;
  for (const goal of result.goals) {
    const row = table.tBodies[0].insertRow();
    const value = goal.value === null ? '-' : `${goal.value.toFixed(1)} ${goal.unit}`;
    const verdict = goal.pass === null ? 'not judged' : goal.pass ? 'pass' : 'fail';
    const cells = [goal.structure, goal.metric, `${goal.comparator} ${goal.limit}`, value, verdict];
    for (const text of cells) row.insertCell().textContent = text;
    if (goal.pass === false) row.className = 'failed';
  }
  table.hidden = false;
}

globalThis.isocenterPlan = plan();
globalThis.isocenterPlan.then(show, (error: unknown) => {
  status.textContent = error instanceof Error ? error.message : String(error);
});
