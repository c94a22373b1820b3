import { findIgnoredPairs } from './ignored-pairs.ts';
import { builtinGeometry, builtinRobotNames, type FittedRobot } from './registry.ts';
import { fitSpheres, type LinkFit } from './spheres.ts';

/**
 * Arms whose links cannot meet each other within their joint limits by the make of their mechanism: the da Vinci's. Their shapes
 * here are too simple to show it.
 */
const FREE_BY_MAKE: readonly string[] = ['psm', 'psm-si', 'ecm'];

/** Spheres and pairs of every robot that ships, as builtin/spheres.json holds them, and how well the spheres fit. */
export function fitBuiltinRobots(names: readonly string[] = builtinRobotNames): {
  readonly fitted: Readonly<Record<string, FittedRobot>>;
  readonly reports: Readonly<Record<string, readonly LinkFit[]>>;
} {
  const fitted: Record<string, FittedRobot> = {};
  const reports: Record<string, readonly LinkFit[]> = {};
  for (const name of names) {
    const { model, report } = fitSpheres(builtinGeometry(name));
    const spheres: Record<string, number[][]> = {};
    model.spheres.link.forEach((link, s) => {
      const [x, y, z, r] = model.spheres.sphere.subarray(4 * s, 4 * s + 4);
      const round = (value: number): number => Math.round(value * 1e6) / 1e6 + 0;
      const list = spheres[model.links[link].name] ?? [];
      // Two micrometres more than a rounded centre can lose.
      list.push([round(x), round(y), round(z), Math.ceil((r + 2e-6) * 1e6) / 1e6]);
      spheres[model.links[link].name] = list;
    });
    const { ignored, active } = findIgnoredPairs(model);
    const byMake = FREE_BY_MAKE.includes(name) ? active.map(({ a, b }) => [a, b, 'mechanism'] as const) : [];
    const pairs = [...ignored.map(({ a, b, reason }) => [a, b, reason] as const), ...byMake].map(
      ([a, b, reason]) => [model.links[a].name, model.links[b].name, reason] as const,
    );
    fitted[name] = { spheres, ignored: pairs };
    reports[name] = report;
  }
  return { fitted, reports };
}
