import { expect } from 'vitest';
import type { RosMessage } from '../../../../engine/ros2/messages/types.ts';
import {
  type ActionClient,
  type ActionHandlers,
  GOAL_STATUS,
  type RosNode,
  type ServerGoal,
} from '../../../../engine/ros2/node/types.ts';
import { pause } from '../../../support/wait.ts';

export const FIBONACCI = 'example_interfaces/action/Fibonacci';

/** The sequence of Fibonacci, a number every few milliseconds, until it is asked to stop. */
export async function count(goal: ServerGoal) {
  const sequence = [0, 1];
  while (sequence.length < Number(goal.goal.order)) {
    await pause(5);
    if (goal.cancelSignal.aborted) return { status: GOAL_STATUS.canceled, result: { sequence } };
    sequence.push(sequence[sequence.length - 1] + sequence[sequence.length - 2]);
    goal.publishFeedback({ sequence });
  }
  return { status: GOAL_STATUS.succeeded, result: { sequence } };
}

/** A client of `/count` on one node and its server on another, who know each other. */
export async function countingPair(
  serves: RosNode,
  asks: RosNode,
  handlers: Partial<ActionHandlers> = {},
): Promise<ActionClient> {
  serves.createActionServer(FIBONACCI, '/count', { execute: count, ...handlers });
  const client = asks.createActionClient(FIBONACCI, '/count');
  expect(await client.waitForServer(10_000)).toBe(true);
  return client;
}

export function numbers(message: RosMessage | undefined): number[] {
  return Array.from(message?.sequence as Int32Array);
}
