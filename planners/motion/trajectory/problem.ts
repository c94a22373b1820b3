import { inputError } from '../../../engine/core/errors.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import type { Scene } from '../../../engine/core/scene.ts';
import {
  type ObstacleTables,
  type ObstacleTask,
  obstacleTables,
  type RobotTables,
  robotTables,
} from '../../../kernels/trajectory-cost/tables.ts';
import type { FullConfig } from './config.ts';
import { withoutMesh } from './mesh-field.ts';

/** The tool's tip: a point of a link [m, link frame]. */
export interface ToolTip {
  readonly link: string;
  readonly pointM: readonly [number, number, number];
}

export type WeighedObstacle = ObstacleTask;

/** Robot and obstacles as the kernel reads them, and as they were given. */
export interface CostProblem {
  readonly tasks: readonly WeighedObstacle[];
  readonly tipLink: number;
  readonly tipPoint: readonly [number, number, number];
  readonly robot: RobotTables;
  readonly obstacles: ObstacleTables;
  readonly tip: { readonly frame: number; readonly point: readonly [number, number, number] };
}

/**
 * The kernel's tables of a robot, a scene and the structures that may be entered; triangle meshes as distance fields.
 *
 * @throws IsocenterError `collision/mesh-not-loaded` for a mesh without its triangles, `trajectory/unknown-link` for a tip on a link that is not there
 */
export function problemTables(
  model: RobotModel,
  scene: Scene,
  tissues: Scene,
  config: FullConfig,
  tip: ToolTip | undefined,
): CostProblem {
  const { clearance, tissue } = config.objective;
  const solids = scene.obstacles.map((obstacle): ObstacleTask => {
    const term = clearance.find((t) => t.name === obstacle.name) ?? clearance.find((t) => t.name === '*');
    const counts = term !== undefined && term.distanceM > 0;
    return {
      obstacle,
      solid: true,
      marginM: counts ? term.distanceM : 0,
      marginWeight: counts ? term.weight : 0,
      tissueWeight: 0,
    };
  });
  const soft = tissues.obstacles
    .map((obstacle): ObstacleTask => {
      const weight = tissue.find((t) => t.name === obstacle.name)?.weight ?? 0;
      return { obstacle, solid: false, marginM: 0, marginWeight: 0, tissueWeight: weight };
    })
    .filter((task) => task.tissueWeight > 0);
  const robot = robotTables(model);
  const tasks = [...solids, ...soft];
  const obstacles = obstacleTables(
    tasks.map((task) => ({ ...task, obstacle: withoutMesh(task.obstacle) })),
    config.cylinders,
  );
  const link = tip === undefined ? model.links.length - 1 : model.links.findIndex(({ name }) => name === tip.link);
  if (link < 0) {
    throw inputError(
      'trajectory/unknown-link',
      `the tool's tip is on link ${tip?.link}, which the robot ${model.name} has not`,
      `name one of ${model.links.map(({ name }) => name).join(', ')}`,
    );
  }
  const [x, y, z] = tip?.pointM ?? [0, 0, 0];
  const t = robot.linkPose[link];
  const at = (r: number): number => t[r] * x + t[4 + r] * y + t[8 + r] * z + t[12 + r];
  const frame = robot.linkFrame[link];
  return { robot, obstacles, tasks, tipLink: link, tipPoint: [x, y, z], tip: { frame, point: [at(0), at(1), at(2)] } };
}
