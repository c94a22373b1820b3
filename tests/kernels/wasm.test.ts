import { afterAll, describe, expect, it } from 'vitest';
import { contracts } from '../../kernels/contracts.ts';
import { openDevice } from '../../kernels/device.ts';
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
          expect(identicalOutputs(results[0], result), `${devices[results.indexOf(result)].threads} threads`).toBe(true);
        }
      });
    }
  });
}
