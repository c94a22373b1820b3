import { effect } from '@preact/signals';
import { command, isArmed, robotState } from '../state/robot.ts';
import { activity } from '../state/workspace.ts';
import { keepOuts, robotName, scale, startSimulator } from './guide-actions.ts';

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
  await when(() => robotState.value !== undefined);
  await when(() => activity.value === 'idle');
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  if (await command({ command: 'arm' })) {
    await when(() => isArmed.value || robotState.value?.state === 'FAULT');
    if (isArmed.peek()) await command({ command: 'clutch', closed: true });
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
