import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import { type JointLimitsFile, readJointLimits, withLimits } from '../../engine/formats/joint-limits.ts';
import { applySrdf, readSrdf, type Srdf } from '../../engine/formats/srdf.ts';
import type { MeshSource } from '../../engine/formats/urdf/geometry.ts';
import { robotFromUrdf } from '../../planners/motion/robot/from-urdf.ts';
import { builtinRobot, builtinRobotNames } from '../../planners/motion/robot/registry.ts';
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
  const { robot } = settings;
  const limits = await loadLimits(settings.limits);
  const hint = `built-in robots: ${builtinRobotNames.join(', ')}; or give a URDF file`;
  const file = builtinRobotNames.includes(robot) ? undefined : await readUrdfFile(robot, hint);
  inputs.push(file?.record ?? { role: 'robot', name: robot, sha256: null });
  const srdf = await loadSrdf(settings.srdf);
  const made =
    file === undefined
      ? { model: builtin(robot, limits?.limits, srdf?.srdf), notes: [] }
      : robotFromUrdf({
          text: file.text,
          path: robot,
          meshes: meshesBeside(robot),
          ...(limits && { limits: limits.limits }),
          ...(srdf && { srdf: srdf.srdf }),
        });
  for (const more of [srdf, limits]) if (more !== undefined) inputs.push(more.record);
  return { ...made, ...(srdf && { srdf: srdf.srdf }), inputs };
}

function builtin(name: string, limits: JointLimitsFile | undefined, srdf: Srdf | undefined): RobotModel {
  const limited = limits === undefined ? builtinRobot(name) : withLimits(builtinRobot(name), limits);
  return srdf === undefined ? limited : applySrdf(limited, srdf);
}

async function readUrdfFile(path: string, hint: string): Promise<{ text: string; record: InputRecord }> {
  if (!looksLikeFile(path)) throw inputError('robot/unknown', `there is no robot ${path}`, hint);
  return readTextInput(path, 'robot', hint);
}

async function loadSrdf(path: string | undefined): Promise<{ srdf: Srdf; record: InputRecord } | undefined> {
  if (path === undefined) return undefined;
  const { text, record } = await readTextInput(path, 'srdf', 'give the SRDF that belongs to the URDF');
  return { srdf: readSrdf(text, path), record };
}

async function loadLimits(
  path: string | undefined,
): Promise<{ limits: JointLimitsFile; record: InputRecord } | undefined> {
  if (path === undefined) return undefined;
  const { text, record } = await readTextInput(path, 'limits', 'give a YAML file of joint limits');
  return { limits: readJointLimits(text, path), record };
}

/** Finds the meshes that a URDF names: beside it, below its package, or where a file:// address says. */
function meshesBeside(urdf: string): MeshSource {
  const folder = dirname(resolve(urdf));
  return (uri) => {
    const place = findMesh(uri, folder);
    return place === undefined ? undefined : readFileSync(place);
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
