import { afterAll, describe, expect, it } from 'vitest';
import type { DeviceBuffer } from '../../engine/compute/device.ts';
import { contracts } from '../../kernels/contracts.ts';
import { openDevice } from '../../kernels/device.ts';
import { radiologicalDepth } from '../../kernels/radiological-depth/contract.ts';
import { projectedStep } from '../../kernels/vector/contract.ts';
import { prepareProjectedStep } from '../../kernels/vector/index.ts';
import { identicalOutputs, runCase } from '../support/kernel-lanes.ts';

const devices = await Promise.all([1, 2, 3].map((threads) => openDevice({ prefer: 'wasm', threads })));
afterAll(() => Promise.all(devices.map((device) => device.close())));

for (const contract of contracts) {
  describe(contract.name, () => {
    for (const c of contract.cases) {
      it(c.name, async () => {
        const results = [];
        for (const device of devices) results.push(await runCase(device, contract, c));
        for (const result of results) {
          expect(result.problems).toEqual([]);
          // Comparisons and sums of wasm keep NaN, so it must be where the reference has it and nowhere else.
          expect(result.nan.shown).toBe(result.nan.expected);
          expect(result.nan.spread).toBe(0);
          expect(identicalOutputs(results[0], result), `${devices[results.indexOf(result)].threads} threads`).toBe(
            true,
          );
        }
      });
    }
  });
}

it('radiological depth is within a thousandth of a millimetre of water', async () => {
  for (const c of radiologicalDepth.cases.filter(({ nan }) => !nan)) {
    const { absolute } = await runCase(devices[0], radiologicalDepth, c);
    expect(absolute.depthMm, c.name).toBeLessThan(1e-3);
  }
});

describe('the harness notices', () => {
  type Step = (typeof projectedStep.cases)[number];
  const device = devices[0];
  const c = projectedStep.cases.find(({ params }) => params.n === 1025) as Step;

  it('a write beyond an output', async () => {
    const short: Step = { ...c, outputs: { trial: { type: 'f32', length: 1024 } } };
    expect((await runCase(device, projectedStep, short)).problems).toEqual(['writes beyond trial']);
  });

  it('an output that is not written', async () => {
    const idle = { ...projectedStep, prepare: () => [] };
    expect((await runCase(device, idle, { ...c })).problems).toEqual([expect.stringContaining('trial[')]);
  });

  it('a write into an input', async () => {
    const clumsy = {
      ...projectedStep,
      prepare: (on: typeof device, { params: { n } }: Step, { w, direction }: Record<string, DeviceBuffer>) => [
        prepareProjectedStep(on, n, { w, direction, trial: direction }),
      ],
    };
    expect((await runCase(device, clumsy, { ...c })).problems).toContain('writes into its input direction');
  });

  it('a wrong number, NaN from nowhere, and NaN that does not show', async () => {
    const { trial } = projectedStep.reference(c);
    const off = { ...projectedStep, reference: () => ({ trial: trial.map((v, i) => (i === 7 ? v + 0.001 : v)) }) };
    expect((await runCase(device, off, { ...c })).problems[0]).toMatch(/^trial\[7\] is/);
    const inputs = { ...c.inputs, w: (c.inputs.w as Float32Array).map((v, i) => (i === 9 ? Number.NaN : v)) };
    const clean = { ...projectedStep, reference: () => ({ trial }) };
    expect((await runCase(device, clean, { ...c, inputs })).problems[0]).toMatch(/^trial\[9\] is NaN/);
    const hidden = { ...c, inputs, nan: true };
    const blind = { ...projectedStep, prepare: () => [] };
    expect((await runCase(device, blind, hidden)).problems).toContain('NaN in an input shows in no output');
  });
});
