import { type Random, seededRandom } from '../../../engine/core/random.ts';
import { createDescent, type Descent, descend } from '../kinematics/descent.ts';
import { addNode, branch, createTree, nearestNode, nodeAt, type Tree } from './tree.ts';
import { between, stepTowards, type Walk } from './walk.ts';

/** Largest change of a joint in one step of the search [rad]. */
export const STEP_RAD = 0.08;

export interface ManifoldSearch {
  /** Way from a start to a goal, on the manifold, in steps of at most {@link STEP_RAD} a joint; undefined where none was found. */
  readonly path: Float64Array[] | undefined;
  /** Configurations in both trees. */
  readonly nodes: number;
  /** How near both trees came [rad]. */
  readonly gap: number;
}

/**
 * RRT-Connect (Kuffner and LaValle 2000) on the manifold of configurations whose shaft passes through the trocar: samples are
 * brought onto it, and trees grow by projected steps (Berenson et al. 2009), each of which must be free.
 *
 * @param walk on the equations of the trocar alone
 * @param goals configurations on the manifold; reaching one is enough
 */
export function connectOnManifold(
  walk: Walk,
  start: Float64Array,
  goals: readonly Float64Array[],
  options: {
    readonly seed: number;
    readonly maxNodes: number;
    isFree(a: Float64Array, b: Float64Array): boolean;
  },
): ManifoldSearch {
  const n = walk.constraint.dofs;
  const random = seededRandom(options.seed);
  const sampler = createDescent(walk.constraint, 40);
  let from = createTree(n);
  let to = createTree(n);
  let forward = true;
  addNode(from, start, -1);
  for (const goal of goals) addNode(to, goal, -1);
  let gap = Math.min(...goals.map((goal) => between(walk, start, goal)));
  let tries = 0;
  while (from.size + to.size < options.maxNodes && tries++ < 4 * options.maxNodes) {
    if (sampleOnManifold(walk, sampler, random)) {
      const reached = grow(walk, from, sampler.x, options.isFree);
      const target = nodeAt(from, reached).slice();
      const met = grow(walk, to, target, options.isFree);
      const left = between(walk, nodeAt(to, met), target);
      gap = Math.min(gap, left);
      if (left < 1e-9) {
        const [a, b] = forward ? [branch(from, reached), branch(to, met)] : [branch(to, met), branch(from, reached)];
        return { path: [...a, ...b.reverse().slice(1)], nodes: from.size + to.size, gap: 0 };
      }
    }
    // The smaller tree grows next.
    if (from.size > to.size) {
      [from, to] = [to, from];
      forward = !forward;
    }
  }
  return { path: undefined, nodes: from.size + to.size, gap };
}

/** A random configuration on the manifold in `sampler.x`. */
function sampleOnManifold({ constraint }: Walk, sampler: Descent, random: Random): boolean {
  const { lower, upper } = constraint;
  for (let i = 0; i < sampler.x.length; i++) {
    const low = Number.isFinite(lower[i]) ? lower[i] : -Math.PI;
    const high = Number.isFinite(upper[i]) ? upper[i] : Math.PI;
    sampler.x[i] = low + (high - low) * random();
  }
  descend(sampler, lower, upper);
  return constraint.isMet();
}

/** Steps from the node nearest to `target` towards it as long as they come nearer and are free; returns the last node. */
function grow(
  walk: Walk,
  tree: Tree,
  target: Float64Array,
  isFree: (a: Float64Array, b: Float64Array) => boolean,
): number {
  let node = nearestNode(tree, walk, target);
  let left = between(walk, nodeAt(tree, node), target);
  const x = new Float64Array(target.length);
  for (let step = 0; step < 400 && left > 0; step++) {
    const here = nodeAt(tree, node);
    let last = true;
    for (let i = 0; i < x.length; i++) {
      last &&= Math.abs(target[i] - here[i]) <= STEP_RAD * walk.constraint.unit[i];
    }
    if (last) x.set(target);
    else {
      x.set(here);
      if (!stepTowards(walk, x, target, STEP_RAD)) break;
    }
    const next = between(walk, x, target);
    // Steps that hardly come nearer slide along a limit or round a fold.
    if (next > left - 0.05 * STEP_RAD && !last) break;
    if (!isFree(here, x)) break;
    node = addNode(tree, x, node);
    left = last ? 0 : next;
  }
  return node;
}
