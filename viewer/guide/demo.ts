import { effect } from '@preact/signals';
import { command, isArmed, robotState, session } from '../state/robot.ts';
import { activity } from '../state/workspace.ts';
import { keepOuts, scale, startSimulator } from './guide-actions.ts';
import { robotName } from './own-robots.ts';

/** The hand reaches some centimetres: with half of that the tip meets what it keeps out of. */
const DEMO_SCALE = 0.5;
const MARGIN_MM = 5;
/** Drawing the scene for the first time may take a software renderer longer than a robot waits for beats [ms]. */
const SETTLE_MS = 1500;

/** A PSM that a trembling hand leads around the Core, while the plan is made. The robot is one of the page: it may arm itself. */
export async function runDemo(): Promise<void> {
  robotName.value = 'psm';
  scale.value = DEMO_SCALE;
  keepOuts.value = new Map([['Core', MARGIN_MM]]);
  startSimulator();
  // Whatever the user opens or stops meanwhile is not the demo's to move.
  const own = session.peek();
  const isOver = () => session.value !== own || own?.kind !== 'simulator' || robotState.value?.state === 'FAULT';
  await when(() => isOver() || robotState.value !== undefined);
  await when(() => isOver() || activity.value === 'idle');
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  if (!isOver() && (await command({ command: 'arm' }))) {
    await when(() => isOver() || isArmed.value);
    if (!isOver() && isArmed.peek()) await command({ command: 'clutch', closed: true });
  }
}

function when(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (!holds()) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}
