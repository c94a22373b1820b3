import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../engine/core/random.ts';
import { influenceAtPoint, pencilBeamDose, slab } from '../../../../planners/radiation/dose/reference.ts';
import { depthComponents, kernelsAtSsd, primaryFluence } from '../../../../planners/radiation/machine/model.ts';
import { builtIn } from './water-tank.ts';

const model = builtIn('artiste-6mv');

describe('pencil-beam reference', () => {
  it('equals the convolution integral, summed numerically', () => {
    const kernels = kernelsAtSsd(model, 870);
    const bixels = { xMm: [12.5], yMm: [-7.5], sizeMm: 5 };
    const point = { x: 17, y: -9, depthMm: 83, axialDistanceMm: 960 };
    const component = new Float64Array(4);
    depthComponents(model, point.depthMm, component);
    const terms = [
      ...model.narrow.sigmasMm.map((sigma, s) => ({
        sigma,
        strength: (i: number) => model.narrow.weights[s] * kernels.narrow[i],
      })),
      ...model.broadSigmasMm.map((sigma, k) => ({ sigma, strength: (i: number) => kernels.broad[i * 4 + k] })),
    ];
    // midpoint rule on 200 x 200 cells of 0.025 mm: error about (h / sigma)^2 / 24 < 1e-5
    const n = 200;
    let sum = 0;
    for (let iy = 0; iy < n; iy++) {
      for (let ix = 0; ix < n; ix++) {
        const dx = point.x - (12.5 + ((ix + 0.5) / n - 0.5) * 5);
        const dy = point.y - (-7.5 + ((iy + 0.5) / n - 0.5) * 5);
        for (const { sigma, strength } of terms) {
          const gauss = Math.exp(-(dx * dx + dy * dy) / (2 * sigma ** 2)) / (2 * Math.PI * sigma ** 2);
          for (let i = 0; i < 4; i++) sum += component[i] * strength(i) * gauss * (5 / n) ** 2;
        }
      }
    }
    const expected = (1000 / 960) ** 2 * primaryFluence(model, Math.hypot(12.5, 7.5)) * sum;
    expect(pencilBeamDose(model, kernels, bixels, [1], point) / expected).toBeCloseTo(1, 5);
  });

  it('is linear in the weights, with the influence as coefficients (seed 4)', () => {
    const random = seededRandom(4);
    const count = 25;
    const bixels = {
      xMm: Float64Array.from({ length: count }, () => 200 * random() - 100),
      yMm: Float64Array.from({ length: count }, () => 200 * random() - 100),
      sizeMm: 7,
    };
    const weights = Float64Array.from({ length: count }, random);
    const point = { x: 20, y: 5, depthMm: 120, axialDistanceMm: 1000 };
    const kernels = kernelsAtSsd(model, 880);
    const influence = influenceAtPoint(model, kernels, bixels, point);
    const sum = influence.reduce((total, a, j) => total + a * weights[j], 0);
    expect(pencilBeamDose(model, kernels, bixels, weights, point)).toBeCloseTo(sum, 15);
  });

  it('does not depend on how a field is cut, where the profile is flat', () => {
    const flat = { ...model, primaryFluence: { radiusMm: [0, 1000], value: [1, 1] } };
    const kernels = kernelsAtSsd(flat, 900);
    const point = { x: 1, y: 2, depthMm: 40, axialDistanceMm: 940 };
    const whole = pencilBeamDose(flat, kernels, { xMm: [0], yMm: [0], sizeMm: 20 }, [1], point);
    const quarters = { xMm: [-5, 5, -5, 5], yMm: [-5, -5, 5, 5], sizeMm: 10 };
    expect(pencilBeamDose(flat, kernels, quarters, [1, 1, 1, 1], point) / whole).toBeCloseTo(1, 13);
  });

  it('integrates a Gaussian over a slab', () => {
    // within one standard deviation: 68.27 %
    expect(slab(0, 3, 3)).toBeCloseTo(0.6826894921370859, 14);
    expect(slab(100, 1, 3)).toBe(0);
  });
});
