import type { StepModule } from '../../../engine/compute/wasm/step-module.ts';
import { inputError } from '../../../engine/core/errors.ts';
import { activeLimits, activeNames, type JointLimits, type RobotModel } from '../../../engine/core/robot.ts';
import type { Scene } from '../../../engine/core/scene.ts';
import { SearchSpace } from '../../../kernels/motion-search/index.ts';
import {
  type CollisionReference,
  type Contact,
  createCollisionReference,
  fixedContact,
} from '../collision/reference.ts';

export interface MotionSpaceOptions {
  /** Cylinders count as capsules of their radius; false: exactly. Default false. */
  readonly cylindersAsCapsules?: boolean;
  /**
   * Longest edge of a search tree, Euclidean [rad or m]; default 1. Longer edges cross open space in fewer steps and fail
   * more often in narrow places.
   */
  readonly range?: number;
  /** Nodes that each of the two trees has room for; default 16384. */
  readonly nodes?: number;
}

/** A robot in a scene, prepared once for many queries, one at a time. */
export interface MotionSpace {
  readonly model: RobotModel;
  readonly scene: Scene;
  /** Names and limits of the joints that a configuration holds, in its order. */
  readonly names: readonly string[];
  readonly limits: readonly JointLimits[];
  /** The float64 checker: names what meets what. */
  readonly check: CollisionReference;
  /** The fast checker and planner. */
  readonly search: SearchSpace;
  /** A collision that no motion can end: of the base with the scene, or of links that do not move against each other. */
  readonly fixed: Contact | undefined;
  /** Whether a scene has meshes, whose inside the fast checker does not know. */
  readonly hasMeshes: boolean;
  /** Whether cylinders count as capsules of their radius. */
  readonly cylindersAsCapsules: boolean;
  /** Gives the memory back. */
  close(): void;
}

/**
 * Prepares a robot in a scene for planning.
 *
 * @param module of `openStepModule(kernelModule())`; one serves any number of spaces
 * @throws IsocenterError where robot or scene cannot be planned with: no collision spheres, limits that are not in order,
 *   bad sizes, meshes that are not loaded
 */
export function openMotionSpace(
  module: StepModule,
  model: RobotModel,
  scene: Scene,
  options: MotionSpaceOptions = {},
): MotionSpace {
  checkRobot(model);
  const { cylindersAsCapsules = false, range = 1, nodes = 16384 } = options;
  if (!(range > 0 && Number.isFinite(range)) || !(Number.isInteger(nodes) && nodes >= 16 && nodes <= 2 ** 22)) {
    throw inputError(
      'path/options',
      `range is ${range} and nodes is ${nodes}`,
      'range is positive; nodes is a whole number from 16 to 4194304',
    );
  }
  const check = createCollisionReference(model, scene, { cylindersAsCapsules });
  const search = new SearchSpace(module, model, scene, { cylindersAsCapsules, range, capacity: nodes });
  const fixed = fixedContact(check);
  return {
    model,
    scene,
    names: activeNames(model),
    limits: activeLimits(model),
    check,
    search,
    fixed: fixed !== undefined && !(fixed.clearanceM > 0) ? fixed : undefined,
    cylindersAsCapsules,
    hasMeshes: scene.obstacles.some(({ shape }) => shape.kind === 'mesh'),
    close: () => search.close(),
  };
}

function checkRobot(model: RobotModel): void {
  if (model.spheres.link.length === 0) {
    throw inputError(
      'path/no-spheres',
      `robot ${model.name} has no collision spheres`,
      'fit spheres to its collision geometry first',
    );
  }
  for (const j of model.active) {
    const { name, limits } = model.joints[j];
    if (limits !== undefined && limits.lower <= limits.upper) continue;
    throw inputError(
      'path/limits',
      `joint ${name} of robot ${model.name} has the limits ${limits?.lower} to ${limits?.upper}`,
      'the lower limit must not be above the upper one',
    );
  }
}
