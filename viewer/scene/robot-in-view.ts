import { effect, signal } from '@preact/signals';
import type { Scene } from 'three/webgpu';
import { faultOf } from '../engine/fault.ts';
import {
  about,
  ghostShare,
  keepOutSurfaces,
  planned,
  robotLayers,
  robotState,
  T_patient_base,
} from '../state/robot.ts';
import { fault } from '../state/workspace.ts';
import type { RobotScene } from './robot-scene.ts';

/** Where the last frame took long, the next of the robot waits for so many times as long: others have to work, too. */
const REST_FACTOR = 2;

/** Keeps the robot of the page's state in a scene, loaded when there is one. @returns how to stop it */
export function keepRobotIn(scene: Scene, draw: () => void): () => void {
  let shown: RobotScene | undefined;
  let stopShown = (): void => {};
  let isOver = false;
  /** A robot at rest is not drawn again and again. */
  let before: readonly number[] = [];
  const isNew = (q: readonly number[]): boolean => {
    if (before.length === q.length && q.every((value, n) => Math.abs(value - before[n]) < 1e-5)) return false;
    before = q;
    return true;
  };
  const drawSlowly = paced(draw);
  const clear = (): void => {
    stopShown();
    shown?.dispose();
    shown = undefined;
    before = [];
    stopShown = () => {};
  };
  const stop = effect(() => {
    const now = about.value;
    clear();
    draw();
    if (now === undefined) return;
    void Promise.all([import('./robot-scene.ts'), import('../../planners/motion/robot/own-robots.ts')])
      .then(([{ RobotScene }, { robotNamed }]) => {
        if (isOver || about.peek() !== now) return;
        const made = new RobotScene(scene, robotNamed(now.robot), now);
        shown = made;
        const isDrawn = signal(false);
        const stops = [
          effect(() => {
            if (T_patient_base.value !== undefined) made.setBase(T_patient_base.value);
            made.setLayers(robotLayers.value);
            made.setKeepOuts(keepOutSurfaces.value, now.shapes);
            draw();
          }),
          effect(() => {
            const course = planned.value;
            // The first frame has the ghosts in it, so that they are made before anything is armed.
            if (!isDrawn.value) return;
            made.setPlan(course);
            made.setGhost(ghostShare.peek());
            draw();
          }),
          effect(() => {
            made.setGhost(ghostShare.value);
            draw();
          }),
          effect(() => {
            const sample = robotState.value;
            if (sample === undefined || !isNew(sample.measured)) return;
            made.setState(sample.measured, sample.tip.position);
            drawSlowly();
            if (isDrawn.peek()) return;
            requestAnimationFrame(() =>
              requestAnimationFrame(() => {
                isDrawn.value = true;
              }),
            );
          }),
        ];
        stopShown = () => {
          for (const each of stops) each();
        };
      })
      .catch((error: unknown) => {
        fault.value = faultOf(error);
      });
  });
  return () => {
    isOver = true;
    stop();
    clear();
  };
}

/** Asks for frames no faster than they come. */
function paced(draw: () => void): () => void {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    const asked = performance.now();
    draw();
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const tookMs = performance.now() - asked;
        setTimeout(
          () => {
            isWaiting = false;
          },
          REST_FACTOR * Math.max(0, tookMs - 34),
        );
      }),
    );
  };
}
