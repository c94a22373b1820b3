import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../../../engine/compute/device.ts';
import { openDevice } from '../../../../kernels/device.ts';
import { squareFieldDose } from '../../../../planners/radiation/machine/commission.ts';
import { type MachineReport, machineReport } from '../../../../planners/radiation/machine/report.ts';
import {
  parseOutputFactors,
  parsePrimaryFluence,
  parseTprTable,
} from '../../../../planners/radiation/machine/tables.ts';
import { dataFolder } from '../../../support/data.ts';
import { builtIn, percentDepthDose } from './water-tank.ts';

// What the dose engine computes in its water tank against what was measured. Limits: the project's targets. Measured
// errors of the engine (model and maps together), generic-6mv / artiste-6mv:
//   depth dose 10x10 at 50, 100, 150, 200 mm against the mean of two linacs: 0.35 / 0.21 points at most
//   5x5 and 20x20 against the own tables: 0.46 / 0.37 points at most; TPR20,10: +0.0026 / +0.0008
//   output factors 30 to 300 mm: 0.54 / 0.18 % at most; in-air profile to 140 mm: 0.36 / 0.17 %; calibration: 0.004 %
// The whole report takes 0.4 s on two cores.
const MACHINES = [
  {
    name: 'generic-6mv',
    prefix: 'photon6MV_synergy',
    tpr2010: 0.6795,
    // At 50, 100, 150, 200, 250 mm; reference/radiation.md 3a, computed from the measured tissue-phantom ratios.
    percent: {
      50: [85.2, 64.0, 47.8, 35.9, 26.8],
      100: [86.7, 67.4, 51.4, 39.4, 30.1],
      200: [87.5, 70.2, 55.4, 43.4, 34.0],
    },
  },
  {
    name: 'artiste-6mv',
    prefix: 'photon6MV_artiste',
    tpr2010: 0.6816,
    percent: {
      50: [85.1, 63.6, 47.5, 35.6, 26.9],
      100: [86.7, 67.1, 51.4, 39.3, 30.2],
      200: [87.7, 70.1, 55.4, 43.4, 34.1],
    },
  },
] as const;

describe.each(MACHINES)('$name as the dose engine computes it in water', ({ name, prefix, tpr2010, percent }) => {
  const model = builtIn(name);
  let device: Device;
  let report: MachineReport;
  let elapsedMs = 0;

  beforeAll(async () => {
    device = await openDevice({ prefer: 'wasm' });
    const start = performance.now();
    report = await machineReport(device, model);
    elapsedMs = performance.now() - start;
  });
  afterAll(() => device.close());

  const depthDose = (fieldMm: number, depthMm: number): number => {
    const curve = report.depthDoses.find((entry) => entry.fieldMm === fieldMm);
    return curve?.percent[curve.depthMm.indexOf(depthMm)] ?? Number.NaN;
  };

  it('takes seconds and frees what it allocated', () => {
    expect(elapsedMs).toBeLessThan(5000);
    // arguments of launches stay until the device closes
    expect(device.memory().usedBytes).toBeLessThan(64 * 1024);
  });

  it('is plain data with finite numbers', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(JSON.stringify(report)).not.toContain('null');
  });

  it('depth dose 10x10 is the mean of two linacs within 1 point', () => {
    [86.7, 67.3, 51.4, 39.4].forEach((value, i) => {
      expect(Math.abs(depthDose(100, 50 * (i + 1)) - value)).toBeLessThan(1);
    });
  });

  it.each([50, 100, 200] as const)('depth dose of the %d mm field is its own within 1 point', (fieldMm) => {
    percent[fieldMm].forEach((value, i) => {
      expect(Math.abs(depthDose(fieldMm, 50 * (i + 1)) - value)).toBeLessThan(1);
    });
  });

  it('depth dose is the one of the model in closed form within 0.1 points', () => {
    // the maps' error on the axis of an open field: 0.007 points
    for (const fieldMm of [50, 100]) {
      for (const depthMm of [5, 50, 200]) {
        expect(Math.abs(depthDose(fieldMm, depthMm) - percentDepthDose(model, fieldMm, depthMm))).toBeLessThan(0.1);
      }
    }
  });

  it('the maximum lies at 13 to 18 mm and rises as the field grows', () => {
    const depths = report.depthDoses.map((curve) => curve.maximumDepthMm);
    for (const depthMm of depths) {
      expect(depthMm).toBeGreaterThanOrEqual(13);
      expect(depthMm).toBeLessThanOrEqual(18);
    }
    expect(depths[1]).toBeLessThanOrEqual(depths[0]);
    expect(depths[2]).toBeLessThanOrEqual(depths[1]);
  });

  it('TPR20,10 is the measured one within 0.005', () => {
    expect(Math.abs(report.tpr2010 - tpr2010)).toBeLessThan(0.005);
  });

  it('1 MU gives 1 cGy under calibration conditions within 0.5 %', () => {
    const { ssdMm, depthMm, fieldMm, gyPerMu } = report.calibration;
    expect([ssdMm, depthMm, fieldMm]).toEqual([900, 100, 100]);
    expect(Math.abs(gyPerMu / 0.01 - 1)).toBeLessThan(0.005);
  });

  it('output factors are those of the model in closed form within 0.2 %', () => {
    const { fieldMm, factor, ssdMm, depthMm } = report.outputFactors;
    const reference = squareFieldDose(model, 100, depthMm, ssdMm);
    fieldMm.forEach((s, i) => {
      expect(Math.abs((factor[i] * reference) / squareFieldDose(model, s, depthMm, ssdMm) - 1)).toBeLessThan(0.002);
    });
  });

  it('profiles in water start at 1, lose their horns with depth and fall off at the edge of the field', () => {
    expect(report.offAxisProfiles.map((profile) => profile.depthMm)).toEqual([15, 50, 100, 200]);
    const horns = report.offAxisProfiles.map(({ ratio, offAxisMm }) => ratio[offAxisMm.indexOf(150)]);
    for (let i = 1; i < horns.length; i++) expect(horns[i]).toBeLessThan(horns[i - 1]);
    for (const { ratio, offAxisMm, ssdMm, depthMm } of report.offAxisProfiles) {
      expect(ratio[0]).toBe(1);
      const edge = (200 * (ssdMm + depthMm)) / 1000;
      offAxisMm.forEach((x, i) => {
        // 9 mm inside the edge the dose is near that of the open field, 9 mm outside only scatter is left
        if (x < edge - 9) expect(ratio[i]).toBeGreaterThan(0.78);
        if (x > edge + 9) expect(ratio[i]).toBeLessThan(0.2);
      });
    }
  });

  it('the field is as wide as it is set and its penumbra is clinical', () => {
    expect(Math.abs(report.penumbra.halfWidthMm - 50)).toBeLessThan(1);
    // a sanity band around the usual 6 to 8 mm of linacs; measured 5.8 and 6.0 mm, the reference in float64 gives the same
    expect(report.penumbra.widthMm).toBeGreaterThan(5);
    expect(report.penumbra.widthMm).toBeLessThan(9);
  });

  const data = dataFolder();
  describe.skipIf(data === undefined)('against its own tables', () => {
    const table = <T>(kind: string, parse: (text: string, fileName: string) => T): T => {
      const file = `${prefix}_${kind}.dat`;
      return parse(readFileSync(join(data ?? '', 'beam-6mv', file), 'utf8'), file);
    };

    it('TPR20,10 within 0.005', () => {
      const tpr = table('tpr', parseTprTable);
      const column = tpr.fieldMm.indexOf(100);
      const at = (depthMm: number): number => tpr.ratio[tpr.depthMm.indexOf(depthMm) * tpr.fieldMm.length + column];
      expect(Math.abs(report.tpr2010 - at(200) / at(100))).toBeLessThan(0.005);
    });

    it('output factors from 30 to 300 mm within 1.5 %', () => {
      const { fieldMm, factor } = report.outputFactors;
      const outputFactors = table('of', parseOutputFactors);
      let compared = 0;
      fieldMm.forEach((s, i) => {
        if (s < 30 || s > 300) return;
        // some measured fields lie a fraction of a millimetre beside the nominal ones; linear between them
        const measured = interpolate(outputFactors.fieldMm, outputFactors.factor, s);
        expect(Math.abs(factor[i] / measured - 1)).toBeLessThan(0.015);
        compared++;
      });
      expect(compared).toBeGreaterThanOrEqual(8);
    });

    it('the in-air profile within 1.5 % to 140 mm', () => {
      const { radiusMm, ratio } = report.inAirProfile;
      const fluence = table('primflu', parsePrimaryFluence);
      const upTo140 = radiusMm.filter((r) => r <= 140);
      expect(upTo140.at(-1)).toBe(140);
      upTo140.forEach((r, i) => {
        const measured = interpolate(fluence.radiusMm, fluence.fluence, r) / fluence.fluence[0];
        expect(Math.abs(ratio[i] / measured - 1)).toBeLessThan(0.015);
      });
    });
  });
});

function interpolate(x: Float64Array, y: Float64Array, at: number): number {
  const i = Math.min(x.length - 2, Math.max(0, x.findIndex((value) => value >= at) - 1));
  return y[i] + ((at - x[i]) / (x[i + 1] - x[i])) * (y[i + 1] - y[i]);
}
