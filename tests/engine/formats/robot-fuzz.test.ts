import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { IsocenterError } from '../../../engine/core/errors.ts';
import { seededRandom } from '../../../engine/core/random.ts';
import { readJointLimits, withLimits } from '../../../engine/formats/joint-limits.ts';
import { readMesh } from '../../../engine/formats/mesh/read.ts';
import { applyAllowed } from '../../../engine/formats/moveit/allowed-collisions.ts';
import { readMotionRequest } from '../../../engine/formats/moveit/motion-request.ts';
import { readPlanningScene } from '../../../engine/formats/moveit/planning-scene.ts';
import { applySrdf, groupJoints, readSrdf } from '../../../engine/formats/srdf.ts';
import { readTool } from '../../../engine/formats/tool.ts';
import { readUrdf } from '../../../engine/formats/urdf/read.ts';
import { dataFolder } from '../../support/data.ts';
import {
  binaryStl,
  limits,
  mutateBytes,
  mutateText,
  obj,
  request,
  scene,
  srdf,
  stl,
  tool,
  urdf,
} from './fuzz/seeds.ts';
import { collada } from './mesh/collada.ts';

// Thousands of files each: a busy machine takes its time, a reader that hangs does not come back.
vi.setConfig({ testTimeout: 240_000 });

const SEED = 77;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const model = readUrdf(urdf, { path: 'whole' });

/** Every number in what a reader returns is finite, but for the bounds of endless joints and efforts without limit. */
function refuseNaN(value: unknown, at = ''): void {
  if (typeof value === 'number') {
    const mayBeEndless = /\.(lower|upper|effort)$/.test(at) && !Number.isNaN(value);
    if (!Number.isFinite(value) && !mayBeEndless) throw new Error(`${at} is ${value}`);
  } else if (ArrayBuffer.isView(value)) {
    for (const x of value as Float64Array) if (!Number.isFinite(x)) throw new Error(`${at} holds ${x}`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) refuseNaN(inner, `${at}.${key}`);
  }
}

/** Reads broken files: each is refused by an IsocenterError or gives finite numbers. Returns how many were refused. */
function refusals<T>(cases: number, broken: (random: () => number) => T, read: (file: T) => unknown): number {
  const random = seededRandom(SEED);
  let refused = 0;
  for (let i = 0; i < cases; i++) {
    const file = broken(random);
    try {
      refuseNaN(read(file));
    } catch (error) {
      if (!(error instanceof IsocenterError)) {
        const shown = typeof file === 'string' ? JSON.stringify(file) : Buffer.from(file as Uint8Array).toString('hex');
        throw new Error(`case ${i}: ${error}: ${shown}`, { cause: error });
      }
      if (!/^[\w-]+\/[\w-]+$/.test(error.code) || error.message.includes('\n') || error.message.length > 2000) {
        throw new Error(`case ${i}: the message is no line: ${error.code} ${error.message}`);
      }
      refused++;
    }
  }
  return refused;
}

const dae = collada({
  positions: [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0],
  nodes: ['<translate>1 2 3</translate><rotate>0 0 1 30</rotate>', '<scale>1 2 1</scale>'],
  materials: { red: '1 0 0 1' },
});
const CASES = 2000;

const mesh = (uri: string): Uint8Array => encode(uri.endsWith('obj') ? obj : stl);

it.each<[string, string, (text: string) => unknown]>([
  ['URDF', urdf, (text) => readUrdf(text, { path: 'f', meshes: mesh })],
  [
    'SRDF',
    srdf,
    (text) => {
      const read = readSrdf(text, 'f');
      return [read, groupJoints(model, read, 'all'), applySrdf(model, read)];
    },
  ],
  ['scene', scene, (text) => applyAllowed(model, readPlanningScene(text, 'f'))],
  ['request', request, (text) => readMotionRequest(text, 'f')],
  ['limits', limits, (text) => withLimits(model, readJointLimits(text, 'f'))],
  ['tool', tool, (text) => readTool(text, 'f')],
  ['OBJ', obj, (text) => readMesh(encode(text), 'f.obj')],
  ['STL', stl, (text) => readMesh(encode(text), 'f.stl')],
  ['COLLADA', dae, (text) => readMesh(encode(text), 'f.dae')],
])(`a broken %s file gives an IsocenterError or finite numbers (${CASES} cases, seed ${SEED})`, (_, text, read) => {
  refuseNaN(read(text));
  const refused = refusals(CASES, (random) => mutateText(text, random), read);
  // Mutations that harm nothing are rare, and so are those that harm everything.
  expect(refused).toBeGreaterThan(CASES / 20);
  expect(refused).toBeLessThan(CASES);
});

it.each<[string, Uint8Array, (bytes: Uint8Array) => unknown]>([
  ['URDF', encode(urdf), (bytes) => readUrdf(bytes, { path: 'f', meshes: mesh })],
  ['SRDF', encode(srdf), (bytes) => readSrdf(bytes, 'f')],
  ['scene', encode(scene), (bytes) => readPlanningScene(bytes, 'f')],
  ['OBJ', encode(obj), (bytes) => readMesh(bytes, 'f.obj')],
  ['COLLADA', encode(dae), (bytes) => readMesh(bytes, 'f.dae')],
  ['binary STL', binaryStl(), (bytes) => readMesh(bytes, 'f.stl')],
  ['mesh of a URDF', binaryStl(), (bytes) => readUrdf(urdf, { path: 'f', meshes: () => bytes })],
])(`broken bytes of a %s file likewise (${CASES} cases, seed ${SEED})`, (_, bytes, read) => {
  expect(refusals(CASES, (random) => mutateBytes(bytes, random), read)).toBeGreaterThan(CASES / 20);
});

const data = dataFolder();
describe.skipIf(data === undefined)('files of MotionBenchMaker', () => {
  const read = (name: string): string => readFileSync(join(data ?? '', 'mbm', 'panda', name), 'utf8');
  it.each<[string, number, (text: string) => unknown]>([
    ['panda_spherized.urdf', 200, (text) => readUrdf(text, { path: 'f' })],
    ['panda.srdf', 500, (text) => readSrdf(text, 'f')],
    ['cage_panda/scene0001.yaml', 300, (text) => readPlanningScene(text, 'f')],
    ['cage_panda/request0001.yaml', 300, (text) => readMotionRequest(text, 'f')],
  ])(`broken in the same way: %s (%i cases, seed ${SEED})`, (name, cases, parse) => {
    const text = read(name);
    expect(refusals(cases, (random) => mutateText(text, random), parse)).toBeGreaterThan(0);
  });
});

describe('files made to exhaust the reader', () => {
  const many = 20_000;
  it.each<[string, () => unknown]>([
    ['brackets', () => readPlanningScene('['.repeat(many), 'f')],
    ['closed brackets', () => readPlanningScene('['.repeat(many) + ']'.repeat(many), 'f')],
    ['mappings', () => readPlanningScene('{a: '.repeat(many), 'f')],
    ['dashes', () => readPlanningScene('- '.repeat(many), 'f')],
    ['question marks', () => readPlanningScene('? '.repeat(many), 'f')],
    ['keys', () => readPlanningScene(Array.from({ length: many }, (_, i) => `k${i}: 1`).join('\n'), 'f')],
    ['unknown aliases', () => readPlanningScene('- *a\n'.repeat(many), 'f')],
    [
      'aliases that multiply',
      () =>
        readPlanningScene(
          'a: &a [1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]',
          'f',
        ),
    ],
    ['five million characters', () => readPlanningScene(' '.repeat(5_000_000), 'f')],
    ['elements in elements', () => readUrdf('<robot>'.repeat(many), { path: 'f' })],
    ['links', () => readUrdf(`<robot>${'<link name="a"/>'.repeat(many)}</robot>`, { path: 'f' })],
    [
      'entities that multiply',
      () =>
        readUrdf('<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><robot><link name="&b;"/></robot>', {
          path: 'f',
        }),
    ],
    ['a triangle count of 2^32 - 1', () => readMesh(new Uint8Array(84).fill(255, 80), 'f.stl')],
  ])('%s are refused', (_, read) => {
    expect(read).toThrow(IsocenterError);
  });
});
