import { activeLimits, type RobotModel } from '../../../engine/core/robot.ts';
import { chainJacobian } from '../../motion/kinematics/chain.ts';
import { createShaft, insertionM, type Shaft, setShaft, shaftJacobian } from '../../motion/rcm/shaft.ts';
import type { ToolModel } from '../../motion/rcm/tool.ts';
import { evaluateFixtures, type FixtureSet } from '../fixtures/set.ts';

/** What bounds the motion of a servo: joints of the chain, the trocar and the fixtures at the tip. */
export interface ServoArm {
  readonly shaft: Shaft;
  readonly dofs: number;
  readonly hasTrocar: boolean;
  /** With a trocar one slot more: `now.roomM`. */
  readonly fixtures: FixtureSet;
  /** [dofs] in rad or m, and per s, s^2 and s^3. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly velocity: Float64Array;
  readonly acceleration: Float64Array;
  readonly jerk: Float64Array;
  /** [6][dofs] how the tip moves and turns with the joints, base frame, at the configuration {@link differentiateArm} saw. */
  readonly jacobian: Float64Array;
  /** [2][dofs] how the trocar's place across the shaft falls with the joints, per unit of a joint. */
  readonly trocarRows: Float64Array;
  /** Least length of shaft through the trocar [m]. */
  readonly insertionM: number;
  /**
   * At the configuration {@link placeArm} saw last [m]: distance of the trocar from the shaft's line, least distance to a fixture, and how
   * much of the shaft is through the trocar; `roomM`: from there to the nearer of its ends, that where the least insertion is, and that
   * where the shaft begins and what carries it would come to the trocar.
   */
  readonly now: { trocarErrorM: number; fixtureM: number; insertedM: number; roomM: number };
}

export function createServoArm(
  model: RobotModel,
  tool: ToolModel,
  fixtures: FixtureSet,
  trocarM: ArrayLike<number> | undefined,
  leastInsertionM: number,
): ServoArm {
  const shaft = createShaft(model, tool);
  if (trocarM !== undefined) shaft.trocar.set(trocarM);
  const { chain } = shaft;
  const all = activeLimits(model);
  const limits = Array.from(chain.columns, (c) => all[c]);
  return {
    shaft,
    dofs: chain.dofs,
    hasTrocar: trocarM !== undefined,
    fixtures,
    lower: chain.lower,
    upper: chain.upper,
    velocity: Float64Array.from(limits, (each) => each.velocity),
    acceleration: Float64Array.from(limits, (each) => each.acceleration),
    jerk: Float64Array.from(limits, (each) => each.jerk),
    jacobian: new Float64Array(6 * chain.dofs),
    trocarRows: new Float64Array(2 * chain.dofs),
    insertionM: leastInsertionM,
    now: { trocarErrorM: 0, fixtureM: 0, insertedM: 0, roomM: 0 },
  };
}

/** Forward kinematics, the trocar's error and the distances to the fixtures at `x` [dofs]. No allocation. */
export function placeArm(arm: ServoArm, x: Float64Array): void {
  const { shaft, now } = arm;
  setShaft(shaft, x);
  const { local, tipBase } = shaft;
  now.trocarErrorM = arm.hasTrocar ? Math.sqrt(local[0] * local[0] + local[1] * local[1]) : 0;
  now.insertedM = insertionM(shaft);
  now.fixtureM = evaluateFixtures(arm.fixtures, tipBase[0], tipBase[1], tipBase[2]);
  if (!arm.hasTrocar) return;
  // Drawing the shaft out, or pushing it in to where it begins, is approached as a fixture is: the tip moves along the shaft for it.
  const { distanceM, gradients, count } = arm.fixtures;
  const drawnM = now.insertedM - arm.insertionM;
  const outsideM = local[2];
  const towards = outsideM < drawnM ? -1 : 1;
  now.roomM = Math.min(outsideM, drawnM);
  distanceM[count] = now.roomM;
  for (let r = 0; r < 3; r++) gradients[3 * count + r] = towards * shaft.chain.pose[8 + r];
}

/** Jacobians at the configuration that {@link placeArm} saw last. */
export function differentiateArm(arm: ServoArm): void {
  const { shaft, jacobian, trocarRows } = arm;
  const { tipBase } = shaft;
  chainJacobian(shaft.chain, tipBase[0], tipBase[1], tipBase[2], jacobian);
  if (arm.hasTrocar) shaftJacobian(shaft, trocarRows);
}
