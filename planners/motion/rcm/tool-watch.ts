import type { Vec3 } from '../../../engine/core/grid.ts';
import type { RobotModel } from '../../../engine/core/robot.ts';
import type { ToolSpec } from '../../../engine/core/tool.ts';
import { type Pose, poseOf } from '../robot/poses.ts';
import { createShaft, insertionM, type Shaft, setShaft, shaftErrorM } from './shaft.ts';
import { createTool } from './tool.ts';

/** Where a robot's tool is in its trocar [m]. */
export interface InTrocar {
  /** Distance of the trocar from the shaft. */
  readonly trocarErrorM: number;
  /** How much of the shaft is through it. */
  readonly insertedM: number;
}

/** What joints say of a robot's tool: for those who look at a robot, not for its loop. */
export class ToolWatch {
  readonly #shaft: Shaft;
  readonly #hasTrocar: boolean;
  readonly #joints: Float64Array;

  /**
   * @param trocarM base frame
   * @throws IsocenterError as {@link createTool}
   */
  constructor(model: RobotModel, tool: ToolSpec, trocarM: Vec3 | undefined) {
    this.#shaft = createShaft(model, createTool(model, tool));
    this.#hasTrocar = trocarM !== undefined;
    if (trocarM !== undefined) this.#shaft.trocar.set(trocarM);
    this.#joints = new Float64Array(this.#shaft.chain.columns.length);
  }

  /** @param q [joints] rad or m */
  set(q: ArrayLike<number>): void {
    const { columns } = this.#shaft.chain;
    for (let i = 0; i < columns.length; i++) this.#joints[i] = q[columns[i]];
    setShaft(this.#shaft, this.#joints);
  }

  /** The tip [m, base frame] and how the tool's frame is turned, z along the shaft. */
  get tip(): Pose {
    const { tipBase, chain } = this.#shaft;
    return { position: [tipBase[0], tipBase[1], tipBase[2]], rotation: poseOf(chain.pose).rotation };
  }

  /** The place of the shaft's line that is nearest to the trocar [m, base frame]: what it turns about. */
  get fulcrumM(): Vec3 {
    const { chain, local } = this.#shaft;
    const { pose } = chain;
    return [0, 1, 2].map((r) => pose[12 + r] + local[2] * pose[8 + r]) as unknown as Vec3;
  }

  get inTrocar(): InTrocar | undefined {
    if (!this.#hasTrocar) return undefined;
    return { trocarErrorM: shaftErrorM(this.#shaft), insertedM: insertionM(this.#shaft) };
  }
}
