import { inputError } from '../../../engine/core/errors.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import { readJointLimits } from '../../../engine/formats/joint-limits.ts';
import { readSrdf } from '../../../engine/formats/srdf.ts';
import { readUrdf } from '../../../engine/formats/urdf/read.ts';
import { MOST_DRIVEN_JOINTS } from '../../../planners/guidance/messages.ts';
import { robotFromUrdf } from '../../../planners/motion/robot/from-urdf.ts';
import { tipsOf } from '../../../planners/motion/robot/own-robots.ts';
import { standOf } from '../../../planners/motion/robot/stand.ts';
import type { PickedFile, ReadRobot } from '../messages.ts';
import type { Ask } from './ask.ts';
import { bytesOf } from './bytes.ts';
import { fileOfMesh } from './mesh-files.ts';
import { seenRobot } from './seen-robot.ts';
import type { Tell } from './survey.ts';

/** Texts of robots are read whole; meshes together [bytes]. */
const LARGEST_TEXT = 16 << 20;
const LARGEST_MESHES = 1 << 29;
/** Of meshes that a note is about, so many are named. */
const MOST_NAMED = 8;

const isUrdf = (path: string): boolean => /\.(urdf|xacro)$/i.test(path);

/**
 * The robot of a URDF among the files, with its meshes, its SRDF and its `limits.yaml` where they are there. What is seen of it is ready
 * to be drawn; what motions are checked with is fitted.
 *
 * @throws IsocenterError as {@link robotFromUrdf}; `robot/too-large`, `robot/no-joint`, `robot/too-many-joints`
 */
export async function readRobotFiles(files: readonly PickedFile[], ask: Ask, tell: Tell): Promise<ReadRobot> {
  const urdf = await oneOf(
    files.filter(({ path }) => isUrdf(path)),
    'Which robot?',
    ask,
  );
  const { path } = urdf;
  tell({ doing: 'Reading the robot', done: 0, total: undefined });
  const text = await textOf(urdf);
  const srdfFile = await srdfOf(files, path, ask);
  const limitsFile = await limitsOf(files, path, ask);
  const limits = limitsFile && readJointLimits(await textOf(limitsFile), limitsFile.path);
  const options = { path, ...(limits && { limits }) };
  // Files are read one after the other, not while the robot is: what it names is looked up first.
  const bare = readUrdf(text, options);
  refuseUndriven(bare, path);
  const { bytes, missing, guesses } = await loadMeshes(bare, files, path, tell);
  tell({ doing: 'Fitting spheres, finding pairs of links that meet', done: 0, total: undefined });
  const srdf = srdfFile && readSrdf(await textOf(srdfFile), srdfFile.path);
  const { model, notes } = robotFromUrdf({
    ...options,
    text,
    meshes: bytes,
    visualMeshes: bytes,
    ...(srdf && { srdf }),
  });
  if (srdfFile !== undefined) notes.push(`SRDF: ${srdfFile.path}.`);
  if (limitsFile !== undefined) notes.push(`Limits: ${limitsFile.path}.`);
  if (guesses.length > 0) notes.push(`Only the names of these meshes agree: ${someOf(guesses)}.`);
  if (missing.length > 0) {
    notes.push(`Not found, and not drawn: ${someOf(missing)}. Give the folder that holds them together with the URDF.`);
  }
  return { model: seenRobot(model, path), tips: tipsOf(model), stand: standOf(model, srdf), notes };
}

async function loadMeshes(
  { links }: RobotModel,
  files: readonly PickedFile[],
  urdf: string,
  tell: Tell,
): Promise<{ bytes: Map<string, Uint8Array>; missing: string[]; guesses: string[] }> {
  const uris = new Set<string>();
  for (const { visual, collision } of links) {
    for (const { shape } of [...visual, ...collision]) if (shape.kind === 'mesh') uris.add(shape.uri);
  }
  const bytes = new Map<string, Uint8Array>();
  const missing: string[] = [];
  const guesses: string[] = [];
  let total = 0;
  for (const uri of uris) {
    const found = fileOfMesh(uri, files, urdf);
    if (found === undefined) {
      missing.push(uri);
      continue;
    }
    const { path, file } = found.file;
    if (!found.isCertain) guesses.push(`${uri} was taken from ${path}`);
    total += file.size;
    if (total > LARGEST_MESHES) {
      const what = `${urdf}: its meshes have more than ${LARGEST_MESHES >> 20} MiB`;
      throw inputError('robot/too-large', what, 'give coarser meshes');
    }
    tell({ doing: 'Reading meshes', done: bytes.size, total: uris.size });
    bytes.set(uri, await bytesOf(path, file));
  }
  return { bytes, missing, guesses };
}

function refuseUndriven({ active }: RobotModel, path: string): void {
  if (active.length === 0) {
    throw inputError('robot/no-joint', `${path}: the robot has no joint that moves`, 'give a robot with joints');
  }
  if (active.length > MOST_DRIVEN_JOINTS) {
    const what = `${path}: ${active.length} joints move; ${MOST_DRIVEN_JOINTS} at most are driven`;
    throw inputError('robot/too-many-joints', what, 'make those that stay still fixed in the URDF');
  }
}

/** The SRDF that has the URDF's name, the only one, or the one that the user means. */
async function srdfOf(files: readonly PickedFile[], urdf: string, ask: Ask): Promise<PickedFile | undefined> {
  const all = files.filter(({ path }) => /\.srdf$/i.test(path));
  const own = all.filter(({ path }) => stemOf(path) === stemOf(urdf));
  const chosen = own.length > 0 ? own : all;
  return chosen.length === 0 ? undefined : oneOf(chosen, 'Which SRDF belongs to it?', ask);
}

/** For `arm.urdf`: `arm.limits.yaml`, else `limits.yaml`, else the only one of another name; or the one that the user means. */
async function limitsOf(files: readonly PickedFile[], urdf: string, ask: Ask): Promise<PickedFile | undefined> {
  const all = files.filter(({ path }) => /(^|[/.])limits\.ya?ml$/i.test(path));
  const own = all.filter(({ path }) => stemOf(path) === stemOf(urdf));
  const plain = all.filter(({ path }) => /(^|\/)limits\.ya?ml$/i.test(path));
  const chosen = [own, plain, all].find((some) => some.length > 0);
  return chosen && oneOf(chosen, 'Which limits of joints belong to it?', ask);
}

/** `arm` of `urdf/arm.limits.yaml`. */
const stemOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '');

async function oneOf(files: readonly PickedFile[], text: string, ask: Ask): Promise<PickedFile> {
  if (files.length === 1) return files[0];
  const path = await ask({ text, options: files.map((one) => ({ value: one.path, label: one.path })) });
  return files.find((one) => one.path === path) ?? files[0];
}

async function textOf({ path, file }: PickedFile): Promise<Uint8Array> {
  if (file.size <= LARGEST_TEXT) return bytesOf(path, file);
  const what = `${path} has ${file.size} bytes, above ${LARGEST_TEXT}`;
  throw inputError('robot/too-large', what, 'give the URDF itself, with its meshes in files of their own');
}

function someOf(all: readonly string[]): string {
  const some = all.slice(0, MOST_NAMED).join(', ');
  return all.length > MOST_NAMED ? `${some} and ${all.length - MOST_NAMED} more` : some;
}
