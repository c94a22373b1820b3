import { describe, expect, it } from 'vitest';
import { B_COUNT } from '../../../../planners/motion/timing/brake.ts';
import { OK } from '../../../../planners/motion/timing/codes.ts';
import { calculate, createOtg, durationSec } from '../../../../planners/motion/timing/otg.ts';
import { type JointTask, reachByBruteForce, shortestByBruteForce } from './brute-force.ts';
import { createProblem, load, problemSource, type TimingProblem } from './support.ts';

const SEED = 7;

function jointTask(p: TimingProblem, i: number): JointTask {
  return {
    start: [p.position[i], p.velocity[i], p.acceleration[i]],
    target: [p.targetPosition[i], p.targetVelocity[i], p.targetAcceleration[i]],
    vMin: -p.maxVelocity[i],
    vMax: p.maxVelocity[i],
    aMin: -p.maxAcceleration[i],
    aMax: p.maxAcceleration[i],
    jerk: p.maxJerk[i],
  };
}

describe(`against brute force over all families, seed ${SEED}`, () => {
  it('each joint alone is as quick as can be', () => {
    const otg = createOtg(1);
    otg.synchronization = 'none';
    const problem = createProblem(1);
    const next = problemSource(SEED);
    let compared = 0;
    const wrong: string[] = [];
    for (let n = 0; n < 1500; n++) {
      next(problem);
      load(otg, problem);
      if (calculate(otg) !== OK || otg.axes[0].brake[B_COUNT] > 0) continue;
      compared++;
      let best = shortestByBruteForce(jointTask(problem, 0));
      if (!(Math.abs(durationSec(otg) - best) <= 1e-6)) best = shortestByBruteForce(jointTask(problem, 0), 5000);
      // Both are exact up to rounding; where a profile begins with no slope, rounding costs its square root.
      if (!(Math.abs(durationSec(otg) - best) <= 1e-6)) wrong.push(`${n}: ${durationSec(otg)} brute force ${best}`);
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(1200);
  });

  it('the common duration is the earliest that every joint can meet', () => {
    const joints = 4;
    const otg = createOtg(joints);
    const problem = createProblem(joints);
    const next = problemSource(SEED + 10);
    const wrong: string[] = [];
    let compared = 0;
    for (let n = 0; n < 60; n++) {
      next(problem);
      // Near targets and swift starts, so that many durations are blocked.
      for (let i = 0; i < joints; i++)
        problem.targetPosition[i] = problem.position[i] + 0.2 * problem.targetPosition[i];
      load(otg, problem);
      if (calculate(otg) !== OK || otg.axes.some((axis) => axis.brake[B_COUNT] > 0)) continue;
      compared++;
      const tasks = otg.axes.map((_, i) => jointTask(problem, i));
      const earliest = durationSec(otg);
      const possible = (time: number, slack: number): boolean =>
        tasks.every((task) => {
          const reach = reachByBruteForce(task, time);
          const goal = task.target[0] - task.start[0];
          return reach !== undefined && goal >= reach[0] - slack && goal <= reach[1] + slack;
        });
      if (!possible(earliest, 1e-6)) wrong.push(`${n}: ${earliest} is not possible`);
      for (let k = 0; k < 25; k++) {
        const time = (earliest * (k + 0.5)) / 25;
        if (possible(time, -1e-6)) wrong.push(`${n}: ${time} was possible before ${earliest}`);
      }
      if (possible(earliest * (1 - 1e-4), -1e-6)) wrong.push(`${n}: a little before ${earliest} was possible`);
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(30);
  });
});
