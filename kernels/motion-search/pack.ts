import { allowedContacts } from '../../engine/core/allowed-contacts.ts';
import { pairKey } from '../../engine/core/link-pairs.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import type { Scene } from '../../engine/core/scene.ts';
import { BODY_BYTES, BRANCH, CENTRE_BYTES, CHORD_BYTES, FIELD, FRAMES, RECENT, SELF } from './layout.ts';
import type { SpaceMemory } from './memory.ts';
import { ballInParent, carries, type RobotTable, writeJoints } from './robot-table.ts';
import { mayTouch, type SolidObstacle, steepestSlope, writeObstacle } from './scene-table.ts';

/**
 * What float32 may be wrong by, for a robot of one metre [m]: positions are off by some 1e-6 m after eight joints; ten
 * times that keeps what is called free free in float64.
 */
const FLOAT_ROOM = 1e-5;
const PATH_CAPACITY = 4096;

/** Joints, reach, groups and spheres. */
export function packRobot(memory: SpaceMemory, robot: RobotTable): void {
  const { bodies, groups, spheres, reach } = robot;
  const { words } = memory;
  words[FIELD.dim] = robot.dim;
  words[FIELD.bodies] = bodies.length;
  words[FIELD.groups] = groups.length;
  words[FIELD.spheres] = spheres.length / 4;
  const joints = memory.table('joints', 64 * bodies.length);
  writeJoints(
    bodies,
    BODY_BYTES,
    memory.module.f32(joints, 16 * bodies.length),
    memory.module.u32(joints, 16 * bodies.length),
  );
  memory.f32('reach', reach.length).set(reach);
  const room = FLOAT_ROOM * Math.max(1, ...reach);
  const table = memory.table('groupTable', 64 * groups.length);
  const u32 = memory.module.u32(table, 16 * groups.length);
  const f32 = memory.module.f32(table, 16 * groups.length);
  for (const [g, { body, first, count, ball }] of groups.entries()) {
    u32.set([BODY_BYTES * body, first, count, body], 16 * g);
    f32.set(ball, 16 * g + 4);
    f32[16 * g + 7] += room;
  }
  memory.f32('sphereTable', spheres.length).set(spheres.map((v, i) => (i % 4 === 3 ? v + room : v)));
}

export function packScene(memory: SpaceMemory, solids: readonly SolidObstacle[]): void {
  const ends = ['box', 'cylinder', 'mesh'].map((kind) => solids.findLastIndex((s) => s.kind === kind) + 1);
  memory.words[FIELD.boxEnd] = ends[0];
  memory.words[FIELD.cylinderEnd] = Math.max(ends[0], ends[1]);
  memory.words[FIELD.meshEnd] = Math.max(...ends);
  const table = memory.table('obstacleTable', 64 * Math.max(1, solids.length));
  const f32 = memory.module.f32(table, 16 * solids.length);
  const u32 = memory.module.u32(table, 16 * solids.length);
  for (const [o, solid] of solids.entries()) {
    writeObstacle(solid, f32, 16 * o);
    if (solid.tree !== undefined) {
      u32[16 * o + 12] = memory.copy(solid.tree.nodes);
      u32[16 * o + 13] = memory.copy(solid.tree.triangles);
    } else if (solid.field !== undefined) {
      const { size, spacingM, distance } = solid.field;
      const header = memory.allocate(48);
      memory.module.u32(header, 3).set(size);
      const inverse = spacingM.map((v) => 1 / v);
      memory.module.f32(header + 12, 7).set([...inverse, ...spacingM, steepestSlope(solid.field)]);
      memory.module.f32(header + 44, 1)[0] = Math.hypot(...spacingM) / 2 + 1e-6;
      memory.module.u32(header + 40, 1)[0] = memory.copy(distance);
      u32[16 * o + 12] = header;
    }
  }
}

/** The pairs that can meet at all. */
export function packPairs(
  memory: SpaceMemory,
  model: RobotModel,
  scene: Scene,
  robot: RobotTable,
  solids: readonly SolidObstacle[],
): void {
  const { flags } = allowedContacts(model, scene);
  const isAllowed = (link: number, { obstacle }: SolidObstacle): boolean =>
    flags[link * scene.obstacles.length + scene.obstacles.indexOf(obstacle)] === 1;
  const pairs: number[] = [];
  const lanes = 0xf0000000;
  const { groups, bodies } = robot;
  // The hand before the shoulder, as it collides more often; obstacles before the robot itself, as edge.as.ts expects.
  for (let g = groups.length - 1; g >= 0; g--) {
    // What never moves is the business of whoever prepares the space.
    if (groups[g].body === 0) continue;
    let { ball } = groups[g];
    for (let b = groups[g].body; b !== 0; b = bodies[b].parent) ball = ballInParent(bodies[b], ball);
    for (const [o, solid] of solids.entries()) {
      if (mayTouch(solid, ball) && !isAllowed(groups[g].link, solid)) pairs.push(lanes + g * 0x10000 + o);
    }
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
  const table = memory.table('pairs', 4 * Math.max(1, pairs.length));
  memory.module.u32(table, pairs.length).set(pairs);
  memory.words[FIELD.pairCount] = pairs.length;
}

/** Working memory and the settings of the search. */
export function reserveWork(memory: SpaceMemory, robot: RobotTable, range: number, nodes: number): void {
  const { bodies, groups, spheres, dim } = robot;
  const { words } = memory;
  const frameBytes = BODY_BYTES * bodies.length + CENTRE_BYTES * groups.length;
  words[FIELD.frameBytes] = frameBytes;
  memory.table('frames', FRAMES * frameBytes);
  for (const field of ['start', 'delta'] as const) memory.table(field, 4 * bodies.length);
  memory.table('bend', 4 * bodies.length ** 2);
  memory.table('relative', 2 * BODY_BYTES);
  memory.table('chords', (CHORD_BYTES * spheres.length) / 4);
  memory.u32('stamps', groups.length).fill(0);
  memory.u32('recent', RECENT).fill(0);
  memory.table('lists', 8 * FRAMES * Math.max(1, words[FIELD.pairCount]));
  memory.table('work', 64 + 16 * dim);
  const capacity = Math.ceil(nodes / 4) * 4;
  words[FIELD.capacity] = capacity;
  const treeBytes = capacity * (8 * dim + 8);
  memory.table('treeA', treeBytes);
  memory.table('treeB', treeBytes);
  words[FIELD.pathCapacity] = PATH_CAPACITY;
  memory.table('path', 4 * PATH_CAPACITY * dim);
  memory.table('spare', 4 * PATH_CAPACITY * dim);
  memory.floats[FIELD.range] = range;
  memory.floats[FIELD.domainRadius] = 4;
  memory.floats[FIELD.domainAlpha] = 1e-4;
  memory.floats[FIELD.domainLeast] = 1;
}
