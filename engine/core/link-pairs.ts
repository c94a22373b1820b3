import type { RobotModel } from './robot.ts';

/** Key of a pair of links in `RobotModel.ignoredPairs`. */
export function pairKey(links: number, a: number, b: number): number {
  return a < b ? a * links + b : b * links + a;
}

/**
 * Pairs that need no check: links of one rigid body (fixed joints between them), and links of two bodies that a joint
 * connects.
 */
export function adjacentPairs(model: Pick<RobotModel, 'links' | 'joints'>): Set<number> {
  const { links, joints } = model;
  const body = links.map((_, l) => l);
  for (const joint of joints) if (joint.type === 'fixed') body[joint.child] = body[joint.parent];
  const touching = new Set<number>();
  for (const { parent, child } of joints) touching.add(pairKey(links.length, body[parent], body[child]));
  const pairs = new Set<number>();
  for (let a = 0; a < links.length; a++) {
    for (let b = a + 1; b < links.length; b++) {
      if (body[a] === body[b] || touching.has(pairKey(links.length, body[a], body[b]))) {
        pairs.add(pairKey(links.length, a, b));
      }
    }
  }
  return pairs;
}
