import type { StepModule } from '../../engine/compute/wasm/step-module.ts';
import { inputError } from '../../engine/core/errors.ts';
import { pairKey } from '../../engine/core/link-pairs.ts';
import { seededRandom } from '../../engine/core/random.ts';
import { activeLimits, type RobotModel } from '../../engine/core/robot.ts';
import type { Scene } from '../../engine/core/scene.ts';
import {
  BODY_BYTES,
  BRANCH,
  CENTRE_BYTES,
  CHORD_BYTES,
  FIELD,
  FRAMES,
  GROUP_LIMIT,
  RECENT,
  SELF,
  SPACE_WORDS,
  type SpaceField,
} from './layout.ts';
import { ballInParent, carries, type RobotTable, robotTable, writeJoints } from './robot-table.ts';
import { mayTouch, type SolidObstacle, sceneTable, steepestSlope, writeObstacle } from './scene-table.ts';

/**
 * What float32 may be wrong by, for a robot of one metre [m]: positions are off by some 1e-6 m after eight joints; ten
 * times that keeps what is called free free in float64.
 */
const FLOAT_ROOM = 1e-5;

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
const PATH_CAPACITY = 4096;
const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];

/**
 * A robot in a scene, laid out in the memory of a step module: checks of states and edges, search and simplification. One
 * query at a time; calls do not allocate.
 */
export class SearchSpace {
  readonly dim: number;
  readonly #module: StepModule;
  readonly #address: number;
  readonly #blocks: number[] = [];
  readonly #words: Uint32Array;
  readonly #floats: Float32Array;
  /** [2][dim] configurations handed to the kernel. */
  readonly #ends: Float32Array;
  readonly #endsAddress: number;
  readonly #limits: Float32Array;
  readonly #haltonWords: Uint32Array;
  readonly #haltonFloats: Float32Array;
  /** Sweep in which a group's chords were made; begun anew with each query, so that the count never comes round. */
  #stamps: Uint32Array = new Uint32Array(0);
  #recent: Uint32Array = new Uint32Array(0);
  readonly #endless: readonly boolean[];
  readonly #calls: Readonly<Record<'state' | 'edge' | 'search' | 'simplify', (...args: number[]) => number>>;

  constructor(module: StepModule, model: RobotModel, scene: Scene, options: SearchOptions = {}) {
    this.#module = module;
    const robot = tableOf(model);
    const solids = sceneTable(scene, options.cylindersAsCapsules === true);
    checkSizes(robot);
    this.dim = robot.dim;
    this.#address = this.#allocate(4 * SPACE_WORDS);
    this.#words = module.u32(this.#address, SPACE_WORDS);
    this.#floats = module.f32(this.#address, SPACE_WORDS);
    this.#words.fill(0);
    this.#writeRobot(robot);
    this.#writeScene(solids);
    this.#writePairs(model, robot, solids);
    this.#reserve(robot, options);
    const limits = activeLimits(model);
    this.#endless = limits.map(({ lower, upper }) => !(Number.isFinite(lower) && Number.isFinite(upper)));
    this.#limits = this.#f32('limits', 2 * this.dim);
    for (const [i, { lower, upper }] of limits.entries()) this.#limits.set([lower, upper - lower], 2 * i);
    const halton = this.#table('halton', 32 * this.dim);
    this.#haltonWords = module.u32(halton, 8 * this.dim);
    this.#haltonFloats = module.f32(halton, 8 * this.dim);
    this.#endsAddress = this.#allocate(8 * this.dim);
    this.#ends = module.f32(this.#endsAddress, 2 * this.dim);
    module.entry('motionPrepare')(this.#address, FRAMES);
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
    return this.#calls.state(this.#address, this.#endsAddress) === 1;
  }

  /** Whether the straight edge between two free configurations is free at any resolution. */
  edgeFree(from: ArrayLike<number>, to: ArrayLike<number>): boolean {
    this.#setEnds(from, to);
    return this.#calls.edge(this.#address, this.#endsAddress, this.#endsAddress + 4 * this.dim) === 1;
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
    this.#words[FIELD.sweeps] = 0;
    this.#words[FIELD.edges] = 0;
    this.#words[FIELD.poses] = 0;
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
    return CODES[this.#calls.search(this.#address, this.#endsAddress, goalAddress, iterations)];
  }

  simplify(rounds: number): void {
    this.#calls.simplify(this.#address, rounds);
  }

  /** The path found or simplified, [vertices][dim], as a copy. */
  path(): Float64Array {
    return Float64Array.from(this.#module.f32(this.#words[FIELD.path], this.#words[FIELD.pathCount] * this.dim));
  }

  /** A counter or measure of the last query. */
  count(field: 'iterations' | 'sizeA' | 'sizeB' | 'edges' | 'poses'): number {
    return this.#words[FIELD[field]];
  }

  /** Least distance seen between the trees of the last search [rad or m, Euclidean]. */
  get closest(): number {
    return this.#floats[FIELD.closest];
  }

  /** Gives the memory back; nothing may be called any more. */
  close(): void {
    for (const address of this.#blocks.splice(0)) this.#module.free(address);
  }

  #setEnds(a: ArrayLike<number>, b: ArrayLike<number>): void {
    for (let i = 0; i < this.dim; i++) {
      this.#ends[i] = a[i];
      this.#ends[this.dim + i] = b[i];
    }
  }

  #allocate(bytes: number): number {
    const address = this.#module.allocate(bytes, 'motion search');
    this.#blocks.push(address);
    return address;
  }

  #table(field: SpaceField, bytes: number): number {
    const address = this.#allocate(bytes);
    this.#words[FIELD[field]] = address;
    return address;
  }

  #f32(field: SpaceField, length: number): Float32Array {
    return this.#module.f32(this.#table(field, 4 * length), length);
  }

  #writeRobot(robot: RobotTable): void {
    const { bodies, groups, spheres, reach } = robot;
    const words = this.#words;
    words[FIELD.dim] = robot.dim;
    words[FIELD.bodies] = bodies.length;
    words[FIELD.groups] = groups.length;
    words[FIELD.spheres] = spheres.length / 4;
    const joints = this.#table('joints', 64 * bodies.length);
    writeJoints(
      bodies,
      BODY_BYTES,
      this.#module.f32(joints, 16 * bodies.length),
      this.#module.u32(joints, 16 * bodies.length),
    );
    this.#f32('reach', reach.length).set(reach);
    const room = FLOAT_ROOM * Math.max(1, ...reach);
    const table = this.#table('groupTable', 64 * groups.length);
    const u32 = this.#module.u32(table, 16 * groups.length);
    const f32 = this.#module.f32(table, 16 * groups.length);
    for (const [g, { body, first, count, ball }] of groups.entries()) {
      u32.set([BODY_BYTES * body, first, count, body], 16 * g);
      f32.set(ball, 16 * g + 4);
      f32[16 * g + 7] += room;
    }
    this.#f32('sphereTable', spheres.length).set(spheres.map((v, i) => (i % 4 === 3 ? v + room : v)));
  }

  #writeScene(solids: readonly SolidObstacle[]): void {
    const ends = ['box', 'cylinder', 'mesh'].map((kind) => solids.findLastIndex((s) => s.kind === kind) + 1);
    this.#words[FIELD.boxEnd] = ends[0];
    this.#words[FIELD.cylinderEnd] = Math.max(ends[0], ends[1]);
    this.#words[FIELD.meshEnd] = Math.max(...ends);
    const table = this.#table('obstacleTable', 64 * Math.max(1, solids.length));
    const f32 = this.#module.f32(table, 16 * solids.length);
    const u32 = this.#module.u32(table, 16 * solids.length);
    for (const [o, solid] of solids.entries()) {
      writeObstacle(solid, f32, 16 * o);
      if (solid.tree !== undefined) {
        u32[16 * o + 12] = this.#copy(solid.tree.nodes);
        u32[16 * o + 13] = this.#copy(solid.tree.triangles);
      } else if (solid.field !== undefined) {
        const { size, spacingM, distance } = solid.field;
        const header = this.#allocate(44);
        this.#module.u32(header, 3).set(size);
        const inverse = spacingM.map((v) => 1 / v);
        this.#module.f32(header + 12, 7).set([...inverse, ...spacingM, steepestSlope(solid.field)]);
        this.#module.u32(header + 40, 1)[0] = this.#copy(distance);
        u32[16 * o + 12] = header;
      }
    }
  }

  /** Copies the bits, which are not all numbers. */
  #copy(data: Float32Array): number {
    const address = this.#allocate(data.byteLength);
    this.#module.u32(address, data.length).set(new Uint32Array(data.buffer, data.byteOffset, data.length));
    return address;
  }

  #writePairs(model: RobotModel, robot: RobotTable, solids: readonly SolidObstacle[]): void {
    const pairs: number[] = [];
    const lanes = 0xf0000000;
    const { groups, bodies } = robot;
    // The hand before the shoulder, as it collides more often; obstacles before the robot itself, as edge.as.ts expects.
    for (let g = groups.length - 1; g >= 0; g--) {
      // What never moves is the business of whoever prepares the space.
      if (groups[g].body === 0) continue;
      let { ball } = groups[g];
      for (let b = groups[g].body; b !== 0; b = bodies[b].parent) ball = ballInParent(bodies[b], ball);
      for (const [o, solid] of solids.entries()) if (mayTouch(solid, ball)) pairs.push(lanes + g * 0x10000 + o);
    }
    for (let g = groups.length - 1; g >= 0; g--) {
      for (let k = 0; k < g; k++) {
        if (groups[k].body === groups[g].body) continue;
        if (model.ignoredPairs.has(pairKey(model.links.length, groups[g].link, groups[k].link))) continue;
        if (carries(bodies, groups[k].body, groups[g].body)) pairs.push(lanes + g * 0x10000 + SELF + k);
        else if (carries(bodies, groups[g].body, groups[k].body)) pairs.push(lanes + k * 0x10000 + SELF + g);
        else pairs.push(lanes + g * 0x10000 + SELF + BRANCH + k);
      }
    }
    const table = this.#table('pairs', 4 * Math.max(1, pairs.length));
    this.#module.u32(table, pairs.length).set(pairs);
    this.#words[FIELD.pairCount] = pairs.length;
  }

  /** Working memory and the settings of the search. */
  #reserve(robot: RobotTable, options: SearchOptions): void {
    const { bodies, groups, spheres } = robot;
    const words = this.#words;
    const frameBytes = BODY_BYTES * bodies.length + CENTRE_BYTES * groups.length;
    words[FIELD.frameBytes] = frameBytes;
    this.#table('frames', FRAMES * frameBytes);
    for (const field of ['start', 'delta'] as const) this.#table(field, 4 * bodies.length);
    this.#table('bend', 4 * bodies.length ** 2);
    this.#table('relative', 2 * BODY_BYTES);
    this.#table('chords', (CHORD_BYTES * spheres.length) / 4);
    this.#stamps = this.#module.u32(this.#table('stamps', 4 * groups.length), groups.length);
    this.#stamps.fill(0);
    this.#recent = this.#module.u32(this.#table('recent', 4 * RECENT), RECENT);
    this.#recent.fill(0);
    this.#table('lists', 8 * FRAMES * Math.max(1, words[FIELD.pairCount]));
    this.#table('work', 64 + 16 * this.dim);
    const capacity = Math.ceil((options.capacity ?? 16384) / 4) * 4;
    words[FIELD.capacity] = capacity;
    const treeBytes = capacity * (8 * this.dim + 8);
    this.#table('treeA', treeBytes);
    this.#table('treeB', treeBytes);
    words[FIELD.pathCapacity] = PATH_CAPACITY;
    this.#table('path', 4 * PATH_CAPACITY * this.dim);
    this.#table('spare', 4 * PATH_CAPACITY * this.dim);
    const floats = this.#floats;
    floats[FIELD.range] = options.range ?? 1;
    floats[FIELD.domainRadius] = 4;
    floats[FIELD.domainAlpha] = 1e-4;
    floats[FIELD.domainLeast] = 1;
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
