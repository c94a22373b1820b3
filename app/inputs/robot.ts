import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import { type JointLimitsFile, readJointLimits, withLimits } from '../../engine/formats/joint-limits.ts';
import { applySrdf, readSrdf, type Srdf } from '../../engine/formats/srdf.ts';
import type { MeshSource } from '../../engine/formats/urdf/geometry.ts';
import { readUrdf } from '../../engine/formats/urdf/read.ts';
import { findIgnoredPairs } from '../../planners/motion/robot/ignored-pairs.ts';
import { builtinRobot, builtinRobotNames } from '../../planners/motion/robot/registry.ts';
import { fitSpheres } from '../../planners/motion/robot/spheres.ts';
import { readTextInput } from './files.ts';
import { looksLikeFile } from './named.ts';

export interface RobotSettings {
  /** Built-in name, or a URDF file. */
  readonly robot: string;
  readonly srdf?: string | undefined;
  readonly limits?: string | undefined;
}

export interface LoadedRobot {
  readonly model: RobotModel;
  readonly srdf?: Srdf;
  readonly inputs: readonly InputRecord[];
  /** What was done to the robot on the way, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * A robot by its built-in name or from a URDF file. Spheres are fitted where the file's collision geometry is not spheres;
 * link pairs that need no check come from the SRDF, or are found by sampling where there is none.
 */
export async function loadRobot(settings: RobotSettings): Promise<LoadedRobot> {
  const inputs: InputRecord[] = [];
  const notes: string[] = [];
  const limits = await loadLimits(settings.limits);
  let model = await loadModel(settings.robot, limits?.limits, inputs, notes);
  let srdf: Srdf | undefined;
  if (settings.srdf !== undefined) {
    const { text, record } = await readTextInput(settings.srdf, 'srdf', 'give the SRDF that belongs to the URDF');
    srdf = readSrdf(text, settings.srdf);
    model = applySrdf(model, srdf);
    inputs.push(record);
  } else if (looksLikeFile(settings.robot)) {
    const found = findIgnoredPairs(model);
    model = found.model;
    notes.push(`No SRDF: ${found.active.length} pairs of links are checked against each other, found by sampling.`);
  }
  if (limits !== undefined) inputs.push(limits.record);
  return { model, ...(srdf === undefined ? {} : { srdf }), inputs, notes };
}

async function loadLimits(
  path: string | undefined,
): Promise<{ limits: JointLimitsFile; record: InputRecord } | undefined> {
  if (path === undefined) return undefined;
  const { text, record } = await readTextInput(path, 'limits', 'give a YAML file of joint limits');
  return { limits: readJointLimits(text, path), record };
}

/** With the given limits: a URDF file may lack what they hold. */
async function loadModel(
  robot: string,
  limits: JointLimitsFile | undefined,
  inputs: InputRecord[],
  notes: string[],
): Promise<RobotModel> {
  const hint = `built-in robots: ${builtinRobotNames.join(', ')}; or give a URDF file`;
  if (builtinRobotNames.includes(robot)) {
    inputs.push({ role: 'robot', name: robot, sha256: null });
    return limits === undefined ? builtinRobot(robot) : withLimits(builtinRobot(robot), limits);
  }
  if (!looksLikeFile(robot)) throw inputError('robot/unknown', `there is no robot ${robot}`, hint);
  const { text, record } = await readTextInput(robot, 'robot', hint);
  inputs.push(record);
  const model = readUrdf(text, {
    path: robot,
    meshes: meshesBeside(robot),
    ...(limits === undefined ? {} : { limits }),
  });
  if (model.links.every(({ collision }) => collision.every(({ shape }) => shape.kind === 'sphere'))) return model;
  const { model: fitted, report } = fitSpheres(model);
  const spheres = report.reduce((sum, fit) => sum + fit.spheres, 0);
  const worst = Math.max(...report.map((fit) => fit.meanOverestimateMm));
  notes.push(
    `${spheres} spheres were fitted to the links; they stand out ${worst.toFixed(1)} mm in the mean at the worst link.`,
  );
  return fitted;
}

/** Finds the meshes that a URDF names: beside it, below its package, or where a file:// address says. */
function meshesBeside(urdf: string): MeshSource {
  const folder = dirname(resolve(urdf));
  return (uri) => {
    const place = findMesh(uri, folder);
    if (place !== undefined) return readFileSync(place);
    throw inputError(
      'robot/mesh-missing',
      `${urdf}: the mesh ${uri} was not found`,
      'keep the meshes where the URDF says, below a folder with the name of the package',
    );
  };
}

function findMesh(uri: string, folder: string): string | undefined {
  const exists = (path: string): string | undefined => (existsSync(path) ? path : undefined);
  if (uri.startsWith('file://')) return exists(fileURLToPath(uri));
  if (!uri.startsWith('package://')) return exists(resolve(folder, uri));
  const [name, ...rest] = uri.slice('package://'.length).split('/');
  for (let at = folder; ; at = dirname(at)) {
    const found = (basename(at) === name ? exists(join(at, ...rest)) : undefined) ?? exists(join(at, name, ...rest));
    if (found !== undefined || at === dirname(at)) return found;
  }
}
