import type { StepModule } from '../../engine/compute/wasm/step-module.ts';
import { inputError } from '../../engine/core/errors.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { activeLimits, type RobotModel } from '../../engine/core/robot.ts';
import type { Scene } from '../../engine/core/scene.ts';
import { FIELD, FRAMES, GROUP_LIMIT, RECENT } from './layout.ts';
import { SpaceMemory } from './memory.ts';
import { packPairs, packRobot, packScene, reserveWork } from './pack.ts';
import { type RobotTable, robotTable } from './robot-table.ts';
import { sceneTable } from './scene-table.ts';

export interface SearchOptions {
  /** Cylinders count as capsules; default false. */
  readonly cylindersAsCapsules?: boolean;
  /** Longest edge of a tree [rad or m, Euclidean]. Longer ones cross free space faster and fail more often; default 1. */
  readonly range?: number;
  /** Nodes that each tree has room for; default 16384. */
  readonly capacity?: number;
}

export type SearchCode = 'solved' | 'out-of-iterations' | 'out-of-nodes';
const CODES: readonly SearchCode[] = ['solved', 'solved', 'out-of-iterations', 'out-of-nodes'];
const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];

/**
 * A robot in a scene, laid out in the memory of a step module: checks of states and edges, search and simplification. One
 * query at a time; calls do not allocate.
 */
export class SearchSpace {
  readonly dim: number;
  readonly #memory: SpaceMemory;
  readonly #robot: RobotTable;
  /** [2][dim] configurations handed to the kernel. */
  readonly #ends: Float32Array;
  readonly #endsAddress: number;
  readonly #limits: Float32Array;
  readonly #haltonWords: Uint32Array;
  readonly #haltonFloats: Float32Array;
  /** Sweep in which a group's chords were made; begun anew with each query, so that the count never comes round. */
  readonly #stamps: Uint32Array;
  readonly #recent: Uint32Array;
  readonly #endless: readonly boolean[];
  readonly #calls: Readonly<Record<'state' | 'edge' | 'search' | 'simplify', (...args: number[]) => number>>;

  constructor(module: StepModule, model: RobotModel, scene: Scene, options: SearchOptions = {}) {
    const robot = tableOf(model);
    const solids = sceneTable(scene, options.cylindersAsCapsules === true);
    checkSizes(robot);
    this.dim = robot.dim;
    this.#robot = robot;
    const memory = new SpaceMemory(module);
    this.#memory = memory;
    packRobot(memory, robot);
    packScene(memory, solids);
    packPairs(memory, model, scene, robot, solids);
    reserveWork(memory, robot, options.range ?? 1, options.capacity ?? 16384);
    this.#stamps = module.u32(memory.words[FIELD.stamps], robot.groups.length);
    this.#recent = module.u32(memory.words[FIELD.recent], RECENT);
    const limits = activeLimits(model);
    this.#endless = limits.map(({ lower, upper }) => !(Number.isFinite(lower) && Number.isFinite(upper)));
    this.#limits = memory.f32('limits', 2 * this.dim);
    for (const [i, { lower, upper }] of limits.entries()) this.#limits.set([lower, upper - lower], 2 * i);
    const halton = memory.table('halton', 32 * this.dim);
    this.#haltonWords = module.u32(halton, 8 * this.dim);
    this.#haltonFloats = module.f32(halton, 8 * this.dim);
    this.#endsAddress = memory.allocate(8 * this.dim);
    this.#ends = module.f32(this.#endsAddress, 2 * this.dim);
    module.entry('motionPrepare')(memory.address, FRAMES);
    this.#calls = {
      state: module.entry('motionStateFree'),
      edge: module.entry('motionEdgeFree'),
      search: module.entry('motionSearch'),
      simplify: module.entry('motionSimplify'),
    };
  }

  /** Whether the robot is free at `q`, with room to spare for float32. */
  stateFree(q: ArrayLike<number>): boolean {
    this.#setEnds(q, q);
    return this.#calls.state(this.#memory.address, this.#endsAddress) === 1;
  }

  /** Whether the straight edge between two free configurations is free at any resolution. */
  edgeFree(from: ArrayLike<number>, to: ArrayLike<number>): boolean {
    this.#setEnds(from, to);
    return this.#calls.edge(this.#memory.address, this.#endsAddress, this.#endsAddress + 4 * this.dim) === 1;
  }

  /**
   * Lets every sphere grow by `slackM` [m], up to SLACK_LIMIT, in all checks until it is set again: room for a motion that
   * strays from the edges that are checked, or a distance to keep (twice it between two links).
   */
  setSlack(slackM: number): void {
    this.#memory.floats[FIELD.slack] = slackM;
  }

  /** How far any sphere can move when each joint moves by at most `change` [rad or m], in metres. */
  displacement(change: ArrayLike<number>): number {
    const { bodies, reach } = this.#robot;
    let most = 0;
    for (let b = 1; b < bodies.length; b++) {
      let sum = 0;
      for (let j = b; j !== 0; j = bodies[j].parent) {
        sum += Math.max(0, reach[b * bodies.length + j]) * Math.abs(bodies[j].factor * change[bodies[j].index]);
      }
      most = Math.max(most, sum);
    }
    return most;
  }

  /** Begins a query: the sequence of samples of this seed, counters at zero. */
  begin(seed: number): void {
    const random = seededRandom(seed);
    for (let i = 0; i < this.dim; i++) {
      this.#haltonWords.set([0, 1, PRIMES[i]], 8 * i);
      this.#haltonFloats[8 * i + 3] = random();
    }
    this.#stamps.fill(0);
    this.#recent.fill(0);
    this.#memory.words[FIELD.sweeps] = 0;
    this.#memory.words[FIELD.edges] = 0;
    this.#memory.words[FIELD.poses] = 0;
  }

  /** Searches a path between two free configurations; continues the sequence of samples where the last search left it. */
  search(start: ArrayLike<number>, goal: ArrayLike<number>, iterations: number): SearchCode {
    this.#setEnds(start, goal);
    for (let i = 0; i < this.dim; i++) {
      if (!this.#endless[i]) continue;
      // A joint without limits is sampled half a turn around the two.
      this.#limits[2 * i] = Math.min(start[i], goal[i]) - Math.PI;
      this.#limits[2 * i + 1] = Math.abs(start[i] - goal[i]) + 2 * Math.PI;
    }
    const goalAddress = this.#endsAddress + 4 * this.dim;
    return CODES[this.#calls.search(this.#memory.address, this.#endsAddress, goalAddress, iterations)];
  }

  simplify(rounds: number): void {
    this.#calls.simplify(this.#memory.address, rounds);
  }

  /** The path found or simplified, [vertices][dim], as a copy. */
  path(): Float64Array {
    return Float64Array.from(
      this.#memory.module.f32(this.#memory.words[FIELD.path], this.#memory.words[FIELD.pathCount] * this.dim),
    );
  }

  /** A counter or measure of the last query. */
  count(field: 'iterations' | 'sizeA' | 'sizeB' | 'edges' | 'poses'): number {
    return this.#memory.words[FIELD[field]];
  }

  /** Least distance seen between the trees of the last search [rad or m, Euclidean]. */
  get closest(): number {
    return this.#memory.floats[FIELD.closest];
  }

  /** Gives the memory back; nothing may be called any more. */
  close(): void {
    this.#memory.close();
  }

  #setEnds(a: ArrayLike<number>, b: ArrayLike<number>): void {
    for (let i = 0; i < this.dim; i++) {
      this.#ends[i] = a[i];
      this.#ends[this.dim + i] = b[i];
    }
  }
}

/** Models are immutable, and a robot goes through many scenes. */
const tables = new WeakMap<RobotModel, RobotTable>();

function tableOf(model: RobotModel): RobotTable {
  let table = tables.get(model);
  if (table === undefined) {
    table = robotTable(model);
    tables.set(model, table);
  }
  return table;
}

function checkSizes(robot: RobotTable): void {
  if (robot.dim > PRIMES.length || robot.dim === 0) {
    throw inputError(
      'search/joints',
      `the robot has ${robot.dim} joints that move by themselves; the search takes 1 to ${PRIMES.length}`,
      'plan for one arm at a time (a planning group of the SRDF)',
    );
  }
  if (robot.groups.length > GROUP_LIMIT) {
    throw inputError(
      'search/links',
      `${robot.groups.length} links carry collision spheres; the search takes ${GROUP_LIMIT}`,
      'join links that do not move against each other',
    );
  }
}
