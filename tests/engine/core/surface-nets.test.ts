import { describe, expect, it } from 'vitest';
import { surfaceNets, type TriangleSurface, vertexNormals } from '../../../engine/core/surface-nets.ts';

/** Signed volume (positive with outward normals) and area. */
function measure({ positions: p, triangles }: TriangleSurface): { volume: number; area: number } {
  let volume = 0;
  let area = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((n) => [0, 1, 2].map((r) => p[3 * triangles[t + n] + r]));
    const u = b.map((v, r) => v - a[r]);
    const w = c.map((v, r) => v - a[r]);
    const n = [u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]];
    volume += (a[0] * n[0] + a[1] * n[1] + a[2] * n[2]) / 6;
    area += Math.hypot(...n) / 2;
  }
  return { volume, area };
}

function ball(n: number, radius: number): Float32Array {
  const field = new Float32Array(n * n * n);
  const middle = (n - 1) / 2;
  for (let k = 0, v = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++, v++) field[v] = radius - Math.hypot(i - middle, j - middle, k - middle);
    }
  }
  return field;
}

describe('surface nets', () => {
  it('of a ball have its volume and area, outside out; half the cell, a quarter of the error', () => {
    const errors = [12, 24].map((radius) => {
      const n = 2 * radius + 9;
      const { volume, area } = measure(surfaceNets(ball(n, radius), [n, n, n], 0));
      return [1 - volume / ((4 / 3) * Math.PI * radius ** 3), 1 - area / (4 * Math.PI * radius ** 2)];
    });
    for (const which of [0, 1]) {
      // Facets as wide as a cell lie inside the sphere, by a few hundredths of a cell at this radius.
      expect(Math.abs(errors[0][which])).toBeLessThan(0.01);
      expect(Math.abs(errors[1][which])).toBeLessThan(0.3 * Math.abs(errors[0][which]));
    }
  });

  it('are closed: every edge has two triangles, in opposite directions', () => {
    const { triangles } = surfaceNets(ball(20, 7.3), [20, 20, 20], 0);
    const edges = new Map<string, number>();
    for (let t = 0; t < triangles.length; t += 3) {
      for (let n = 0; n < 3; n++) {
        const [a, b] = [triangles[t + n], triangles[t + ((n + 1) % 3)]];
        const key = a < b ? `${a} ${b}` : `${b} ${a}`;
        edges.set(key, (edges.get(key) ?? 0) + (a < b ? 1 : -1));
      }
    }
    expect([...edges.values()].every((sum) => sum === 0)).toBe(true);
    expect(triangles.length).toBeGreaterThan(1000);
  });

  it('of a field that is all inside or all outside are none', () => {
    expect(surfaceNets(new Float32Array(27).fill(1), [3, 3, 3], 0.5).triangles).toHaveLength(0);
    expect(surfaceNets(new Float32Array(27), [3, 3, 3], 0.5).positions).toHaveLength(0);
  });
});

it('normals of a ball point away from its middle', () => {
  const n = 33;
  const surface = surfaceNets(ball(n, 12.3), [n, n, n], 0);
  const normals = vertexNormals(surface);
  let most = 0;
  for (let at = 0; at < normals.length; at += 3) {
    const away = [0, 1, 2].map((r) => surface.positions[at + r] - (n - 1) / 2);
    const cosine = away.reduce((sum, d, r) => sum + d * normals[at + r], 0) / Math.hypot(...away);
    most = Math.max(most, Math.acos(Math.min(1, cosine)));
  }
  // Facets as wide as a cell turn by 1/12 and more from one to the next, where the surface lies askew in the cells.
  expect(most).toBeLessThan(0.15);
});
