import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputError } from '../../engine/core/errors.ts';
import type { InputRecord } from '../../engine/core/provenance.ts';
import { activeNames, type RobotModel } from '../../engine/core/robot.ts';
import type { Scene } from '../../engine/core/scene.ts';
import { readMotionRequest } from '../../engine/formats/moveit/motion-request.ts';
import { readPlanningScene } from '../../engine/formats/moveit/planning-scene.ts';
import { applySrdf, readSrdf } from '../../engine/formats/srdf.ts';
import { readUrdf } from '../../engine/formats/urdf/read.ts';
import { fileReason, sha256 } from './files.ts';

export interface MotionProblem {
  /** Folder of the problem without the robot's name, for example `bookshelf_small`. */
  readonly set: string;
  readonly number: number;
  readonly scene: Scene;
  readonly start: Float64Array;
  readonly goal: Float64Array;
}

/** A MotionBenchMaker folder: the robot, with the spheres and limits of its files, and all problems. */
export interface MotionBenchmark {
  readonly robot: string;
  readonly model: RobotModel;
  /** The files that spheres, limits and link pairs come from. */
  readonly files: readonly InputRecord[];
  readonly problems: readonly MotionProblem[];
}

/**
 * Reads `<folder>/*_spherized.urdf`, `*.srdf` and `<set>_<robot>/{scene,request}NNNN.yaml`. As the published figures have
 * it, cylinders of the set `box` become cuboids.
 */
export function readMotionBenchmark(folder: string): MotionBenchmark {
  const names = folderNames(folder);
  const only = (ending: string): string => {
    const found = names.filter((name) => name.endsWith(ending));
    if (found.length === 1) return found[0];
    throw inputError(
      'bench/robot-files',
      `${folder} has ${found.length} files *${ending}`,
      'give a MotionBenchMaker folder with one *_spherized.urdf and one *.srdf',
    );
  };
  const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');
  const [urdf, srdf] = [only('_spherized.urdf'), only('.srdf')];
  const model = applySrdf(readUrdf(read(urdf), { path: urdf }), readSrdf(read(srdf), srdf));
  const joints = activeNames(model);
  const robot = urdf.replace('_spherized.urdf', '');
  const ending = `_${robot}`;
  const problems: MotionProblem[] = [];
  for (const sub of names.filter((name) => name.endsWith(ending)).sort()) {
    const set = sub.slice(0, -ending.length);
    for (const file of readdirSync(join(folder, sub))
      .filter((name) => /^scene\d+\.yaml$/.test(name))
      .sort()) {
      const number = Number(file.slice(5, -5));
      const requestFile = file.replace('scene', 'request');
      const request = readMotionRequest(read(sub, requestFile), `${sub}/${requestFile}`);
      const { goal } = request;
      if (goal.kind !== 'joints') throw inputError('bench/goal', `${sub}/${requestFile} has a pose as goal`, 'skip it');
      const scene = readPlanningScene(read(sub, file), `${sub}/${file}`);
      problems.push({
        set,
        number,
        scene: set === 'box' ? cylindersAsBoxes(scene) : scene,
        start: Float64Array.from(joints, (name) => request.start[name]),
        goal: Float64Array.from(joints, (name) => goal.positions[name]),
      });
    }
  }
  return {
    robot,
    model,
    files: [urdf, srdf].map((name) => ({ role: 'robot', name, sha256: sha256(read(name)) })),
    problems,
  };
}

function folderNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw inputError(
      'bench/folder',
      `${folder} cannot be read: ${fileReason(cause)}`,
      'give a MotionBenchMaker folder with one *_spherized.urdf and one *.srdf',
    );
  }
}

function cylindersAsBoxes(scene: Scene): Scene {
  const obstacles = scene.obstacles.map((obstacle) => {
    const { shape } = obstacle;
    if (shape.kind !== 'cylinder') return obstacle;
    const sizeM = [2 * shape.radiusM, 2 * shape.radiusM, shape.lengthM] as const;
    return { ...obstacle, shape: { kind: 'box' as const, sizeM } };
  });
  return { ...scene, obstacles };
}
