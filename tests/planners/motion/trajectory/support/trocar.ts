import type { JointTrajectory } from '../../../../../engine/core/joint-trajectory.ts';
import type { Scene } from '../../../../../engine/core/scene.ts';
import { createShaft, insertionM, setShaft, shaftErrorM } from '../../../../../planners/motion/rcm/shaft.ts';
import { SphereCloud } from '../../../../../planners/motion/trajectory/spheres.ts';
import { positionsAt } from '../../../../../planners/motion/trajectory/spline.ts';
import type { TrocarArm } from '../../support/trocar.ts';
import { at } from './arm.ts';

/** Largest remote-centre error and least insertion at so many states of a trajectory [m]. */
export function atTheTrocar(arm: TrocarArm, t: JointTrajectory, states: number): { errorM: number; insertedM: number } {
  const shaft = createShaft(arm.model, arm.tool);
  shaft.trocar.set(arm.trocarM);
  const q = new Float64Array(t.jointNames.length);
  const x = new Float64Array(shaft.chain.dofs);
  const duration = t.timeSec[t.timeSec.length - 1];
  let [errorM, insertedM, hint] = [0, Number.POSITIVE_INFINITY, 0];
  for (let k = 0; k <= states; k++) {
    hint = positionsAt(t, (duration * k) / states, q, hint);
    shaft.chain.columns.forEach((c, i) => {
      x[i] = q[c];
    });
    setShaft(shaft, x);
    errorM = Math.max(errorM, shaftErrorM(shaft));
    insertedM = Math.min(insertedM, insertionM(shaft));
  }
  return { errorM, insertedM };
}

/** A ball in the middle of what the arm would do without it, on the sphere of the arm that it moves farthest. */
export function ballOnTheWay(arm: TrocarArm, t: JointTrajectory): Scene {
  const cloud = new SphereCloud(arm.model);
  const n = t.jointNames.length;
  const places = [0, 0.5, 1].map((share) => {
    const q = new Float64Array(n);
    positionsAt(t, share * t.timeSec[t.timeSec.length - 1], q);
    cloud.place(q);
    return cloud.centres.slice();
  });
  let [farthest, most] = [0, 0];
  for (let s = 0; s < places[0].length / 4; s++) {
    const away = (k: number): number =>
      Math.hypot(...[0, 1, 2].map((r) => places[1][4 * s + r] - places[k][4 * s + r]));
    const d = Math.min(away(0), away(2));
    if (d > most) [farthest, most] = [s, d];
  }
  const [x, y, z] = places[1].subarray(4 * farthest, 4 * farthest + 3);
  return { obstacles: [{ name: 'ball', shape: { kind: 'sphere', radiusM: 0.03 }, pose: at(x, y, z) }] };
}
