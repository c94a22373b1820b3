import { describe, expect, it } from 'vitest';
import { IsocenterError } from '../../../../engine/core/errors.ts';
import {
  COMPONENTS,
  depthComponents,
  depthTable,
  kernelsAtSsd,
  parseBeamModel,
  primaryFluence,
} from '../../../../planners/radiation/machine/model.ts';
import { BUILT_IN, builtIn } from './water-tank.ts';

const good = JSON.stringify(builtIn('generic-6mv'));

function withField(path: string, value: unknown): string {
  const model = JSON.parse(good);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  keys.reduce((at, key) => at[key], model)[last] = value;
  return JSON.stringify(model);
}

describe('beam model', () => {
  it.each(BUILT_IN)('%s fits the device: few Gaussians, none narrower than the coarse map holds', (name) => {
    const model = builtIn(name);
    expect(model.broadSigmasMm.length).toBeLessThanOrEqual(6);
    expect(Math.min(...model.broadSigmasMm)).toBeGreaterThanOrEqual(7.5);
    expect(model.narrow.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(model.kernels.map((set) => set.ssdMm)).toEqual(Array.from({ length: 15 }, (_, i) => 500 + 50 * i));
    expect(model.provenance.licence).toBe('MIT');
    expect(model.provenance.inputs.length).toBe(4);
  });

  it.each([
    ['sadMm', -1, 'm.json: sadMm = -1: '],
    ['broadSigmasMm.0', 3, 'm.json: broadSigmasMm.0 = 3: '],
    ['narrow.weights', [0.5], 'narrow.weights = sum 0.5: must have the sum 1'],
    ['narrow.weights', [0.5, 0.5], 'narrow.weights = 2 numbers: must have 1 numbers'],
    ['depth.mixing', [1, 2, 3], 'depth.mixing = 3 numbers: must have 36 numbers'],
    ['kernels.2.broad', [1], 'kernels.2.broad = 1 numbers: must have 16 numbers'],
    ['kernels.2.narrow', [1], 'kernels.2.narrow = [1]: '],
    ['kernels.2.ssdMm', 400, 'kernels.ssdMm.2 = 400: must be above 550'],
    ['kernels.2.ssdMm', 'far', 'kernels.2.ssdMm = far: '],
    ['primaryFluence.value.0', 0.9, 'primaryFluence.value.0 = 0.9: must be 1'],
    ['primaryFluence.radiusMm.0', 0.5, 'primaryFluence.radiusMm.0 = 0.5: must be 0'],
    ['calibration', undefined, 'calibration = missing: '],
    ['surprise', 1, 'm.json: the model = '],
  ])('refuses %s = %j', (path, value, message) => {
    let error: unknown;
    try {
      parseBeamModel(withField(path, value), 'm.json');
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(IsocenterError);
    expect(error).toMatchObject({ code: 'machine/bad-model', origin: 'input' });
    expect((error as IsocenterError).message).toContain(message);
  });

  it('refuses text that is not JSON', () => {
    expect(() => parseBeamModel('{', 'm.json')).toThrow(/^m\.json: not JSON/);
  });

  it('interpolates kernel strengths in SSD and holds them outside', () => {
    const model = builtIn('generic-6mv');
    const [first, second] = model.kernels;
    const between = kernelsAtSsd(model, 0.75 * first.ssdMm + 0.25 * second.ssdMm);
    expect(between.narrow[2]).toBeCloseTo(0.75 * first.narrow[2] + 0.25 * second.narrow[2], 15);
    expect(between.broad[7]).toBeCloseTo(0.75 * first.broad[7] + 0.25 * second.broad[7], 15);
    expect([...kernelsAtSsd(model, 100).narrow]).toEqual(first.narrow);
    expect([...kernelsAtSsd(model, 5000).broad]).toEqual(model.kernels.at(-1)?.broad);
    expect([...kernelsAtSsd(model, second.ssdMm).broad]).toEqual(second.broad);
  });

  it('tabulates the depth components', () => {
    const model = builtIn('artiste-6mv');
    const table = depthTable(model, 2.5, 101);
    const out = new Float64Array(COMPONENTS);
    for (let i = 0; i < 101; i++) {
      depthComponents(model, 2.5 * i, out);
      // float32 rounding of numbers of about 1
      for (let c = 0; c < COMPONENTS; c++) expect(Math.abs(table[i * COMPONENTS + c] - out[c])).toBeLessThan(6e-8);
    }
    const atSurface = new Float64Array(COMPONENTS);
    depthComponents(model, 0, atSurface);
    depthComponents(model, -3, out);
    expect(out).toEqual(atSurface);
  });

  it('interpolates the in-air profile', () => {
    const model = builtIn('artiste-6mv');
    expect(primaryFluence(model, 0)).toBe(1);
    expect(primaryFluence(model, 7.07)).toBeCloseTo((1 + 1.001290323) / 2, 9);
    expect(primaryFluence(model, 1e4)).toBe(0);
  });
});
